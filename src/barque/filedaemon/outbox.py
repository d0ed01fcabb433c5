"""Large batches of frames on their way to the Storage Daemon, sent by a thread of their own.

The producing thread fills a buffer in place; the sending thread encrypts and sends the one before.
Both release the interpreter lock in the expensive calls, so reading and encryption overlap.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from barque.errors import BarqueError, ConnectionLostError
from barque.filedaemon.pace import Pace

BATCH: Final = 1024 * 1024
"""byte; a batch is sent when it has no room for what comes next."""

_BUFFERS: Final = 6
"""Buffers of one job; its memory is this many batches."""

type Send = Callable[[memoryview], None]
"""Sends frames; returns when the buffer may be used again."""


class Outbox:
    """Buffers for one data connection.

    Writers in a hurry use :attr:`view` and :attr:`position` directly, after :meth:`reserve`.
    """

    def __init__(self, send: Send, pace: Pace | None = None) -> None:
        """Send by *send*, not faster than *pace* allows."""
        self._send = send
        self._pace = pace
        self._filled: queue.SimpleQueue[tuple[bytearray, int] | None] = queue.SimpleQueue()
        self._free: queue.SimpleQueue[bytearray] = queue.SimpleQueue()
        for _ in range(_BUFFERS - 1):
            self._free.put(bytearray(BATCH))
        self._error: BaseException | None = None
        self.buffer = bytearray(BATCH)
        """The batch in the making."""
        self.view = memoryview(self.buffer)
        self.position = 0
        """Bytes in the batch."""
        self._thread = threading.Thread(target=self._run, name="data sender", daemon=True)
        self._thread.start()

    def reserve(self, size: int) -> int:
        """Make room for *size* bytes, at most BATCH, in one piece; return where it begins.

        Raises what sending the batches before raised.
        """
        if self.position + size > BATCH:
            self.push()
        return self.position

    def write(self, data: bytes) -> None:
        """Append *data*, however long."""
        size = len(data)
        if size > BATCH:
            for at in range(0, size, BATCH):
                self.write(data[at : at + BATCH])
            return
        at = self.reserve(size)
        self.buffer[at : at + size] = data
        self.position = at + size

    def push(self) -> None:
        """Hand the batch to the sender and take an empty buffer."""
        self._raise()
        if self.position:
            self.view.release()
            self._filled.put((self.buffer, self.position))
            self.buffer = self._free.get()
            self.view = memoryview(self.buffer)
            self.position = 0
            self._raise()

    def finish(self) -> None:
        """Send everything and stop the sender; raises what sending raised."""
        try:
            self.push()
        finally:
            self._filled.put(None)
            self._thread.join()
        self._raise()

    def abandon(self) -> None:
        """Stop the sender without caring for what is still there."""
        with suppress(BarqueError):
            self.position = 0
            self.finish()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while (batch := self._filled.get()) is not None:
            buffer, size = batch
            if self._error is None:
                try:
                    if self._pace is not None:
                        self._pace.wait(size)
                    with memoryview(buffer) as whole, whole[:size] as view:
                        self._send(view)
                except BarqueError as error:
                    self._error = error
                except Exception as error:  # noqa: BLE001 - whatever it is, the job must hear of it
                    self._error = ConnectionLostError(f"Network send error to SD. ERR={error}")
            self._free.put(buffer)
