"""The connection to the Storage Daemon: opening it, and the commands around the data.

Source: daemon protocol, sections 2.7, 3.8 and 6.
"""

from typing import Final

from barque.domain.job import JobStatus
from barque.errors import AuthenticationError, ConnectionLostError, JobError
from barque.filedaemon.job import Job
from barque.transport.channel import Channel
from barque.transport.dial import Address, dial, introduce
from barque.transport.proof import Credentials
from barque.transport.tls import DEFAULT_TLS, TlsSettings
from barque.wire.framing import Signal
from barque.wire.hello import WIRE_VERSION, HelloStartJob
from barque.wire.message import Message, shorten
from barque.wire.messages.file_storage import (
    AppendClose,
    AppendData,
    AppendDataOk,
    AppendEnd,
    AppendOpen,
    CloseOk,
    DataOk,
    EndOk,
    OpenOk,
    ReadClose,
    ReadData,
    ReadOpen,
)
from barque.wire.psk import Identity, ResourceType

RETRY_INTERVAL: Final = 10.0
"""Second; between attempts to reach a Storage Daemon."""


def tls_of_policy(policy: int) -> TlsSettings:
    """Return the settings that an ``ssl=`` value of the Director asks for."""
    return TlsSettings(enable=False, require=False) if policy == 0 else DEFAULT_TLS


def job_credentials(job: Job, policy: int) -> Credentials:
    """Return who we are for the Storage Daemon of *job*."""
    return Credentials(
        Identity(ResourceType.JOB, job.name), job.key.encode(), tls_of_policy(policy)
    )


def connect_storage(
    job: Job, address: Address, policy: int, *, patience: float, heartbeat: int = 0
) -> Channel:
    """Dial the Storage Daemon and authenticate, again and again for *patience* seconds.

    Raises JobError when that fails, or when the job is canceled meanwhile.
    """
    attempts = max(1, int(patience / RETRY_INTERVAL))
    for attempt in range(1, attempts + 1):
        job.check_canceled()
        try:
            channel = dial(address, timeout=min(patience, 30), heartbeat=heartbeat)
            break
        except ConnectionLostError as error:
            if attempt == attempts:
                raise JobError(f"Failed to connect to Storage daemon: {error}") from None
            if attempt == 1:
                job.report.warning(
                    f"Could not connect to Storage daemon on {address}: {error}. Retrying ..."
                )
            job.canceled.wait(RETRY_INTERVAL)
    try:
        hello = HelloStartJob(job.name, WIRE_VERSION)
        introduce(channel, hello, job_credentials(job, policy))
    except (AuthenticationError, ConnectionLostError) as error:
        channel.close()
        raise JobError(f"Failed to authenticate Storage daemon: {error}") from None
    cipher = channel.tls or "None"
    job.report.info(f"Connected Storage daemon at {address}, encryption: {cipher}")
    job.report.info(f" Encryption: {cipher}")
    return channel


class AppendSession:
    """The commands around the data of a backup."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._ticket = 0

    def open(self) -> None:
        """Open the session; returns when the data may flow.  Raises JobError."""
        self._channel.send(AppendOpen())
        self._ticket = _expect(self._channel, OpenOk, "append open").ticket
        self._channel.send(AppendData(self._ticket))
        _expect(self._channel, DataOk, "Append Data")

    def close(self) -> None:
        """Close the session after the data; raises JobError when the data is not safe."""
        self._channel.signal(Signal.EOD)
        _expect(self._channel, AppendDataOk, "Append Data")
        self._channel.send(AppendEnd(self._ticket))
        _expect(self._channel, EndOk, "Append End")
        self._channel.send(AppendClose(self._ticket))
        status = _expect(self._channel, CloseOk, "Append Close").status
        if status not in (ord(JobStatus.TERMINATED), ord(JobStatus.WARNINGS)):
            raise JobError(f"Bad status {status} returned from Storage Daemon.")


class ReadSession:
    """The commands around the data of a restore."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._ticket = 0

    def open(self) -> None:
        """Open the session; returns when records come.  Raises JobError."""
        self._channel.send(ReadOpen())
        self._ticket = _expect(self._channel, OpenOk, "read open").ticket
        self._channel.send(ReadData(self._ticket))
        _expect(self._channel, DataOk, "Read Data")

    def close(self) -> None:
        """Close the session; the Storage Daemon's status then is of no interest."""
        self._channel.send(ReadClose(self._ticket))
        _expect(self._channel, CloseOk, "Read Close")


def _expect[M: Message](channel: Channel, kind: type[M], what: str) -> M:
    """Return the answer of *kind*; raises JobError when the Storage Daemon says something else."""
    while True:
        frame = channel.receive()
        if frame is Signal.EOD:
            continue
        if isinstance(frame, Signal):
            raise JobError(f"Bad response from stored to {what} command: it ended the connection")
        message = kind.match(frame)
        if message is None:
            wanted = kind.templates[0].line.strip()
            raise JobError(f"Bad response to {what} command: Wanted {wanted}, got {shorten(frame)}")
        return message
