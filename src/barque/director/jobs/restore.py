"""A restore job: what a bootstrap names, from Storage Daemons to a File Daemon.

Source: daemon protocol, section 4.2; job semantics, section 11.1.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from barque.config.director import Client, Storage
from barque.director.client_session import ClientSession
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.job_volumes import catalog_requests
from barque.director.jobs.both_ends import BothEnds
from barque.director.restore_objects import objects_of_restore
from barque.director.runscripts import client_scripts
from barque.director.storage_session import StorageSession
from barque.domain.job import JobStatus
from barque.errors import JobError, ProtocolError
from barque.wire.framing import Signal
from barque.wire.message import shorten
from barque.wire.messages.director_file import EndJob, EndRestore, Restore, RestoreOk, StorageEnd
from barque.wire.messages.job import MessageType

REPLACE_LETTERS = {"always": "a", "ifnewer": "w", "ifolder": "o", "never": "n"}
"""When a file that exists is overwritten: word of the configuration, letter on the wire."""


@dataclass(frozen=True, slots=True)
class StoragePart:
    """What one Storage Daemon reads."""

    storage: str
    """Name of the Storage; empty means the job's own."""
    lines: Sequence[str]


def split_by_storage(lines: Iterable[str]) -> list[StoragePart]:
    """Return the bootstrap *lines* in runs of the same Storage, in order."""
    parts: list[tuple[str, list[str]]] = []
    storage, named, block = "", list[str](), list[str]()
    for line in lines:
        keyword, _, value = line.partition("=")
        match keyword.strip().lower():
            case "storage":
                storage, named = value.strip().strip('"'), [line]
            case "volume":
                block = [*named, line]
                named = []
                parts.append((storage, block))
            case _ if line.strip():
                block.append(line)
    joined: list[StoragePart] = []
    for name, block in parts:
        if joined and joined[-1].storage == name:
            joined[-1] = StoragePart(name, [*joined[-1].lines, *block])
        else:
            joined.append(StoragePart(name, block))
    return joined


def expected_files(lines: Iterable[str]) -> int:
    """Return the sum of the Count lines."""
    total = 0
    for line in lines:
        keyword, _, value = line.partition("=")
        if keyword.strip().lower() == "count" and value.strip().isdigit():
            total += int(value)
    return total


def run_restore(job: ActiveJob, context: JobContext) -> None:
    """Run the restore to its end; raises BarqueError when it cannot end well."""
    if not job.bootstrap:
        raise JobError(
            "Cannot restore without a bootstrap file.\n"
            "You probably ran a restore job directly. All restore jobs must\n"
            "be run using the restore command."
        )
    if job.client is None:
        raise JobError(f'Job "{job.resource.name}" needs a Client')
    lines = _read(job.bootstrap)
    parts = split_by_storage(lines)
    if not parts:
        raise JobError(f"The bootstrap file {job.bootstrap} names no Volume")
    job.totals.expected_files = job.totals.expected_files or expected_files(lines)
    job.say(MessageType.INFO, f"Start Restore Job {job.unique_name}", context.now())
    _Restoration(job, context, job.client).run(parts)
    _compare_counts(job, context)


def _read(path: str) -> list[str]:
    try:
        text = Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise JobError(f"Could not open bootstrap file {path}: {error.strerror}") from None
    return text.splitlines()


def _compare_counts(job: ActiveJob, context: JobContext) -> None:
    expected, restored = job.totals.expected_files, job.totals.files
    if expected and expected > restored:
        job.say(
            MessageType.WARNING,
            f"File count mismatch: expected={expected} , restored={restored}",
            context.now(),
        )


class _Restoration:
    """One restore, Storage Daemon after Storage Daemon."""

    def __init__(self, job: ActiveJob, context: JobContext, client: Client) -> None:
        self._job = job
        self._context = context
        self._session = ClientSession(job, context, client)
        self._opened = False

    def run(self, parts: Sequence[StoragePart]) -> None:
        with closing(self._session):
            for part in parts:
                self._read_from(part)
            if self._job.client_status is None:
                self._session.dialogue.send(EndRestore())
                self._session.wait()

    def _read_from(self, part: StoragePart) -> None:
        job = self._job
        storage = self._storage(part.storage)
        job.storage = storage
        requests = catalog_requests(job, self._context, storage)
        store = StorageSession(job, self._context, storage, requests=requests)
        ends = BothEnds(job, self._context, self._session, store)
        with closing(store):
            job.set_status(JobStatus.WAIT_SD)
            job.storage_status = None
            store.open()
            device = store.use(append=False)
            job.say(MessageType.INFO, f'Using Device "{device}" to read.', self._context.now())
            first = self._open_client()
            store.send_bootstrap(part.lines)
            self._join(store, storage, ends)
            ends.wait(lambda: self._restore(first=first))

    def _restore(self, *, first: bool) -> None:
        if first:
            self._tell_client()
        self._job.set_status(JobStatus.RUNNING)
        self._session.dialogue.ask(self._order(), RestoreOk)
        self._wait_for_part()

    def _storage(self, name: str) -> Storage:
        storage = self._context.config.storages.get(name) if name else self._job.storage
        storage = storage or self._job.storage
        if storage is None:
            raise JobError(f'The configuration has no Storage "{name}" to read from')
        return storage

    def _open_client(self) -> bool:
        """Connect to the File Daemon, the first time."""
        if self._opened:
            return False
        self._job.set_status(JobStatus.WAIT_FD)
        self._session.open()
        self._session.learn_erase_command()
        self._opened = True
        return True

    def _join(self, store: StorageSession, storage: Storage, ends: BothEnds) -> None:
        if self._session.client.passive:
            self._session.await_storage()
            store.call_client(self._session.client)
            store.run(ends.storage_failed)
        else:
            store.run(ends.storage_failed)
            self._session.connect_storage(storage, self._job.storage_key)

    def _tell_client(self) -> None:
        """Send what the File Daemon has to know once."""
        job = self._job
        self._session.send_scripts(client_scripts(job))
        self._session.send_plugin_options([job.plugin_options] if job.plugin_options else ())
        self._session.send_restore_objects(
            objects_of_restore(self._context.catalog, job.source_jobs, job.job_id)
        )

    def _order(self) -> Restore:
        job = self._job
        letter = REPLACE_LETTERS.get(str(job.replace).lower(), "a")
        return Restore(letter, 0, job.where, job.regex_where)

    def _wait_for_part(self) -> None:
        """Wait for ``storage end``, or for the end of the whole job from an older File Daemon."""
        session = self._session
        while True:
            try:
                frame = session.dialogue.receive()
            except ProtocolError as error:
                raise session.silent(str(error)) from None
            if frame is Signal.TERMINATE:
                raise session.silent("it hung up")
            if isinstance(frame, Signal):
                continue
            if StorageEnd.match(frame):
                return
            ended = EndJob.match(frame)
            if ended is not None:
                session.book(ended)
                return
            raise JobError(
                f'Client "{session.client.name}" answered "{shorten(frame)}" to the restore'
            )
