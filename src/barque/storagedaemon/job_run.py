"""Running one job: the File Daemon is waited for, served, and the Director told how it ended.

Source: daemon protocol, sections 5.4 and 6.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from barque.daemon.version import DATE, VERSION, system_name
from barque.errors import BarqueError, ConnectionLostError, JobError, RemoteProtocolError
from barque.formats.label import LABEL_ID, LABEL_VERSION, SessionLabel, end_of_session
from barque.storagedaemon.append import AttributeCollector, DataReceiver
from barque.storagedaemon.attribute_spool import DirectAttributes, SpooledAttributes
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.drive import Drives
from barque.storagedaemon.job import Job, Reservation
from barque.storagedaemon.read import VolumeWalk, send_records
from barque.storagedaemon.session_writer import SessionWriter
from barque.storagedaemon.settings import StorageSettings
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.message import Message, shorten
from barque.wire.messages.catalog_request import encode_updcat_prefix
from barque.wire.messages.director_storage import JobStarted, StorageJobEnded
from barque.wire.messages.file_storage import (
    AppendClose,
    AppendData,
    AppendDataOk,
    AppendEnd,
    AppendOpen,
    CloseOk,
    DataError,
    DataOk,
    EndOk,
    OpenOk,
    ReadClose,
    ReadData,
    ReadOpen,
)
from barque.wire.messages.job import MessageType

WORST = "fAE"
"""Status letters that stay, whatever comes later."""


@dataclass(slots=True)
class Surroundings:
    """What a job needs of the daemon."""

    settings: StorageSettings
    """Configuration."""
    drives: Drives
    """Devices at work."""
    clock: Callable[[], float]
    """s since 1970."""


class JobRun:
    """One job from the command `run` to its last line."""

    def __init__(self, job: Job, link: DirectorLink, around: Surroundings) -> None:
        self._job = job
        self._link = link
        self._around = around
        self._begun = around.clock()
        self._channel: Channel | None = None
        self._open = False

    def run(self) -> None:
        """Run the job; whatever goes wrong ends the job, not the daemon."""
        job, link = self._job, self._link
        link.status("F")
        try:
            channel = self._wait_for_file_daemon()
            self._channel = channel
            job.status = "R"
            link.channel.send(JobStarted(job.name))
            link.status("R")
            link.info(f"Version: {VERSION} ({DATE}) {system_name()}")
            self._serve(channel)
            if job.status == "R":
                job.status = "T"
        except BarqueError as error:
            self._fail(error)
        finally:
            job.release_channel()
            job.ended_at = self._around.clock()
            self._tell_end()

    def _wait_for_file_daemon(self) -> Channel:
        patience = self._around.settings.client_connect_wait
        channel = self._job.wait_for_channel(patience)
        if channel is not None:
            return channel
        if self._job.cancelled.is_set():
            raise JobError("the job was cancelled", status="A")
        raise JobError(f"the File Daemon did not connect within {int(patience)} s")

    def _fail(self, error: BarqueError) -> None:
        job = self._job
        job.errors += 1
        if job.cancelled.is_set():
            job.status = "A"
        elif job.status not in WORST:
            job.status = error.status if isinstance(error, JobError) else "f"
        try:
            if not job.cancelled.is_set():
                self._link.message(MessageType.FATAL, f"{error}")
        except ConnectionLostError:
            return

    def _tell_end(self) -> None:
        job, link = self._job, self._link
        try:
            link.status(job.status)
            end = StorageJobEnded(job.name, ord(job.status), job.files, job.bytes, job.errors)
            link.channel.send(end)
            link.channel.signal(Signal.EOD)
            link.channel.signal(Signal.TERMINATE)
            link.channel.flush()
        except ConnectionLostError:
            return

    # --- the File Daemon's commands

    def _serve(self, channel: Channel) -> None:
        while True:
            frame = channel.receive()
            if frame is Signal.TERMINATE:
                return
            if isinstance(frame, Signal):
                continue
            for kind, handle in COMMANDS:
                message = kind.match(frame)
                if message is not None:
                    handle(self, channel)
                    break
            else:
                channel.send(b"3900 Invalid command\n")
                raise RemoteProtocolError(f"the File Daemon sent «{shorten(frame)}»")

    def _append_open(self, channel: Channel) -> None:
        if self._open:
            channel.send(b"3901 Error session already open\n")
            return
        self._open = True
        channel.send(OpenOk(self._job.session_id))

    def _append_data(self, channel: Channel) -> None:
        reservation = self._job.append
        if not self._open or reservation is None:
            channel.send(b"3902 Error session not opened\n")
            raise JobError("the File Daemon sends data, but no device was given to write it")
        channel.send(DataOk())
        channel.flush()
        try:
            AppendSession(self._job, self._link, self._around, reservation).run(channel)
        except BarqueError:
            with suppress(ConnectionLostError):
                channel.send(b"3903 Error append data\n")
                channel.flush()
            raise
        channel.send(AppendDataOk())

    def _append_end(self, channel: Channel) -> None:
        channel.send(EndOk())

    def _append_close(self, channel: Channel) -> None:
        if self._job.status == "R":
            self._job.status = "T"
        self._close(channel)

    def _close(self, channel: Channel) -> None:
        self._open = False
        channel.send(CloseOk(ord(self._job.status)))
        channel.signal(Signal.EOD)

    def _read_open(self, channel: Channel) -> None:
        self._open = True
        channel.send(OpenOk(self._job.session_id))

    def _read_data(self, channel: Channel) -> None:
        job = self._job
        try:
            if job.read is None or job.bootstrap is None:
                raise JobError("the File Daemon wants data, but there is no bootstrap or device")
            drive = self._around.drives.for_reading(job, job.read)
            walk = VolumeWalk(job, self._link, drive, job.bootstrap)
            walk.check_first()
        except BarqueError:
            channel.send(DataError())
            channel.flush()
            raise
        channel.send(DataOk())
        try:
            send_records(channel, walk.records())
        finally:
            self._around.drives.stop_reading(job, drive)
        channel.signal(Signal.EOD)
        channel.flush()
        if walk.damages:
            job.status = "E"

    def _read_close(self, channel: Channel) -> None:
        self._close(channel)


type Handler = Callable[[JobRun, Channel], None]

COMMANDS: tuple[tuple[type[Message], Handler], ...] = (
    (AppendOpen, JobRun._append_open),  # noqa: SLF001  # the table of this very class
    (AppendData, JobRun._append_data),  # noqa: SLF001
    (AppendEnd, JobRun._append_end),  # noqa: SLF001
    (AppendClose, JobRun._append_close),  # noqa: SLF001
    (ReadOpen, JobRun._read_open),  # noqa: SLF001
    (ReadData, JobRun._read_data),  # noqa: SLF001
    (ReadClose, JobRun._read_close),  # noqa: SLF001
)
"""What a File Daemon may say, and who answers it."""


class AppendSession:
    """The data phase of a backup: labels, data, and everything settled at its end."""

    def __init__(
        self, job: Job, link: DirectorLink, around: Surroundings, reservation: Reservation
    ) -> None:
        self._job = job
        self._link = link
        self._around = around
        self._use = reservation.use
        self._attributes = self._make_attributes()
        self._writer = SessionWriter(
            job,
            link,
            around.drives,
            reservation,
            around.clock,
            around.settings.maximum_wait_for_media,
            self._attributes.send,
        )

    def _make_attributes(self) -> DirectAttributes | SpooledAttributes:
        job = self._job
        if not job.start.spool_attributes or job.start.no_attributes:
            return DirectAttributes(self._link)
        settings = self._around.settings
        name = f"{settings.name}.attr.{job.name}.{job.session_id}.spool"
        return SpooledAttributes(self._link, Path(settings.working_directory) / name)

    def run(self, channel: Channel) -> None:
        """Take the data; return when it is on the disk and in the catalog.

        Raises whatever stopped it; then the session is closed with the data that came, so that
        volume and catalog agree.
        """
        job = self._job
        collector = None
        if not job.start.no_attributes:
            collector = AttributeCollector(
                encode_updcat_prefix(job.name), (job.session_id, job.session_time)
            )
        label = self._session_label()
        receiver = DataReceiver(
            self._writer.put,
            self._writer.max_block,
            collector,
            (job.start.job_id, label.pack()),
            rerun=job.start.rerunning,
        )
        begun = time.monotonic()
        self._writer.start()
        try:
            self._receive(receiver, channel, label)
        except BaseException:
            with suppress(BarqueError):
                self._writer.finish()
            self._attributes.discard()
            raise
        self._attributes.commit()
        self._tell_rate(time.monotonic() - begun)

    def _receive(self, receiver: DataReceiver, channel: Channel, label: SessionLabel) -> None:
        job = self._job
        failure: BarqueError | None = None
        try:
            receiver.receive(channel)
        except BarqueError as error:
            failure = error
            job.errors += 1
        job.files, job.bytes = receiver.file_index, receiver.bytes
        status = "T" if failure is None else "A" if job.cancelled.is_set() else "f"
        try:
            receiver.close(self._end_label(label, status))
        except BarqueError as error:
            failure = failure or error
        finally:
            self._finish(failure)
        if failure is not None:
            raise failure

    def _finish(self, failure: BarqueError | None) -> None:
        try:
            self._writer.finish()
        except BarqueError:
            if failure is None or isinstance(failure, ConnectionLostError):
                raise

    def _session_label(self) -> SessionLabel:
        start = self._job.start
        return SessionLabel(
            identifier=LABEL_ID,
            version=LABEL_VERSION,
            job_id=start.job_id,
            write_time=int(self._around.clock() * 1_000_000),
            old_write_date=0.0,
            pool=self._use.pool,
            pool_type=self._use.pool_type,
            job_name=start.job_name,
            client=start.client,
            job=start.job,
            fileset=start.fileset,
            job_type=start.type,
            job_level=start.level,
            fileset_md5=start.fileset_md5,
        )

    def _end_label(self, label: SessionLabel, status: str) -> bytes:
        job, writer = self._job, self._writer
        return end_of_session(
            label,
            int(self._around.clock() * 1_000_000),
            job_files=job.files,
            job_bytes=job.bytes,
            start_block=writer.start_address & 0xFFFFFFFF,
            end_block=writer.end_address & 0xFFFFFFFF,
            start_file=writer.start_address >> 32,
            end_file=writer.end_address >> 32,
            job_errors=job.errors,
            job_status=ord(status),
        ).pack()

    def _tell_rate(self, seconds: float) -> None:
        whole = max(1, round(seconds))
        rate = self._job.bytes / max(seconds, 0.001)
        clock = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
        self._link.info(f"Elapsed time={clock}, Transfer rate={show_rate(rate)} Bytes/second")


def show_rate(rate: float) -> str:
    """Return byte/s with the letter of their magnitude, as job reports have it."""
    for unit in ("", "K", "M", "G"):
        if rate < 1000 or unit == "G":
            return f"{rate:.1f} {unit}" if unit else f"{rate:.0f} "
        rate /= 1000
    return ""
