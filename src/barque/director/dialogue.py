"""One job's conversation with a File Daemon or a Storage Daemon, as the Director leads it.

Between a command and its reply any number of messages, statuses, catalog requests and attributes
may arrive; they are dealt with here, so that callers see commands and replies only.
Source: daemon protocol, section 1, "Director reader".
"""

from collections.abc import Callable
from typing import Final, Protocol

from barque.director.attributes import AttributeReceiver
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus
from barque.errors import ConnectionLostError, JobError, RemoteProtocolError
from barque.transport.channel import Channel, deadline_after
from barque.wire.framing import Frame, Signal
from barque.wire.message import Message, shorten
from barque.wire.messages.catalog_request import (
    UPDCAT_KEYWORD,
    BlastAttributes,
    BlastAttributesRefused,
)
from barque.wire.messages.job import JobMessage, JobStatusChanged, MessageType

REPLY_TIMEOUT: Final = 1800.0
"""Second; a daemon may wait so long for a device or a volume before it answers."""


def is_refusal(reply: bytes) -> bool:
    """Tell whether *reply* is one of the 29xx, 39xx, ... codes."""
    return reply[:4].isdigit() and reply[1:2] == b"9"


class CatalogRequests(Protocol):
    """Answers what a Storage Daemon asks of the catalog."""

    def answer(self, request: bytes) -> Message | None:
        """Return the reply to *request*, or None when none is due."""


class Dialogue:
    """Commands out, replies in; everything else is routed to where it belongs."""

    def __init__(
        self,
        channel: Channel,
        job: ActiveJob,
        now: Callable[[], float],
        *,
        requests: CatalogRequests | None = None,
        attributes: AttributeReceiver | None = None,
    ) -> None:
        self.channel = channel
        self._job = job
        self._now = now
        self._requests = requests
        self._attributes = attributes
        job.link(channel)

    def send(self, message: bytes | Message) -> None:
        """Queue a command or an item of a list."""
        self.channel.send(message)

    def signal(self, signal: Signal) -> None:
        """Queue a signal, such as the EOD at the end of a list."""
        self.channel.signal(signal)

    def ask[Reply: Message](
        self, message: bytes | Message, reply: type[Reply], *, timeout: float = REPLY_TIMEOUT
    ) -> Reply:
        """Send a command and return its reply; raises JobError when the daemon refuses it."""
        self.send(message)
        return self.expect(reply, timeout=timeout)

    def expect[Reply: Message](
        self, reply: type[Reply], *, timeout: float = REPLY_TIMEOUT
    ) -> Reply:
        """Return the next reply as *reply*; raises JobError when it is another one."""
        frame = self.receive(timeout)
        message = reply.match(frame) if isinstance(frame, bytes) else None
        if message is None:
            shown = frame.name if isinstance(frame, Signal) else shorten(frame)
            expected = reply.templates[0].line.strip()
            raise JobError(f'{self.channel.peer} answered "{shown}" instead of "{expected}"')
        return message

    def receive(self, timeout: float | None = None) -> Frame:
        """Return the next reply, or EOD or TERMINATE; routes everything before it.

        Raises ConnectionLostError when the daemon is gone or silent for *timeout* seconds.
        """
        while True:
            frame = self._next(timeout)
            if isinstance(frame, Signal):
                if not self._answer_signal(frame):
                    return frame
            elif frame[:1].isdigit():
                return frame
            else:
                self._route(frame)

    def _next(self, timeout: float | None) -> Frame:
        if self._attributes is None:
            return self.channel.receive(timeout)
        inbox = self.channel.inbox
        while True:
            self._attributes.drain(inbox)
            frame = inbox.next()
            if frame is None:
                self.channel.flush()
                self.channel.fill(deadline_after(timeout))
            elif frame is not Signal.HEARTBEAT and frame is not Signal.HB_RESPONSE:
                return frame

    def _answer_signal(self, signal: Signal) -> bool:
        match signal:
            case Signal.BTIME:
                self.send(f"btime {int(self._now() * 1_000_000)}\n".encode())
            case Signal.POLL | Signal.EOD_POLL:
                self.send(b"1000 OK\n")
            case Signal.STATUS:
                self.send(b"Status OK\n")
                self.signal(Signal.EOD)
            case _:
                return False
        self.channel.flush()
        return True

    def _route(self, frame: bytes) -> None:
        match frame[:1]:
            case b"J":
                self._message(frame)
            case b"U" if frame.startswith(UPDCAT_KEYWORD) and self._attributes:
                self._attributes.take(frame)
            case b"C" if self._requests:
                reply = self._requests.answer(frame)
                if reply is not None:
                    self.send(reply)
                    self.channel.flush()
            case b"S":
                self._status(frame)
            case b"B" if BlastAttributes.match(frame):
                # their spool file is on another machine, or not for our eyes: ask for messages
                self.send(BlastAttributesRefused())
                self.channel.flush()
            case _:
                raise RemoteProtocolError(f"{self.channel.peer} sent «{shorten(frame)}»")

    def _message(self, frame: bytes) -> None:
        message = JobMessage.decode(frame)
        try:
            kind = MessageType(message.type)
        except ValueError:
            kind = MessageType.INFO
        text = message.text.rstrip("\0")
        self._job.receive(kind, text if text.endswith("\n") else text + "\n", message.time)

    def _status(self, frame: bytes) -> None:
        change = JobStatusChanged.match(frame)
        if change is None or not 0 < change.status < 128:
            return
        try:
            status = JobStatus(chr(change.status))
        except ValueError:
            return
        if status not in _FINAL:
            self._job.set_status(status)

    def close(self) -> None:
        """Say goodbye and close."""
        self._job.unlink(self.channel)
        try:
            self.channel.signal(Signal.TERMINATE)
            self.channel.flush()
        except ConnectionLostError:
            pass
        self.channel.close()


_FINAL: Final = {
    JobStatus.TERMINATED,
    JobStatus.WARNINGS,
    JobStatus.ERROR_TERMINATED,
    JobStatus.FATAL_ERROR,
    JobStatus.CANCELED,
    JobStatus.INCOMPLETE,
    JobStatus.DIFFERENCES,
    JobStatus.NON_FATAL_ERROR,
}
"""A daemon's own end is not the job's: the Director decides when it has heard both."""
