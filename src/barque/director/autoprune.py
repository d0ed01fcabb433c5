"""Pruning by itself: of a client's jobs and files at the end of a job, and of Volumes.

Source: job semantics, section 13.4.
"""

from collections.abc import Callable, Collection

from barque.catalog import Catalog
from barque.catalog.volumes import VolumeRecord
from barque.config.load import DirectorConfig
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.report import elapsed
from barque.domain.ids import JobId
from barque.wire.messages.job import MessageType

type Say = Callable[[str], None]
"""Writes an information message into a job's log."""

type Running = Callable[[], Collection[int]]
"""Numbers of the jobs that run: what they write stays."""


def prune_after(job: ActiveJob, context: JobContext) -> None:
    """Prune jobs and files of the job's client, where Client or Job say so."""
    client, resource = job.client, job.resource
    if client is None:
        return
    jobs, files = (
        client.auto_prune or wish for wish in (resource.prune_jobs, resource.prune_files)
    )
    if jobs:
        _prune_jobs(job, context)
    if files:
        _prune_files(job, context)
    if jobs or files:
        _say(job, context, "End auto prune.\n")


def _say(job: ActiveJob, context: JobContext, text: str) -> None:
    job.say(MessageType.INFO, text, context.now())


def _prune_jobs(job: ActiveJob, context: JobContext) -> None:
    client, pool = job.client, job.pool
    assert client is not None
    period = int((pool.job_retention if pool else 0) or client.job_retention)
    now = int(context.now())
    _say(job, context, f"Begin pruning Jobs older than {elapsed(period)}.")
    found = context.catalog.retention.prunable_jobs(
        now - period,
        now,
        configured_in(context.config),
        client=client.name,
        pool=pool.name if pool else "",
    )
    jobs = _without(found, context.running())
    if not jobs:
        _say(job, context, "No Jobs found to prune.")
        return
    context.catalog.retention.purge_jobs(jobs)
    word = "Job" if len(jobs) == 1 else "Jobs"
    _say(job, context, f"Pruned {len(jobs)} {word} for client {client.name} from catalog.")


def _prune_files(job: ActiveJob, context: JobContext) -> None:
    client, pool = job.client, job.pool
    assert client is not None
    period = int((pool.file_retention if pool else 0) or client.file_retention)
    _say(job, context, "Begin pruning Files.")
    found = context.catalog.retention.prunable_files(
        int(context.now()) - period, client=client.name, pool=pool.name if pool else ""
    )
    jobs = _without(found, context.running())
    if not jobs:
        _say(job, context, "No Files found to prune.")
        return
    context.catalog.retention.purge_files(jobs)
    _say(
        job,
        context,
        f"Pruned Files from {len(jobs):,} Jobs for client {client.name} from catalog.",
    )


def configured_in(config: DirectorConfig) -> Callable[[str, str, str], bool]:
    """Return what tells whether job, FileSet and client are still in *config*."""
    return lambda job, fileset, client: (
        job in config.jobs and fileset in config.filesets and client in config.clients
    )


def _without(jobs: Collection[JobId], running: Collection[int]) -> list[JobId]:
    return [job_id for job_id in jobs if job_id not in running]


class VolumePruning:
    """Frees Volumes of jobs whose retention is over, or of all their jobs."""

    def __init__(
        self, catalog: Catalog, now: Callable[[], float], say: Say, running: Running
    ) -> None:
        self._catalog = catalog
        self._now = now
        self._say = say
        self._running = running

    def prune(self, volume: VolumeRecord) -> bool:
        """Forget the expired jobs on *volume*; True when none is left and it is Purged now."""
        expired = self._catalog.retention.expired_on(volume, int(self._now()))
        jobs = _without(expired, self._running())
        if jobs:
            self._say(
                f'Volume "{volume.volume_name}" has Volume Retention of {volume.vol_retention} '
                f"sec. and has {len(jobs)} jobs that will be pruned"
            )
            listed = ",".join(str(job_id) for job_id in jobs)
            self._say(f"Purging the following {len(jobs)} JobIds: {listed}")
            self._catalog.retention.purge_jobs(jobs)
        return self._mark_if_empty(volume)

    def purge(self, volume: VolumeRecord) -> bool:
        """Forget all jobs on *volume*, unless one of them runs; True when it is Purged now."""
        if self.is_in_use(volume):
            return False
        self._catalog.retention.purge_volume(volume.media_id)
        return self._mark_if_empty(volume)

    def is_in_use(self, volume: VolumeRecord) -> bool:
        """Tell whether a job that runs writes, or wrote, on *volume*."""
        running = set(self._running())
        return not running.isdisjoint(self._catalog.job_media.jobs_on(volume.media_id))

    def _mark_if_empty(self, volume: VolumeRecord) -> bool:
        current = self._catalog.volumes.get(volume.media_id)
        if current is None or not self._catalog.retention.is_empty(volume.media_id):
            return False
        if current.vol_status in {"Purged", "Recycle", "Unlabeled"}:
            return True
        self._say(
            f'There are no more Jobs associated with Volume "{volume.volume_name}". '
            "Marking it purged."
        )
        return self._catalog.volumes.mark_purged(volume.media_id)
