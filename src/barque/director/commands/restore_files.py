"""The files that a restore may bring back, as a tree that a console browses.

Source: console commands, sections 7.2 and 7.3.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from barque.director.big_restore_tree import BigRestoreTree
from barque.director.commands.restore_wanted import Wanted
from barque.director.restore_tree import RestoreTree, Tree
from barque.errors import NotFoundError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.catalog.newest import BriefEntry, FileEntry

MANY_FILES: Final = 200_000
"""Jobs with more files than these are browsed in the catalog, not in memory."""

_TICKS: Final = 50
"""How many signs of progress the building of a tree shows."""


class CatalogFiles:
    """The newest version of every file of a chain of jobs."""

    def __init__(self, catalog: "Catalog", job_ids: Sequence[int]) -> None:
        """Read from *catalog*; *job_ids* are given the oldest first."""
        self._catalog = catalog
        self._job_ids = job_ids

    def directories(self) -> Iterator[tuple[bytes, int]]:
        """Yield path and PathId of all directories of the jobs, in the order of the paths."""
        self._catalog.bvfs.update(self._job_ids)
        return self._catalog.bvfs.paths(self._job_ids)

    def entries(self, path_id: int = 0) -> "Iterator[BriefEntry]":
        """Yield what may be restored, by directory and name; *path_id*: of one directory."""
        return self._catalog.chains.brief_files(self._job_ids, path_id=path_id)


def entries_with_progress(wanted: Wanted) -> "Iterator[FileEntry]":
    """Yield the newest version of every file, with a sign of progress now and then."""
    return _with_progress(wanted, wanted.catalog.chains.files(wanted.job_ids))


def _with_progress[E](wanted: Wanted, entries: Iterable[E]) -> Iterator[E]:
    first = wanted.catalog.jobs.get(wanted.job_ids[0])
    step = (first.job_files if first else 0) // _TICKS
    for number, entry in enumerate(entries, 1):
        if step and number % step == 0 and number <= step * _TICKS:
            wanted.session.out.plain("+")
        yield entry


def build_tree(wanted: Wanted, *, marked: bool) -> Tree[Any]:
    """Return the tree of what may be restored; *marked*: all of it is to be."""
    if wanted.catalog.chains.count_files(wanted.job_ids) > MANY_FILES:
        return _big_tree(wanted, marked=marked)
    tree = RestoreTree()
    for entry in entries_with_progress(wanted):
        tree.insert(entry, marked=marked)
    return tree


def _big_tree(wanted: Wanted, *, marked: bool) -> BigRestoreTree:
    try:
        return _loaded(wanted, marked=marked)
    except NotFoundError:
        # somebody made the jobs browsable while they still ran
        wanted.catalog.bvfs.renew(wanted.job_ids)
        return _loaded(wanted, marked=marked)


def _loaded(wanted: Wanted, *, marked: bool) -> BigRestoreTree:
    files = CatalogFiles(wanted.catalog, wanted.job_ids)
    tree = BigRestoreTree(files)
    tree.load(_with_progress(wanted, files.entries()), marked=marked)
    return tree
