"""Jobs: their records from creation to end, and the search for earlier ones.

Source: job semantics, sections 2 and 3; catalog, section 3.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from barque.catalog.rows import Mapper
from barque.catalog.sqltext import marks
from barque.catalog.store import Store
from barque.catalog.times import to_sql
from barque.domain.ids import ClientId, FileSetId, JobId, PoolId
from barque.domain.job import JobStatus, JobType, Level


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A row of the table `job`."""

    job_id: JobId
    job: str
    """Unique name: resource, date, time, number."""
    name: str
    """Name of the Job resource."""
    type: str
    """Letter, see barque.domain.job.JobType."""
    level: str
    """Letter, see barque.domain.job.Level."""
    client_id: ClientId
    job_status: str
    """Letter, see barque.domain.job.JobStatus."""
    sched_time: int
    start_time: int
    end_time: int
    real_end_time: int
    job_tdate: int
    """Seconds since 1970 by which versions of a file are ordered."""
    vol_session_id: int
    vol_session_time: int
    job_files: int
    job_bytes: int
    read_bytes: int
    job_errors: int
    job_missing_files: int
    pool_id: PoolId
    file_set_id: FileSetId
    prior_job_id: JobId
    purged_files: int
    """1 when the file rows are gone."""
    has_base: int
    has_cache: int
    """Browsing cache: 0 none, -1 being built, 1 there."""
    reviewed: int
    comment: str


@dataclass(frozen=True, slots=True)
class JobStart:
    """What is known of a job when it starts."""

    level: str
    start_time: int
    client_id: ClientId
    pool_id: PoolId
    file_set_id: FileSetId
    vol_session_id: int = 0
    vol_session_time: int = 0


@dataclass(frozen=True, slots=True)
class JobEnd:
    """What is known of a job when it ends."""

    job_status: str
    level: str
    end_time: int
    real_end_time: int
    client_id: ClientId
    pool_id: PoolId
    file_set_id: FileSetId
    job_files: int = 0
    job_bytes: int = 0
    read_bytes: int = 0
    job_errors: int = 0
    job_missing_files: int = 0
    vol_session_id: int = 0
    vol_session_time: int = 0
    prior_job_id: JobId = JobId(0)  # noqa: RUF009 - a number, shared by nobody
    has_base: int = 0
    purged_files: int = 0


@dataclass(frozen=True, slots=True)
class JobKey:
    """What must agree for an earlier job to count as the predecessor of a job."""

    name: str
    client_id: ClientId
    file_set_id: FileSetId


_JOB: Final = Mapper(JobRecord, "job")
_GOOD: Final = "job.jobstatus IN ('T', 'W')"
_KEY: Final = "job.name = ? AND job.clientid = ? AND job.filesetid = ?"
_NEWEST: Final = "ORDER BY job.starttime DESC, job.jobid DESC LIMIT 1"


class Jobs:
    """The jobs of the catalog."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(
        self,
        *,
        job: str,
        name: str,
        type: JobType,  # noqa: A002 - the field's word
        level: Level,
        client_id: int,
        sched_time: int,
        comment: str = "",
    ) -> JobId:
        """Create the record of a job that waits for its start (status C)."""
        fields = {
            "job": job,
            "name": name,
            "type": type,
            "level": level,
            "job_status": JobStatus.CREATED,
            "client_id": client_id,
            "sched_time": sched_time,
            "job_tdate": sched_time,
            "comment": comment,
        }
        return JobId(_JOB.insert(self._store, fields))

    def start(self, job_id: int, start: JobStart) -> None:
        """Keep that a job runs (status R); may be repeated when more is known."""
        fields = {name: getattr(start, name) for name in JobStart.__dataclass_fields__}
        running = {"job_status": JobStatus.RUNNING, "job_tdate": start.start_time}
        _JOB.update(self._store, job_id, {**fields, **running})

    def end(self, job_id: int, end: JobEnd) -> None:
        """Keep how a job ended; its JobTDate becomes the real end."""
        fields = {name: getattr(end, name) for name in JobEnd.__dataclass_fields__}
        _JOB.update(self._store, job_id, {**fields, "job_tdate": end.real_end_time})

    def update(self, job_id: int, **fields: object) -> None:
        """Change *fields* (names of JobRecord) of a job."""
        _JOB.update(self._store, job_id, fields)

    def get(self, job_id: int) -> JobRecord | None:
        """Return the job numbered *job_id*, or None."""
        return _JOB.one(self._store, "WHERE jobid = ?", job_id)

    def get_many(self, job_ids: Iterable[int]) -> list[JobRecord]:
        """Return the jobs of these numbers, by number; unknown ones are left out."""
        wanted = sorted(set(job_ids))
        condition = f"WHERE jobid IN ({marks(wanted)}) ORDER BY jobid"
        return _JOB.all(self._store, condition, *wanted) if wanted else []

    def find(self, job: str) -> JobRecord | None:
        """Return the job of the unique name *job*, or None."""
        return _JOB.one(self._store, "WHERE job = ?", job)

    def last_backup(self, key: JobKey, levels: Sequence[str]) -> JobRecord | None:
        """Return the newest successful backup of *key* at one of *levels*, by StartTime."""
        return self._last(key, f"{_GOOD} AND job.type = 'B'", levels)

    def last_failed_backup(
        self, key: JobKey, levels: Sequence[str], after: int
    ) -> JobRecord | None:
        """Return the newest unsuccessful backup of *key* that started later than *after*.

        Decides whether RerunFailedLevels raises the level of the next job.
        """
        since = to_sql(after) or ""
        condition = "job.jobstatus NOT IN ('T', 'W') AND job.type = 'B' AND job.starttime > ?"
        return self._last(key, condition, levels, since)

    def last_verify_init(self, name: str, client_id: int) -> JobRecord | None:
        """Return the newest successful InitCatalog verify of the job *name* on the client."""
        return _JOB.one(
            self._store,
            f"WHERE {_GOOD} AND job.type = 'V' AND job.level = 'V' "
            f"AND job.name = ? AND job.clientid = ? {_NEWEST}",
            name,
            client_id,
        )

    def last_backup_named(self, name: str) -> JobRecord | None:
        """Return the newest successful backup of the job *name*."""
        return _JOB.one(
            self._store, f"WHERE {_GOOD} AND job.type = 'B' AND name = ? {_NEWEST}", name
        )

    def last_backup_of_client(self, client_id: int) -> JobRecord | None:
        """Return the newest successful backup of a client."""
        return _JOB.one(
            self._store, f"WHERE {_GOOD} AND job.type = 'B' AND clientid = ? {_NEWEST}", client_id
        )

    def last_start(self, name: str, client_id: int) -> int:
        """Return when the job *name* of the client started last; 0 for never.

        Counts jobs that are created, running or successful (RunOnIncomingConnectInterval).
        """
        found = _JOB.one(
            self._store,
            "WHERE jobstatus IN ('T', 'W', 'C', 'R') AND name = ? AND clientid = ? "
            f"AND starttime IS NOT NULL {_NEWEST}",
            name,
            client_id,
        )
        return found.start_time if found else 0

    def was_scheduled(self, name: str, at: int) -> bool:
        """Tell whether the job *name* was created for this moment; s since 1970."""
        found = _JOB.all(self._store, "WHERE name = ? AND schedtime = ?", name, to_sql(at))
        return bool(found)

    def end_unfinished(self) -> int:
        """End the jobs that an earlier run of the Director left behind, as fatal errors.

        Waiting ones get their scheduled time as start and end, running ones end when they started.
        Returns their number.  Source: catalog, section 4.
        """
        with self._store.transaction():
            waiting = self._store.run(
                "UPDATE job SET jobstatus = 'f', starttime = schedtime, endtime = schedtime "
                "WHERE jobstatus = 'C'"
            )
            running = self._store.run(
                "UPDATE job SET jobstatus = 'f', endtime = starttime WHERE jobstatus = 'R'"
            )
        return waiting + running

    def ids_of_name(self, name: str) -> list[JobId]:
        """Return the numbers of all jobs of the resource *name*."""
        rows = self._store.rows("SELECT jobid FROM job WHERE name = ? ORDER BY jobid", (name,))
        return [JobId(int(str(job_id))) for (job_id,) in rows]

    def ids_of_client(
        self, client_id: int, statuses: Sequence[str] = (), *, with_files: bool = False
    ) -> list[JobId]:
        """Return the numbers of a client's jobs; no *statuses* stand for any.

        *with_files*: only jobs whose files are known.
        """
        files = " AND purgedfiles = 0" if with_files else ""
        return self._ids(f"clientid = ?{files}", client_id, statuses)

    def ids_in_pool(self, pool_id: int, statuses: Sequence[str] = ()) -> list[JobId]:
        """Return the numbers of the jobs that lie on volumes of a pool, likewise."""
        on_volumes = (
            "jobid IN (SELECT jobmedia.jobid FROM jobmedia "
            "JOIN media ON media.mediaid = jobmedia.mediaid WHERE media.poolid = ?)"
        )
        return self._ids(on_volumes, pool_id, statuses)

    def ids_on_volume(self, media_id: int, statuses: Sequence[str] = ()) -> list[JobId]:
        """Return the numbers of the jobs that lie on a volume, likewise."""
        on_volume = "jobid IN (SELECT jobmedia.jobid FROM jobmedia WHERE jobmedia.mediaid = ?)"
        return self._ids(on_volume, media_id, statuses)

    def _ids(self, condition: str, value: int, statuses: Sequence[str]) -> list[JobId]:
        status = f" AND jobstatus IN ({marks(statuses)})" if statuses else ""
        rows = self._store.rows(
            f"SELECT jobid FROM job WHERE {condition}{status} ORDER BY jobid", [value, *statuses]
        )
        return [JobId(int(str(job_id))) for (job_id,) in rows]

    def _last(
        self, key: JobKey, condition: str, levels: Sequence[str], *values: str
    ) -> JobRecord | None:
        return _JOB.one(
            self._store,
            f"WHERE {condition} AND job.level IN ({marks(levels)}) AND {_KEY} {_NEWEST}",
            *values,
            *levels,
            key.name,
            key.client_id,
            key.file_set_id,
        )
