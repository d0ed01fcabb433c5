"""The files of a restore as a tree, for jobs with so many that they are not kept in memory.

It answers as `RestoreTree` does, but asks the catalog again for the files of a directory whenever
they are looked at. In memory are the directories (70 bytes and the name of each), a byte for each
FileIndex that tells whether it is marked, four bytes for each file that has several names, and the
directory that is shown: for ten million files in half a million directories less than 150 MiB. What
is about many directories reads all files of the jobs once, and keeps none.

Source: console commands, sections 7.2 and 7.3.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from barque.director.chosen_files import ChosenFiles
from barque.director.directory_table import (
    BELOW,
    FILE,
    HOLDS,
    LIVE,
    MARKED,
    ROOT,
    DirectoryTable,
    decoded,
)
from barque.director.file_marks import FileMarks
from barque.director.restore_aim import Aim
from barque.director.restore_patterns import matches, split_pattern
from barque.director.restore_places import DirectoryPlace, FilePlace, Place
from barque.director.restore_tree import link_of, size_of
from barque.director.stored_files import FEW, FileReader, Files, StoredEntry, StoredFile, places


class BigRestoreTree:
    """All files that may be restored, most of them in the catalog."""

    def __init__(self, source: Files, *, few: int = FEW) -> None:
        """Browse what *source* yields; `load` comes first. Raises NotFoundError as `load` does."""
        self.directories: Final = DirectoryTable(source.directories())
        self.root: Final = DirectoryPlace(self, ROOT)
        self.inserted = 0
        """Entries that came in."""
        self._reader = FileReader(source, self.directories, few)
        self._marks = FileMarks()
        self._hidden_sizes: dict[int, int] = {}
        self._names_of: tuple[int, frozenset[bytes]] = (-1, frozenset())
        self._saved_files = 0
        self._with_parts = False
        self._all = False

    # -- loading ---------------------------------------------------------------------------------

    def load(self, entries: Iterable[StoredEntry], *, marked: bool = False) -> None:
        """Take all *entries* of the source once; *marked*: everything is to be restored.

        Raises NotFoundError for an entry whose directory the source did not name.
        """
        self._all = marked
        table, doubtful = self.directories, list[StoredFile]()
        for file in self._reader.files(self._noted(entries)):
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

    def _noted(self, entries: Iterable[StoredEntry]) -> Iterator[StoredEntry]:
        for entry in entries:
            self.inserted += 1
            self._with_parts |= entry.delta_seq > 0
            yield entry

    def _take(self, file: StoredFile, *, marked: bool) -> None:
        entry = file.entry
        self._saved_files += 1
        if marked:
            self._marks.set(entry.job_id, entry.file_index, marked=True)
        if link_of(entry.lstat) == 0:
            self._marks.note_first_name(entry, file.directory)

    def _names_below(self, number: int) -> frozenset[bytes]:
        """Return the names of the directories in a directory; the last answer is kept."""
        if self._names_of[0] != number:
            names = frozenset(map(self.directories.name, self.directories.all_children(number)))
            self._names_of = (number, names)
        return self._names_of[1]

    def _hide(self, file: StoredFile) -> None:
        """Let a file and a directory of one name be one: what came last of them is restored."""
        table, entry, number = self.directories, file.entry, file.directory
        directory = table.child(number, entry.name)
        if directory is None:
            return
        is_marked = self._marks.set(entry.job_id, entry.file_index, marked=False)
        self._marks.note_first_name(entry, -1)
        self._saved_files -= 1
        self._reader.hidden.setdefault(number, set()).add(entry.name)
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

    def files(self, number: int) -> list[FilePlace]:
        """Return the files directly in a directory."""
        return [FilePlace(self, file) for file in self._reader.directly_in(number)]

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
        child = self.directories.child(place.number, name.encode("utf-8", "surrogateescape"))
        if child is not None:
            return DirectoryPlace(self, child)
        places = place.sorted()
        exact = (found for found in places if found.name == name)
        return next(exact, None) or next((p for p in places if matches(name, p.name)), None)

    def named(self, pattern: str) -> Iterator[Place]:
        """Yield everything whose base name *pattern* means, parents first."""
        table = self.directories
        hits, leads = bytearray(len(table)), bytearray(len(table))
        for file in self._reader.all():
            if file.entry.name and not hits[file.directory]:
                hits[file.directory] = matches(pattern, decoded(file.entry.name))
        for number in range(len(table) - 1, ROOT, -1):
            leads[number] |= hits[number]
            is_hit = table.flags[number] & LIVE and matches(pattern, decoded(table.name(number)))
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

    def is_marked(self, entry: StoredEntry) -> bool:
        """Tell whether a file is to be restored."""
        return self._marks.is_marked(entry)

    def mark(self, pattern: str, current: Place, *, marked: bool = True) -> int:
        """Mark everything that *pattern* means, and what is below it; return what changed."""
        parts = split_pattern(pattern)
        aim = Aim(self.directories)
        for number, position in self._starts(parts, current):
            aim.follow(parts, number, position)
        count = sum(self._mark_below(number, marked) for number in aim.whole)
        count += self._mark_files(aim, parts[-1], marked)
        if marked:
            for number in places(aim.changed):
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

    def _mark_files(self, aim: Aim, pattern: str, marked: bool) -> int:
        """Mark the files that are meant, and the first names of those with several."""
        count = 0
        for file in self._reader.read(aim.directories()):
            entry, number = file.entry, file.directory
            if not aim.is_whole[number]:
                if not matches(pattern, decoded(entry.name)):
                    aim.kept[number] |= self.is_marked(entry)
                    continue
                aim.changed[number] = 1
            count += self._marks.set(entry.job_id, entry.file_index, marked=marked)
            if marked and (link := link_of(entry.lstat)):
                count += self._mark_first(entry.job_id, link)
        return count

    def _mark_first(self, job_id: int, file_index: int) -> int:
        """Mark the first name of a file with several; return what changed."""
        number = self._marks.directory_of_first_name(job_id, file_index)
        if number < 0 or not self._marks.set(job_id, file_index, marked=True):
            return 0
        self._note_marked(number)
        return 1

    def _note_marked(self, number: int) -> None:
        """Tell a directory, and those above it, that something below it is marked."""
        flags = self.directories.flags
        while number >= ROOT and not flags[number] & BELOW:
            flags[number] |= BELOW
            number = self.directories.parent[number]

    def _note_unmarked(self, aim: Aim) -> None:
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

    def _has_marked(self, number: int, aim: Aim) -> bool:
        """Tell whether anything directly in a directory is marked, or something below that."""
        flags = self.directories.flags
        if any(flags[child] & (MARKED | BELOW) for child in self.directories.children(number)):
            return True
        if aim.was_read(number):
            return bool(aim.kept[number])
        return self._marks.count > 0 and any(
            self.is_marked(f.entry) for f in self._reader.directly_in(number)
        )

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
        return self._saved_files + len(saved), self._marks.count + sum(saved)

    def estimate(self) -> tuple[int, int, int]:
        """Return how many were saved, how many of them a restore brings back, and their bytes."""
        saved, _marked = self.count()
        count = size = 0
        for number in self._saved_directories():
            flags = self.directories.flags[number]
            if flags & MARKED and flags & FILE:
                size += self._hidden_sizes[number]
            count += bool(flags & (MARKED | BELOW))
        marked = (f.entry for f in self._reader.read(self._with_marks()) if self.is_marked(f.entry))
        size += sum(size_of(entry.lstat) or 0 for entry in marked)
        return saved, count + self._marks.count, size

    def _with_marks(self) -> bytearray:
        """Return which directories may have marked files directly in them."""
        flag = HOLDS if self._all else BELOW
        return bytearray(bool(flags & flag) for flags in self.directories.flags)

    def chosen(self) -> ChosenFiles:
        """Return what is marked."""
        files = self._marks.chosen()
        table = self.directories
        for number in self._saved_directories():
            if table.flags[number] & MARKED:
                files.add(table.job_ids[number], table.indexes[number])
        for file in self._reader.read(self._with_marks()) if self._with_parts else ():
            for job_id, file_index in file.parts if self.is_marked(file.entry) else ():
                files.add(job_id, file_index)
        return files
