"""Ends jobs that take longer than they may.

Source: job semantics, section 7.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Final

from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, Level

log = logging.getLogger(__name__)

INTERVAL: Final = 10.0
"""Second; how often the jobs are looked at."""

WAITING: Final = frozenset(
    {
        JobStatus.WAIT_FD,
        JobStatus.WAIT_SD,
        JobStatus.WAIT_MEDIA,
        JobStatus.WAIT_MOUNT,
        JobStatus.WAIT_STORE_RESOURCE,
        JobStatus.WAIT_JOB_RESOURCE,
        JobStatus.WAIT_CLIENT_RESOURCE,
        JobStatus.WAIT_MAX_JOBS,
        JobStatus.WAIT_PRIORITY,
    }
)
"""Statuses that MaxWaitTime counts."""

START_DELAY: Final = "Job canceled because max start delay time exceeded."
RUN_SCHEDULE_TIME: Final = "Max run sched time exceeded. Job canceled."
WAIT_TIME: Final = "Max wait time exceeded. Job canceled."
RUN_TIME: Final = "Max run time exceeded. Job canceled."
"""Messages that scripts look for."""


def overdue(job: ActiveJob, now: float) -> str:
    """Return why *job* has to end now; empty when it may go on."""
    rules = job.resource
    if job.cancelled.is_set() or job.finished:
        return ""
    since_schedule = now - job.scheduled_at
    if rules.max_start_delay and not job.running_since and since_schedule > rules.max_start_delay:
        return START_DELAY
    if rules.max_wait_time and job.waited >= rules.max_wait_time:
        return WAIT_TIME
    if _limit(job) and job.running_since and now - job.running_since >= _limit(job):
        return RUN_TIME
    if job.max_run_sched_time and since_schedule > job.max_run_sched_time:
        return RUN_SCHEDULE_TIME
    return ""


def _limit(job: ActiveJob) -> int:
    """Return how long the job may run (s); 0 for ever."""
    rules = job.resource
    by_level = {
        Level.FULL: rules.full_max_runtime,
        Level.DIFFERENTIAL: rules.differential_max_runtime,
        Level.INCREMENTAL: rules.incremental_max_runtime,
    }
    limits = [int(limit) for limit in (by_level.get(job.level), rules.max_run_time) if limit]
    return min(limits, default=0)


class Watchdog:
    """Looks at all jobs now and then."""

    def __init__(
        self,
        jobs: Callable[[], Iterable[ActiveJob]],
        end: Callable[[ActiveJob, str], None],
        now: Callable[[], float],
    ) -> None:
        """*end* cancels a job and writes the reason into its log."""
        self._jobs = jobs
        self._end = end
        self._now = now
        self._looked_at = now()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL):
            self.look()

    def look(self) -> None:
        """End what is overdue."""
        now = self._now()
        passed, self._looked_at = max(0.0, now - self._looked_at), now
        for job in self._jobs():
            if job.status in WAITING:
                job.waited += passed
            reason = overdue(job, now)
            if not reason:
                continue
            try:
                self._end(job, reason)
            except Exception:
                # the other jobs are to be looked at, too
                log.exception("job %s could not be ended", job.unique_name)
