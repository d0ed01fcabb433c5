"""The files of a restore as a tree, for jobs with so many that they are not kept in memory.

It answers as `RestoreTree` does, but asks the catalog again for the files of a directory whenever
they are looked at. In memory are the directories (70 bytes and the name of each), a byte for each
FileIndex that tells whether it is marked, four bytes for each file that has several names, and the
directory that is shown: for ten million files in half a million directories less than 150 MiB. What
is about many directories reads all files of the jobs once, and keeps none.

Source: console commands, sections 7.2 and 7.3.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple, Protocol

from barque.director.chosen_files import ChosenFiles, IndexTable
from barque.director.directory_table import (
    BELOW,
    FILE,
    HOLDS,
    LIVE,
    MARKED,
    ROOT,
    DirectoryTable,
)
from barque.director.restore_patterns import matches, split_pattern
from barque.director.restore_tree import Entry, link_of, listing_key, size_of
from barque.errors import NotFoundError

FEW: Final = 64
"""Directories that are read one by one, and not by reading all files; or a hundredth of all."""


class NumberedEntry(Entry, Protocol):
    """An entry that also tells the number of its directory."""

    @property
    def path_id(self) -> int:
        """PathId of its directory."""


class Files(Protocol):
    """What the catalog knows of the jobs."""

    def directories(self) -> Iterable[tuple[bytes, int]]:
        """Yield path and PathId of all directories of the jobs, in the order of the paths."""

    def entries(self, path_id: int = 0) -> Iterable[NumberedEntry]:
        """Yield what may be restored, by directory and name; *path_id*: of one directory."""


class _File(NamedTuple):
    """A file, and where it is."""

    directory: int
    entry: NumberedEntry
    parts: tuple[tuple[int, int], ...] = ()
    """Earlier parts (job, FileIndex) of a file that was saved in parts."""


class FilePlace:
    """A file that is looked at."""

    is_file: Final = True
    has_children: Final = False

    def __init__(self, tree: "BigRestoreTree", file: _File) -> None:
        self._tree = tree
        self.directory: Final = file.directory
        self.entry: Final = file.entry
        self.name: Final = _text(file.entry.name)
        self.job_id: Final = file.entry.job_id

    @property
    def key(self) -> bytes:
        """What puts it in order."""
        return listing_key(self.entry.name)

    @property
    def marked(self) -> bool:
        """Tell whether it is to be restored."""
        return self._tree.is_marked(self.entry)

    @property
    def tag(self) -> str:
        """``*`` when it is marked."""
        return "*" if self.marked else ""

    @property
    def shown(self) -> str:
        """The name."""
        return self.name

    @property
    def path(self) -> str:
        """The whole path."""
        return DirectoryPlace(self._tree, self.directory).path + self.name

    def sorted(self) -> "Sequence[FilePlace | DirectoryPlace]":
        """Return nothing."""
        return ()


class DirectoryPlace:
    """A directory that is looked at."""

    def __init__(self, tree: "BigRestoreTree", number: int) -> None:
        self._tree = tree
        self._table = tree.directories
        self.number: Final = number

    @cached_property
    def name(self) -> str:
        """Base name; lone surrogates stand for bytes that are no UTF-8."""
        return _text(self._table.name(self.number))

    @property
    def key(self) -> bytes:
        """What puts it in order."""
        return listing_key(self._table.name(self.number))

    @property
    def job_id(self) -> int:
        """Job that holds it; 0 for none."""
        return self._table.job_ids[self.number]

    @property
    def is_file(self) -> bool:
        """Tell whether another job has a file of this path."""
        return self._has(FILE)

    @property
    def has_children(self) -> bool:
        """Tell whether there is something below it."""
        return self._has(HOLDS)

    @property
    def marked(self) -> bool:
        """Tell whether it is to be restored."""
        return self._has(MARKED)

    def _has(self, flag: int) -> bool:
        return bool(self._table.flags[self.number] & flag)

    @property
    def tag(self) -> str:
        """``*`` when it is marked, ``+`` when something below it is."""
        return "*" if self.marked else "+" if self._has(BELOW) else ""

    @property
    def shown(self) -> str:
        """The name, with a slash when there is something below it."""
        return f"{self.name}/" if self.has_children else self.name

    @property
    def path(self) -> str:
        """The whole path, with a slash at its end."""
        path = _text(self._table.path(self.number))
        return path if self.is_file and not self.has_children else path.rstrip("/") + "/"

    def sorted(self) -> "Sequence[Place]":
        """Return what is directly in it, in the order of a listing."""
        places: list[Place] = [*self._tree.subdirectories(self.number)]
        places += self._tree.files(self.number)
        return sorted(places, key=lambda place: place.key)


type Place = FilePlace | DirectoryPlace


class BigRestoreTree:
    """All files that may be restored, most of them in the catalog."""

    def __init__(self, source: Files, *, few: int = FEW) -> None:
        """Browse what *source* yields; `load` comes first. Raises NotFoundError as `load` does."""
        self._source = source
        self._few = few
        self.directories: Final = DirectoryTable(source.directories())
        self.root: Final = DirectoryPlace(self, ROOT)
        self.inserted = 0
        """Entries that came in."""
        self._marks: dict[int, IndexTable] = {}
        self._first_names: dict[int, IndexTable] = {}
        self._hidden: dict[int, dict[bytes, int]] = {}
        self._hidden_sizes: dict[int, int] = {}
        self._names_of: tuple[int, frozenset[bytes]] = (-1, frozenset())
        self._marked_files = 0
        self._saved_files = 0
        self._with_parts = False
        self._all = False

    # -- loading ---------------------------------------------------------------------------------

    def load(self, entries: Iterable[NumberedEntry], *, marked: bool = False) -> None:
        """Take all *entries* of the source once; *marked*: everything is to be restored.

        Raises NotFoundError for an entry whose directory the source did not name.
        """
        self._all = marked
        table, doubtful = self.directories, list[_File]()
        for file in self._files(self._noted(entries)):
            entry, number = file.entry, file.directory
            table.flags[number] |= LIVE
            if entry.name:
                table.flags[number] |= HOLDS
                self._take(file, marked=marked)
                if table.end[number] > number + 1 and entry.name in self._names_below(number):
                    doubtful.append(file)
            else:
                table.job_ids[number], table.indexes[number] = entry.job_id, entry.file_index
                table.flags[number] |= MARKED if marked else 0
        table.spread_life()
        for file in doubtful:
            self._hide(file)

    def _noted(self, entries: Iterable[NumberedEntry]) -> Iterator[NumberedEntry]:
        for entry in entries:
            self.inserted += 1
            self._with_parts |= entry.delta_seq > 0
            yield entry

    def _take(self, file: _File, *, marked: bool) -> None:
        entry = file.entry
        self._saved_files += 1
        if marked:
            self._set(entry.job_id, entry.file_index, marked=True)
        if link_of(entry.lstat) == 0:
            names = self._first_names.setdefault(entry.job_id, IndexTable("i"))
            names.put(entry.file_index, file.directory + 1)

    def _names_below(self, number: int) -> frozenset[bytes]:
        """Return the names of the directories in a directory; the last answer is kept."""
        if self._names_of[0] != number:
            names = frozenset(map(self.directories.name, self.directories.all_children(number)))
            self._names_of = (number, names)
        return self._names_of[1]

    def _hide(self, file: _File) -> None:
        """Let a file and a directory of one name be one: what came last of them is restored."""
        table, entry, number = self.directories, file.entry, file.directory
        directory = table.child(number, entry.name)
        if directory is None:
            return
        is_marked = self._set(entry.job_id, entry.file_index, marked=False)
        if entry.job_id in self._first_names:
            self._first_names[entry.job_id].put(entry.file_index, 0)
        self._saved_files -= 1
        self._hidden.setdefault(number, {})[entry.name] = directory
        self._hidden_sizes[directory] = size_of(entry.lstat) or 0
        table.flags[directory] |= FILE
        if not table.indexes[directory] or [entry.path_id] > table.path_ids(directory):
            table.job_ids[directory], table.indexes[directory] = entry.job_id, entry.file_index
            table.flags[directory] |= MARKED if is_marked else 0

    def count_without_directories(self) -> int:
        """Return how many entries are no directory with something in it."""
        table = self.directories
        empty = (not table.flags[number] & HOLDS for number in self._saved_directories())
        return self._saved_files + sum(empty)

    # -- reading ---------------------------------------------------------------------------------

    def _files(self, entries: Iterable[NumberedEntry]) -> Iterator[_File]:
        """Yield files and directories, the parts of a file together."""
        path_id, number = 0, ROOT
        last: _File | None = None
        for entry in entries:
            if entry.path_id != path_id:
                path_id, number = entry.path_id, self._number_of(entry)
            parts: tuple[tuple[int, int], ...] = ()
            if last is not None:
                before = last.entry
                if entry.delta_seq and (last.directory, before.name) == (number, entry.name):
                    parts = (*last.parts, (before.job_id, before.file_index))
                elif before.name not in self._hidden.get(last.directory, ()):
                    yield last
            last = _File(number, entry, parts)
        if last is not None and last.entry.name not in self._hidden.get(last.directory, ()):
            yield last

    def _number_of(self, entry: NumberedEntry) -> int:
        number = self.directories.number_of(entry.path_id)
        if number is None:
            raise NotFoundError(f"The directory {entry.path!r} is not known to the catalog")
        return number

    def _in(self, number: int) -> Iterator[_File]:
        """Yield the files directly in a directory."""
        for path_id in self.directories.path_ids(number):
            for file in self._files(self._source.entries(path_id)) if path_id else ():
                if file.entry.name:
                    yield file

    def _read(self, wanted: bytearray) -> Iterator[_File]:
        """Yield the files of the directories for which there is a 1 in *wanted*."""
        if wanted.count(1) <= max(self._few, len(wanted) // 100):
            for number in _places(wanted):
                yield from self._in(number)
            return
        for file in self._files(self._source.entries()):
            if file.entry.name and wanted[file.directory]:
                yield file

    def files(self, number: int) -> list[FilePlace]:
        """Return the files directly in a directory."""
        return [FilePlace(self, file) for file in self._in(number)]

    def subdirectories(self, number: int) -> list[DirectoryPlace]:
        """Return the directories directly in a directory."""
        return [DirectoryPlace(self, child) for child in self.directories.children(number)]

    def _saved_directories(self) -> Iterator[int]:
        """Yield the directories that were saved themselves, without the root."""
        indexes = self.directories.indexes
        return (number for number in range(ROOT + 1, len(indexes)) if indexes[number])

    # -- finding ---------------------------------------------------------------------------------

    def find(self, path: str, current: Place) -> Place | None:
        """Return what is at *path*, seen from *current*; patterns are allowed, ``..`` goes up."""
        place: Place | None = self.root if path.startswith("/") else current
        for name in path.split("/"):
            if name in {"", "."} or place is None:
                continue
            place = self._above(place) if name == ".." else self._below(place, name)
        return place

    def _above(self, place: Place) -> Place:
        if isinstance(place, FilePlace):
            return DirectoryPlace(self, place.directory)
        return DirectoryPlace(self, max(self.directories.parent[place.number], ROOT))

    def _below(self, place: Place, name: str) -> Place | None:
        """Return what is called *name* in a directory, or what comes first of what it means."""
        if isinstance(place, FilePlace):
            return None
        child = self.directories.child(place.number, _raw(name))
        if child is not None:
            return DirectoryPlace(self, child)
        places = place.sorted()
        exact = (found for found in places if found.name == name)
        return next(exact, None) or next((p for p in places if matches(name, p.name)), None)

    def named(self, pattern: str) -> Iterator[Place]:
        """Yield everything whose base name *pattern* means, parents first."""
        table = self.directories
        hits, leads = bytearray(len(table)), bytearray(len(table))
        for file in self._files(self._source.entries()):
            if file.entry.name and not hits[file.directory]:
                hits[file.directory] = matches(pattern, _text(file.entry.name))
        for number in range(len(table) - 1, ROOT, -1):
            leads[number] |= hits[number]
            is_hit = table.flags[number] & LIVE and matches(pattern, _text(table.name(number)))
            leads[table.parent[number]] |= leads[number] | bool(is_hit)
        stack: list[Place] = [self.root]
        while stack:
            place = stack.pop()
            if place is not self.root and matches(pattern, place.name):
                yield place
            if isinstance(place, DirectoryPlace) and (leads[place.number] or place is self.root):
                below: list[Place] = [*self.subdirectories(place.number)]
                below += self.files(place.number) if hits[place.number] else ()
                stack += sorted(below, key=lambda found: found.key, reverse=True)

    # -- marking ---------------------------------------------------------------------------------

    def is_marked(self, entry: Entry) -> bool:
        """Tell whether a file is to be restored."""
        table = self._marks.get(entry.job_id)
        return table is not None and bool(table.get(entry.file_index))

    def _set(self, job_id: int, file_index: int, *, marked: bool) -> bool:
        """Mark a file or not; return whether that changed it."""
        table = self._marks.get(job_id)
        if table is None:
            table = self._marks[job_id] = IndexTable()
        changed = table.put(file_index, marked) != marked
        if changed:
            self._marked_files += 1 if marked else -1
        return changed

    def mark(self, pattern: str, current: Place, *, marked: bool = True) -> int:
        """Mark everything that *pattern* means, and what is below it; return what changed."""
        parts = split_pattern(pattern)
        aim = Aim(self.directories)
        for number, position in self._starts(parts, current):
            aim.follow(parts, number, position)
        count = sum(self._mark_below(number, marked) for number in aim.whole)
        count += self._mark_files(aim, parts[-1], marked)
        if marked:
            for number in _places(aim.changed):
                self._note_marked(number)
        else:
            self._note_unmarked(aim)
        return count

    def _starts(self, parts: list[str], current: Place) -> list[tuple[int, int]]:
        """Return where a pattern begins; may add a part that means everything."""
        first = parts[0]
        here = [(current.number, 0)] if isinstance(current, DirectoryPlace) else []
        if first and not (len(first) == 2 and first[1] == ":"):
            return here
        starts = [(ROOT, 1)]
        if first:
            drives = self.subdirectories(ROOT)
            starts = [(drive.number, 1) for drive in drives if matches(first, drive.name)]
            if not starts:
                return here
        if len(parts) == 1:
            parts.append("*")
        return starts

    def _mark_below(self, top: int, marked: bool) -> int:
        """Mark a directory and those below it; return what changed."""
        table, count = self.directories, 0
        for number in range(top, table.end[top]):
            flags = table.flags[number]
            count += bool(table.indexes[number]) and bool(flags & MARKED) is not marked
            wanted = MARKED | (BELOW if flags & HOLDS else 0)
            table.flags[number] = flags | wanted if marked else flags & ~wanted
        return count

    def _mark_files(self, aim: "Aim", pattern: str, marked: bool) -> int:
        """Mark the files that are meant, and the first names of those with several."""
        count = 0
        for file in self._read(aim.directories()):
            entry, number = file.entry, file.directory
            if not aim.is_whole[number]:
                if not matches(pattern, _text(entry.name)):
                    aim.kept[number] |= self.is_marked(entry)
                    continue
                aim.changed[number] = 1
            count += self._set(entry.job_id, entry.file_index, marked=marked)
            if marked and (link := link_of(entry.lstat)):
                count += self._mark_first(entry.job_id, link)
        return count

    def _mark_first(self, job_id: int, file_index: int) -> int:
        """Mark the first name of a file with several; return what changed."""
        names = self._first_names.get(job_id)
        number = names.get(file_index) - 1 if names is not None else -1
        if number < 0 or not self._set(job_id, file_index, marked=True):
            return 0
        self._note_marked(number)
        return 1

    def _note_marked(self, number: int) -> None:
        """Tell a directory, and those above it, that something below it is marked."""
        flags = self.directories.flags
        while number >= ROOT and not flags[number] & BELOW:
            flags[number] |= BELOW
            number = self.directories.parent[number]

    def _note_unmarked(self, aim: "Aim") -> None:
        """Find out of the directories that changed, and those above, what is below them still.

        From the last to the first: then those below a directory are known before it.
        """
        flags, parent = self.directories.flags, self.directories.parent
        number = aim.changed.rfind(1)
        while number >= ROOT:
            below = BELOW if self._has_marked(number, aim) else 0
            if flags[number] & BELOW != below:
                flags[number] ^= BELOW
                if number > ROOT:
                    aim.changed[parent[number]] = 1
            number = aim.changed.rfind(1, 0, number)

    def _has_marked(self, number: int, aim: "Aim") -> bool:
        """Tell whether anything directly in a directory is marked, or something below that."""
        flags = self.directories.flags
        if any(flags[child] & (MARKED | BELOW) for child in self.directories.children(number)):
            return True
        if aim.was_read(number):
            return bool(aim.kept[number])
        return self._marked_files > 0 and any(self.is_marked(f.entry) for f in self._in(number))

    def mark_directories(self, pattern: str, current: Place, *, marked: bool = True) -> int:
        """Mark directories of *current* alone, not what is below them; return how many."""
        if isinstance(current, FilePlace):
            return 0
        table, count = self.directories, 0
        for place in self.subdirectories(current.number):
            is_saved = table.indexes[place.number] > 0
            if is_saved and not place.is_file and matches(pattern.rstrip("/"), place.name):
                flags = table.flags[place.number]
                table.flags[place.number] = flags | MARKED if marked else flags & ~MARKED
                count += 1
        return count

    # -- result ----------------------------------------------------------------------------------

    def count(self) -> tuple[int, int]:
        """Return how many were saved, and how many of them are marked."""
        flags = self.directories.flags
        saved = [bool(flags[number] & MARKED) for number in self._saved_directories()]
        return self._saved_files + len(saved), self._marked_files + sum(saved)

    def estimate(self) -> tuple[int, int, int]:
        """Return how many were saved, how many of them a restore brings back, and their bytes."""
        saved, _marked = self.count()
        count = size = 0
        for number in self._saved_directories():
            flags = self.directories.flags[number]
            if flags & MARKED and flags & FILE:
                size += self._hidden_sizes[number]
            count += bool(flags & (MARKED | BELOW))
        marked = (f.entry for f in self._read(self._with_marks()) if self.is_marked(f.entry))
        size += sum(size_of(entry.lstat) or 0 for entry in marked)
        return saved, count + self._marked_files, size

    def _with_marks(self) -> bytearray:
        """Return which directories may have marked files directly in them."""
        flag = HOLDS if self._all else BELOW
        return bytearray(bool(flags & flag) for flags in self.directories.flags)

    def chosen(self) -> ChosenFiles:
        """Return what is marked."""
        # a job without any file would stand for all of its files
        tables = {job_id: marks.copy() for job_id, marks in self._marks.items() if marks}
        files = ChosenFiles(tables, self._marked_files)
        table = self.directories
        for number in self._saved_directories():
            if table.flags[number] & MARKED:
                files.add(table.job_ids[number], table.indexes[number])
        for file in self._read(self._with_marks()) if self._with_parts else ():
            for job_id, file_index in file.parts if self.is_marked(file.entry) else ():
                files.add(job_id, file_index)
        return files


class Aim:
    """The directories to which a pattern leads."""

    def __init__(self, table: DirectoryTable) -> None:
        self._table = table
        self.whole: Final = list[int]()
        """Directories that are meant with all below them."""
        self.is_whole: Final = bytearray(len(table))
        """1 for these and all below them."""
        self.changed: Final = bytearray(len(table))
        """1 for each directory directly in which something is meant."""
        self.kept: Final = bytearray(len(table))
        """1 for each in which a file is marked that is not meant."""
        self._searched = bytearray(len(table))

    def was_read(self, number: int) -> bool:
        """Tell whether all files of a directory were looked at."""
        return bool(self.is_whole[number] or self._searched[number])

    def follow(self, parts: Sequence[str], number: int, position: int) -> None:
        """Follow the *parts* of a pattern from *position* on, beginning in a directory."""
        stack = [(number, position)]
        while stack:
            number, position = stack.pop()
            stack += self._step(parts, number, position)

    def _step(self, parts: Sequence[str], number: int, position: int) -> Iterator[tuple[int, int]]:
        """Take one part in one directory; yield where it goes on."""
        table, is_last = self._table, position + 1 == len(parts)
        if parts[position] == "**":
            yield number, position + 1
        elif is_last:
            self._searched[number] = 1
        for child in table.children(number):
            if parts[position] == "**":
                if not table.flags[child] & FILE:
                    yield child, position
            elif matches(parts[position], _text(table.name(child))):
                if is_last:
                    self._add_whole(child)
                elif not table.flags[child] & FILE:
                    yield child, position + 1

    def _add_whole(self, number: int) -> None:
        self.whole.append(number)
        self.changed[self._table.parent[number]] = 1
        end = self._table.end[number]
        self.is_whole[number:end] = b"\1" * (end - number)

    def directories(self) -> bytearray:
        """Return 1 for each directory in which files may be meant."""
        holds = self._table.flags.translate(_HOLDS)
        wanted = int.from_bytes(self.is_whole) | int.from_bytes(self._searched)
        return bytearray((wanted & int.from_bytes(holds)).to_bytes(len(holds)))


_HOLDS: Final = bytes(bool(flags & HOLDS) for flags in range(256))


def _places(wanted: bytearray) -> Iterator[int]:
    """Yield where there is a 1."""
    place = wanted.find(1)
    while place >= 0:
        yield place
        place = wanted.find(1, place + 1)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
