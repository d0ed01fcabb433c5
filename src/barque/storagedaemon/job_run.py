"""Running one job: the File Daemon is waited for, served, and the Director told how it ended.

Source: daemon protocol, sections 5.4 and 6.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from barque.daemon.version import DATE, VERSION, system_name
from barque.errors import BarqueError, ConnectionLostError, JobError, RemoteProtocolError
from barque.storagedaemon.append import DataReceiver, RecordSink
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.heartbeat import Heartbeat
from barque.storagedaemon.job import Job, Reservation
from barque.storagedaemon.job_end import Surroundings, end_job, note_failure
from barque.storagedaemon.output_session import OutputSession
from barque.storagedaemon.pace import Pace
from barque.storagedaemon.read import VolumeWalk, send_records
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.message import Message, shorten
from barque.wire.messages.director_storage import JobStarted
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
from barque.wire.messages.storage_storage import (
    EndReplicate,
    EndReplicateOk,
    ReplicateData,
    ReplicateDataOk,
    StartReplicate,
    StartReplicateOk,
)


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
            note_failure(job, link, error)
        finally:
            end_job(job, link, self._around)

    def _wait_for_file_daemon(self) -> Channel:
        patience = self._around.settings.client_connect_wait
        channel = self._job.wait_for_channel(patience)
        if channel is not None:
            return channel
        if self._job.cancelled.is_set():
            raise JobError("the job was cancelled", status="A")
        raise JobError(f"the File Daemon did not connect within {int(patience)} s")

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

    def _start_replicate(self, channel: Channel) -> None:
        self._open = True
        channel.send(StartReplicateOk(self._job.session_id))

    def _replicate_data(self, channel: Channel) -> None:
        self._append(channel, ReplicateDataOk())

    def _end_replicate(self, channel: Channel) -> None:
        if self._job.status == "R":
            self._job.status = "T"
        channel.send(EndReplicateOk())

    def _append_data(self, channel: Channel) -> None:
        self._append(channel, AppendDataOk())

    def _append(self, channel: Channel, done: Message) -> None:
        reservation = self._job.append
        if not self._open or reservation is None:
            channel.send(b"3902 Error session not opened\n")
            raise JobError("the File Daemon sends data, but no device was given to write it")
        channel.send(DataOk())
        channel.flush()
        try:
            self._take_data(channel, reservation)
        except BarqueError:
            with suppress(ConnectionLostError):
                channel.send(b"3903 Error append data\n")
                channel.flush()
            raise
        channel.send(done)

    def _take_data(self, channel: Channel, reservation: Reservation) -> None:
        job = self._job
        pace = Pace(lambda: job.bandwidth, time.monotonic, job.pause)

        def feed(sink: RecordSink) -> None:
            DataReceiver(sink, rerun=job.start.rerunning, pace=pace).receive(channel)

        output = OutputSession(job, self._link, self._around, reservation)
        output.open(output.label_of_job())
        with Heartbeat(channel, self._around.settings.heartbeat_interval):
            output.run(feed)

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
    (StartReplicate, JobRun._start_replicate),  # noqa: SLF001
    (ReplicateData, JobRun._replicate_data),  # noqa: SLF001
    (EndReplicate, JobRun._end_replicate),  # noqa: SLF001
)
"""What a File Daemon, or a Storage Daemon that replicates, may say, and who answers it."""
