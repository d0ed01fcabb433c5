"""The queue: which job may run now, by priority and by the limits of what it uses.

Source: job semantics, section 6.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from barque.config.director import Storage
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, JobType, Level

log = logging.getLogger(__name__)

NO_CLIENT_SLOT: Final = frozenset({JobType.ADMIN, JobType.ARCHIVE, JobType.CONSOLIDATE})
"""Types that work without a client."""


@dataclass
class _Entry:
    job: ActiveJob
    run: Callable[[], None]
    ready_at: float
    """Unix seconds; not before."""
    running: bool = False
    order: int = 0
    held: "list[_Need]" = field(default_factory=list)
    """What it occupies while it runs."""


@dataclass
class _Use:
    """How many running jobs use each resource, by (kind, name)."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, key: tuple[str, str], by: int) -> None:
        self.counts[key] = self.counts.get(key, 0) + by

    def free(self, key: tuple[str, str], limit: int) -> bool:
        return self.counts.get(key, 0) < max(1, limit)


class JobQueue:
    """Starts each job in a thread of its own as soon as nothing stands in its way."""

    def __init__(self, limit: Callable[[], int], now: Callable[[], float]) -> None:
        """*limit* is the Director's MaximumConcurrentJobs, asked each time; *now* Unix seconds."""
        self._limit = limit
        self._now = now
        self._entries: list[_Entry] = []
        self._use = _Use()
        self._changed = threading.Condition()
        self._order = 0
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to start jobs."""
        # not made earlier: a daemon that goes to the background forks in between
        self._thread = threading.Thread(target=self._dispatch, name="job queue", daemon=True)
        self._thread.start()

    def put(self, job: ActiveJob, run: Callable[[], None], *, not_before: float = 0.0) -> None:
        """Queue *job*; *run* does its work and returns when it has ended."""
        with self._changed:
            self._order += 1
            if not_before > self._now():
                job.set_status(JobStatus.WAIT_START_TIME)
            self._entries.append(_Entry(job, run, not_before, order=self._order))
            self._entries.sort(key=lambda entry: (entry.job.priority, entry.order))
            self._changed.notify_all()

    def jobs(self) -> list[ActiveJob]:
        """Return the jobs that did not end, in the order in which they came."""
        with self._changed:
            return [entry.job for entry in sorted(self._entries, key=lambda entry: entry.order)]

    def find(self, job_id: int) -> ActiveJob | None:
        """Return the job with *job_id* that did not end, or None."""
        return next((job for job in self.jobs() if job.job_id == job_id), None)

    def wake(self) -> None:
        """Look again: a limit, a cancellation or the time changed."""
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, job_id: int | None, timeout: float) -> bool:
        """Wait until that job, or every job, has ended; False when *timeout* seconds came first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending(job_id), timeout)

    def _pending(self, job_id: int | None) -> bool:
        return any(job_id is None or entry.job.job_id == job_id for entry in self._entries)

    def stop(self) -> None:
        """Start no more jobs."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _dispatch(self) -> None:
        with self._changed:
            while not self._stopping:
                started = self._startable()
                for entry in started:
                    self._launch(entry)
                if not started:
                    self._changed.wait(self._pause())

    def _pause(self) -> float | None:
        """Return how long nothing can change by itself; None for as long as nobody says so."""
        times = [
            entry.ready_at - self._now()
            for entry in self._entries
            if not entry.running and entry.ready_at > self._now()
        ]
        return max(0.01, min(times)) if times else None

    def _startable(self) -> list[_Entry]:
        chosen = [entry for entry in self._waiting() if entry.job.cancelled.is_set()]
        running = sum(entry.running for entry in self._entries)
        if running >= max(1, self._limit()):
            for entry in self._waiting():
                if entry.ready_at <= self._now():
                    entry.job.set_status(JobStatus.WAIT_MAX_JOBS)
            return chosen
        reference = self._reference_priority()
        for entry in self._waiting():
            if entry in chosen:
                continue
            if entry.ready_at > self._now():
                continue
            if not self._priority_allows(entry, reference):
                entry.job.set_status(JobStatus.WAIT_PRIORITY)
                break
            obstacle = self._obstacle(entry.job)
            if obstacle is None:
                return [*chosen, entry]
            entry.job.set_status(obstacle)
        return chosen

    def _waiting(self) -> list[_Entry]:
        return [entry for entry in self._entries if not entry.running]

    def _reference_priority(self) -> int | None:
        running = [entry.job.priority for entry in self._entries if entry.running]
        return running[0] if running else None

    def _priority_allows(self, entry: _Entry, reference: int | None) -> bool:
        if reference is None or entry.job.priority == reference:
            return True
        mixed = bool(entry.job.resource.allow_mixed_priority) and all(
            other.job.resource.allow_mixed_priority for other in self._entries if other.running
        )
        return mixed and entry.job.priority < reference

    def _obstacle(self, job: ActiveJob) -> JobStatus | None:
        for key, limit, status in _needs(job):
            if not self._use.free(key, limit):
                return status
        return None

    def _launch(self, entry: _Entry) -> None:
        entry.running = True
        entry.held = _needs(entry.job)
        for key, _, _ in entry.held:
            self._use.add(key, 1)
        thread = threading.Thread(
            target=self._run, args=(entry,), name=f"job {entry.job.job_id}", daemon=True
        )
        thread.start()

    def _run(self, entry: _Entry) -> None:
        try:
            entry.run()
        except Exception:
            # the queue must go on, whatever a job does
            log.exception("job %s", entry.job.unique_name)
        finally:
            with self._changed:
                for key, _, _ in entry.held:
                    self._use.add(key, -1)
                self._entries.remove(entry)
                self._changed.notify_all()


type _Need = tuple[tuple[str, str], int, JobStatus]


def _needs(job: ActiveJob) -> list[_Need]:
    """Return what the job occupies: (kind, name), its limit, the status while it is not free."""
    needs: list[_Need] = []
    for storage in _storages(job):
        name, limit = storage.name, int(storage.maximum_concurrent_jobs)
        needs.append((("storage", name), limit, JobStatus.WAIT_STORE_RESOURCE))
        readers = int(storage.maximum_concurrent_read_jobs)
        if readers and (storage is job.read_storage or job.type is not JobType.BACKUP):
            needs.append((("readers", name), readers, JobStatus.WAIT_STORE_RESOURCE))
    if job.client is not None and _uses_client(job):
        limit = int(job.client.maximum_concurrent_jobs)
        needs.append((("client", job.client.name), limit, JobStatus.WAIT_CLIENT_RESOURCE))
    limit = int(job.resource.maximum_concurrent_jobs)
    needs.append((("job", job.resource.name), limit, JobStatus.WAIT_JOB_RESOURCE))
    return needs


def _storages(job: ActiveJob) -> list[Storage]:
    """Return the Storages that the job uses, each once."""
    if job.type is JobType.VERIFY and job.level is not Level.VERIFY_VOLUME:
        return []
    if job.type not in {JobType.BACKUP, JobType.RESTORE, JobType.VERIFY}:
        return []
    used = [storage for storage in (job.read_storage, job.storage) if storage is not None]
    return list({storage.name: storage for storage in used}.values())


def _uses_client(job: ActiveJob) -> bool:
    return job.type not in NO_CLIENT_SLOT and job.level is not Level.VIRTUAL_FULL
