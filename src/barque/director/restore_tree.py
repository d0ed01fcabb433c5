"""The files of a restore as a tree in which some are marked.

Knows nothing of consoles or catalogs: entries come in, marks are set by patterns, and the chosen
files come out as ranges of FileIndexes by job.
Source: console commands, sections 7.2 and 7.3.
"""

import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from barque.director.chosen_files import ChosenFiles
from barque.director.restore_patterns import matches, split_pattern
from barque.formats.base64 import decode_integer

_SIGNED: Final = bytes((value + 128) % 256 for value in range(256))
"""Turns bytes into ones that sort as signed numbers: the order in which directories are listed."""


class Version(Protocol):
    """One version of a file, as the catalog knows it."""

    @property
    def name(self) -> bytes:
        """Base name; empty for the directory itself."""

    @property
    def file_index(self) -> int:
        """Place in its job."""

    @property
    def job_id(self) -> int:
        """Job that holds it."""

    @property
    def lstat(self) -> str:
        """Its status fields."""

    @property
    def delta_seq(self) -> int:
        """Number of the part, for a file that was saved in parts."""


class Entry(Version, Protocol):
    """A version that tells where its file is."""

    @property
    def path(self) -> bytes:
        """Directory with trailing slash."""


class Place(Protocol):
    """A file or directory of a tree."""

    @property
    def name(self) -> str:
        """Base name; lone surrogates stand for bytes that are no UTF-8."""

    @property
    def path(self) -> str:
        """The whole path, with a slash at the end of directories."""

    @property
    def shown(self) -> str:
        """The name, with a slash when there is something below it."""

    @property
    def tag(self) -> str:
        """``*`` when it is marked, ``+`` when something below it is."""

    @property
    def is_file(self) -> bool:
        """Tell whether it has a file's name."""

    @property
    def marked(self) -> bool:
        """Tell whether it is to be restored."""

    @property
    def has_children(self) -> bool:
        """Tell whether there is something below it."""

    @property
    def job_id(self) -> int:
        """Job that holds it; 0 for none."""

    def sorted(self) -> "Sequence[Place]":
        """Return what is directly below it, in the order of a listing."""


class Tree[P: Place](Protocol):
    """All files that may be restored, and which of them are marked."""

    @property
    def root(self) -> P:
        """Where everything begins."""

    @property
    def inserted(self) -> int:
        """Entries that came in."""

    def count_without_directories(self) -> int:
        """Return how many entries are no directory with something in it."""

    def find(self, path: str, current: P) -> P | None:
        """Return what is at *path*, seen from *current*; patterns are allowed, ``..`` goes up."""

    def mark(self, pattern: str, current: P, *, marked: bool = True) -> int:
        """Mark everything that *pattern* means, and what is below it; return what changed."""

    def mark_directories(self, pattern: str, current: P, *, marked: bool = True) -> int:
        """Mark directories of *current* alone, not what is below them; return how many."""

    def count(self) -> tuple[int, int]:
        """Return how many were saved, and how many of them are marked."""

    def estimate(self) -> tuple[int, int, int]:
        """Return how many were saved, how many of them a restore brings back, and their bytes."""

    def named(self, pattern: str) -> Iterator[P]:
        """Yield everything whose base name *pattern* means, parents first."""

    def chosen(self) -> ChosenFiles:
        """Return what is marked."""


class Node:
    """A file or directory of the tree."""

    __slots__ = (
        "children",
        "file_index",
        "is_file",
        "is_relative",
        "job_id",
        "link_index",
        "marked",
        "marked_below",
        "name",
        "parent",
        "parts",
        "size",
    )

    def __init__(self, name: str, parent: "Node | None") -> None:
        self.name = name
        """Base name; lone surrogates stand for bytes that are no UTF-8."""
        self.parent = parent
        self.children: dict[str, Node] | None = None
        self.file_index = 0
        """0 for a directory that was not saved itself."""
        self.job_id = 0
        self.is_file = False
        self.is_relative = False
        """Its path begins without a slash: a Windows drive, or the root of a plugin."""
        self.marked = False
        self.marked_below = False
        """Something below it is marked."""
        self.link_index = 0
        """FileIndex of the first name of a hard-linked file, 0 for the first itself."""
        self.size = 0
        """byte, of a regular file."""
        self.parts: list[tuple[int, int]] | None = None
        """Earlier parts (job, FileIndex) of a file that was saved in parts."""

    @property
    def has_children(self) -> bool:
        """Tell whether there is something below it."""
        return bool(self.children)

    @property
    def is_saved(self) -> bool:
        """Tell whether the catalog has an entry for it."""
        return self.file_index > 0

    @property
    def tag(self) -> str:
        """``*`` when it is marked, ``+`` when something below it is."""
        return "*" if self.marked else "+" if self.marked_below else ""

    @property
    def shown(self) -> str:
        """The name, with a slash when there is something below it."""
        return f"{self.name}/" if self.children else self.name

    @property
    def path(self) -> str:
        """The whole path, with a slash at the end of directories."""
        names = []
        node, top = self, self
        while node.parent is not None:
            names.append(node.name)
            node, top = node.parent, node
        path = ("" if top.is_relative else "/") + "/".join(reversed(names))
        return path if self.is_file and not self.children else path.rstrip("/") + "/"

    def sorted(self) -> list["Node"]:
        """Return the children in the order of a listing."""
        return sorted((self.children or {}).values(), key=_node_key)

    def walk(self) -> Iterator["Node"]:
        """Yield everything below, parents first."""
        stack = self.sorted()[::-1]
        while stack:
            node = stack.pop()
            yield node
            if node.children:
                stack.extend(node.sorted()[::-1])


def listing_key(name: bytes) -> bytes:
    """Return what puts names in the order of a listing."""
    return name.translate(_SIGNED)


def _node_key(node: Node) -> bytes:
    return listing_key(node.name.encode("utf-8", "surrogateescape"))


def size_of(lstat: str) -> int | None:
    """Return the size of a regular file in byte, of which *lstat* tells; None for others."""
    fields = lstat.split(" ", 8)
    return _number(fields[7]) if fields[7:] and stat.S_ISREG(_number(fields[2])) else None


def link_of(lstat: str) -> int | None:
    """Return the FileIndex of the first name of a file with several, 0 for the first itself.

    None for a file with one name.
    """
    fields = lstat.split(" ", 14)
    if len(fields) < 8 or fields[3] == "B":
        return None
    return _number(fields[13]) if fields[13:] else 0


def _number(text: str) -> int:
    return decode_integer(text.encode("ascii", "replace"))


class RestoreTree:
    """All files that may be restored."""

    def __init__(self) -> None:
        self.root = Node("", None)
        self.inserted = 0
        """Entries that came in."""
        self._directories: dict[bytes, Node] = {}
        self._first_names: dict[tuple[int, int], Node] = {}

    def insert(self, entry: Entry, *, marked: bool = False) -> None:
        """Add one entry; of a file in parts, the first part comes first."""
        directory = self._directory(entry.path)
        self.inserted += 1
        if entry.name:
            name = entry.name.decode("utf-8", "surrogateescape")
            node = self._child(directory, name)
            node.is_file = True
        else:
            node = directory
        if entry.delta_seq > 0 and node.is_saved:
            node.parts = [*(node.parts or []), (node.job_id, node.file_index)]
        node.job_id, node.file_index, node.marked = entry.job_id, entry.file_index, marked
        if node.is_file:
            self._note_status(node, entry.lstat)

    def _note_status(self, node: Node, lstat: str) -> None:
        size = size_of(lstat)
        node.size = node.size if size is None else size
        link_index = link_of(lstat)
        if link_index is None:
            return
        node.link_index = link_index
        if not link_index:
            self._first_names[node.job_id, node.file_index] = node

    def _directory(self, path: bytes) -> Node:
        node = self._directories.get(path)
        if node is None:
            node = self.root
            for position, name in enumerate(path.decode("utf-8", "surrogateescape").split("/")):
                if name:
                    node = self._child(node, name)
                    node.is_relative = position == 0
            self._directories[path] = node
        return node

    @staticmethod
    def _child(node: Node, name: str) -> Node:
        if node.children is None:
            node.children = {}
        child = node.children.get(name)
        if child is None:
            child = node.children[name] = Node(name, node)
        return child

    def count_without_directories(self) -> int:
        """Return how many entries are no directory with something in it."""
        return sum(node.is_saved and not node.children for node in self.root.walk())

    # -- finding ---------------------------------------------------------------------------------

    def find(self, path: str, current: Node) -> Node | None:
        """Return the node at *path*, seen from *current*; patterns are allowed, ``..`` goes up."""
        node = self.root if path.startswith("/") else current
        for name in path.split("/"):
            if name in {"", "."}:
                continue
            if name == "..":
                node = node.parent or node
                continue
            found = (node.children or {}).get(name) or next(
                (child for child in node.sorted() if matches(name, child.name)), None
            )
            if found is None:
                return None
            node = found
        return node

    def mark(self, pattern: str, current: Node, *, marked: bool = True) -> int:
        """Mark everything that *pattern* means, and what is below it; return what changed."""
        parts = split_pattern(pattern)
        stack = self._starts(parts, current)
        count = 0
        while stack:
            node, position = stack.pop()
            part = parts[position]
            children = (node.children or {}).values()
            if part == "**":
                stack.append((node, position + 1))
                stack += [(child, position) for child in children if not child.is_file]
                continue
            for child in children:
                if not matches(part, child.name):
                    continue
                if position + 1 == len(parts):
                    count += self._set(child, marked)
                elif not child.is_file:
                    stack.append((child, position + 1))
        return count

    def _starts(self, parts: list[str], current: Node) -> list[tuple[Node, int]]:
        """Return where a pattern begins; may add a part that means everything."""
        first = parts[0]
        if first and not (len(first) == 2 and first[1] == ":"):
            return [(current, 0)]
        starts = [(self.root, 1)]
        if first:
            drives = (self.root.children or {}).values()
            starts = [(drive, 1) for drive in drives if matches(first, drive.name)]
            if not starts:
                return [(current, 0)]
        if len(parts) == 1:
            parts.append("*")
        return starts

    def _set(self, node: Node, marked: bool) -> int:
        """Mark *node* and what is below it, and the first names of hard-linked files."""
        count = 0
        stack = [node]
        while stack:
            current = stack.pop()
            if current.marked is not marked and current.is_saved:
                count += 1
            current.marked = marked
            if marked and current.link_index:
                first = self._first_names.get((current.job_id, current.link_index))
                if first is not None and not first.marked:
                    first.marked = True
                    count += 1
                    _note_above(first, marked)
            if current.children:
                current.marked_below = marked
                stack.extend(current.children.values())
        _note_above(node, marked)
        return count

    def mark_directories(self, pattern: str, current: Node, *, marked: bool = True) -> int:
        """Mark directories of *current* alone, not what is below them; return how many."""
        count = 0
        for child in (current.children or {}).values():
            if child.is_saved and not child.is_file and matches(pattern.rstrip("/"), child.name):
                child.marked = marked
                count += 1
        return count

    # -- result ----------------------------------------------------------------------------------

    def count(self) -> tuple[int, int]:
        """Return how many were saved, and how many of them are marked."""
        saved = [node.marked for node in self.root.walk() if node.is_saved]
        return len(saved), sum(saved)

    def estimate(self) -> tuple[int, int, int]:
        """Return how many were saved, how many of them a restore brings back, and their bytes."""
        saved = marked = size = 0
        for node in self.root.walk():
            if not node.is_saved:
                continue
            saved += 1
            if node.marked and node.is_file:
                marked += 1
                size += node.size
            elif node.marked or node.marked_below:
                marked += 1
        return saved, marked, size

    def named(self, pattern: str) -> Iterator[Node]:
        """Yield everything whose base name *pattern* means, parents first."""
        return (node for node in self.root.walk() if matches(pattern, node.name))

    def chosen(self) -> ChosenFiles:
        """Return what is marked."""
        files = ChosenFiles()
        for node in self.root.walk():
            if node.marked and node.is_saved:
                for job_id, file_index in node.parts or ():
                    files.add(job_id, file_index)
                files.add(node.job_id, node.file_index)
        return files


def _note_above(node: Node, marked: bool) -> None:
    """Tell the directories above *node* whether something below them is marked."""
    parent = node.parent
    while parent is not None:
        below = marked or any(
            child.marked or child.marked_below for child in (parent.children or {}).values()
        )
        if parent.marked_below is below:
            return
        parent.marked_below = below
        parent = parent.parent


def everything(entries: Iterable[Entry]) -> tuple[ChosenFiles, int]:
    """Return all *entries*, and how many of them are no directory with something in it.

    What ``all done`` needs: no tree is built. Memory is a byte for each file and two numbers for
    each directory: the hash of its path, since they are only counted.
    """
    files = ChosenFiles()
    directories: set[int] = set()
    parents: set[int] = set()
    names, last = 0, b""
    for entry in entries:
        files.add(entry.job_id, entry.file_index)
        if not entry.name:
            directories.add(hash(entry.path))
        else:
            names += entry.delta_seq == 0
            parents.add(hash(entry.path))
        if entry.path != last:
            last = entry.path
            _add_parents(last, parents)
    return files, names + len(directories - parents)


def _add_parents(path: bytes, parents: set[int]) -> None:
    """Add the directories above *path* to *parents*."""
    while (end := path.rfind(b"/", 0, len(path) - 1)) >= 0:
        path = path[: end + 1]
        found = hash(path)
        if found in parents:
            return
        parents.add(found)
