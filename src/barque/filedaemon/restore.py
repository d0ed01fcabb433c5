"""A restore job: records from the Storage Daemon become files.

Source: daemon protocol, sections 3.6, 4.2 and 6.4.
"""

from collections.abc import Iterator
from typing import Final

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
from barque.transport.channel import BULK_INBOX, Channel, deadline_after
from barque.wire.framing import HEADER, MAX_PACKET, Signal, signal_of
from barque.wire.messages.director_file import Restore
from barque.wire.messages.job import MessageType
from barque.wire.template import to_bytes

type Session = tuple[int, int]
"""VolSessionId and VolSessionTime."""

type StoredRecord = tuple[Session, int, int, bytes]
"""Session, FileIndex, stream, data."""

type _Head = tuple[Session, int, int, int]
"""Session, FileIndex, stream, and how many bytes of data follow."""

_LENGTH: Final = HEADER.size


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
        reading = ReadSession(storage)
        reading.open()
        job.set_status(JobStatus.RUNNING)
        if not self._started:
            self._started = True
            job.raise_event(START_RESTORE)
            job.check_fatal()
        job.report.info(f"Version: {VERSION} ({DATE}) {system_name()}")
        write, canceled, report = self._write, job.canceled.is_set, job.report
        try:
            for session, file_index, stream, data in read_records(storage):
                if canceled():
                    job.check_canceled()
                self.read += len(data)
                if report.fatal:
                    job.check_fatal()
                write(session, file_index, stream, data)
        except BarqueError:
            self._complete = False
            raise
        reading.close()

    def _write(self, session: Session, file_index: int, stream: int, data: bytes) -> None:
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
    inbox = storage.inbox
    inbox.enlarge(BULK_INBOX)
    head: _Head | None = None
    while True:
        # In place, without a call per frame: a small file comes as six of them. Nothing but the
        # data is copied, and the inbox is touched again only when no whole frame is left.
        data, at, end = inbox.data, inbox.start, inbox.end
        view = memoryview(data)
        while end - at >= _LENGTH:
            size = HEADER.unpack_from(data, at)[0]
            following = at + _LENGTH + max(size, 0)
            if size > MAX_PACKET:
                raise JobError(f"The Storage daemon announced a frame of {size} bytes.")
            if following > end:
                break
            if size < 0 and (head is not None or size != Signal.EOD):
                _check_signal(size, within=head is not None)
            elif size < 0:
                view.release()
                inbox.consume(following - inbox.start)
                return
            elif head is None and not size:
                pass  # the data of a record that has none may come as an empty frame, or not at all
            elif head is None:
                head = _read_header(bytes(view[at + _LENGTH : following]))
                if not head[3]:
                    yield *head[:3], b""
                    head = None
            elif size != head[3]:
                raise JobError(f"Actual data size {size} not same as header {head[3]}")
            else:
                yield *head[:3], bytes(view[at + _LENGTH : following])
                head = None
            at = following
        view.release()
        inbox.consume(at - inbox.start)
        storage.flush()
        storage.fill(deadline_after(storage.timeout))


def _read_header(line: bytes) -> _Head:
    words = line.split()
    try:
        keyword, session_id, session_time, file_index, stream, size = words
        if keyword == b"rechdr":
            session = int(session_id), int(session_time)
            return session, int(file_index), int(stream), int(size)
    except ValueError:
        pass
    raise JobError(f"Record header scan error: {line[:80]!r}")


def _check_signal(number: int, *, within: bool) -> None:
    """Raise JobError for signals that end the data, or that are not known."""
    signal = signal_of(number)
    if signal in (Signal.HEARTBEAT, Signal.HB_RESPONSE):
        return
    if within:
        raise JobError(f"Data record error. ERR={signal.name}")
    raise JobError("The Storage daemon ended the connection while files were restored.")


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
