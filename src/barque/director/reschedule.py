"""Running a failed job again: RescheduleOnError.

Source: job semantics, section 7.
"""

from collections.abc import Callable
from dataclasses import dataclass

from barque.director.job_state import ActiveJob, Totals
from barque.director.report import moment
from barque.domain.job import JobStatus, JobType
from barque.wire.messages.job import MessageType

FAILED = frozenset({JobStatus.ERROR_TERMINATED, JobStatus.FATAL_ERROR, JobStatus.NON_FATAL_ERROR})
"""How a job ends that is run again; one that somebody cancelled is not."""


@dataclass(frozen=True, slots=True)
class Again:
    """When and how a job runs once more."""

    at: float
    """Unix seconds."""
    same_record: bool
    """Nothing was saved, so that the job keeps its JobId."""


def again(job: ActiveJob, now: float) -> Again | None:
    """Return when *job*, which ended, runs again; None when it does not."""
    rules = job.resource
    if not rules.reschedule_on_error or job.type is not JobType.BACKUP:
        return None
    if job.status not in FAILED or job.cancelled.is_set():
        return None
    if rules.reschedule_times and job.tries >= int(rules.reschedule_times):
        return None
    return Again(now + int(rules.reschedule_interval), not job.totals.storage_bytes)


def say_when(job: ActiveJob, again_at: Again, now: Callable[[], float]) -> None:
    """Tell in the log of *job* when it runs again."""
    interval = int(job.resource.reschedule_interval)
    job.say(
        MessageType.INFO,
        f"Rescheduled Job {job.unique_name} at {moment(now())} to re-run in {interval} seconds "
        f"({moment(again_at.at)}).",
        now(),
    )


def renew(job: ActiveJob, at: float) -> None:
    """Make *job* one that did not start yet, under the same JobId."""
    job.tries += 1
    job.totals = Totals()
    job.scheduled_at = at
    job.started_at = job.ended_at = job.running_since = job.waited = 0.0
    job.client_status = job.storage_status = None
    job.client_connected = job.storage_connected = False
    job.client_erase_command = job.storage_erase_command = None
    job.session_id = job.session_time = 0
    job.storage_key = "dummy"
    job.reset_status()
