"""Writing resources in the configuration language."""

from collections.abc import Iterable
from typing import Final

INDENT: Final = "  "


def quoted(text: str) -> str:
    """Return *text* as a quoted string of the configuration language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def block(head: str, lines: Iterable[str]) -> str:
    """Return a block: *head*, an opening brace, the indented *lines* and a closing brace."""
    inner = "".join(f"{INDENT}{line}\n" for text in lines for line in text.rstrip("\n").split("\n"))
    return f"{head} {{\n{inner}}}\n"


def include(files: Iterable[str]) -> str:
    """Return the Include block of a FileSet that keeps everything about its files."""
    options = block(
        "Options",
        [
            "Signature = XXH128",
            "HardLinks = yes",
            "Sparse = yes",
            "XattrSupport = yes",
            "AclSupport = yes",
        ],
    )
    return block("Include", [options, *(f"File = {quoted(name)}" for name in files)])


def exclude(files: Iterable[str]) -> str:
    """Return the Exclude block of a FileSet."""
    return block("Exclude", [f"File = {quoted(name)}" for name in files])
