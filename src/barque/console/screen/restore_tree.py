"""The files of a restore as a tree that opens and closes, kept in step with the Director's.

Source: console commands, section 7.3.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

MARKED: Final = "*"
"""Tag of what will be restored."""
PARTLY: Final = "+"
"""Tag of a directory with something in it that will be."""

type Browse = Callable[[str], list[str]]
"""Carries a command of the tree browser out and returns the lines of its answer."""

_ENTRY: Final = re.compile(
    r"(?P<mode>[^,]*),\s*(?P<links>\d+),(?P<owner>.*?),\s*(?P<size>\d+),"
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(?P<tag>[ *+]?),(?P<path>.*)"
)
_SPECIAL: Final = re.compile(r"([\\*?\[\]])")


@dataclass(slots=True)
class Node:
    """A file or a directory."""

    path: str
    """Full; a directory ends with a slash."""
    mode: str = ""
    size: int = 0
    """Byte."""
    time: str = ""
    tag: str = ""
    depth: int = 0
    is_open: bool = False
    children: list["Node"] | None = None
    """None until they were asked for."""

    @property
    def is_directory(self) -> bool:
        """Whether it can be opened."""
        return self.path.endswith("/")

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rstrip("/").rpartition("/")[2] or self.path


@dataclass
class RestoreTree:
    """What is seen, and where the cursor is."""

    browse: Browse
    root: Node = field(default_factory=lambda: Node("/", depth=-1, is_open=True))
    cursor: int = 0
    """Number of the row it is on."""
    note: str = ""
    """What the Director said last."""
    estimate: str = ""
    """How much is marked."""

    def load(self) -> None:
        """Ask for the top; open what is the only entry of its directory."""
        node = self.root
        self._fill(node)
        while node.children is not None and len(node.children) == 1:
            node = node.children[0]
            if not node.is_directory:
                break
            self._fill(node)
            node.is_open = True
        self._count()

    def rows(self) -> list[Node]:
        """Return what is open, from top to bottom."""
        return list(_open_nodes(self.root))

    @property
    def current(self) -> Node | None:
        """What the cursor is on."""
        rows = self.rows()
        return rows[min(self.cursor, len(rows) - 1)] if rows else None

    def move(self, steps: int) -> None:
        """Move the cursor down, or up when *steps* is negative."""
        self.cursor = max(0, min(self.cursor + steps, len(self.rows()) - 1))

    def open(self) -> None:
        """Open the directory under the cursor, or go to its first entry."""
        node = self.current
        if node is None or not node.is_directory:
            return
        if node.is_open:
            self.move(1)
            return
        if node.children is None:
            self._fill(node)
        node.is_open = True

    def close(self) -> None:
        """Close the directory under the cursor, or go to the one that it is in."""
        node = self.current
        if node is None:
            return
        if node.is_open:
            node.is_open = False
            return
        rows = self.rows()
        at = rows.index(node)
        above = [n for n in range(at) if rows[n].depth == node.depth - 1]
        self.cursor = above[-1] if above else self.cursor

    def toggle(self) -> None:
        """Mark what is under the cursor with all that is in it, or take the mark away."""
        node = self.current
        if node is None:
            return
        verb = "unmark" if node.tag == MARKED else "mark"
        pattern = _SPECIAL.sub(r"\\\1", node.path.rstrip("/"))
        said = self.browse(f"{verb} {_quoted(pattern)}")
        self.note = said[-1] if said else ""
        self._refresh(self.root)
        self._count()

    def _fill(self, node: Node) -> None:
        node.children = self._listed(node)

    def _listed(self, node: Node) -> list[Node]:
        self.browse(f"cd {_quoted(node.path)}")
        found = [_ENTRY.fullmatch(line) for line in self.browse(".dir")]
        nodes = [
            Node(
                each["path"],
                each["mode"],
                int(each["size"]),
                each["time"],
                each["tag"].strip(),
                node.depth + 1,
            )
            for each in found
            if each is not None
        ]
        return sorted(nodes, key=lambda each: (not each.is_directory, each.name))

    def _refresh(self, node: Node) -> None:
        """Ask again for the marks of all that was seen."""
        if node.children is None:
            return
        tags = {each.path: each.tag for each in self._listed(node)}
        for child in node.children:
            child.tag = tags.get(child.path, child.tag)
            self._refresh(child)

    def _count(self) -> None:
        said = self.browse("estimate")
        self.estimate = said[-1] if said else ""


def _quoted(word: str) -> str:
    """Return *word* as it stands on a command line."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _open_nodes(node: Node) -> Iterator[Node]:
    for child in node.children or []:
        yield child
        if child.is_open:
            yield from _open_nodes(child)
