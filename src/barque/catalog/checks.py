"""Rows that nothing refers to any more, and names that are not well formed.

The catalog has no foreign keys, so a crash in another program, or a hand at the database, can leave
orphans. Source: catalog, section 9.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import batched
from typing import Final

from barque.catalog.sqltext import marks, number, text
from barque.catalog.store import Store

LIMIT: Final = 300_000
"""Findings of one look; look again after they are repaired."""

_STEP: Final = 1000
"""Findings that are repaired in one change."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that is wrong."""

    row_id: int
    description: str


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of thing that can be wrong."""

    name: str
    """What is wrong, in the plural."""
    find: str
    """SELECT of numbers and descriptions."""
    repair: Callable[[Store, tuple[int, ...]], None]
    """Puts the rows of these numbers right, or deletes them."""


def _delete(*places: str) -> Callable[[Store, tuple[int, ...]], None]:
    """Return a repair that deletes the rows, by `table.column`."""

    def repair(store: Store, ids: tuple[int, ...]) -> None:
        for place in places:
            table, _, column = place.partition(".")
            store.run(f"DELETE FROM {table} WHERE {column} IN ({marks(ids)})", ids)

    return repair


def _close_paths(store: Store, ids: tuple[int, ...]) -> None:
    """Give paths the slash at their end; where the right one exists, files move to it."""
    for path_id in ids:
        row = store.one("SELECT path FROM path WHERE pathid = ?", (path_id,))
        if row is None:
            continue
        right = text(row[0]) + "/"
        other = store.one("SELECT pathid FROM path WHERE path = ?", (right,))
        if other is None:
            store.run("UPDATE path SET path = ? WHERE pathid = ?", (right, path_id))
        else:
            _merge_path(store, path_id, number(other[0]))


def _merge_paths(store: Store, ids: tuple[int, ...]) -> None:
    """Move the files of repeated paths to the first of the same text."""
    for path_id in ids:
        row = store.one(
            "SELECT min(same.pathid) FROM path AS same JOIN path AS given "
            "ON given.path = same.path WHERE given.pathid = ?",
            (path_id,),
        )
        if row is not None and row[0] not in {None, path_id}:
            _merge_path(store, path_id, number(row[0]))


def _merge_path(store: Store, wrong: int, right: int) -> None:
    store.run("UPDATE file SET pathid = ? WHERE pathid = ?", (right, wrong))
    store.run("DELETE FROM pathhierarchy WHERE pathid = ? OR ppathid = ?", (wrong, wrong))
    store.run("DELETE FROM pathvisibility WHERE pathid = ?", (wrong,))
    store.run("DELETE FROM path WHERE pathid = ?", (wrong,))


_JOB_PARTS: Final = (
    "file.jobid",
    "basefiles.jobid",
    "jobmedia.jobid",
    "log.jobid",
    "restoreobject.jobid",
    "pathvisibility.jobid",
    "job.jobid",
)


def _unused(table: str, column: str, description: str) -> str:
    """Return the SELECT of rows of *table* that no job refers to."""
    return (
        f"SELECT {table}.{column}, {description} FROM {table} "
        f"WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.{column} = {table}.{column}) "
        f"ORDER BY {table}.{column} LIMIT {LIMIT}"
    )


def _jobs(condition: str) -> str:
    return f"SELECT jobid, job FROM job WHERE {condition} ORDER BY jobid LIMIT {LIMIT}"


CHECKS: Final = (
    Check(
        "paths without a slash at the end",
        f"SELECT pathid, path FROM path WHERE path <> '' AND path NOT LIKE '%/' "
        f"ORDER BY pathid LIMIT {LIMIT}",
        _close_paths,
    ),
    Check(
        "repeated paths",
        "SELECT path.pathid, path.path FROM path JOIN (SELECT path, min(pathid) AS first FROM path "
        "GROUP BY path HAVING count(*) > 1) AS many ON many.path = path.path "
        f"WHERE path.pathid <> many.first ORDER BY path.pathid LIMIT {LIMIT}",
        _merge_paths,
    ),
    Check(
        "places on volumes of jobs that do not exist",
        "SELECT jobmedia.jobmediaid, 'JobId ' || jobmedia.jobid FROM jobmedia "
        "LEFT JOIN job ON job.jobid = jobmedia.jobid WHERE job.jobid IS NULL "
        f"ORDER BY jobmedia.jobmediaid LIMIT {LIMIT}",
        _delete("jobmedia.jobmediaid"),
    ),
    Check(
        "files of jobs that do not exist",
        "SELECT file.fileid, 'JobId ' || file.jobid || ' ' || file.name FROM file "
        "LEFT JOIN job ON job.jobid = file.jobid WHERE job.jobid IS NULL "
        f"ORDER BY file.fileid LIMIT {LIMIT}",
        _delete("file.fileid"),
    ),
    Check(
        "paths without files",
        "SELECT path.pathid, path.path FROM path WHERE path.pathid NOT IN "
        "(SELECT pathid FROM file) AND path.pathid NOT IN (SELECT ppathid FROM pathhierarchy) "
        f"ORDER BY path.pathid LIMIT {LIMIT}",
        _delete("pathhierarchy.pathid", "pathvisibility.pathid", "path.pathid"),
    ),
    Check(
        "FileSets that no job used",
        _unused("fileset", "filesetid", "fileset.fileset"),
        _delete("fileset.filesetid"),
    ),
    Check(
        "clients without jobs",
        _unused("client", "clientid", "client.name"),
        _delete("client.clientid"),
    ),
    Check(
        "jobs of clients that do not exist",
        _jobs("clientid <> 0 AND clientid NOT IN (SELECT clientid FROM client)"),
        _delete(*_JOB_PARTS),
    ),
    Check(
        "storages without volumes and devices",
        "SELECT storageid, name FROM storage WHERE storageid NOT IN "
        "(SELECT storageid FROM media WHERE storageid IS NOT NULL) "
        f"AND storageid NOT IN (SELECT storageid FROM device) ORDER BY storageid LIMIT {LIMIT}",
        _delete("storage.storageid"),
    ),
    Check("admin jobs", _jobs("type = 'D'"), _delete(*_JOB_PARTS)),
    Check("restore jobs", _jobs("type = 'R'"), _delete(*_JOB_PARTS)),
)
"""All checks, in the order in which one repair makes room for the next."""


class Checks:
    """Looks for what is wrong, and puts it right."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, check: Check) -> list[Finding]:
        """Return what *check* finds, by number; at most LIMIT."""
        return [
            Finding(number(row_id), text(description))
            for row_id, description in self._store.rows(check.find)
        ]

    def repair(self, check: Check, findings: Iterable[Finding]) -> None:
        """Put *findings* of *check* right."""
        for some in batched((finding.row_id for finding in findings), _STEP, strict=False):
            with self._store.transaction():
                check.repair(self._store, some)
