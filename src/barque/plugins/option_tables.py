"""The reference of the plugins that come along: tables of their options, made from their classes.

``python -m barque.plugins.option_tables`` writes it; a test holds the page equal to this.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
BUNDLED: Final = _HERE / "bundled"
_BASES: Final = frozenset({"FilePlugin", "LocalFilePlugin", "JobPlugin"})
_TYPES: Final = {"str": "text", "int": "number", "bool": "yes or no", "list[str]": "list"}


_HEAD: Final = """\
# Options of the plugins that come along

Made from the plugins by `python -m barque.plugins.option_tables`. Names and meaning are those of
the published plugins where there are any; both module names stand for the same plugin. A colon
in a value is written `\\\\:` in a configuration. All take the options of
[the host](../how-to/write-a-plugin.md), and those of the File Daemon `defaults_file`,
`overrides_file` and `name#enc`, too."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a plugin."""

    name: str
    type: str
    default: str
    """As it is written in a definition; empty for none."""
    required: bool
    words: str
    """What it means."""


@dataclass(frozen=True, slots=True)
class PluginPage:
    """What the source of a plugin says of it."""

    module: str
    published: str
    """Module that is named like the published plugin."""
    words: str
    """First line of the module."""
    options: tuple[Option, ...]


def plugin_pages() -> Iterator[PluginPage]:
    """Yield every plugin with typed options that comes along, in alphabetical order."""
    names = {
        _imported(path): path.stem
        for path in sorted(BUNDLED.glob("*.py"))
        if not path.stem.startswith("barque_")
    }
    for path in sorted(BUNDLED.glob("barque_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and _bases(node) & _BASES:
                words = (ast.get_docstring(tree) or "").partition("\n\n")[0].replace("\n", " ")
                options = tuple(_options(node))
                yield PluginPage(path.stem, names[path.stem], words, options)


def _imported(path: Path) -> str:
    """Return the module that a file takes everything from."""
    (name,) = [
        node.module or ""
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom)
    ]
    return name


def _bases(node: ast.ClassDef) -> set[str]:
    return {base.id for base in node.bases if isinstance(base, ast.Name)}


def _options(node: ast.ClassDef) -> Iterator[Option]:
    """Yield the options of a class, each an annotation and the text below it."""
    for field, below in zip(node.body, node.body[1:], strict=False):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        assert isinstance(below, ast.Expr)
        words = ast.literal_eval(below.value)
        default = "" if field.value is None else _shown(ast.literal_eval(field.value))
        kind = _TYPES[ast.unparse(field.annotation)]
        yield Option(field.target.id, kind, default, field.value is None, words)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def reference() -> str:
    """Return the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    for page in plugin_pages():
        yield from ("", f"## {page.published}", "", f"{page.words} Also `{page.module}`.", "")
        yield "| Option | Type | Default | Meaning |"
        yield "|---|---|---|---|"
        for option in page.options:
            default = (
                "must be given" if option.required else option.default and f"`{option.default}`"
            )
            words = option.words.replace("``", "`").replace("|", "\\|")
            yield f"| `{option.name}` | {option.type} | {default} | {words} |"


def write(documents: Path) -> None:
    """Write the page into the folder *documents*."""
    (documents / "bundled-plugins.md").write_text(reference(), "utf-8")


if __name__ == "__main__":
    write(_HERE.parents[2] / "docs" / "reference")
