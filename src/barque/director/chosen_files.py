"""The files that a restore brings back, by job, as sets of FileIndexes that stay small."""

from array import array
from collections.abc import Iterable, Iterator
from typing import Final

from barque.director.services import RestoreSelection
from barque.domain.ids import FileIndex, JobId

_PAGE_BITS: Final = 12
_PAGE: Final = 1 << _PAGE_BITS
"""FileIndexes that share a page."""


class IndexTable:
    """A number for each FileIndex of a job, 0 until one is put there.

    Kept in pages that exist only where something was put, so that it takes one item (*kind*: one
    byte `b`, or four `i`) a file at most.
    """

    def __init__(self, kind: str = "b") -> None:
        self._pages: dict[int, array[int]] = {}
        self._empty: Final = array(kind, [0]) * _PAGE

    def get(self, index: int) -> int:
        """Return the number of a FileIndex."""
        page = self._pages.get(index >> _PAGE_BITS)
        return page[index & _PAGE - 1] if page is not None else 0

    def put(self, index: int, number: int) -> int:
        """Replace the number of a FileIndex; return the old one."""
        page = self._pages.get(index >> _PAGE_BITS)
        if page is None:
            page = self._pages[index >> _PAGE_BITS] = self._empty[:]
        place = index & _PAGE - 1
        old = page[place]
        page[place] = number
        return old

    def copy(self) -> "IndexTable":
        """Return a table of the same numbers."""
        twin = IndexTable(self._empty.typecode)
        twin._pages = {
            number: page[:] for number, page in self._pages.items() if page != self._empty
        }
        return twin

    def __bool__(self) -> bool:
        """Tell whether any FileIndex has a number other than 0."""
        return any(page != self._empty for page in self._pages.values())

    def ranges(self) -> list[tuple[FileIndex, FileIndex]]:
        """Return the FileIndexes with the number 1 as ranges (first, last); of one-byte items."""
        ranges: list[tuple[FileIndex, FileIndex]] = []
        for first, last in self._runs():
            touches = bool(ranges) and ranges[-1][1] == first - 1
            begin = ranges.pop()[0] if touches else FileIndex(first)
            ranges.append((begin, FileIndex(last)))
        return ranges

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Yield the runs of each page."""
        for number in sorted(self._pages):
            page, start = self._pages[number].tobytes(), number << _PAGE_BITS
            first = page.find(1)
            while first >= 0:
                end = page.find(0, first)
                end = _PAGE if end < 0 else end
                yield start + first, start + end - 1
                first = page.find(1, end)


class ChosenFiles:
    """Collects files by job; becomes ranges of FileIndexes. A byte for each FileIndex at most."""

    def __init__(self, tables: dict[int, IndexTable] | None = None, count: int = 0) -> None:
        """Begin with nothing, or with *count* files that have the number 1 in *tables*."""
        self._indexes: dict[int, IndexTable] = tables or {}
        self.count = count
        """Files that were added, each as often as it was."""

    def add(self, job_id: int, file_index: int) -> None:
        """Add one file."""
        table = self._indexes.get(job_id)
        if table is None:
            table = self._indexes[job_id] = IndexTable()
        table.put(file_index, 1)
        self.count += 1

    def add_job(self, job_id: int) -> None:
        """Add every file of a job."""
        self._indexes[job_id] = IndexTable()
        self.count += 1

    def selection(self, order: Iterable[int] = (), file_regex: str = "") -> RestoreSelection:
        """Return the files as ranges; jobs in *order* first."""
        job_ids = list(dict.fromkeys([*(j for j in order if j in self._indexes), *self._indexes]))
        files = {JobId(job_id): self._indexes[job_id].ranges() for job_id in job_ids}
        return RestoreSelection(files, self.count, file_regex)
