"""The job log: every message of a job, as it was shown."""

from dataclasses import dataclass

from barque.catalog.rows import Mapper
from barque.catalog.store import Store
from barque.catalog.times import to_sql


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A row of the table `log`."""

    log_id: int
    job_id: int
    time: int
    log_text: str
    """With prefix and newline, without time."""


_LOG = Mapper(LogRecord, "log")


class Log:
    """The messages that jobs left."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, job_id: int, time: int, text: str) -> None:
        """Keep one message."""
        _LOG.insert(self._store, {"job_id": job_id, "time": time, "log_text": text})

    def add_many(self, job_id: int, messages: list[tuple[int, str]]) -> None:
        """Keep several messages (time, text) in one change."""
        self._store.run_many(
            "INSERT INTO log (jobid, time, logtext) VALUES (?, ?, ?)",
            [(job_id, to_sql(time), text) for time, text in messages],
        )

    def of_job(self, job_id: int) -> list[LogRecord]:
        """Return the messages of a job in order."""
        return _LOG.all(self._store, "WHERE jobid = ? ORDER BY logid", job_id)

    def copy(self, source: int, target: int) -> None:
        """Give the job *target* the messages of *source* too (Copy)."""
        self._store.run(
            "INSERT INTO log (jobid, time, logtext) "
            "SELECT ?, time, logtext FROM log WHERE jobid = ? ORDER BY logid",
            (target, source),
        )

    def move(self, source: int, target: int) -> None:
        """Make the messages of *source* those of *target* (Migrate)."""
        self._store.run("UPDATE log SET jobid = ? WHERE jobid = ?", (target, source))
