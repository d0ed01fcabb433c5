"""Chains of jobs that together hold one state of a client, and the files in them.

Two ways lead to a chain. `for_restore` is that of the command `restore client=... fileset=...` and
looks for jobs on volumes that can be read; `job_ids` is that of a job which must know what was
backed up before it.
Source: catalog, sections 6 and 7; console commands,
section 7.2.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

from barque.catalog.newest import BriefEntry, FileEntry, brief_files, newest_files
from barque.catalog.sqltext import marks, number, text
from barque.catalog.store import Store, Value
from barque.catalog.times import from_sql, to_sql
from barque.domain.ids import JobId
from barque.domain.job import JobType, Level

_GOOD: Final = "job.jobstatus IN ('T', 'W')"
_ON_VOLUME: Final = (
    "EXISTS (SELECT 1 FROM jobmedia JOIN media ON media.mediaid = jobmedia.mediaid "
    "WHERE jobmedia.jobid = job.jobid AND media.enabled = 1{pool})"
)
_SAME_NAME: Final = (
    "job.filesetid IN (SELECT same.filesetid FROM fileset AS same "
    "JOIN fileset AS given ON given.fileset = same.fileset WHERE given.filesetid = ?)"
)

_AFTER: Final = "AND (job.{column} > ? OR job.{column} = ? AND job.jobid > ?)"
"""Later than another job; times are whole seconds, so that of equal ones the JobId decides."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A job that may belong to a chain."""

    job_id: int
    start_time: str
    end_time: str
    job_tdate: int


class Chains:
    """Which jobs belong together, and which files they hold."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def for_restore(
        self,
        client_id: int,
        file_set: str,
        before: int,
        *,
        pool_id: int = 0,
        job_type: str = JobType.BACKUP,
    ) -> list[JobId]:
        """Return the jobs that hold the state of a client's FileSet (by name) at a time.

        Jobs that started before *before* count: the newest Full, the newest Differential after it,
        all Incrementals after that, in the order of their JobTDate; each on at least one enabled
        volume (of the pool *pool_id*). Empty when there is no Full.
        """
        where = (
            f"job.clientid = ? AND {_GOOD} AND job.type = ? AND job.starttime < ? "
            "AND job.filesetid IN (SELECT filesetid FROM fileset WHERE fileset = ?) AND "
            + _ON_VOLUME.format(pool=" AND media.poolid = ?" if pool_id else "")
        )
        pool = [pool_id] if pool_id else []
        values: list[Value] = [client_id, job_type, to_sql(before), file_set, *pool]
        newest = "ORDER BY job.jobtdate DESC, job.jobid DESC LIMIT 1"
        after = _AFTER.format(column="jobtdate")
        chain = self._candidates(Level.FULL, where, newest, values)
        if not chain:
            return []
        last = [*values, *_position(chain[-1].job_tdate, chain)]
        chain += self._candidates(Level.DIFFERENTIAL, where, f"{after} {newest}", last)
        last = [*values, *_position(chain[-1].job_tdate, chain)]
        chain += self._candidates(Level.INCREMENTAL, where, after, last)
        return _in_order(chain)

    def job_ids(
        self,
        client_id: int,
        file_set_id: int,
        until: int,
        level: str = Level.INCREMENTAL,
        *,
        job_type: str = JobType.BACKUP,
        limit: int = 0,
        last_job: int = 0,
    ) -> list[JobId]:
        """Return the jobs whose files make the state of a client's FileSet at the second *until*.

        The newest Full of exactly this FileSet; for an Incremental or VirtualFull also the newest
        Differential with files, and all Incrementals, that started after the end of what came
        before (FileSet by name). *limit*: only that many, the oldest first; 0 for all.
        *last_job*: no job with a higher JobId; 0 for any.
        """
        before = to_sql(until + 1)
        where = f"job.clientid = ? AND {_GOOD} AND job.type = ? AND job.starttime < ? AND "
        where += f"job.jobid <= {last_job} AND " if last_job else ""
        values: list[Value] = [client_id, job_type, before, file_set_id]
        newest = "ORDER BY job.jobid DESC, job.jobtdate DESC LIMIT 1"
        chain = self._candidates(Level.FULL, f"{where} job.filesetid = ?", newest, values)
        if chain and level in {Level.INCREMENTAL, Level.VIRTUAL_FULL}:
            after = _AFTER.format(column="starttime")
            newest = "AND job.jobfiles > 0 ORDER BY job.jobtdate DESC LIMIT 1"
            last = [*values, *_position(_latest_end(chain), chain)]
            chain += self._candidates(
                Level.DIFFERENTIAL, where + _SAME_NAME, f"{after} {newest}", last
            )
            last = [*values, *_position(_latest_end(chain), chain)]
            chain += self._candidates(Level.INCREMENTAL, where + _SAME_NAME, after, last)
        return _in_order(chain)[: limit or None]

    def of_job(self, job_id: int) -> list[JobId]:
        """Return the jobs needed to restore the state of a job, itself included.

        A job that is no backup, or did not end well, has none; a job of level Base has itself
        alone.
        """
        row = self._store.one(
            "SELECT clientid, filesetid, level, starttime, type FROM job WHERE jobid = ?", (job_id,)
        )
        if row is None:
            return []
        client_id, file_set_id, level, start_time, job_type = row
        if level == Level.BASE:
            return [JobId(job_id)]
        return self.job_ids(
            number(client_id),
            number(file_set_id),
            from_sql(start_time),
            job_type=JobType.ARCHIVE if job_type == JobType.ARCHIVE else JobType.BACKUP,
            last_job=job_id,
        )

    def empty(self, job_ids: Sequence[int]) -> list[JobId]:
        """Return those of *job_ids* that hold no file."""
        rows = self._store.rows(
            f"SELECT jobid FROM job WHERE jobfiles = 0 AND jobid IN ({marks(job_ids)}) "
            "ORDER BY jobid",
            job_ids,
        )
        return [JobId(number(job_id)) for (job_id,) in rows]

    def newest_copies(self, job_ids: Sequence[int]) -> dict[JobId, JobId]:
        """Return the newest copy (Type C) of each of *job_ids* that has one."""
        rows = self._store.rows(
            "SELECT priorjobid, jobid FROM job WHERE type = 'C' AND jobstatus IN ('T', 'W') "
            f"AND priorjobid IN ({marks(job_ids)}) ORDER BY starttime, jobid",
            job_ids,
        )
        return {JobId(number(original)): JobId(number(copy)) for original, copy in rows}

    def files(self, job_ids: Sequence[int]) -> Generator[FileEntry]:
        """Yield the newest version of each file of a chain, which is given the oldest first.

        Ordered by directory and name. Also the list that an accurate job sends.
        """
        return newest_files(self._store, job_ids)

    def brief_files(self, job_ids: Sequence[int], *, path_id: int = 0) -> Generator[BriefEntry]:
        """Yield what `files` does, with as much of each file as a restore needs.

        *path_id*: only of this directory.
        """
        return brief_files(self._store, job_ids, path_id=path_id)

    def count_files(self, job_ids: Sequence[int]) -> int:
        """Return how many files the jobs report together: an estimate of what `files` yields."""
        if not job_ids:
            return 0
        sums = f"SELECT sum(jobfiles) FROM job WHERE jobid IN ({marks(job_ids)})"
        row = self._store.one(sums, job_ids)
        return number(row[0]) if row else 0

    def have_files(self, job_ids: Sequence[int]) -> bool:
        """Return whether the catalog knows any file of the jobs; purged ones have none."""
        return any(
            self._store.one("SELECT 1 FROM file WHERE jobid = ? LIMIT 1", (job_id,))
            or self._store.one("SELECT 1 FROM basefiles WHERE jobid = ? LIMIT 1", (job_id,))
            for job_id in job_ids
        )

    def find_file(
        self,
        client_id: int,
        path: bytes,
        name: bytes,
        until: int,
        *,
        job_ids: Sequence[int] = (),
        job_type: str = JobType.BACKUP,
    ) -> tuple[JobId, int] | None:
        """Return job and FileIndex of the newest version of one file, or None.

        Jobs of the client that started at *until* or before count; if *job_ids* are given, only
        these.
        """
        chosen = f" AND job.jobid IN ({marks(job_ids)})" if job_ids else f" AND {_GOOD}"
        row = self._store.one(
            "SELECT job.jobid, file.fileindex FROM path CROSS JOIN job CROSS JOIN file "
            "WHERE path.path = ? AND file.jobid = job.jobid AND file.pathid = path.pathid "
            "AND file.name = ? "
            f"AND job.clientid = ? AND job.starttime <= ? AND job.type = ?{chosen} "
            "ORDER BY job.starttime DESC, job.jobid DESC LIMIT 1",
            (_text(path), _text(name), client_id, to_sql(until), job_type, *job_ids),
        )
        return (JobId(number(row[0])), number(row[1])) if row and row[1] else None

    def directory_files(self, job_ids: Sequence[int], path: bytes) -> list[tuple[JobId, int]]:
        """Return job and FileIndex of everything in one directory, not below it."""
        rows = self._store.rows(
            "SELECT file.jobid, file.fileindex FROM path CROSS JOIN file "
            "WHERE path.path = ? AND file.pathid = path.pathid "
            f"AND file.fileindex > 0 AND file.jobid IN ({marks(job_ids)}) "
            "ORDER BY file.jobid, file.fileindex",
            (_text(path), *job_ids),
        )
        return [(JobId(number(job_id)), number(index)) for job_id, index in rows]

    def _candidates(
        self, level: str, where: str, order: str, values: Sequence[Value]
    ) -> list[_Candidate]:
        rows = self._store.rows(
            "SELECT job.jobid, job.starttime, job.endtime, job.jobtdate FROM job "
            f"WHERE job.level = '{level}' AND {where} {order}",
            values,
        )
        return [
            _Candidate(number(job_id), text(start), text(end), number(tdate))
            for job_id, start, end, tdate in rows
        ]


def _position(time: Value, chain: Sequence[_Candidate]) -> list[Value]:
    """Return the values of `_AFTER` for jobs behind *chain*, whose last time is *time*."""
    return [time, time, max(candidate.job_id for candidate in chain)]


def _latest_end(chain: Sequence[_Candidate]) -> str | None:
    return max(candidate.end_time for candidate in chain) or None


def _in_order(chain: Sequence[_Candidate]) -> list[JobId]:
    ordered = sorted(chain, key=lambda candidate: (candidate.job_tdate, candidate.job_id))
    return [JobId(candidate.job_id) for candidate in ordered]


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")
