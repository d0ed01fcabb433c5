"""A blocking connection that carries frames, in the clear or inside TLS.

Knows streams of bytes and frames; not what the messages mean. One thread may receive while any
number of threads send.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Final, Self

from barque.errors import ConnectionLostError
from barque.transport.stream import PlainStream, Stream, TlsStream
from barque.wire.framing import HEADER, Frame, FrameBuffer, Signal, encode_message, encode_signal
from barque.wire.message import Message
from barque.wire.psk import Identity

PUSH_AT: Final = 64 * 1024
"""Byte; output is collected up to this size before it is pushed by itself."""

READ_SIZE: Final = 256 * 1024
"""Byte; how much one fill of the inbox asks for."""

BULK_INBOX: Final = 1024 * 1024
"""Byte; room for what arrives on a connection that carries file data."""

LONGEST_RECORD: Final = 5 + 16 * 1024
"""Byte; a TLS record in the clear, with its header."""

LINGER: Final = 1.0
"""Second; how long a closing side waits for the peer to close, so that nothing sent is lost."""


class Channel:
    """One connection."""

    def __init__(self, sock: socket.socket, *, peer: str = "") -> None:
        self._plain = PlainStream(sock, peer)
        self._secure: TlsStream | None = None
        self._stream: Stream = self._plain
        self._output_lock = threading.Lock()
        self._output = bytearray()
        self._closed = False
        self.inbox = FrameBuffer(READ_SIZE)
        """Received bytes; bulk readers parse them in place, then ``consume`` and :meth:`fill`."""
        self.peer = peer
        """Address of the other side, for messages."""
        self.identity: Identity | None = None
        """Whom the pre-shared key proved the peer to be; None without one."""
        self.timeout: float | None = None
        """Second; the default patience of :meth:`receive`; None waits for ever."""
        self.failing: Callable[[], AbstractContextManager[None]] = nullcontext
        """Entered while the answer to a failed login is held back."""

    # TLS

    def start_tls(
        self, context: ssl.SSLContext, *, server_side: bool, timeout: float, host: str | None = None
    ) -> None:
        """Shake hands; raises ssl.SSLError, which the caller translates."""
        secure = TlsStream(self._plain, context, self.peer, server_side=server_side, host=host)
        secure.handshake(deadline_after(timeout))
        self._stream = self._secure = secure

    def speaks_tls(self, timeout: float) -> bool:
        """Look at the peer's first bytes, without taking them: a TLS handshake, or clear text?"""
        first = self._plain.peek(2, deadline_after(timeout))
        if not first:
            raise ConnectionLostError(f"{self.peer} closed the connection")
        return first[:1] == b"\x16"

    def first_record(self, timeout: float) -> bytes:
        """Return the peer's first TLS record without taking it; less when no more comes."""
        deadline = time.monotonic() + timeout
        while True:
            seen = self._plain.peek(LONGEST_RECORD, deadline)
            whole = 5 + int.from_bytes(seen[3:5])
            if not seen or len(seen) >= min(whole, LONGEST_RECORD) or time.monotonic() > deadline:
                return seen
            time.sleep(0.01)

    def is_closed_by_peer(self) -> bool:
        """Look whether an idle peer has gone away."""
        return self._plain.is_readable()

    def stop_tls(self, timeout: float) -> None:
        """Return to clear text on both sides (TlsAuthenticate)."""
        if self._secure is not None:
            self.flush()
            self.inbox.feed(self._secure.leave(deadline_after(timeout)))
            self._stream, self._secure = self._plain, None

    @property
    def tls(self) -> str:
        """Cipher and version, such as ``TLS_AES_128_GCM_SHA256 TLSv1.3``; empty in the clear."""
        return self._secure.cipher if self._secure else ""

    @property
    def peer_certificate(self) -> bytes | None:
        """The peer's certificate (DER), if it showed one."""
        return self._secure.peer_certificate if self._secure else None

    @property
    def local_address(self) -> str:
        """Our address on this connection."""
        return self._plain.local_address

    # Sending

    def send(self, message: bytes | Message) -> None:
        """Queue one message; what is longer than a frame may be goes out as several frames."""
        payload = message if isinstance(message, bytes) else message.encode()
        self.write_raw(encode_message(payload))

    def signal(self, signal: Signal) -> None:
        """Queue a signal."""
        self.write_raw(encode_signal(signal))

    def write_raw(self, data: bytes | bytearray | memoryview) -> None:
        """Queue bytes that are frames already; large ones are pushed at once, without a copy."""
        with self._output_lock:
            if len(data) >= PUSH_AT:
                self._push()
                self._stream.send(memoryview(data))
                return
            self._output += data
            if len(self._output) >= PUSH_AT:
                self._push()

    def flush(self) -> None:
        """Push what is queued."""
        if self._output:
            with self._output_lock:
                self._push()

    def _push(self) -> None:
        if self._output:
            output, self._output = self._output, bytearray()
            self._stream.send(memoryview(output))

    # Receiving

    def receive(self, timeout: float | None = None) -> Frame:
        """Return the next message or signal, HEARTBEATs skipped; pushes queued output first.

        *timeout* is in seconds and counts from this call; None takes the channel's own.
        Raises ConnectionLostError when the peer is gone or silent too long, RemoteProtocolError
        when it does not speak frames.
        """
        deadline = deadline_after(self.timeout if timeout is None else timeout)
        while True:
            frame = self.inbox.next()
            if frame is None:
                self.flush()
                self.fill(deadline)
            elif frame is not Signal.HEARTBEAT and frame is not Signal.HB_RESPONSE:
                return frame

    def receive_message(self, timeout: float | None = None) -> bytes:
        """Return the next message; raises ConnectionLostError when a signal comes in its place."""
        frame = self.receive(timeout)
        if isinstance(frame, Signal):
            raise ConnectionLostError(f"{self.peer} sent {frame.name} instead of an answer")
        return frame

    def fill(self, deadline: float | None = None) -> None:
        """Wait for at least one more byte; take what is there, up to READ_SIZE, into the inbox."""
        room = self.inbox.room(self._wanted())
        try:
            total = self._stream.receive_into(room, deadline)
        finally:
            room.release()
        if not total:
            raise ConnectionLostError(f"{self.peer} closed the connection")
        self.inbox.added(total)

    def _wanted(self) -> int:
        inbox = self.inbox
        if inbox.end - inbox.start < HEADER.size:
            return READ_SIZE // 2
        length: int = HEADER.unpack_from(inbox.data, inbox.start)[0]
        missing = HEADER.size + max(0, length) - (inbox.end - inbox.start)
        return max(READ_SIZE // 2, min(missing, 1_000_004))

    # The end

    def abort(self) -> None:
        """End the connection from any thread; whoever waits on it gets ConnectionLostError."""
        self._plain.abort()

    def close(self) -> None:
        """Push what is queued, say goodbye (close_notify) and close; never raises."""
        if self._closed:
            return
        self._closed = True
        with suppress(ConnectionLostError):
            self.flush()
        self._stream.say_goodbye()
        self._plain.say_goodbye()
        self._plain.drain(time.monotonic() + LINGER)
        self._plain.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def deadline_after(timeout: float | None) -> float | None:
    """Return the monotonic time *timeout* seconds from now; None stays None."""
    return None if timeout is None else time.monotonic() + timeout
