"""The File Daemon's part of one job, as the Director leads it.

Source: daemon protocol, sections 3 and 4.
"""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from barque.catalog.restore_objects import RestoreObject
from barque.config.director import Client, Storage
from barque.config.fileset import FileSet, fileset_lines
from barque.director.connections import Reached, reach_client
from barque.director.dialogue import Dialogue, is_refusal
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.storage_session import TLS_AT_ONCE, status_of
from barque.domain.job import JobStatus, Level
from barque.errors import BarqueError, JobError, ProtocolError
from barque.wire.framing import Signal
from barque.wire.message import shorten
from barque.wire.messages.director_file import (
    AccurateList,
    AuthorizationOk,
    Backup,
    BackupOk,
    ConnectStorage,
    EndJob,
    EndRestoreObjects,
    FileSetOk,
    LevelOk,
    PluginOptionsOk,
    RestoreObjectsOk,
    RunBeforeNow,
    RunBeforeNowOk,
    RunScript,
    RunScriptOk,
    SendRestoreObject,
    SetAuthorization,
    SetLevel,
    StartJob,
    StartJobOk,
    StorageOk,
)
from barque.wire.messages.job import (
    BandwidthOk,
    FileSecureEraseCommand,
    GetSecureEraseCommand,
    MessageType,
    PluginOptions,
    SetBandwidth,
)

CONNECT_PATIENCE: Final = 180.0
"""Second; FdConnectTimeout, unless the configuration says otherwise."""

LEVEL_WORDS: Final = {
    Level.FULL: "full",
    Level.BASE: "base",
    Level.INCREMENTAL: "incremental",
    Level.DIFFERENTIAL: "differential",
}
"""Levels as the File Daemon knows them."""

TLS_UNKNOWN: Final = 254
"""The ``ssl=`` value of a job without a Storage Daemon."""

PROTOCOL_PLUGIN_OPTIONS: Final = 52
PROTOCOL_SECURE_ERASE: Final = 54
"""FD protocol versions from which a command may be sent."""

SCRIPT_AFTER, SCRIPT_BEFORE, SCRIPT_AFTER_VSS = 1, 2, 4
"""Bits of the moment at which a client runs a script."""


class ClientSession:
    """One job's conversation with its File Daemon."""

    def __init__(self, job: ActiveJob, context: JobContext, client: Client) -> None:
        self._job = job
        self._context = context
        self.client = client
        self._reached: Reached | None = None
        self._opened: Dialogue | None = None
        self.ended: EndJob | None = None
        """What the File Daemon said at the end."""

    @property
    def _now(self) -> float:
        return self._context.now()

    def open(self) -> None:
        """Connect and announce the job; raises BarqueError."""
        job = self._job
        self._reached = self._reach()
        job.client_connected = True
        self._protocol = self._reached.protocol
        self._opened = self.dialogue = Dialogue(self._reached.channel, job, self._context.now)
        policy = tls_policy(job.storage) if self._reached.channel.tls else None
        started = self.dialogue.ask(
            StartJob(
                job.job_id,
                job.unique_name,
                job.session_id,
                job.session_time,
                job.storage_key,
                policy,
            ),
            StartJobOk,
        )
        job.client_uname = started.about.strip()
        self._context.catalog.clients.set_uname(job.client_id, job.client_uname)

    def _reach(self) -> Reached:
        job = self._job
        try:
            return reach_client(
                self._context,
                self.client,
                lambda text: job.say(MessageType.INFO, text, self._now),
                patience=float(
                    self._context.config.director.fd_connect_timeout or CONNECT_PATIENCE
                ),
                job=job,
            )
        except BarqueError as error:
            job.client_status = JobStatus.ERROR_TERMINATED
            raise JobError(str(error), status=JobStatus.ERROR_TERMINATED) from None

    def set_level(self) -> None:
        """Tell how much to take, and since when."""
        job = self._job
        word = LEVEL_WORDS.get(job.level, "full")
        newer_only = job.level in {Level.INCREMENTAL, Level.DIFFERENTIAL}
        prefix = "accurate_" if job.accurate and newer_only else ""
        self.dialogue.send(SetLevel(f"{prefix}{word}  mtime_only=0 "))
        if newer_only:
            since = f"since_utime {int(job.since)} mtime_only=0 prev_job={job.previous_job}"
            self.dialogue.send(SetLevel(since))
        self.dialogue.channel.flush()
        self._expect_level()

    def _expect_level(self) -> None:
        """Read up to ``2000 OK level``; an EOD ends the File Daemon's look at our clock."""
        while True:
            frame = self.dialogue.receive(CONNECT_PATIENCE)
            if frame is Signal.EOD:
                continue
            if isinstance(frame, bytes) and LevelOk.match(frame):
                return
            shown = frame.name if isinstance(frame, Signal) else shorten(frame)
            raise JobError(f'Client "{self.client.name}" answered "{shown}" to the level')

    def send_fileset(self, fileset: FileSet, *, allow_compression: bool) -> None:
        """Tell what to take."""
        for line in fileset_lines(
            fileset, allow_compression=allow_compression, evaluate=evaluate_list
        ):
            self.dialogue.send(line)
        self.dialogue.signal(Signal.EOD)
        self.dialogue.expect(FileSetOk)

    def send_plugin_options(self, options: Iterable[str]) -> None:
        """Send what the job says to plugins; File Daemons before version 52 do not take it."""
        if self._protocol >= PROTOCOL_PLUGIN_OPTIONS:
            for text in options:
                self.dialogue.ask(PluginOptions(text), PluginOptionsOk)

    def learn_erase_command(self) -> None:
        """Ask with what the File Daemon erases files."""
        if self._protocol >= PROTOCOL_SECURE_ERASE:
            answer = self.dialogue.ask(GetSecureEraseCommand(), FileSecureEraseCommand)
            self._job.client_erase_command = answer.command.strip()

    def limit_bandwidth(self) -> None:
        """Send the limit of the transfer rate, if there is one."""
        if self._job.bandwidth:
            limit = SetBandwidth(self._job.bandwidth, self._job.unique_name)
            self.dialogue.ask(limit, BandwidthOk)

    def send_restore_objects(self, objects: Iterable[RestoreObject]) -> None:
        """Send what plugins kept with earlier backups."""
        sent = False
        for one in objects:
            self.dialogue.send(
                SendRestoreObject(
                    one.job_id,
                    one.object_length,
                    one.object_full_length,
                    one.object_index,
                    one.object_type,
                    one.object_compression,
                    one.file_index,
                    one.plugin_name,
                )
            )
            self.dialogue.send(one.object_name.encode("utf-8", "surrogateescape"))
            self.dialogue.send(one.restore_object)
            sent = True
        if sent:
            self.dialogue.ask(EndRestoreObjects(), RestoreObjectsOk)

    def send_scripts(self, scripts: Iterable[RunScript]) -> None:
        """Send scripts that run on the client, and let those for the beginning run."""
        before = False
        for script in scripts:
            self.dialogue.ask(script, RunScriptOk)
            before = before or bool(script.when & (SCRIPT_BEFORE | SCRIPT_AFTER_VSS))
        if before:
            self.dialogue.ask(RunBeforeNow(), RunBeforeNowOk)

    def send_accurate(self, files: int, entries: Iterable[bytes]) -> int:
        """Send the list of files that the catalog knows; returns how many there were."""
        self.dialogue.send(AccurateList(files))
        sent = 0
        for entry in entries:
            self.dialogue.send(entry)
            sent += 1
        self.dialogue.signal(Signal.EOD)
        self.dialogue.channel.flush()
        return sent

    def connect_storage(self, storage: Storage, key: str | None = None) -> None:
        """Let the File Daemon connect to the Storage Daemon."""
        near = bool(storage.lan_address and self.client.lan_address)
        address = storage.lan_address if near else storage.address
        self.dialogue.ask(
            ConnectStorage(address, int(storage.port), tls_policy(storage), key), StorageOk
        )

    def await_storage(self) -> None:
        """Give a passive client the key with which the Storage Daemon will come."""
        self.dialogue.ask(SetAuthorization(self._job.storage_key), AuthorizationOk)

    def backup(self) -> None:
        """Let it work."""
        self.dialogue.ask(Backup(), BackupOk)

    def wait(self) -> None:
        """Wait for the File Daemon's end of the job, and book what it says.

        Raises JobError when it goes away without one.
        """
        ended: EndJob | None = None
        while ended is None:
            try:
                frame = self.dialogue.receive()
            except ProtocolError as error:
                raise self.silent(str(error)) from None
            if frame is Signal.TERMINATE:
                raise self.silent("it hung up")
            if isinstance(frame, bytes):
                ended = EndJob.match(frame)
                if ended is None and is_refusal(frame):
                    raise self.silent(f'it answered "{shorten(frame)}"')
        self.book(ended)

    def book(self, ended: EndJob) -> None:
        """Take over what the File Daemon says at its end."""
        job = self._job
        self.ended = ended
        job.client_status = status_of(ended.status)
        job.totals.files = ended.files
        job.totals.bytes = ended.job_bytes
        job.totals.read_bytes = ended.read_bytes
        job.totals.errors = max(job.totals.errors, ended.errors)

    def silent(self, why: str) -> JobError:
        """Return the error for a File Daemon that went away without an end of the job."""
        self._job.client_status = JobStatus.FATAL_ERROR
        return JobError(f'Client "{self.client.name}" ended without a job status: {why}')

    def give_up(self) -> None:
        """Cut the connection."""
        if self._opened is not None:
            self._opened.channel.abort()

    def close(self) -> None:
        """End the conversation."""
        if self._opened is not None:
            self._opened.close()
        if self._reached is not None:
            self._reached.release()


def tls_policy(target: Storage | Client | None) -> int:
    """Return the ``ssl=`` value for connections to *target*; there may be none."""
    if target is None:
        return TLS_UNKNOWN
    return TLS_AT_ONCE if target.tls_enable else 0


def evaluate_list(text: str) -> Iterator[bytes]:
    """Yield the paths that ``|command`` prints, or that the file behind ``<`` lists."""
    if text.startswith("<"):
        try:
            content = Path(text[1:]).read_bytes()
        except OSError as error:
            raise JobError(f"Cannot open included file list {text[1:]}: {error.strerror}") from None
        yield from content.splitlines(keepends=True)
        return
    done = subprocess.run(  # noqa: S602 - the administrator's own command in the FileSet
        text[1:], shell=True, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise JobError(f"The FileSet's command «{text[1:]}» ended with {done.returncode}")
    yield from done.stdout.splitlines(keepends=True)
