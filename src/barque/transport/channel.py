"""A blocking connection that carries frames, in the clear or inside TLS.

Knows sockets, TLS records and frames; not what the messages mean. One thread may receive while any
number of threads send: the socket is non-blocking underneath, waits happen in poll, and a lock
guards each single TLS operation, because OpenSSL allows only one at a time on a connection.
"""

import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

from barque.errors import BarqueError, ConnectionLostError
from barque.wire.framing import HEADER, Frame, FrameBuffer, Signal, encode_message, encode_signal
from barque.wire.message import Message
from barque.wire.psk import Identity

PUSH_AT: Final = 64 * 1024
"""Byte; output is collected up to this size before it is pushed by itself."""

READ_SIZE: Final = 256 * 1024
"""Byte; how much one fill of the inbox asks for."""

LINGER: Final = 1.0
"""Second; how long a closing side waits for the peer to close, so that nothing sent is lost."""


class Channel:
    """One connection."""

    def __init__(self, sock: socket.socket, *, peer: str = "") -> None:
        sock.setblocking(False)
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket: socket.socket | ssl.SSLSocket = sock
        self._operation = threading.Lock()
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

    # TLS

    def start_tls(
        self, context: ssl.SSLContext, *, server_side: bool, timeout: float, host: str | None = None
    ) -> None:
        """Shake hands; raises ssl.SSLError, which the caller translates."""
        plain = self._socket
        wrapped = context.wrap_socket(
            plain, server_side=server_side, do_handshake_on_connect=False, server_hostname=host
        )
        self._socket = wrapped
        self._retry(lambda _: wrapped.do_handshake(), None, deadline_after(timeout))

    def speaks_tls(self, timeout: float) -> bool:
        """Look at the peer's first bytes, without taking them: a TLS handshake, or clear text?"""
        deadline = deadline_after(timeout)
        first = self._retry(lambda _: self._socket.recv(2, socket.MSG_PEEK), None, deadline)
        if not first:
            raise ConnectionLostError(f"{self.peer} closed the connection")
        return first[:1] == b"\x16"

    def is_closed_by_peer(self) -> bool:
        """Look whether an idle peer has gone away."""
        poll = select.poll()
        poll.register(self._socket.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def stop_tls(self, timeout: float) -> None:
        """Return to clear text on both sides (TlsAuthenticate)."""
        wrapped = self._socket
        if isinstance(wrapped, ssl.SSLSocket):
            self.flush()
            self._retry(lambda _: wrapped.unwrap(), None, deadline_after(timeout))

    @property
    def tls(self) -> str:
        """Cipher and version, such as ``TLS_AES_128_GCM_SHA256 TLSv1.3``; empty in the clear."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return ""
        cipher = self._socket.cipher()
        return f"{cipher[0]} {self._socket.version()}" if cipher else ""

    @property
    def peer_certificate(self) -> bytes | None:
        """The peer's certificate (DER), if it showed one."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return None
        return self._socket.getpeercert(binary_form=True)

    @property
    def local_address(self) -> str:
        """Our address on this connection."""
        try:
            return str(self._socket.getsockname()[0])
        except (OSError, IndexError):
            return ""

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
                self._write(memoryview(data))
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
            self._write(memoryview(output))

    def _write(self, data: memoryview) -> None:
        try:
            while data:
                sent = self._retry(self._socket.send, data, None, select.POLLOUT)
                data = data[sent:]
        except ssl.SSLError as error:
            raise ConnectionLostError(f"connection to {self.peer} lost: {error}") from None

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
            total = self._retry(self._socket.recv_into, room, deadline)
        except ssl.SSLError as error:
            raise ConnectionLostError(f"connection to {self.peer} lost: {error}") from None
        if not total:
            raise ConnectionLostError(f"{self.peer} closed the connection")
        if isinstance(self._socket, ssl.SSLSocket):
            total += self._take_waiting_records(room[total:READ_SIZE])
        room.release()
        self.inbox.added(total)

    def _take_waiting_records(self, room: memoryview) -> int:
        """TLS hands out one record (16 KiB) a call: take those that have arrived as well."""
        total: int = 0
        with suppress(OSError), self._operation:
            while total < len(room):
                got: int = self._socket.recv_into(room[total:])
                total += got
                if not got:
                    break
        return total

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
        with suppress(OSError):
            # the method of SSLSocket would drop the TLS state under a thread that is using it
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Push what is queued, say goodbye (close_notify) and close; never raises."""
        if self._closed:
            return
        self._closed = True
        with suppress(Exception):
            self.flush()
            self._say_goodbye()
        with suppress(OSError):
            self._socket.close()

    def _say_goodbye(self) -> None:
        if isinstance(self._socket, ssl.SSLSocket):
            with suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError), self._operation:
                self._socket.unwrap()
        socket.socket.shutdown(self._socket, socket.SHUT_WR)
        deadline = deadline_after(LINGER)
        with suppress(BarqueError):
            while self._retry(lambda _: os.read(self._socket.fileno(), READ_SIZE), None, deadline):
                pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Waiting

    def _retry[A, T](
        self,
        operation: Callable[[A], T],
        argument: A,
        deadline: float | None,
        wanted: int = select.POLLIN,
    ) -> T:
        """Call until it does not have to wait; *wanted* is what a clear-text socket waits for."""
        while True:
            try:
                with self._operation:
                    return operation(argument)
            except BlockingIOError:
                self._wait(wanted, deadline)
            except ssl.SSLWantReadError:
                self._wait(select.POLLIN, deadline)
            except ssl.SSLWantWriteError:
                self._wait(select.POLLOUT, deadline)
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
                raise ConnectionLostError(f"{self.peer} closed the connection") from None
            except ssl.SSLError:
                raise
            except OSError as error:
                reason = error.strerror or error
                raise ConnectionLostError(f"connection to {self.peer} lost: {reason}") from None

    def _wait(self, wanted: int, deadline: float | None) -> None:
        poll = select.poll()
        # a peer that closed its side and reads no more would keep a sender waiting for a minute
        closed = select.POLLRDHUP if wanted & select.POLLOUT else 0
        poll.register(self._socket.fileno(), wanted | closed)
        left = None if deadline is None else deadline - time.monotonic()
        events = [] if left is not None and left <= 0 else poll.poll(left and left * 1000)
        if not events:
            raise ConnectionLostError(f"{self.peer} did not answer in time")
        if events[0][1] & closed and not events[0][1] & wanted:
            raise ConnectionLostError(f"{self.peer} closed the connection")


def deadline_after(timeout: float | None) -> float | None:
    """Return the monotonic time *timeout* seconds from now; None stays None."""
    return None if timeout is None else time.monotonic() + timeout
