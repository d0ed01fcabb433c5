"""A second job of the same name while the first did not end: which of them gives way.

Source: job semantics, section 5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, JobType, Level

QUEUED: Final = frozenset(
    {
        JobStatus.CREATED,
        JobStatus.WAIT_JOB_RESOURCE,
        JobStatus.WAIT_CLIENT_RESOURCE,
        JobStatus.WAIT_STORE_RESOURCE,
        JobStatus.WAIT_PRIORITY,
        JobStatus.WAIT_MAX_JOBS,
        JobStatus.WAIT_START_TIME,
    }
)
"""Statuses of jobs that did not start."""

HEIGHT: Final = {Level.INCREMENTAL: 1, Level.DIFFERENTIAL: 2, Level.FULL: 3}
"""Which of two levels takes more; the others cannot be compared."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a new job, and of the one that it duplicates."""

    refused: str = ""
    """Why the new job does not run; empty when it does."""
    cancel: ActiveJob | None = None
    """The job that has to end for it."""


def judge(job: ActiveJob, others: Iterable[ActiveJob]) -> Verdict:
    """Return what becomes of the new *job* besides *others*, which did not end."""
    merges = _is_consolidation(job)
    if not merges and (job.resource.allow_duplicate_jobs or job.ignores_duplicates):
        return Verdict()
    for other in others:
        if other is job or other.ended_at:
            continue  # whoever saw in the catalog that a job ended may start the next one
        if merges and _is_consolidation(other) and _same_data(job, other):
            return Verdict(_duplicate_consolidation(other))
        if not other.ignores_duplicates and other.resource.name == job.resource.name:
            return _between(job, other)
    return Verdict()


def _between(job: ActiveJob, other: ActiveJob) -> Verdict:
    refused = f"JobId {other.job_id} already running. Duplicate job not allowed."
    rules = job.resource
    both_backups = job.type is JobType.BACKUP and other.type is JobType.BACKUP
    if rules.cancel_lower_level_duplicates and both_backups:
        mine, its = HEIGHT.get(job.level, 0), HEIGHT.get(other.level, 0)
        if mine and its and mine > its:
            return Verdict(cancel=other)
        if mine and its and mine < its:
            return Verdict(refused)
    if rules.cancel_queued_duplicates and other.status in QUEUED:
        return Verdict(cancel=other)
    if rules.cancel_running_duplicates:
        return Verdict(cancel=other)
    return Verdict(refused)


def _is_consolidation(job: ActiveJob) -> bool:
    return job.level is Level.VIRTUAL_FULL and bool(job.resource.always_incremental)


def _same_data(job: ActiveJob, other: ActiveJob) -> bool:
    return _names(job) == _names(other)


def _names(job: ActiveJob) -> tuple[str, str]:
    return job.client.name if job.client else "", job.fileset.name if job.fileset else ""


def _duplicate_consolidation(other: ActiveJob) -> str:
    client, fileset = _names(other)
    return (
        f'JobId {other.job_id} already running. Duplicate consolidation job of Client "{client}" '
        f'and FileSet "{fileset}" not allowed.'
    )
