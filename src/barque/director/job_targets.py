"""From where to where a job without a client moves data: read and write Pools and Storages.

Source: job semantics, section 4, "NextPool".
"""

from barque.config.director import Pool
from barque.director.job_state import ActiveJob
from barque.director.services import RunRequest
from barque.errors import JobError


def choose_targets(job: ActiveJob, request: RunRequest) -> None:
    """Make *job* read from the Pool and Storage that it has, and write to the next Pool.

    Raises JobError when there is no next Pool, or it has no Storage.
    """
    job.read_pool, job.sources.read_pool = job.pool, job.sources.pool
    job.read_storage, job.sources.read_storage = job.storage, job.sources.storage
    pool, source, storage_source = _next_pool(job, request)
    if pool is None:
        name = job.pool.name if job.pool else ""
        raise JobError(f'No Next Pool specification found in Pool "{name}".')
    if not pool.storage:
        raise JobError(f'No Storage specification found in Next Pool "{pool.name}".')
    job.next_pool = job.pool = pool
    job.sources.next_pool = job.sources.pool = source
    job.storage, job.sources.storage = pool.storage[0], storage_source


def _next_pool(job: ActiveJob, request: RunRequest) -> tuple[Pool | None, str, str]:
    """Return the next Pool, and the report's words for it and for its Storage."""
    if request.next_pool is not None:
        return request.next_pool, "Run NextPool override", "Storage from Run NextPool override"
    if job.resource.next_pool is not None:
        return (
            job.resource.next_pool,
            "Job's NextPool resource",
            "Storage from Job's NextPool resource",
        )
    pool = job.pool.next_pool if job.pool else None
    return pool, "Job Pool's NextPool resource", "Storage from Pool's NextPool resource"
