"""Connections that the client opens to its Director, for clients that cannot be reached.

The Director keeps the connection and uses it for its next job; the client then opens another.
Both have proved their passwords when the client dialled, so the Director's commands follow without
another hello: that is what Bareos does, although the specification has it otherwise.
Source: daemon protocol, section 2.7, client initiated.
"""

import logging
import threading
from contextlib import suppress
from typing import Final

from barque.config.filedaemon import Director
from barque.errors import BarqueError, RemoteProtocolError
from barque.filedaemon.daemon import FileDaemon
from barque.filedaemon.session import Session
from barque.transport.channel import Channel
from barque.transport.dial import Address, dial, introduce
from barque.wire.framing import Signal
from barque.wire.hello import (
    FD_PROTOCOL_VERSION,
    WIRE_VERSION,
    DirectorHelloOk,
    HelloClient,
)

log = logging.getLogger(__name__)

INTERVAL: Final = 60.0
"""Second; between attempts to reach the Director."""

_ANSWER_PATIENCE: Final = 180.0
"""Second; for the Director's answer to our hello."""


class DirectorCaller:
    """Keeps one connection open to one Director."""

    def __init__(
        self, daemon: FileDaemon, director: Director, *, interval: float = INTERVAL
    ) -> None:
        self._daemon = daemon
        self._director = director
        self._interval = interval
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._open: set[Channel] = set()
        self._thread = threading.Thread(
            target=self._run, name=f"calls {director.name}", daemon=True
        )

    def start(self) -> None:
        """Begin to call in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End, and with it every connection that was opened."""
        self._stopped.set()
        with self._lock:
            for channel in self._open:
                channel.abort()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                channel = self._call()
            except BarqueError as error:
                log.info("Director %s cannot be called: %s", self._director.name, error)
                self._stopped.wait(self._interval)
                continue
            try:
                self._wait_for_use(channel)
            except BarqueError as error:
                log.info("connection to Director %s: %s", self._director.name, error)
                self._close(channel)
                self._stopped.wait(self._interval)
                continue
            threading.Thread(target=self._serve, args=(channel,), daemon=True).start()

    def _call(self) -> Channel:
        """Return a connection that the Director accepted; raises BarqueError."""
        director = self._director
        address = Address(director.address, director.port)
        channel = dial(address, heartbeat=self._daemon.client.heartbeat_interval)
        with self._lock:
            self._open.add(channel)
        try:
            hello = HelloClient(self._daemon.name, FD_PROTOCOL_VERSION, WIRE_VERSION)
            introduce(channel, hello, self._daemon.credentials(director))
            answer = channel.receive(_ANSWER_PATIENCE)
            if isinstance(answer, Signal):
                raise RemoteProtocolError(f"{channel.peer} answered our hello with {answer.name}")
            DirectorHelloOk.decode(answer)
        except BarqueError:
            self._close(channel)
            raise
        log.info("Director %s holds a connection of ours", director.name)
        return channel

    def _wait_for_use(self, channel: Channel) -> None:
        """Return when the Director gives a command on the connection; raises BarqueError."""
        if channel.inbox.start == channel.inbox.end:
            channel.fill()

    def _serve(self, channel: Channel) -> None:
        with suppress(BarqueError):
            self._daemon.run_session(Session(self._daemon, channel, self._director))
        self._close(channel)

    def _close(self, channel: Channel) -> None:
        with self._lock:
            self._open.discard(channel)
        channel.close()
