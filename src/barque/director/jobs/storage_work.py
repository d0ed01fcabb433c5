"""Jobs that a Storage Daemon does alone: it reads Volumes and writes others.

Source: daemon protocol, section 5.8.
"""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from barque.config.director import Pool, Storage
from barque.director.attributes import AttributeReceiver
from barque.director.file_batch import CountingBatch, keep_restore_object
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.job_volumes import catalog_requests
from barque.director.restore_bootstrap import write_restore_bootstrap
from barque.director.services import RestoreSelection
from barque.director.storage_session import StorageSession
from barque.domain.job import JobStatus
from barque.errors import JobError
from barque.wire.messages.job import MessageType


def write_plan(job: ActiveJob, context: JobContext, selection: RestoreSelection) -> list[str]:
    """Return the bootstrap lines for *selection*; the file is written, told and gone again."""
    plan = write_restore_bootstrap(
        selection,
        context.catalog,
        context.config,
        Path(context.config.director.working_directory),
    )
    path = Path(plan.bootstrap)
    try:
        job.say(MessageType.INFO, f"Bootstrap records written to {path}", context.now())
        return path.read_text("utf-8", "surrogateescape").splitlines()
    finally:
        path.unlink(missing_ok=True)


def targets_of(job: ActiveJob) -> tuple[Storage, Pool, Storage, Pool]:
    """Return what is read from and what is written to; raises JobError when one is missing."""
    if job.read_storage is None or job.read_pool is None:
        raise JobError("No storage for reading given.")
    if job.storage is None or job.pool is None:
        raise JobError("No storage for writing given.")
    if _daemon(job.read_storage) != _daemon(job.storage):
        raise JobError(
            f'Storage "{job.read_storage.name}" and Storage "{job.storage.name}" belong to '
            "different Storage Daemons"
        )
    return job.read_storage, job.read_pool, job.storage, job.pool


def _daemon(storage: Storage) -> tuple[str, int]:
    return storage.address, int(storage.port)


def let_storage_work(
    job: ActiveJob, context: JobContext, bootstrap: Iterable[str], written: ActiveJob
) -> None:
    """Let the Storage Daemon read what *bootstrap* names and write it for the job *written*.

    Its end is booked on *job*, pieces and files on *written* (which may be *job* itself).
    """
    read_storage, read_pool, storage, pool = targets_of(job)
    batch = CountingBatch(written, context)
    receiver = AttributeReceiver(
        batch,
        lambda index, record: keep_restore_object(context.catalog, written.job_id, index, record),
        written.unique_name,
    )
    requests = catalog_requests(written, context, storage, flush_files=batch.flush)
    store = StorageSession(job, context, read_storage, requests=requests, attributes=receiver)
    try:
        with closing(store):
            job.set_status(JobStatus.WAIT_SD)
            store.open(list(bootstrap))
            device = store.use(append=False, storage=read_storage, pool=read_pool)
            job.say(MessageType.INFO, f'Using Device "{device}" to read.', context.now())
            device = store.use(append=True, storage=storage, pool=pool)
            job.say(MessageType.INFO, f'Using Device "{device}" to write.', context.now())
            job.set_status(JobStatus.RUNNING)
            store.run()
            store.wait()
    finally:
        batch.finish()
    totals = job.totals
    totals.files, totals.bytes = totals.storage_files, totals.storage_bytes
