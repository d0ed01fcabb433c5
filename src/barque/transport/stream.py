"""Bytes over a socket, in the clear or inside TLS.

The socket is non-blocking and waits happen in poll, so that one thread may receive while another
sends. TLS works on memory and its records travel in large batches: OpenSSL on a socket would make
two system calls for each record of 16 KiB.
"""

import os
import select
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Final, Protocol, cast

from barque.errors import ConnectionLostError

BATCH: Final = 256 * 1024
"""byte; what one system call moves at most, and what is encrypted at once."""


class Stream(Protocol):
    """What a connection needs of its bytes."""

    def receive_into(self, room: memoryview, deadline: float | None) -> int:
        """Fill *room* with what has come, at least one byte; 0 when the peer has ended.

        Raises ConnectionLostError when the connection broke, or *deadline* passed.
        """
        ...

    def send(self, data: memoryview) -> None:
        """Send all of *data*; raises ConnectionLostError."""
        ...

    def say_goodbye(self) -> None:
        """Tell the peer that nothing more comes."""
        ...


class PlainStream:
    """A socket."""

    def __init__(self, sock: socket.socket, peer: str) -> None:
        sock.setblocking(False)
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = sock
        self._peer = peer

    def receive_into(self, room: memoryview, deadline: float | None) -> int:
        """See :class:`Stream`."""
        while True:
            try:
                return self._socket.recv_into(room)
            except BlockingIOError:
                self.wait(select.POLLIN, deadline)
            except OSError as error:
                raise self._lost(error) from None

    def peek(self, size: int, deadline: float | None) -> bytes:
        """Return the first bytes that have come, at most *size*, without taking them."""
        while True:
            try:
                return self._socket.recv(size, socket.MSG_PEEK)
            except BlockingIOError:
                self.wait(select.POLLIN, deadline)
            except OSError as error:
                raise self._lost(error) from None

    def send(self, data: memoryview) -> None:
        """See :class:`Stream`."""
        while data:
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                self.wait(select.POLLOUT, None)
            except OSError as error:
                raise self._lost(error) from None
            else:
                data = data[sent:]

    def is_readable(self) -> bool:
        """Whether bytes, or the end, have come."""
        poll = select.poll()
        poll.register(self._socket.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    @property
    def local_address(self) -> str:
        """Our address on this connection."""
        try:
            return str(self._socket.getsockname()[0])
        except (OSError, IndexError):
            return ""

    def wait(self, wanted: int, deadline: float | None) -> None:
        """Wait for an event of poll; raises ConnectionLostError at *deadline*."""
        poll = select.poll()
        # a peer that closed its side and reads no more would keep a sender waiting for a minute
        closed = select.POLLRDHUP if wanted & select.POLLOUT else 0
        try:
            poll.register(self._socket.fileno(), wanted | closed)
        except (OSError, ValueError):
            raise ConnectionLostError(f"connection to {self._peer} was closed") from None
        left = None if deadline is None else deadline - time.monotonic()
        events = [] if left is not None and left <= 0 else poll.poll(left and left * 1000)
        if not events:
            raise ConnectionLostError(f"{self._peer} did not answer in time")
        if events[0][1] & closed and not events[0][1] & wanted:
            raise ConnectionLostError(f"{self._peer} closed the connection")

    def _lost(self, error: OSError) -> ConnectionLostError:
        return ConnectionLostError(f"connection to {self._peer} lost: {error.strerror or error}")

    def abort(self) -> None:
        """End both directions; whoever waits wakes up."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def say_goodbye(self) -> None:
        """See :class:`Stream`."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def drain(self, deadline: float) -> None:
        """Take what still comes until the peer ends, so that what was sent is not lost."""
        try:
            while True:
                try:
                    if not os.read(self._socket.fileno(), BATCH):
                        return
                except BlockingIOError:
                    self.wait(select.POLLIN, deadline)
        except (OSError, ConnectionLostError):
            return

    def close(self) -> None:
        """Give the socket back."""
        with suppress(OSError):
            self._socket.close()


class TlsStream:
    """TLS over a :class:`PlainStream`."""

    def __init__(
        self,
        stream: PlainStream,
        context: ssl.SSLContext,
        peer: str,
        *,
        server_side: bool,
        host: str | None,
    ) -> None:
        self._stream = stream
        self._peer = peer
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=host
        )
        self._raw = memoryview(bytearray(BATCH))
        self._operation = threading.Lock()
        self._sending = threading.Lock()
        self._ended = False

    def handshake(self, deadline: float | None) -> None:
        """Agree on keys; raises ssl.SSLError or ConnectionLostError."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._push()
                self._pull(deadline)
            except ssl.SSLError:
                with suppress(ConnectionLostError):
                    self._push()  # the alert that tells the peer why
                raise
            else:
                self._push()
                return

    def receive_into(self, room: memoryview, deadline: float | None) -> int:
        """See :class:`Stream`."""
        while True:
            total = self._decrypt(room)
            if total or self._ended:
                return total
            self._pull(deadline)

    def _decrypt(self, room: memoryview) -> int:
        total = 0
        try:
            with self._operation:
                while total < len(room) and not self._ended:
                    # with a buffer, read returns a number, which its type stub does not know
                    got = cast("int", self._tls.read(len(room) - total, room[total:]))
                    total += got
                    self._ended = not got
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self._ended = True
        except ssl.SSLError as error:
            raise ConnectionLostError(f"connection to {self._peer} lost: {error}") from None
        if self._outgoing.pending and self._sending.acquire(blocking=False):
            try:
                self._push_held()
            finally:
                self._sending.release()
        return total

    def _pull(self, deadline: float | None) -> None:
        got = self._stream.receive_into(self._raw, deadline)
        with self._operation:
            if got:
                self._incoming.write(self._raw[:got])
            else:
                self._incoming.write_eof()

    def send(self, data: memoryview) -> None:
        """See :class:`Stream`."""
        with self._sending:
            for at in range(0, len(data), BATCH):
                self._encrypt(data[at : at + BATCH])
                self._push_held()

    def _encrypt(self, data: memoryview) -> None:
        try:
            with self._operation:
                while data:
                    data = data[self._tls.write(data) :]
        except ssl.SSLError as error:
            raise ConnectionLostError(f"connection to {self._peer} lost: {error}") from None

    def _push(self) -> None:
        with self._sending:
            self._push_held()

    def _push_held(self) -> None:
        while self._outgoing.pending:
            with self._operation:
                records = self._outgoing.read()
            self._stream.send(memoryview(records))

    def say_goodbye(self) -> None:
        """See :class:`Stream`."""
        with suppress(ssl.SSLError), self._operation:
            self._tls.unwrap()
        with suppress(ConnectionLostError):
            self._push()

    def leave(self, deadline: float | None) -> bytes:
        """End TLS on both sides, and return the clear text that came behind it already."""
        while True:
            try:
                with self._operation:
                    self._tls.unwrap()
            except ssl.SSLWantReadError:
                self._push()
                self._pull(deadline)
            else:
                self._push()
                return self._incoming.read()

    @property
    def cipher(self) -> str:
        """Cipher and version, such as ``TLS_AES_128_GCM_SHA256 TLSv1.3``."""
        cipher = self._tls.cipher()
        return f"{cipher[0]} {self._tls.version()}" if cipher else ""

    @property
    def peer_certificate(self) -> bytes | None:
        """The peer's certificate (DER), if it showed one."""
        return self._tls.getpeercert(binary_form=True)
