"""What has lived long enough, and how it leaves the catalog.

Nothing here decides by itself: the Director says what is still configured and which jobs run.
Deleting takes the parts of a job in an order in which a crash never leaves a job that looks whole
and is not. Source: job semantics, section 13.4; catalog, section 8.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Final

from barque.catalog.chains import Chains
from barque.catalog.schema import TABLE
from barque.catalog.sqltext import marks, number, text
from barque.catalog.store import Store, Value
from barque.catalog.times import to_sql
from barque.catalog.volumes import VolumeRecord, Volumes
from barque.domain.ids import JobId

ARCHIVED: Final = 2
"""Media.Enabled of a volume that is never pruned."""

FILE_ROWS: Final = 50_000
"""File rows that are deleted in one change, so that running jobs can write in between."""

_JOBS: Final = 500
"""Jobs that one statement names."""

_HISTORY: Final = ", ".join(
    column.name for column in TABLE["jobhisto"].columns if column.name != "hascache"
)
_PARTS: Final = (
    "jobmedia",
    "log",
    "restoreobject",
    "pathvisibility",
    "ndmpjobenvironment",
    "jobstats",
)
"""Tables whose rows belong to a job, besides its files."""

type IsConfigured = Callable[[str, str, str], bool]
"""Says whether job name, FileSet and client are still in the configuration."""


class Retention:
    """Pruning and purging."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._chains = Chains(store)
        self._volumes = Volumes(store)

    def prunable_jobs(
        self,
        before: int,
        now: int,
        is_configured: IsConfigured,
        *,
        client: str = "",
        pool: str = "",
    ) -> list[JobId]:
        """Return the jobs older than *before* (by JobTDate) that may be pruned, by number.

        Kept are archives, and what a restore needs *now* of every backup that is still configured
        (its chain, and the base jobs of it), unless it holds no file; and the newest InitCatalog.
        *client*, *pool*: only jobs of these names. Jobs that run are not known here.
        """
        tables, condition, values = _older(before, client, pool)
        rows = self._store.rows(
            f"SELECT job.jobid, job.jobfiles FROM {tables} WHERE job.type <> 'A' AND {condition} "
            "ORDER BY job.jobid",
            values,
        )
        needed = self._needed(now, is_configured, tables, condition, values)
        return [
            JobId(number(job_id))
            for job_id, files in rows
            if number(job_id) not in needed or not files
        ]

    def prunable_files(self, before: int, *, client: str = "", pool: str = "") -> list[JobId]:
        """Return the jobs older than *before* whose files are still known, by number."""
        tables, condition, values = _older(before, client, pool)
        rows = self._store.rows(
            f"SELECT job.jobid FROM {tables} WHERE job.purgedfiles = 0 AND {condition} "
            "ORDER BY job.jobid",
            values,
        )
        return [JobId(number(job_id)) for (job_id,) in rows]

    def expired_on(self, volume: VolumeRecord, now: int) -> list[JobId]:
        """Return the jobs on *volume* that are older than its retention, with their copy jobs.

        None on an archived volume.
        """
        if volume.enabled == ARCHIVED:
            return []
        rows = self._store.rows(
            "SELECT DISTINCT jobmedia.jobid FROM jobmedia JOIN job ON job.jobid = jobmedia.jobid "
            "WHERE jobmedia.mediaid = ? AND job.jobtdate < ? ORDER BY jobmedia.jobid",
            (volume.media_id, now - volume.vol_retention),
        )
        return self._with_workers([number(job_id) for (job_id,) in rows])

    def purge_files(self, job_ids: Iterable[int]) -> None:
        """Forget the files of jobs; the jobs are marked first."""
        for some in batched(job_ids, _JOBS, strict=False):
            listed = marks(some)
            self._store.run(f"UPDATE job SET purgedfiles = 1 WHERE jobid IN ({listed})", some)
            for job_id in some:
                self._delete_files(job_id)
            self._store.run(f"DELETE FROM basefiles WHERE jobid IN ({listed})", some)

    def purge_jobs(self, job_ids: Iterable[int]) -> None:
        """Delete jobs with everything that belongs to them.

        The oldest copy of a job that goes becomes a backup in its place, and the record of the
        worker that made the copy goes.
        """
        doomed = list(dict.fromkeys(job_ids))
        self.purge_files(doomed)
        for some in batched(doomed, _JOBS, strict=False):
            listed = marks(some)
            with self._store.transaction():
                for table in _PARTS:
                    self._store.run(f"DELETE FROM {table} WHERE jobid IN ({listed})", some)
                self._promote_copies(some, doomed)
                self._store.run(f"DELETE FROM job WHERE jobid IN ({listed})", some)

    def purge_volume(self, media_id: int) -> int:
        """Delete all jobs on a volume, whatever their age, and mark it Purged.

        Returns their number. The caller sees to it that none of them runs.
        """
        rows = self._store.rows(
            "SELECT DISTINCT jobid FROM jobmedia WHERE mediaid = ? ORDER BY jobid", (media_id,)
        )
        jobs = self._with_workers([number(job_id) for (job_id,) in rows])
        self.purge_jobs(jobs)
        self._volumes.mark_purged(media_id)
        return len(jobs)

    def is_empty(self, media_id: int) -> bool:
        """Return whether no job lies on a volume."""
        found = self._store.one("SELECT 1 FROM jobmedia WHERE mediaid = ? LIMIT 1", (media_id,))
        return found is None

    def prune_directory(
        self, path: bytes, *, recursive: bool, client_id: int = 0, with_paths: bool = False
    ) -> int:
        """Forget what the catalog knows of a directory, of one client or of all.

        *recursive*: also of everything below it. *with_paths*: the paths themselves go too; only
        sensible for all clients. Returns the number of file rows.
        """
        top = path.decode(errors="surrogateescape").rstrip("/") + "/"
        chosen, values = "path.path = ?", [top]
        if recursive:
            chosen, values = "path.path >= ? AND path.path < ?", [top, top[:-1] + "0"]
        of_client = " AND jobid IN (SELECT jobid FROM job WHERE clientid = ?)" if client_id else ""
        with self._store.transaction():
            count = self._store.run(
                f"DELETE FROM file WHERE pathid IN (SELECT pathid FROM path WHERE {chosen})"
                f"{of_client}",
                [*values, *([client_id] if client_id else [])],
            )
            if with_paths and not client_id:
                self._store.run(f"DELETE FROM path WHERE {chosen}", values)
        return count

    def fill_history(self, before: int) -> int:
        """Copy ended jobs older than *before* into the history, once each; returns their number."""
        return self._store.run(
            f"INSERT INTO jobhisto ({_HISTORY}) SELECT {_HISTORY} FROM job "
            "WHERE jobstatus IN ('T', 'W', 'f', 'A', 'E') AND jobtdate < ? "
            "AND NOT EXISTS (SELECT 1 FROM jobhisto WHERE jobhisto.jobid = job.jobid)",
            (before,),
        )

    def prune_statistics(self, before: int) -> None:
        """Forget the history of jobs, and samples, older than *before*."""
        with self._store.transaction():
            self._store.run("DELETE FROM jobhisto WHERE jobtdate < ?", (before,))
            for table in ("devicestats", "jobstats"):
                self._store.run(f"DELETE FROM {table} WHERE sampletime < ?", (to_sql(before),))

    def _needed(
        self,
        now: int,
        is_configured: IsConfigured,
        tables: str,
        condition: str,
        values: Sequence[Value],
    ) -> set[int]:
        """Return the jobs that a restore of now needs, among backups that may be pruned."""
        keys = self._store.rows(
            "SELECT DISTINCT job.name, fileset.fileset, owner.name, job.clientid, job.filesetid "
            f"FROM {tables} JOIN client AS owner ON owner.clientid = job.clientid "
            "JOIN fileset ON fileset.filesetid = job.filesetid "
            f"WHERE job.type = 'B' AND job.jobstatus IN ('T', 'W') AND {condition}",
            values,
        )
        needed: set[int] = set()
        for name, file_set, owner, client_id, file_set_id in keys:
            if is_configured(text(name), text(file_set), text(owner)):
                needed.update(self._chains.job_ids(number(client_id), number(file_set_id), now))
        needed.update(self._base_jobs(needed))
        verify = self._store.one(
            f"SELECT job.jobid FROM {tables} WHERE job.type = 'V' AND job.level = 'V' "
            f"AND {condition} ORDER BY job.jobtdate DESC LIMIT 1",
            values,
        )
        return needed | ({number(verify[0])} if verify else set())

    def _base_jobs(self, job_ids: Iterable[int]) -> Iterator[int]:
        """Yield the jobs whose files others of *job_ids* refer to."""
        for some in batched(job_ids, _JOBS, strict=False):
            rows = self._store.rows(
                f"SELECT DISTINCT basejobid FROM basefiles WHERE jobid IN ({marks(some)})", some
            )
            yield from (number(job_id) for (job_id,) in rows)

    def _with_workers(self, job_ids: list[int]) -> list[JobId]:
        """Return *job_ids* and the copy and migration jobs that made any of them."""
        found = [JobId(job_id) for job_id in job_ids]
        for some in batched(job_ids, _JOBS, strict=False):
            rows = self._store.rows(
                "SELECT jobid FROM job WHERE type IN ('c', 'g') "
                f"AND priorjobid IN ({marks(some)}) ORDER BY jobid",
                some,
            )
            found += [JobId(number(job_id)) for (job_id,) in rows]
        return list(dict.fromkeys(found))

    def _delete_files(self, job_id: int) -> None:
        """Delete the file rows of one job, some at a time."""
        sql = (
            "DELETE FROM file WHERE fileid IN "
            f"(SELECT fileid FROM file WHERE jobid = ? LIMIT {FILE_ROWS})"
        )
        while self._store.run(sql, (job_id,)) == FILE_ROWS:
            pass

    def _promote_copies(self, job_ids: Sequence[int], doomed: Sequence[int]) -> None:
        """Make the oldest copy that stays of each backup that goes a backup itself."""
        rows = self._store.rows(
            "SELECT priorjobid, jobid FROM job WHERE type = 'C' AND (priorjobid IN "
            f"({marks(job_ids)}) OR priorjobid IN (SELECT priorjobid FROM job WHERE type = 'B' "
            f"AND priorjobid <> 0 AND jobid IN ({marks(job_ids)}))) ORDER BY jobid DESC",
            [*job_ids, *job_ids],
        )
        gone = set(doomed)
        oldest = {
            number(original): number(copy) for original, copy in rows if number(copy) not in gone
        }
        for copy in oldest.values():
            self._store.run("UPDATE job SET type = 'B' WHERE jobid = ?", (copy,))
            self._store.run("DELETE FROM job WHERE type = 'c' AND priorjobid = ?", (copy,))


def _older(before: int, client: str, pool: str) -> tuple[str, str, list[Value]]:
    """Return tables, condition and values of a query for jobs older than *before*."""
    tables, condition, values = "job", "job.jobtdate < ?", list[Value]([before])
    if client:
        tables += " JOIN client ON client.clientid = job.clientid"
        condition += " AND client.name = ?"
        values.append(client)
    if pool:
        tables += " JOIN pool ON pool.poolid = job.poolid"
        condition += " AND pool.name = ?"
        values.append(pool)
    return tables, condition, values
