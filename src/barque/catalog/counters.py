"""Small values that outlive a run of the Director: counters, quotas, samples.

Source: catalog, sections 2 and 3; job semantics, sections 9.1 and 14.
"""

from dataclasses import dataclass
from typing import Final

from barque.catalog.rows import Mapper
from barque.catalog.sqltext import number
from barque.catalog.store import Store
from barque.catalog.times import to_sql


@dataclass(frozen=True, slots=True)
class CounterRecord:
    """A row of the table `counters`."""

    counter: str
    """Name of the Counter resource."""
    min_value: int
    max_value: int
    current_value: int
    wrap_counter: str
    """Counter that goes up when this one starts again; empty for none."""


@dataclass(frozen=True, slots=True)
class QuotaRecord:
    """A row of the table `quota`."""

    client_id: int
    grace_time: int
    """Seconds since 1970 at which the grace period began; 0 when it has not."""
    quota_limit: int
    """Bytes that are allowed after the grace period; 0 when not fixed yet."""


_COUNTER: Final = Mapper(CounterRecord, "counters")
_QUOTA: Final = Mapper(QuotaRecord, "quota")


class Counters:
    """The counters that LabelFormat and scripts use."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> CounterRecord | None:
        """Return the counter *name*, or None."""
        return _COUNTER.one(self._store, "WHERE counter = ?", name)

    def ensure(
        self, name: str, minimum: int, maximum: int, wrap_counter: str = ""
    ) -> CounterRecord:
        """Return the counter *name*; a new one starts at *minimum*."""
        with self._store.transaction():
            found = self.find(name)
            if found is not None:
                return found
            self._store.run(
                "INSERT INTO counters (counter, minvalue, maxvalue, currentvalue, wrapcounter) "
                "VALUES (?, ?, ?, ?, ?)",
                (name, minimum, maximum, minimum, wrap_counter),
            )
        return CounterRecord(name, minimum, maximum, minimum, wrap_counter)

    def set(self, name: str, value: int) -> None:
        """Keep the current value of a counter."""
        self._store.run("UPDATE counters SET currentvalue = ? WHERE counter = ?", (value, name))


class Quotas:
    """What clients used of what they may use."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, client_id: int) -> QuotaRecord:
        """Return the quota of a client; one that has none yet has zeros."""
        found = _QUOTA.one(self._store, "WHERE clientid = ?", client_id)
        return found or QuotaRecord(client_id, 0, 0)

    def set(self, client_id: int, *, grace_time: int, quota_limit: int) -> None:
        """Keep begin of grace and limit of a client; zeros reset both."""
        with self._store.transaction():
            self._store.run("DELETE FROM quota WHERE clientid = ?", (client_id,))
            self._store.run(
                "INSERT INTO quota (clientid, gracetime, quotalimit) VALUES (?, ?, ?)",
                (client_id, grace_time, quota_limit),
            )

    def used(self, client_id: int, job_id: int, since: int, *, include_failed: bool) -> int:
        """Return the bytes of a client's jobs that were scheduled after *since*, *job_id* aside."""
        failed = "" if include_failed else " AND jobstatus NOT IN ('E', 'f', 'A')"
        row = self._store.one(
            "SELECT sum(jobbytes) FROM job WHERE clientid = ? AND jobid <> ? AND schedtime > ?"
            f"{failed}",
            (client_id, job_id, to_sql(max(since, 1))),
        )
        return number(row[0]) if row else 0


class Statistics:
    """Samples that Storage Daemons send while they work."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_job(self, device_id: int, time: int, job_id: int, files: int, size: int) -> None:
        """Keep how far a job has come."""
        self._store.run(
            "INSERT INTO jobstats (deviceid, sampletime, jobid, jobfiles, jobbytes) "
            "VALUES (?, ?, ?, ?, ?)",
            (device_id, to_sql(time), job_id, files, size),
        )

    def add_device(
        self,
        device_id: int,
        time: int,
        *,
        read_time: int,
        write_time: int,
        read_bytes: int,
        write_bytes: int,
        spool_size: int,
        waiting: int,
        writers: int,
        media_id: int,
        volume_bytes: int,
        volume_files: int,
        volume_blocks: int,
    ) -> None:
        """Keep what a device did."""
        self._store.run(
            "INSERT INTO devicestats (deviceid, sampletime, readtime, writetime, readbytes, "
            "writebytes, spoolsize, numwaiting, numwriters, mediaid, volcatbytes, volcatfiles, "
            "volcatblocks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                device_id,
                to_sql(time),
                read_time,
                write_time,
                read_bytes,
                write_bytes,
                spool_size,
                waiting,
                writers,
                media_id,
                volume_bytes,
                volume_files,
                volume_blocks,
            ),
        )

    def add_tape_alert(self, device_id: int, time: int, flags: int) -> None:
        """Keep the alert flags of a tape drive."""
        self._store.run(
            "INSERT INTO tapealerts (deviceid, sampletime, alertflags) VALUES (?, ?, ?)",
            (device_id, to_sql(time), flags),
        )
