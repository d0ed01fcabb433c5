"""Listening: sockets, one thread a connection, and the decision between TLS and clear text.

Source: daemon protocol, sections 2.1 to 2.4.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from barque.errors import AuthenticationError, BarqueError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.dial import keep_alive
from barque.transport.guessing import GuessGuard
from barque.transport.tls import KeyFinder, TlsSettings, accept_tls
from barque.wire.framing import Signal
from barque.wire.hello import Hello, decode_hello
from barque.wire.message import shorten

log = logging.getLogger(__name__)

PATIENCE: Final = 30.0
"""Second; a peer that has not sent its hello by then is turned away."""

LONGEST_HELLO: Final = 500
"""Byte."""

FAILURE_PAUSE: Final = 5.0
"""Second; how long a failed authentication is made to wait, against guessing."""

BACKLOG: Final = 128

type Handler = Callable[[Channel], None]
"""Owns the connection until it returns; the listener closes it."""


class Listener:
    """Accepts connections on one or more addresses and gives each its own thread."""

    def __init__(
        self, name: str, handler: Handler, *, heartbeat: int = 0, limit: int = 1000
    ) -> None:
        self._name = name
        self._handler = handler
        self._heartbeat = heartbeat
        self._slots = threading.BoundedSemaphore(limit)
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._open: set[Channel] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._guard = GuessGuard(self._stopping.wait)

    def bind(self, addresses: Iterable[tuple[str, int]]) -> list[int]:
        """Listen on each (host, port) and return the ports; host "" means every address.

        Raises ConnectionLostError naming the address when it is taken or not ours.
        """
        for host, port in addresses:
            self._sockets.append(_bound(self._name, host, port))
        return [sock.getsockname()[1] for sock in self._sockets]

    def start(self) -> None:
        """Accept in the background."""
        for sock in self._sockets:
            thread = threading.Thread(
                target=self._accept, args=(sock,), name=f"{self._name} listener"
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Stop accepting and end every open connection."""
        self._stopping.set()
        for sock in self._sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        with self._lock:
            channels = list(self._open)
        for channel in channels:
            channel.abort()
        for thread in self._threads:
            thread.join()
        for sock in self._sockets:
            sock.close()

    def _accept(self, sock: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                connection, address = sock.accept()
            except OSError:
                if self._stopping.is_set():
                    return
                time.sleep(0.1)  # out of file descriptors: others will end
                continue
            self._slots.acquire()
            keep_alive(connection, self._heartbeat)
            channel = Channel(connection, peer=f"{address[0]}:{address[1]}")
            threading.Thread(
                target=self._serve,
                args=(channel, address[0]),
                name=f"{self._name} {channel.peer}",
                daemon=True,
            ).start()

    def _serve(self, channel: Channel, host: str) -> None:
        with self._lock:
            self._open.add(channel)
        channel.failing = lambda: self._guard.failing(host)
        try:
            if self._guard.admit(host):
                self._handler(channel)
        except BarqueError as error:
            log.warning("%s: connection from %s: %s", self._name, channel.peer, error)
        except Exception:
            log.exception("%s: connection from %s failed", self._name, channel.peer)
        finally:
            with self._lock:
                self._open.discard(channel)
            channel.close()
            self._slots.release()


def _bound(name: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise ConnectionLostError(
            f"{name} cannot listen on {host or '*'}:{port}: {error.strerror}; "
            "stop the program that uses the port, or choose another in the configuration"
        ) from None
    return sock


def receive_hello(channel: Channel, find_key: KeyFinder, settings: TlsSettings) -> Hello:
    """Take the hello of a peer that connected, inside TLS when it starts TLS.

    Afterwards ``channel.tls`` says whether TLS is on and ``channel.identity`` whom the key proved.
    Raises AuthenticationError when the hello is none, or names another peer than the key did.
    """
    if channel.speaks_tls(PATIENCE):
        accept_tls(channel, find_key, settings)
    frame = channel.receive(PATIENCE)
    hello = None if isinstance(frame, Signal) or len(frame) > LONGEST_HELLO else decode_hello(frame)
    if hello is None:
        shown = frame.name if isinstance(frame, Signal) else shorten(frame)
        raise AuthenticationError(f"{channel.peer} did not say hello but «{shown}»")
    if channel.identity is not None and channel.identity != hello.identity:
        raise AuthenticationError(
            f"{channel.peer} proved to be {channel.identity.name} "
            f"but calls itself {hello.identity.name}"
        )
    return hello


def turn_away(
    channel: Channel,
    reply: bytes = b"",
    *,
    pause: float = FAILURE_PAUSE,
    goodbye: Signal | None = Signal.TERMINATE,
) -> None:
    """End a connection that failed to authenticate, after a pause."""
    with channel.failing():
        time.sleep(pause)
    with suppress(ConnectionLostError):
        if reply:
            channel.send(reply)
        if goodbye is not None:
            channel.signal(goodbye)
        channel.flush()
