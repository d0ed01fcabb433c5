"""The files of a restore as a tree in which some are marked.

Knows nothing of consoles or catalogs: entries come in, marks are set by patterns, and the chosen
files come out as ranges of FileIndexes by job.
Source: console commands, sections 7.2 and 7.3.
"""

import fnmatch
import re
import stat
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, Protocol

from barque.director.services import RestoreSelection
from barque.domain.ids import FileIndex, JobId
from barque.formats.base64 import decode_integer

_SIGNED: Final = bytes((value + 128) % 256 for value in range(256))
"""Turns bytes into ones that sort as signed numbers: the order in which directories are listed."""


class Entry(Protocol):
    """One version of a file, as the catalog knows it."""

    @property
    def path(self) -> bytes:
        """Directory with trailing slash."""

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


class ChosenFiles:
    """Collects files by job; becomes ranges of FileIndexes."""

    def __init__(self) -> None:
        self._indexes: dict[int, array[int]] = {}
        self.count = 0
        """Files that were added, each as often as it was."""

    def add(self, job_id: int, file_index: int) -> None:
        """Add one file."""
        self._indexes.setdefault(job_id, array("q")).append(file_index)
        self.count += 1

    def add_job(self, job_id: int) -> None:
        """Add every file of a job."""
        self._indexes[job_id] = array("q")
        self.count += 1

    def selection(self, order: Iterable[int] = (), file_regex: str = "") -> RestoreSelection:
        """Return the files as ranges; jobs in *order* first."""
        job_ids = list(dict.fromkeys([*(j for j in order if j in self._indexes), *self._indexes]))
        files = {JobId(job_id): _ranges(self._indexes[job_id]) for job_id in job_ids}
        return RestoreSelection(files, self.count, file_regex)


def _ranges(indexes: "array[int]") -> list[tuple[FileIndex, FileIndex]]:
    ranges: list[tuple[FileIndex, FileIndex]] = []
    for index in sorted(set(indexes)):
        if ranges and ranges[-1][1] == index - 1:
            ranges[-1] = (ranges[-1][0], FileIndex(index))
        else:
            ranges.append((FileIndex(index), FileIndex(index)))
    return ranges


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
        return sorted((self.children or {}).values(), key=_listing_key)

    def walk(self) -> Iterator["Node"]:
        """Yield everything below, parents first."""
        stack = self.sorted()[::-1]
        while stack:
            node = stack.pop()
            yield node
            if node.children:
                stack.extend(node.sorted()[::-1])


def _listing_key(node: Node) -> bytes:
    return node.name.encode("utf-8", "surrogateescape").translate(_SIGNED)


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
        fields = lstat.split(" ", 14)
        if len(fields) < 8:
            return
        if stat.S_ISREG(_number(fields[2])):
            node.size = _number(fields[7])
        if fields[3] == "B":
            return
        if fields[13:]:
            node.link_index = _number(fields[13])
        if not node.link_index:
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
        parts = _split_pattern(pattern)
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


def _split_pattern(pattern: str) -> list[str]:
    """Return the components of *pattern*; its end never means nothing or any depth."""
    parts = pattern.removesuffix("/").split("/")
    if parts[-1] in {"", "**"} and len(parts) > 1:
        parts[-1] = "*"
    elif parts in (["**"], [""]):
        parts = ["*"]
    return parts


def matches(pattern: str, name: str) -> bool:
    """Tell whether a shell *pattern* means *name*."""
    return _compiled(pattern).fullmatch(name) is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(_translate(pattern), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def _translate(pattern: str) -> str:
    r"""Return the regular expression for *pattern*, in which ``\`` makes the next letter plain."""
    pieces: list[str] = []
    plain: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "\\":
            pieces.append(fnmatch.translate("".join(plain)))
            plain = []
            pieces.append(re.escape(next(letters, "\\")))
        else:
            plain.append(letter)
    pieces.append(fnmatch.translate("".join(plain)))
    return "".join(_inner(piece) for piece in pieces)


def _inner(translated: str) -> str:
    """Return a translated piece without what makes it a whole expression."""
    return translated.replace("(?s:", "(?:").removesuffix(r"\Z").removesuffix(r"\z")


def everything(entries: Iterable[Entry]) -> tuple[ChosenFiles, int]:
    """Return all *entries*, and how many of them are no directory with something in it.

    What ``all done`` needs: no tree is built, so memory stays small.
    """
    files = ChosenFiles()
    directories: set[bytes] = set()
    parents: set[bytes] = set()
    names = 0
    for entry in entries:
        files.add(entry.job_id, entry.file_index)
        if entry.name:
            names += entry.delta_seq == 0
            parents.add(entry.path)
        else:
            directories.add(entry.path)
    for path in [*directories, *parents]:
        _add_parents(path, parents)
    return files, names + len(directories - parents)


def _add_parents(path: bytes, parents: set[bytes]) -> None:
    """Add the directories above *path* to *parents*."""
    while (end := path.rfind(b"/", 0, len(path) - 1)) >= 0:
        path = path[: end + 1]
        if path in parents:
            return
        parents.add(path)
