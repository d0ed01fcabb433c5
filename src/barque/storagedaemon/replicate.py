"""Replication: what this Storage Daemon reads goes to another one, which writes it.

Source: daemon protocol, section 5.8.
"""

from collections.abc import Iterable

from barque.errors import JobError
from barque.formats.record import Record
from barque.storagedaemon.calling import call_for_job
from barque.storagedaemon.copy_run import Renumbering
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.job import Job
from barque.storagedaemon.job_end import Surroundings, run_reading
from barque.storagedaemon.read import BATCH, VolumeWalk
from barque.storagedaemon.settings import StorageSettings
from barque.transport.channel import Channel
from barque.transport.dial import Address
from barque.wire.framing import Signal, encode_message, encode_signal
from barque.wire.hello import WIRE_VERSION, HelloStartStorageJob
from barque.wire.message import Message, shorten
from barque.wire.messages.storage_storage import (
    EndReplicate,
    EndReplicateOk,
    Replicate,
    ReplicateData,
    ReplicateDataOk,
    StartReplicate,
    StartReplicateOk,
)

EOD = encode_signal(Signal.EOD)


def dial_storage(settings: StorageSettings, command: Replicate) -> Channel:
    """Connect to the Storage Daemon that is to write; raises ProtocolError, AuthenticationError."""
    return call_for_job(
        settings,
        Address(command.address, command.port),
        job=command.job,
        key=command.key,
        hello=HelloStartStorageJob(command.job, WIRE_VERSION),
        tls_policy=command.tls_policy,
    )


class ReplicationRun:
    """The reading side of a replication, from the command `run` to its last line."""

    def __init__(self, job: Job, link: DirectorLink, around: Surroundings) -> None:
        self._job = job
        self._link = link
        self._around = around

    def run(self) -> None:
        """Run the job; whatever goes wrong ends the job, not the daemon."""
        run_reading(self._job, self._link, self._around, self._read)

    def _read(self) -> int:
        job, drives, channel = self._job, self._around.drives, self._job.replica
        if job.read is None or job.bootstrap is None or channel is None:
            raise JobError("a replication needs a device to read and a bootstrap")
        drive = drives.for_reading(job, job.read)
        try:
            walk = VolumeWalk(job, self._link, drive, job.bootstrap)
            walk.check_first()
            self._send_all(channel, walk.records())
        finally:
            drives.stop_reading(job, drive)
        return walk.damages

    def _send_all(self, channel: Channel, records: Iterable[Record]) -> None:
        ticket = _ask(channel, StartReplicate(), StartReplicateOk).ticket
        channel.send(ReplicateData(ticket))
        answer = channel.receive_message()
        if not answer.startswith(b"3000 OK"):
            raise JobError(f"the other Storage Daemon takes no data: {shorten(answer)}")
        send_streams(channel, records)
        channel.flush()
        _expect(channel, ReplicateDataOk)
        _ask(channel, EndReplicate(), EndReplicateOk)
        channel.signal(Signal.TERMINATE)
        channel.flush()


def send_streams(channel: Channel, records: Iterable[Record]) -> None:
    """Send records as a File Daemon would: a header, the data, and EOD for each stream."""
    numbers = Renumbering()
    open_stream: int | None = None
    out = bytearray()
    for record in records:
        if record.file_index < 0:
            continue
        if numbers.changes(record) or record.stream != open_stream:
            if open_stream is not None:
                out += EOD
            out += encode_message(b"%d %d 0" % (numbers.last, record.stream))
            open_stream = record.stream
        out += encode_message(bytes(record.data))
        if len(out) >= BATCH:
            channel.write_raw(out)
            out = bytearray()
    if open_stream is not None:
        out += EOD
    channel.write_raw(out + EOD)


def _ask[M: Message](channel: Channel, question: Message, answer: type[M]) -> M:
    channel.send(question)
    return _expect(channel, answer)


def _expect[M: Message](channel: Channel, answer: type[M]) -> M:
    line = channel.receive_message()
    found = answer.match(line)
    if found is None:
        raise JobError(f"the other Storage Daemon answered «{shorten(line)}»")
    return found
