"""Signs of life on a connection whose other end waits."""

import threading
from contextlib import suppress
from typing import Self

from barque.errors import BarqueError
from barque.transport.channel import Channel
from barque.wire.framing import Signal


class Heartbeat:
    """Sends HEARTBEAT every *interval* seconds while it is entered; 0 sends none."""

    def __init__(self, channel: Channel, interval: float) -> None:
        self._channel = channel
        self._interval = interval
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        if self._interval > 0:
            self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _beat(self) -> None:
        while not self._stopped.wait(self._interval):
            with suppress(BarqueError):
                self._channel.signal(Signal.HEARTBEAT)
                self._channel.flush()
