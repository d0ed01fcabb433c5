"""Writing resources in the configuration language."""

from collections.abc import Iterable
from typing import Final

INDENT: Final = "  "


class Block:
    """A pair of braces: what stands before them, and the lines and blocks between them."""

    def __init__(self, head: str, parts: Iterable["str | Block"]) -> None:
        self._head = head
        self._parts = tuple(parts)

    def text(self, depth: int = 0) -> str:
        """Return the block as it stands in a file, *depth* levels deep.

        A line break inside a quoted string is part of the string: nothing is put behind it.
        """
        indent = INDENT * depth
        inner = "".join(
            part.text(depth + 1) if isinstance(part, Block) else f"{indent}{INDENT}{part}\n"
            for part in self._parts
        )
        return f"{indent}{self._head} {{\n{inner}{indent}}}\n"


def quoted(text: str) -> str:
    """Return *text* as a quoted string of the configuration language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def block(head: str, parts: Iterable[str | Block]) -> str:
    """Return the text of a resource: *head*, and its directives and blocks in braces."""
    return Block(head, parts).text()


def include(files: Iterable[str]) -> Block:
    """Return the Include block of a FileSet that keeps everything about its files."""
    options = (
        "Signature = XXH128",
        "HardLinks = yes",
        "Sparse = yes",
        "XattrSupport = yes",
        "AclSupport = yes",
        "Accurate = pnugsmc",
    )
    return Block("Include", (Block("Options", options), *_file_lines(files)))


def exclude(files: Iterable[str]) -> Block:
    """Return the Exclude block of a FileSet."""
    return Block("Exclude", _file_lines(files))


def _file_lines(files: Iterable[str]) -> list[str]:
    return [f"File = {quoted(name)}" for name in files]
