"""The newest version of every file in a chain of jobs.

Each job's files are read in the order of the index (path, name) and the jobs are merged, so nothing
is sorted and memory stays the same for any number of files. Source: catalog, section 6.
"""

from collections.abc import Generator, Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from typing import Final, NamedTuple

from barque.catalog.sqltext import marks, number
from barque.catalog.store import Row, Store


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


type _Key = tuple[int, bytes]
type _Head = tuple[_Key, int, FileEntry, Iterator[FileEntry]]

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
_ORDER: Final = " ORDER BY file.pathid, file.name"


def newest_files(
    store: Store, job_ids: Sequence[int], *, path_id: int = 0, with_parts: bool = True
) -> Generator[FileEntry]:
    """Yield the newest version of each file of *job_ids* (the oldest first), by PathId and name.

    Files that the newest job reports as deleted are left out. Of a file that was saved as deltas
    all parts up to the newest come, the first part first, unless *with_parts* is false. *path_id*:
    only this directory.
    """
    for versions in _versions(store, job_ids, path_id):
        if with_parts:
            yield from _parts(versions)
        elif versions[0].file_index:
            yield versions[0]


def newest_deleted(store: Store, job_ids: Sequence[int]) -> Generator[FileEntry]:
    """Yield the files that the newest of *job_ids* that knows them reports as deleted."""
    for versions in _versions(store, job_ids):
        if not versions[0].file_index:
            yield versions[0]


def _versions(store: Store, job_ids: Sequence[int], path_id: int = 0) -> Generator[list[FileEntry]]:
    """Yield all versions of each file, the newest first."""
    chosen = _ONE_DIRECTORY if path_id else ""
    queries = [
        (f"{sql}{chosen}{_ORDER}", (job_id, path_id) if path_id else (job_id,))
        for sql, job_id in _sources(store, job_ids)
    ]
    with store.streams(queries) as results:
        heads: list[_Head] = []
        for rank, rows in enumerate(results):
            entries = _entries(rows)
            first = next(entries, None)
            if first is not None:
                heads.append((_key(first), -rank, first, entries))
        yield from _grouped(heads)


def _sources(store: Store, job_ids: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Yield what to read, the oldest first: each job, before it the base files it refers to."""
    bases = f"SELECT DISTINCT jobid FROM basefiles WHERE jobid IN ({marks(job_ids)})"
    with_base = {number(job_id) for (job_id,) in store.rows(bases, job_ids)} if job_ids else set()
    for job_id in job_ids:
        if job_id in with_base:
            yield _OF_BASE, job_id
        yield _OF_JOB, job_id


def _grouped(heads: list[_Head]) -> Iterator[list[FileEntry]]:
    """Yield the versions of each file, the newest first."""
    heapify(heads)
    group: list[FileEntry] = []
    group_key: _Key | None = None
    while heads:
        key, rank, entry, entries = heads[0]
        if key != group_key:
            if group:
                yield group
            group, group_key = [], key
        group.append(entry)
        following = next(entries, None)
        if following is None:
            heappop(heads)
        else:
            heapreplace(heads, (_key(following), rank, following, entries))
    if group:
        yield group


def _parts(versions: list[FileEntry]) -> Iterator[FileEntry]:
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


def _key(entry: FileEntry) -> _Key:
    return entry.path_id, entry.name


def _entries(rows: Iterator[Row]) -> Iterator[FileEntry]:
    """Yield *rows* as entries; the path is the same for many in a row."""
    last, raw = None, b""
    for path, name, *rest in rows:
        if path != last:
            last, raw = path, str(path).encode(errors="surrogateescape")
        yield FileEntry._make((raw, str(name).encode(errors="surrogateescape"), *rest))
