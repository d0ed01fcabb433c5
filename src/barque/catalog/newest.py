"""The newest version of every file in a chain of jobs.

Each job's files are read in the order of the index (path, name) and the jobs are merged, so nothing
is sorted and memory stays the same for any number of files. Source: catalog, section 6.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from itertools import islice
from operator import itemgetter
from typing import Final, NamedTuple

from barque.catalog.sqltext import marks, number
from barque.catalog.store import Row, Store, Value


class FileEntry(NamedTuple):
    """One version of a file."""

    path: bytes
    """With trailing slash."""
    name: bytes
    """Base name; empty for a directory."""
    file_index: int
    job_id: int
    """The job whose data holds it."""
    lstat: str
    digest: str
    """Base64 without padding, `0` for none."""
    delta_seq: int
    file_id: int
    path_id: int


class BriefEntry(NamedTuple):
    """As much of a version as a restore needs: less to read and to hold."""

    name: bytes
    """Base name; empty for a directory."""
    file_index: int
    job_id: int
    lstat: str
    delta_seq: int
    path_id: int


type _Version = FileEntry | BriefEntry


class _Name(NamedTuple):
    """As much of a version as is needed to count files."""

    name: bytes
    file_index: int


type _Head[V, K] = tuple[K, int, V, Iterator[V]]

_COLUMNS: Final = (
    "path.path, file.name, file.fileindex, file.jobid, file.lstat, file.md5, file.deltaseq, "
    "file.fileid, file.pathid"
)
_OF_JOB: Final = (
    f"SELECT {_COLUMNS} FROM file JOIN path ON path.pathid = file.pathid WHERE file.jobid = ?"
)
_OF_BASE: Final = (
    f"SELECT {_COLUMNS} FROM basefiles JOIN file ON file.fileid = basefiles.fileid "
    "JOIN path ON path.pathid = file.pathid WHERE basefiles.jobid = ?"
)
_ONE_DIRECTORY: Final = " AND file.pathid = ?"
_BRIEF_COLUMNS: Final = (
    "file.name, file.fileindex, file.jobid, file.lstat, file.deltaseq, file.pathid"
)
_BRIEF_OF_JOB: Final = f"SELECT {_BRIEF_COLUMNS} FROM file WHERE file.jobid = ?"
_BRIEF_OF_BASE: Final = (
    f"SELECT {_BRIEF_COLUMNS} FROM basefiles JOIN file ON file.fileid = basefiles.fileid "
    "WHERE basefiles.jobid = ?"
)
_FROM_NAME: Final = " AND file.name >= ?"
_ORDER: Final = " ORDER BY file.pathid, file.name"
_NAMES_OF_JOB: Final = (
    "SELECT file.name, file.fileindex FROM file WHERE file.jobid = ? AND file.pathid = ? "
    "ORDER BY file.name"
)
_NAMES_OF_BASE: Final = (
    "SELECT file.name, file.fileindex FROM basefiles JOIN file ON file.fileid = basefiles.fileid "
    "WHERE basefiles.jobid = ? AND file.pathid = ? ORDER BY file.name"
)


def newest_files(
    store: Store,
    job_ids: Sequence[int],
    *,
    path_id: int = 0,
    from_name: bytes = b"",
    with_parts: bool = True,
) -> Generator[FileEntry]:
    """Yield the newest version of each file of *job_ids* (the oldest first), by PathId and name.

    Files that the newest job reports as deleted are left out. Of a file that was saved as deltas
    all parts up to the newest come, the first part first, unless *with_parts* is false. *path_id*:
    only this directory, and of it only *from_name* and what comes after it.
    """
    for versions in _versions(store, job_ids, path_id, from_name):
        if with_parts:
            yield from _parts(versions)
        elif versions[0].file_index:
            yield versions[0]


def brief_files(store: Store, job_ids: Sequence[int], *, path_id: int = 0) -> Generator[BriefEntry]:
    """Yield what `newest_files` does, with parts, and less of it."""
    chosen, values = (_ONE_DIRECTORY, [path_id]) if path_id else ("", [])
    queries = [
        (f"{_BRIEF_OF_BASE if of_base else _BRIEF_OF_JOB}{chosen}{_ORDER}", [job_id, *values])
        for of_base, job_id in _sources(store, job_ids)
    ]
    with store.streams(queries) as results:
        for versions in _grouped([_brief_entries(rows) for rows in results], _key):
            yield from _parts(versions)


def name_at(store: Store, job_ids: Sequence[int], path_id: int, place: int) -> bytes | None:
    """Return the name of one of the files in a directory, by its place among them (from 0).

    None when there are not so many. Counts without reading what else is known of the files.
    """
    queries = [
        (_NAMES_OF_BASE if of_base else _NAMES_OF_JOB, (job_id, path_id))
        for of_base, job_id in _sources(store, job_ids)
    ]
    with store.streams(queries) as results:
        sources = [(_Name(_raw(name), number(index)) for name, index in rows) for rows in results]
        newest = (versions[0] for versions in _grouped(sources, itemgetter(0)))
        names = (version.name for version in newest if version.file_index and version.name)
        return next(islice(names, place, None), None)


def newest_deleted(store: Store, job_ids: Sequence[int]) -> Generator[FileEntry]:
    """Yield the files that the newest of *job_ids* that knows them reports as deleted."""
    for versions in _versions(store, job_ids):
        if not versions[0].file_index:
            yield versions[0]


def _versions(
    store: Store, job_ids: Sequence[int], path_id: int = 0, from_name: bytes = b""
) -> Generator[list[FileEntry]]:
    """Yield all versions of each file, the newest first."""
    chosen, values = "", list[Value]()
    if path_id:
        chosen, values = _ONE_DIRECTORY, [path_id]
    if from_name:
        chosen, values = chosen + _FROM_NAME, [*values, from_name.decode(errors="surrogateescape")]
    queries = [
        (f"{_OF_BASE if of_base else _OF_JOB}{chosen}{_ORDER}", [job_id, *values])
        for of_base, job_id in _sources(store, job_ids)
    ]
    with store.streams(queries) as results:
        yield from _grouped([_entries(rows) for rows in results], _key)


def _sources(store: Store, job_ids: Sequence[int]) -> Iterator[tuple[bool, int]]:
    """Yield what to read, the oldest first: each job, before it (true) the base files it has."""
    bases = f"SELECT DISTINCT jobid FROM basefiles WHERE jobid IN ({marks(job_ids)})"
    with_base = {number(job_id) for (job_id,) in store.rows(bases, job_ids)} if job_ids else set()
    for job_id in job_ids:
        if job_id in with_base:
            yield True, job_id
        yield False, job_id


def _grouped[V, K: tuple[int, bytes] | bytes](
    sources: Sequence[Iterator[V]], key_of: Callable[[V], K]
) -> Iterator[list[V]]:
    """Yield the versions of each file, the newest first; *sources* are given the oldest first."""
    heads: list[_Head[V, K]] = []
    for rank, versions in enumerate(sources):
        first = next(versions, None)
        if first is not None:
            heads.append((key_of(first), -rank, first, versions))
    heapify(heads)
    group: list[V] = []
    group_key: K | None = None
    while heads:
        key, rank, version, versions = heads[0]
        if key != group_key:
            if group:
                yield group
            group, group_key = [], key
        group.append(version)
        following = next(versions, None)
        if following is None:
            heappop(heads)
        else:
            heapreplace(heads, (key_of(following), rank, following, versions))
    if group:
        yield group


def _parts[V: _Version](versions: list[V]) -> Iterator[V]:
    """Yield what a restore needs of the *versions* of one file, given the newest first."""
    newest = versions[0]
    if newest.file_index == 0:
        return
    parts = [newest]
    for version in versions[1:]:
        if parts[-1].delta_seq == 0:
            break
        if version.file_index and version.delta_seq == parts[-1].delta_seq - 1:
            parts.append(version)
    yield from reversed(parts)


def _key(entry: _Version) -> tuple[int, bytes]:
    return entry.path_id, entry.name


def _entries(rows: Iterator[Row]) -> Iterator[FileEntry]:
    """Yield *rows* as entries; the path is the same for many in a row."""
    last, raw = None, b""
    for path, name, *rest in rows:
        if path != last:
            last, raw = path, _raw(path)
        yield FileEntry._make((raw, _raw(name), *rest))


def _brief_entries(rows: Iterator[Row]) -> Iterator[BriefEntry]:
    for name, *rest in rows:
        yield BriefEntry._make((_raw(name), *rest))


def _raw(value: Value) -> bytes:
    return str(value).encode(errors="surrogateescape")
