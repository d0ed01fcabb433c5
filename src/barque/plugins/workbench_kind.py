"""Which daemon a plugin is for, as its imports tell."""

import ast
from pathlib import Path
from typing import Final, Literal

type Kind = Literal["fd", "dir", "sd"]

DAEMONS: Final[dict[Kind, str]] = {
    "fd": "File Daemon",
    "dir": "Director",
    "sd": "Storage Daemon",
}


_MARKS: Final[tuple[tuple[Kind, str], ...]] = (
    ("dir", "bareosdir"),
    ("dir", "barque_director_sdk"),
    ("sd", "bareossd"),
)
"""What stands in the name of a module that plugins of a daemon import."""


def imports_of(tree: ast.Module) -> dict[str, int]:
    """Return the modules that the top level of a file imports, with the lines where."""
    found: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.setdefault(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.setdefault(node.module, node.lineno)
    return found


def kind_of(tree: ast.Module) -> Kind:
    """Return the daemon that a plugin is for."""
    names = " ".join(imports_of(tree)).lower()
    return next((kind for kind, mark in _MARKS if mark in names), "fd")


def kind_of_file(path: Path) -> Kind:
    """Return the daemon that the plugin in a file or folder is for; ``fd`` when it is no Python."""
    module = path if path.is_file() else path / "__init__.py"
    try:
        return kind_of(ast.parse(module.read_text("utf-8")))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return "fd"
