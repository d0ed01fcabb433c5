"""A verify job: what is on disk, or on a Volume, against the catalog.

Source: daemon protocol, section 4.3; job semantics, section 11.2.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from barque.catalog.jobs import JobRecord
from barque.catalog.saved import SavedFile
from barque.config.director import Client, Storage
from barque.config.fileset import FileSet
from barque.director.client_session import ClientSession
from barque.director.file_batch import CountingBatch
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.job_volumes import catalog_requests
from barque.director.jobs.both_ends import BothEnds
from barque.director.jobs.restore import split_by_storage
from barque.director.report import VERIFY_WORDS
from barque.director.restore_bootstrap import write_restore_bootstrap
from barque.director.runscripts import client_scripts
from barque.director.services import RestoreSelection
from barque.director.storage_session import StorageSession
from barque.director.verify_files import (
    ExaminedDigest,
    ExaminedFile,
    differences,
    parse_examined,
)
from barque.domain.ids import FileIndex
from barque.domain.job import ENDED_GOOD, JobStatus, Level
from barque.errors import JobError, ProtocolError
from barque.wire.framing import Frame, Signal
from barque.wire.messages.director_file import EndJob, Verify, VerifyOk
from barque.wire.messages.job import MessageType

WIRE_WORDS: Final = {
    Level.VERIFY_INIT: "init",
    Level.VERIFY_CATALOG: "catalog",
    Level.VERIFY_VOLUME: "volume",
    Level.VERIFY_DISK: "disk_to_catalog",
}
"""Levels as the File Daemon knows them."""

MARKED_AT_ONCE: Final = 500
"""Files whose rows are marked as seen in one change of the catalog."""

NO_INIT: Final = (
    "Unable to find JobId of previous InitCatalog Job.\n"
    "Please run a Verify with Level=InitCatalog before\n"
    "running the current Job."
)
NO_BACKUP: Final = "Unable to find JobId of previous Job for this client."


def run_verify(job: ActiveJob, context: JobContext) -> None:
    """Run the verify to its end; raises BarqueError when it cannot end well."""
    if job.level not in WIRE_WORDS:
        raise JobError(f"Verify jobs of level {job.level} are not implemented")
    if job.client is None or job.fileset is None:
        raise JobError(f'Job "{job.resource.name}" needs Client and FileSet')
    if job.level is Level.VERIFY_INIT:
        _say_start(job, context)
        _examine(job, context, job.client, job.fileset, _Keeping(job, context))
        return
    prior = _prior(job, context)
    job.verified_job_id = prior.job_id
    _say(job, context, f"Verifying against JobId={prior.job_id} Job={prior.job}")
    comparison = _Comparison(job, context, prior)
    if job.level is not Level.VERIFY_VOLUME:
        _say_start(job, context)
        _examine(job, context, job.client, job.fileset, comparison)
        return
    if prior.job_files:
        _verify_volume(job, context, job.client, prior, comparison)


def _say(job: ActiveJob, context: JobContext, text: str) -> None:
    job.say(MessageType.INFO, text, context.now())


def _say_start(job: ActiveJob, context: JobContext) -> None:
    level = VERIFY_WORDS[job.level]
    _say(job, context, f"Start Verify JobId={job.job_id} Level={level} Job={job.unique_name}")


def _prior(job: ActiveJob, context: JobContext) -> JobRecord:
    """Return the job whose files are compared with."""
    jobs = context.catalog.jobs
    if job.source_jobs:
        found = jobs.get(job.source_jobs[0])
    elif job.level is Level.VERIFY_CATALOG:
        found = jobs.last_verify_init(job.resource.name, job.client_id)
    elif job.verify_job is not None:
        found = jobs.last_backup_named(job.verify_job.name)
    else:
        found = jobs.last_backup_of_client(job.client_id)
    if found is None:
        raise JobError(NO_INIT if job.level is Level.VERIFY_CATALOG else NO_BACKUP)
    if found.job_status not in ENDED_GOOD:
        raise JobError(
            f"Last Job {found.job_id} did not Terminate normally. JobStatus={found.job_status}"
        )
    return found


class _Keeping:
    """InitCatalog: takes the files into the catalog."""

    def __init__(self, job: ActiveJob, context: JobContext) -> None:
        self._batch = CountingBatch(job, context)
        self._held: ExaminedFile | None = None
        self._digest = "0"

    def file(self, examined: ExaminedFile) -> None:
        """Take a file."""
        self._release()
        self._held = examined

    def digest(self, examined: ExaminedDigest) -> None:
        """Take the digest of the file before it."""
        self._digest = examined.digest

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._batch.add(held.file_index, held.path, held.name, held.lstat, self._digest, 0)
        self._digest = "0"

    def end(self) -> None:
        """Write the rest."""
        self._release()
        self._batch.flush()


class _Comparison:
    """The other levels: tells how files differ from what the catalog says about an earlier job."""

    def __init__(self, job: ActiveJob, context: JobContext, prior: JobRecord) -> None:
        self._job = job
        self._context = context
        self._prior = prior
        self._files = context.catalog.saved_files
        self._seen: list[int] = []
        self._current: ExaminedFile | None = None
        self._saved: SavedFile | None = None
        self._named = False

    def file(self, examined: ExaminedFile) -> None:
        """Compare the status of a file."""
        self._current, self._named = examined, False
        self._saved = self._find(examined)
        if self._saved is None:
            self._differs(f"New file: {examined.shown}")
            return
        self._seen.append(self._saved.file_id)
        if len(self._seen) >= MARKED_AT_ONCE:
            self._mark()
        for line in differences(examined.options, self._saved.lstat, examined.lstat):
            self._tell(line)

    def _find(self, examined: ExaminedFile) -> SavedFile | None:
        prior, level = self._prior, self._job.level
        if level is Level.VERIFY_DISK:
            return self._files.find_newest(
                prior.client_id, examined.path, examined.name, int(self._context.now())
            )
        index = examined.file_index if level is Level.VERIFY_VOLUME else 0
        return self._files.find(prior.job_id, examined.path, examined.name, file_index=index)

    def digest(self, examined: ExaminedDigest) -> None:
        """Compare the digest of the file before it."""
        current, saved = self._current, self._saved
        if current is None or current.file_index != examined.file_index:
            raise JobError(f"{examined.kind} index {examined.file_index} not same as attributes")
        if saved is None or not current.wants_digest or saved.digest == examined.digest:
            return
        self._tell(f"      {examined.kind} differs. File={examined.digest} Cat={saved.digest}")

    def end(self) -> None:
        """Tell which files of the earlier job were not there."""
        self._mark()
        missing = self._files.unmarked(self._prior.job_id, self._job.job_id)
        where = "the Volume(s)" if self._job.level is Level.VERIFY_VOLUME else "disk"
        for count, path in enumerate(missing):
            if not count:
                text = f"The following files are in the Catalog but not on {where}:"
                self._job.say(MessageType.WARNING, text, self._context.now())
            self._differs(f"      {path.decode('utf-8', 'surrogateescape')}")

    def _mark(self) -> None:
        self._files.mark(self._seen, self._job.job_id)
        self._seen.clear()

    def _tell(self, line: str) -> None:
        if not self._named and self._current is not None:
            _say(self._job, self._context, f"File: {self._current.shown}")
            self._named = True
        self._differs(line)

    def _differs(self, line: str) -> None:
        _say(self._job, self._context, line)
        self._job.set_status(JobStatus.DIFFERENCES)


type _Examination = _Keeping | _Comparison


def _examine(
    job: ActiveJob,
    context: JobContext,
    client: Client,
    fileset: FileSet,
    examination: _Examination,
) -> None:
    """Let the File Daemon look at its disk."""
    session = ClientSession(job, context, client)
    with closing(session):
        job.set_status(JobStatus.WAIT_FD)
        session.open()
        job.set_status(JobStatus.RUNNING)
        session.send_fileset(fileset, allow_compression=True)
        session.send_scripts(client_scripts(job))
        _listen(job, session, examination)


def _listen(job: ActiveJob, session: ClientSession, examination: _Examination) -> None:
    """Start the File Daemon and take what it tells, to its end of the job."""
    session.dialogue.ask(Verify(WIRE_WORDS[job.level]), VerifyOk)
    while (frame := _next(session)) is not Signal.EOD:
        if isinstance(frame, Signal):
            raise session.silent("it hung up")
        ended = EndJob.match(frame)
        if ended is not None:
            session.book(ended)
            return
        match parse_examined(frame):
            case ExaminedFile() as file:
                job.totals.seen_files = max(job.totals.seen_files, file.file_index)
                examination.file(file)
            case ExaminedDigest() as digest:
                examination.digest(digest)
            case None:
                pass
    examination.end()
    session.wait()


def _next(session: ClientSession) -> Frame:
    try:
        return session.dialogue.receive()
    except ProtocolError as error:
        raise session.silent(str(error)) from None


def _verify_volume(
    job: ActiveJob,
    context: JobContext,
    client: Client,
    prior: JobRecord,
    comparison: _Comparison,
) -> None:
    """Let the File Daemon look at what the Storage Daemon reads."""
    plan = write_restore_bootstrap(
        RestoreSelection({prior.job_id: [(FileIndex(1), FileIndex(prior.job_files))]}),
        context.catalog,
        context.config,
        Path(context.config.director.working_directory),
    )
    bootstrap = Path(plan.bootstrap)
    try:
        _say(job, context, f"Bootstrap records written to {bootstrap}")
        parts = split_by_storage(bootstrap.read_text("utf-8", "surrogateescape").splitlines())
    finally:
        bootstrap.unlink(missing_ok=True)
    if len(parts) > 1:
        raise JobError(f"JobId {prior.job_id} lies on several Storages: it cannot be verified")
    if job.verify_job is not None and job.verify_job.fileset is not None:
        job.fileset = job.verify_job.fileset
    job.totals.expected_files = prior.job_files
    storage = context.config.storages.get(parts[0].storage) or job.storage
    if storage is None:
        raise JobError(f'The configuration has no Storage "{parts[0].storage}" to read from')
    job.storage = storage
    _say_start(job, context)
    _read_volume(job, context, client, storage, parts[0].lines, comparison)
    if job.totals.files != job.totals.expected_files:
        job.set_status(JobStatus.ERROR_TERMINATED)


def _read_volume(
    job: ActiveJob,
    context: JobContext,
    client: Client,
    storage: Storage,
    bootstrap: Sequence[str],
    comparison: _Comparison,
) -> None:
    store = StorageSession(job, context, storage, requests=catalog_requests(job, context, storage))
    session = ClientSession(job, context, client)
    ends = BothEnds(job, context, session, store)
    with closing(store), closing(session):
        job.set_status(JobStatus.WAIT_SD)
        store.open(bootstrap)
        device = store.use(append=False)
        _say(job, context, f'Using Device "{device}" to read.')
        if not client.passive:
            store.run(ends.storage_failed)
        ends.wait(_client_part(job, session, store, storage, ends, comparison))


def _client_part(
    job: ActiveJob,
    session: ClientSession,
    store: StorageSession,
    storage: Storage,
    ends: BothEnds,
    comparison: _Comparison,
) -> Callable[[], None]:
    """Return what the File Daemon is asked to do while the Storage Daemon reads."""

    def act() -> None:
        job.set_status(JobStatus.WAIT_FD)
        session.open()
        job.set_status(JobStatus.RUNNING)
        assert job.fileset is not None
        session.send_fileset(job.fileset, allow_compression=storage.allow_compression)
        if session.client.passive:
            store.call_client(session.client)
            store.run(ends.storage_failed)
        else:
            session.connect_storage(storage, key="")
        session.send_scripts(client_scripts(job))
        _listen(job, session, comparison)

    return act
