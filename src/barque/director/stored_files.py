"""The files of a restore, read from the catalog whenever they are asked for.

Source: console commands, section 7.3.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol

from barque.director.directory_table import ROOT, DirectoryTable
from barque.director.restore_tree import Version
from barque.errors import NotFoundError

FEW: Final = 64
"""Directories that are read one by one, and not by reading all files; or a hundredth of all."""


class StoredEntry(Version, Protocol):
    """A version that tells by number where its file is."""

    @property
    def path_id(self) -> int:
        """PathId of its directory."""


class Files(Protocol):
    """What the catalog knows of the jobs."""

    def directories(self) -> Iterable[tuple[bytes, int]]:
        """Yield path and PathId of all directories of the jobs, in the order of the paths."""

    def entries(self, path_id: int = 0) -> Iterable[StoredEntry]:
        """Yield what may be restored, by directory and name; *path_id*: of one directory."""


class StoredFile(NamedTuple):
    """A file, and where it is."""

    directory: int
    entry: StoredEntry
    parts: tuple[tuple[int, int], ...] = ()
    """Earlier parts (job, FileIndex) of a file that was saved in parts."""


class FileReader:
    """Reads files, with the number of their directory."""

    def __init__(self, source: Files, table: DirectoryTable, few: int) -> None:
        """Read from *source*; up to *few* directories of *table* are read one by one."""
        self._source = source
        self._table = table
        self._few = few
        self.hidden: Final = dict[int, set[bytes]]()
        """Files that are left out, by directory and name: there is a directory of this name."""

    def all(self) -> Iterator[StoredFile]:
        """Yield all files and directories."""
        return self.files(self._source.entries())

    def files(self, entries: Iterable[StoredEntry]) -> Iterator[StoredFile]:
        """Yield files and directories, the parts of a file together."""
        path_id, number = 0, ROOT
        last: StoredFile | None = None
        for entry in entries:
            if entry.path_id != path_id:
                path_id, number = entry.path_id, self._number_of(entry)
            parts: tuple[tuple[int, int], ...] = ()
            if last is not None:
                before = last.entry
                if entry.delta_seq and (last.directory, before.name) == (number, entry.name):
                    parts = (*last.parts, (before.job_id, before.file_index))
                elif before.name not in self.hidden.get(last.directory, ()):
                    yield last
            last = StoredFile(number, entry, parts)
        if last is not None and last.entry.name not in self.hidden.get(last.directory, ()):
            yield last

    def _number_of(self, entry: StoredEntry) -> int:
        number = self._table.number_of(entry.path_id)
        if number is None:
            raise NotFoundError(
                f"The catalog does not know the directory PathId {entry.path_id} of a job"
            )
        return number

    def directly_in(self, number: int) -> Iterator[StoredFile]:
        """Yield the files directly in a directory."""
        for path_id in self._table.path_ids(number):
            for file in self.files(self._source.entries(path_id)) if path_id else ():
                if file.entry.name:
                    yield file

    def read(self, wanted: bytearray) -> Iterator[StoredFile]:
        """Yield the files of the directories for which there is a 1 in *wanted*."""
        if wanted.count(1) <= max(self._few, len(wanted) // 100):
            for number in places(wanted):
                yield from self.directly_in(number)
            return
        for file in self.all():
            if file.entry.name and wanted[file.directory]:
                yield file


def places(wanted: bytearray) -> Iterator[int]:
    """Yield where there is a 1."""
    place = wanted.find(1)
    while place >= 0:
        yield place
        place = wanted.find(1, place + 1)
