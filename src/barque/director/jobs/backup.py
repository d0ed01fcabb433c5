"""A backup job: File Daemon to Storage Daemon, attributes to the catalog.

Source: daemon protocol, section 4.1; job semantics, section 9.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing

from barque.config.director import Client, Storage
from barque.config.fileset import FileSet
from barque.director.attributes import AttributeReceiver
from barque.director.client_session import ClientSession
from barque.director.file_batch import CountingBatch, keep_restore_object
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.job_volumes import catalog_requests
from barque.director.jobs.both_ends import BothEnds
from barque.director.quota import QuotaCheck
from barque.director.restore_objects import objects_of_backup
from barque.director.runscripts import client_scripts
from barque.director.storage_session import StorageSession
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, Level
from barque.errors import JobError
from barque.wire.messages.job import MessageType


def run_backup(job: ActiveJob, context: JobContext) -> None:
    """Run the backup to its end; raises BarqueError when it cannot end well."""
    client, fileset, storage = _needed(job)
    job.say(
        MessageType.INFO,
        f"Start Backup JobId {job.job_id}, Job={job.unique_name}",
        context.now(),
    )
    quota = QuotaCheck(job, context, client)
    quota.before()
    batch = CountingBatch(job, context)
    receiver = AttributeReceiver(
        batch,
        lambda index, record: keep_restore_object(context.catalog, job.job_id, index, record),
        job.unique_name,
    )
    requests = catalog_requests(job, context, storage, flush_files=batch.flush)
    store = StorageSession(job, context, storage, requests=requests, attributes=receiver)
    session = ClientSession(job, context, client)
    ends = BothEnds(job, context, session, store)
    try:
        with closing(store), closing(session):
            job.set_status(JobStatus.WAIT_SD)
            store.open()
            job.set_status(JobStatus.WAIT_FD)
            session.open()
            job.set_status(JobStatus.RUNNING)
            _prepare(job, context, session, fileset, storage)
            _join(job, context, session, store, storage, ends)
            ends.wait(lambda: _backup(session))
    finally:
        # what is on the Volume can be restored even when the job failed
        batch.finish()
    quota.after()


def _backup(session: ClientSession) -> None:
    session.backup()
    session.wait()


def _needed(job: ActiveJob) -> tuple[Client, FileSet, Storage]:
    if job.client is None or job.fileset is None or job.storage is None:
        raise JobError(f'Job "{job.resource.name}" needs Client, FileSet and Storage')
    return job.client, job.fileset, job.storage


def _prepare(
    job: ActiveJob,
    context: JobContext,
    session: ClientSession,
    fileset: FileSet,
    storage: Storage,
) -> None:
    """Tell the File Daemon everything but where the data goes."""
    session.set_level()
    session.send_fileset(fileset, allow_compression=storage.allow_compression)
    options = [job.plugin_options] if job.plugin_options else job.resource.fd_plugin_options
    session.send_plugin_options(options)
    if job.previous_job_id:
        session.send_restore_objects(objects_of_backup(context.catalog, job.previous_job_id))
    session.learn_erase_command()
    session.limit_bandwidth()
    session.send_scripts(client_scripts(job))
    if job.accurate and job.level in {Level.INCREMENTAL, Level.DIFFERENTIAL}:
        _send_accurate(job, context, session, fileset)


def _send_accurate(
    job: ActiveJob, context: JobContext, session: ClientSession, fileset: FileSet
) -> None:
    jobs = context.catalog.chains.job_ids(
        job.client_id, job.fileset_id, int(job.started_at), level=job.level
    )
    if not jobs:
        raise JobError("Cannot find previous jobids.")
    estimated = context.catalog.chains.count_files(jobs)
    job.say(
        MessageType.INFO,
        f"Sending Accurate information (estimated {estimated} files).",
        context.now(),
    )
    with_digest = any(
        {"5", "1"} & set(options.setting("Accurate") or "")
        for include in fileset.include
        for options in include.options
    )
    begun = context.now()
    sent = session.send_accurate(estimated, _accurate_entries(context, jobs, with_digest))
    seconds = int(context.now() - begun)
    job.say(
        MessageType.INFO,
        f"Sent Accurate information for {sent} files (skipping {estimated - sent} deleted files) "
        f"in {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.",
        context.now(),
    )


def _accurate_entries(
    context: JobContext, jobs: Sequence[JobId], with_digest: bool
) -> Iterator[bytes]:
    for file in context.catalog.chains.files(jobs):
        digest = file.digest if with_digest and file.digest != "0" else ""
        yield b"\0".join(
            (file.path + file.name, file.lstat.encode(), digest.encode(), b"%d" % file.delta_seq)
        )


def _join(
    job: ActiveJob,
    context: JobContext,
    session: ClientSession,
    store: StorageSession,
    storage: Storage,
    ends: BothEnds,
) -> None:
    """Bring File Daemon and Storage Daemon together."""
    device = store.use(append=True)
    job.say(MessageType.INFO, f'Using Device "{device}" to write.', context.now())
    if session.client.passive:
        session.await_storage()
        store.call_client(session.client)
        store.run(ends.storage_failed)
    else:
        session.connect_storage(storage)
        store.run(ends.storage_failed)
