"""Which jobs a copy or migration job takes, by its SelectionType.

Names that a pattern chooses from are returned as they are; the pattern is applied by the Director.
Source: job semantics, section 10.3.
"""

from collections.abc import Sequence
from typing import Final

from barque.catalog.sqltext import marks, number, text
from barque.catalog.store import Store, Value
from barque.catalog.times import to_sql
from barque.domain.ids import JobId, MediaId

_COPYABLE: Final = "job.type IN ('B', 'C') AND job.jobstatus IN ('T', 'W')"
_FULL: Final = "media.volstatus IN ('Full', 'Used', 'Error') AND media.enabled = 1"
_HAS_JOBS: Final = "EXISTS (SELECT 1 FROM jobmedia WHERE jobmedia.mediaid = media.mediaid)"
_OLDEST: Final = "ORDER BY media.lastwritten IS NULL, media.lastwritten, media.mediaid"


class Migration:
    """Candidates in the pool that is read; jobs come by their start."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def job_names(self, pool_id: int) -> list[str]:
        """Return the names of all jobs in a pool."""
        return self._names("SELECT DISTINCT name FROM job WHERE poolid = ? ORDER BY name", pool_id)

    def client_names(self, pool_id: int) -> list[str]:
        """Return the names of the clients that have jobs in a pool."""
        return self._names(
            "SELECT DISTINCT client.name FROM job JOIN client ON client.clientid = job.clientid "
            "WHERE job.poolid = ? ORDER BY client.name",
            pool_id,
        )

    def volume_names(self, pool_id: int) -> list[str]:
        """Return the names of the volumes of a pool that nothing more is written to."""
        return self._names(
            f"SELECT volumename FROM media WHERE poolid = ? AND {_FULL} ORDER BY volumename",
            pool_id,
        )

    def jobs_of_name(self, pool_id: int, name: str) -> list[JobId]:
        """Return all jobs of a name in a pool, whatever their type and status."""
        return self._jobs("job", "job.poolid = ? AND job.name = ?", [pool_id, name])

    def jobs_of_client(self, pool_id: int, client: str) -> list[JobId]:
        """Return the backups and copies of a client in a pool."""
        return self._jobs(
            "job JOIN client ON client.clientid = job.clientid",
            f"job.poolid = ? AND client.name = ? AND {_COPYABLE}",
            [pool_id, client],
        )

    def jobs_on_volumes(self, media_ids: Sequence[int]) -> list[JobId]:
        """Return the backups and copies on volumes."""
        return self._jobs(
            "job JOIN jobmedia ON jobmedia.jobid = job.jobid",
            f"jobmedia.mediaid IN ({marks(media_ids)}) AND {_COPYABLE}",
            list(media_ids),
        )

    def smallest_volume(self, pool_id: int) -> MediaId | None:
        """Return the volume of a pool with the least on it that nothing more is written to."""
        return self._volume(pool_id, "ORDER BY media.volbytes, media.mediaid")

    def oldest_volume(self, pool_id: int) -> MediaId | None:
        """Return the volume of a pool that was written first and to which nothing more is."""
        return self._volume(pool_id, _OLDEST)

    def volumes_by_age(self, pool_id: int) -> list[MediaId]:
        """Return the volumes of a pool to which nothing more is written, the oldest first."""
        rows = self._store.rows(
            f"SELECT media.mediaid FROM media WHERE media.poolid = ? AND {_FULL} {_OLDEST}",
            (pool_id,),
        )
        return [MediaId(number(media_id)) for (media_id,) in rows]

    def occupancy(self, pool_id: int) -> int:
        """Return the bytes of the backups and copies on the volumes of a pool."""
        row = self._store.one(
            f"SELECT sum(job.jobbytes) FROM job WHERE job.poolid = ? AND {_COPYABLE} "
            "AND EXISTS (SELECT 1 FROM jobmedia JOIN media ON media.mediaid = jobmedia.mediaid "
            "WHERE jobmedia.jobid = job.jobid AND media.poolid = job.poolid AND media.enabled = 1 "
            "AND media.volstatus IN ('Full', 'Used', 'Error', 'Append'))",
            (pool_id,),
        )
        return number(row[0]) if row else 0

    def bytes_of(self, job_ids: Sequence[int]) -> int:
        """Return the bytes of jobs."""
        sums = f"SELECT sum(jobbytes) FROM job WHERE jobid IN ({marks(job_ids)})"
        row = self._store.one(sums, job_ids)
        return number(row[0]) if row else 0

    def jobs_before(self, pool_id: int, before: int) -> list[JobId]:
        """Return the backups and copies of a pool that really ended at *before* or earlier."""
        return self._jobs(
            "job JOIN jobmedia ON jobmedia.jobid = job.jobid "
            "JOIN media ON media.mediaid = jobmedia.mediaid",
            f"job.poolid = ? AND media.poolid = job.poolid AND {_FULL} AND {_COPYABLE} "
            "AND job.realendtime <= ?",
            [pool_id, to_sql(before)],
        )

    def uncopied_jobs(self, pool_id: int) -> list[JobId]:
        """Return the backups and archives of a pool with data that have no copy yet."""
        return self._jobs(
            "job",
            "job.poolid = ? AND job.type IN ('B', 'A') AND job.jobstatus IN ('T', 'W') "
            "AND job.jobbytes > 0 AND NOT EXISTS (SELECT 1 FROM job AS copy "
            "WHERE copy.priorjobid = job.jobid AND copy.type IN ('B', 'C') "
            "AND copy.jobstatus IN ('T', 'W'))",
            [pool_id],
        )

    def _names(self, sql: str, pool_id: int) -> list[str]:
        return [text(name) for (name,) in self._store.rows(sql, (pool_id,))]

    def _volume(self, pool_id: int, order: str) -> MediaId | None:
        row = self._store.one(
            f"SELECT media.mediaid FROM media WHERE media.poolid = ? AND {_FULL} "
            f"AND {_HAS_JOBS} {order} LIMIT 1",
            (pool_id,),
        )
        return MediaId(number(row[0])) if row else None

    def _jobs(self, tables: str, condition: str, values: Sequence[Value]) -> list[JobId]:
        rows = self._store.rows(
            f"SELECT DISTINCT job.jobid, job.starttime FROM {tables} WHERE {condition} "
            "ORDER BY job.starttime, job.jobid",
            values,
        )
        return [JobId(number(job_id)) for job_id, _start in rows]
