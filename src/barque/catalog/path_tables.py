"""The tables of browsing, and how they are filled.

`pathhierarchy` knows the parent of each path, `pathvisibility` which paths a job has files in or
below. They are filled once for each job, a batch of directories at a time. Each batch is a change
of its own that is whole: all its directories, and those above them. So other writers are never kept
waiting for long, and a job whose filling was interrupted (HasCache -1) is simply filled again: what
is there already costs little. Source: catalog, section 7.1.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import batched
from typing import Final

from barque.catalog.sqltext import marks, number, text
from barque.catalog.store import Store

BATCH_PATHS: Final = 5_000
"""Directories of one change."""

_EMPTY: Final = 0
_BEGUN: Final = -1
_WHOLE: Final = 1
"""What HasCache of a job says."""

_OF_FILES: Final = "SELECT DISTINCT pathid FROM file WHERE jobid = ? ORDER BY pathid"
_OF_BASE_FILES: Final = (
    "SELECT DISTINCT file.pathid FROM basefiles JOIN file ON file.fileid = basefiles.fileid "
    "WHERE basefiles.jobid = ? ORDER BY file.pathid"
)
_SEE: Final = "INSERT INTO pathvisibility (pathid, jobid) VALUES (?, ?) ON CONFLICT DO NOTHING"
_WITHOUT_PARENT: Final = (
    "SELECT path.path, seen.pathid FROM pathvisibility AS seen "
    "JOIN path ON path.pathid = seen.pathid "
    "LEFT JOIN pathhierarchy AS known ON known.pathid = seen.pathid "
    "WHERE seen.jobid = ? AND seen.pathid BETWEEN ? AND ? AND known.pathid IS NULL"
)
_ADD_PARENT: Final = (
    "INSERT INTO pathhierarchy (pathid, ppathid) VALUES (?, ?) ON CONFLICT DO NOTHING"
)
_SEE_ABOVE: Final = (
    "INSERT INTO pathvisibility (pathid, jobid) "
    "WITH RECURSIVE above(pathid) AS ("
    "SELECT parent.ppathid FROM pathvisibility AS seen "
    "JOIN pathhierarchy AS parent ON parent.pathid = seen.pathid "
    "WHERE seen.jobid = ? AND seen.pathid BETWEEN ? AND ? "
    "UNION SELECT parent.ppathid FROM above "
    "JOIN pathhierarchy AS parent ON parent.pathid = above.pathid) "
    "SELECT pathid, CAST(? AS INTEGER) FROM above WHERE true ON CONFLICT DO NOTHING"
)


def always() -> bool:
    """Go on, whatever comes."""
    return True


class PathTables:
    """Fills and empties the tables of browsing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def update(
        self, job_ids: Iterable[int] | None = None, go_on: Callable[[], bool] = always
    ) -> None:
        """Make jobs browsable; without *job_ids* all backups that are not.

        A job that is browsable already costs nothing. *go_on* is asked between two changes; when it
        says no, the rest is left for the next time. Several may fill the same job at once.
        """
        for job_id in self._not_whole() if job_ids is None else job_ids:
            while self._begin(job_id):
                if not self._fill(job_id, go_on):
                    return
                self._end(job_id)

    def clear(self) -> None:
        """Empty the tables."""
        with self._store.transaction():
            self._store.lock_paths()
            self._store.run(f"UPDATE job SET hascache = {_EMPTY} WHERE hascache <> {_EMPTY}")
            self._store.run("DELETE FROM pathhierarchy")
            self._store.run("DELETE FROM pathvisibility")

    def forget(self, job_ids: Sequence[int]) -> None:
        """Have jobs filled anew at the next update."""
        with self._store.transaction():
            self._store.lock_paths()
            self._store.run(
                f"UPDATE job SET hascache = {_EMPTY} WHERE jobid IN ({marks(job_ids)})", job_ids
            )

    def _not_whole(self) -> list[int]:
        rows = self._store.rows(
            f"SELECT jobid FROM job WHERE hascache <> {_WHOLE} AND type IN ('B', 'A', 'a') "
            "AND jobstatus IN ('T', 'W', 'f', 'A') ORDER BY jobid"
        )
        return [number(job_id) for (job_id,) in rows]

    def _begin(self, job_id: int) -> bool:
        """Note that a job is being filled; return False when there is nothing to do."""
        with self._store.transaction():
            self._store.lock_paths()
            row = self._store.one("SELECT hascache FROM job WHERE jobid = ?", (job_id,))
            if row is None or row[0] == _WHOLE:
                return False
            if row[0] != _BEGUN:
                # what another left there is not ours to trust
                self._store.run("DELETE FROM pathvisibility WHERE jobid = ?", (job_id,))
                self._set(job_id, _BEGUN, before=number(row[0]))
        return True

    def _end(self, job_id: int) -> None:
        """Note that a job is filled, unless the tables were emptied meanwhile."""
        with self._store.transaction():
            self._store.lock_paths()
            self._set(job_id, _WHOLE, before=_BEGUN)
            if self._store.one("SELECT 1 FROM job WHERE jobid = ?", (job_id,)) is None:
                self._store.run("DELETE FROM pathvisibility WHERE jobid = ?", (job_id,))

    def _set(self, job_id: int, state: int, *, before: int) -> None:
        self._store.run(
            "UPDATE job SET hascache = ? WHERE jobid = ? AND hascache = ?", (state, job_id, before)
        )

    def _fill(self, job_id: int, go_on: Callable[[], bool]) -> bool:
        """Add all directories of a job; return False when *go_on* said no."""
        with closing(self._batches(job_id)) as batches:
            for path_ids in batches:
                with self._store.transaction():
                    self._store.lock_paths()
                    self._add(job_id, path_ids)
                if not go_on():
                    return False
        return True

    def _batches(self, job_id: int) -> Generator[tuple[int, ...]]:
        """Yield the directories in which a job has files, then those of its base files."""
        base = "SELECT 1 FROM basefiles WHERE jobid = ? LIMIT 1"
        with_base = self._store.one(base, (job_id,)) is not None
        for query in (_OF_FILES, _OF_BASE_FILES) if with_base else (_OF_FILES,):
            rows = self._store.stream(query, (job_id,))
            yield from batched((number(path_id) for (path_id,) in rows), BATCH_PATHS, strict=False)

    def _add(self, job_id: int, path_ids: Sequence[int]) -> None:
        """Add directories (in ascending order) and all above them."""
        span = (job_id, path_ids[0], path_ids[-1])
        self._store.run_many(_SEE, [(path_id, job_id) for path_id in path_ids])
        rows = self._store.rows(_WITHOUT_PARENT, span)
        self._add_parents({text(path): number(path_id) for path, path_id in rows})
        self._store.run(_SEE_ABOVE, (*span, job_id))

    def _add_parents(self, ids: dict[str, int]) -> None:
        """Add the parents of paths (given with their PathIds) up to the root.

        All that are missing are added at once: two who add paths step by step might wait for each
        other.
        """
        parents = {path: above for start in ids for path, above in _parents(start, ids)}
        names = sorted({above for above in parents.values() if above not in ids})
        raw = [name.encode(errors="surrogateescape") for name in names]
        known = ids | dict(zip(names, self._store.add_paths(raw), strict=True))
        self._store.run_many(
            _ADD_PARENT, [(known[path], known[above]) for path, above in parents.items()]
        )


def _parents(path: str, known: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Yield *path* with its parent, and so on until a path that is *known* or the root."""
    while path:
        above = parent_of(path)
        yield path, above
        if above in known:
            return
        path = above


def parent_of(path: str) -> str:
    """Return the directory above *path*, with trailing slash; empty above a root.

    Roots are `/`, a drive (`c:/`) and the name of a plugin (`@p@/`).
    """
    stem = path.removesuffix("/")
    return stem[: stem.rfind("/") + 1]
