"""One job's way to Volumes: the search for one to append to, and answers to its Storage Daemon."""

from collections.abc import Callable

from barque.config.director import Storage
from barque.director.autoprune import VolumePruning
from barque.director.catalog_requests import JobCatalogRequests
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.volume_selection import VolumeSelection
from barque.wire.messages.job import MessageType


def volume_selection(job: ActiveJob, context: JobContext) -> VolumeSelection:
    """Return the search for Volumes on behalf of *job*."""
    pool = job.pool

    def say(text: str) -> None:
        job.say(MessageType.INFO, text, context.now())

    return VolumeSelection(
        context.catalog,
        context.now,
        say,
        pruning=VolumePruning(context.catalog, context.now, say, context.running),
        auto_prune=bool(job.resource.prune_volumes or (pool and pool.auto_prune)),
        purge_oldest=bool(pool and pool.purge_oldest_volume),
        recycle_oldest=bool(pool and pool.recycle_oldest_volume),
        ask_name=job.plugins.volume_name if job.plugins is not None else None,
    )


def catalog_requests(
    job: ActiveJob,
    context: JobContext,
    storage: Storage,
    *,
    flush_files: Callable[[], None] = lambda: None,
) -> JobCatalogRequests:
    """Return what answers the Storage Daemon of *storage* while it works for *job*."""
    record = context.catalog.storages.ensure(storage.name, auto_changer=storage.auto_changer)
    return JobCatalogRequests(
        job,
        context.catalog,
        volume_selection(job, context),
        context.now,
        storage_id=record.storage_id,
        flush_files=flush_files,
    )
