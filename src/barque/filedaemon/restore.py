"""A restore job: records from the Storage Daemon become files.

Source: daemon protocol, sections 3.6, 4.2 and 6.4.
"""

from collections.abc import Iterator

from barque.daemon.version import DATE, VERSION, system_name
from barque.domain.job import JobStatus, JobType
from barque.errors import BarqueError, FormatError, JobError
from barque.filedaemon.job import Job
from barque.filedaemon.plugin_restore import PluginRestore
from barque.filedaemon.plugin_writers import RestoringPlugins
from barque.filedaemon.plugins import END_RESTORE, START_RESTORE, JobPlugins
from barque.filedaemon.report import JobReport
from barque.filedaemon.storage import ReadSession
from barque.restoring import Destination, Replace, RestoredFile, Restorer, Severity, show_listing
from barque.restoring.destination import parse_regexwhere
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.messages.director_file import Restore
from barque.wire.messages.file_storage import RecordHeader
from barque.wire.messages.job import MessageType
from barque.wire.template import to_bytes

type StoredRecord = tuple[int, int, int, int, bytes]
"""VolSessionId, VolSessionTime, FileIndex, stream, data."""


def parse_destination(command: Restore) -> Destination:
    """Return where *command* wants the files; raises JobError when it makes no sense."""
    try:
        replace = Replace(command.replace)
        substitutions = parse_regexwhere(to_bytes(command.regexwhere)) if command.regexwhere else ()
    except (ValueError, FormatError) as error:
        raise JobError(f"Bad replace command: {error}") from None
    return Destination(
        to_bytes(command.where),
        tuple(substitutions),
        prefix_links=bool(command.prelinks),
        replace=replace,
    )


class RestoreRun:
    """The restore of one job; it may read from several Storage Daemons, one after the other."""

    def __init__(self, job: Job, destination: Destination) -> None:
        """Raises JobError when the restore directory cannot be used."""
        self._job = job
        self._restorer = Restorer(destination, _Teller(job.report))
        self._plugins: PluginRestore | None = None
        if isinstance(job.plugins, JobPlugins):
            opener = RestoringPlugins(job.plugins)
            self._plugins = PluginRestore(opener, self._restorer, destination, job.report)
        self._complete = True
        self._started = False
        self.read = 0
        """byte; received."""
        self.last_name = b""
        job.type = JobType.RESTORE
        job.progress = self

    @property
    def files(self) -> int:
        """Files put in their places."""
        return self._restorer.totals.files

    @property
    def examined(self) -> int:
        """Files looked at."""
        return self._restorer.totals.files

    @property
    def sent(self) -> int:
        """Bytes written."""
        return self._restorer.totals.size

    def read_storage(self, storage: Channel) -> None:
        """Restore what one Storage Daemon has; raises BarqueError when it breaks off."""
        job = self._job
        session = ReadSession(storage)
        session.open()
        job.set_status(JobStatus.RUNNING)
        if not self._started:
            self._started = True
            job.raise_event(START_RESTORE)
            job.check_fatal()
        job.report.info(f"Version: {VERSION} ({DATE}) {system_name()}")
        write = self._write
        try:
            for session_id, session_time, file_index, stream, data in read_records(storage):
                if job.canceled.is_set():
                    job.check_canceled()
                self.read += len(data)
                if job.report.fatal:
                    job.check_fatal()
                write((session_id, session_time), file_index, stream, data)
        except BarqueError:
            self._complete = False
            raise
        session.close()

    def _write(self, session: tuple[int, int], file_index: int, stream: int, data: bytes) -> None:
        """Give a record to the plugin that saved it, or write it."""
        if self._plugins is None or not self._plugins.write(session, file_index, stream, data):
            self._restorer.write(session, file_index, stream, data)

    def finish(self) -> None:
        """Set the attributes of directories and the job's status."""
        if self._plugins is not None:
            self._plugins.finish()
        self._job.raise_event(END_RESTORE)
        totals = self._restorer.finish(complete=self._complete)
        job = self._job
        if totals.errors or job.report.errors:
            job.set_status(JobStatus.ERROR_TERMINATED)
        elif job.report.warnings:
            job.set_status(JobStatus.WARNINGS)
        else:
            job.set_status(JobStatus.TERMINATED)


def read_records(storage: Channel) -> Iterator[StoredRecord]:
    """Yield the records of an open read session until its end; raises JobError on nonsense."""
    while (frame := storage.receive()) is not Signal.EOD:
        if isinstance(frame, Signal):
            raise JobError("The Storage daemon ended the connection while files were restored.")
        head = RecordHeader.match(frame) if frame.startswith(b"rechdr ") else None
        if head is None:
            raise JobError(f"Record header scan error: {frame[:80]!r}")
        data = storage.receive() if head.length else b""
        if isinstance(data, Signal):
            raise JobError(f"Data record error. ERR={data.name}")
        if len(data) != head.length:
            raise JobError(f"Actual data size {len(data)} not same as header {head.length}")
        yield head.session_id, head.session_time, head.file_index, head.stream, data


class _Teller:
    """Tells the Director what becomes of the files."""

    def __init__(self, report: JobReport) -> None:
        self._report = report
        self._lists = report.wants(MessageType.RESTORED)

    def restored(self, file: RestoredFile) -> None:
        """Send the listing of a file, where somebody wants it."""
        if self._lists:
            line = show_listing(file.status, file.path, file.target)
            self._report.send(MessageType.RESTORED, line.removesuffix("\n"))

    def message(self, severity: Severity, text: str) -> None:
        """Send a message."""
        self._report.send(MessageType(int(severity)), text)
