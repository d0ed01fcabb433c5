"""Keeps the average rate of a transfer below a limit."""

import threading
import time
from collections.abc import Callable


class Pace:
    """A rate limit that another thread may change or lift."""

    def __init__(self, limit: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with *limit* byte/s; 0 is none."""
        self._clock = clock
        self._changed = threading.Condition()
        self._limit = limit
        self._started = clock()
        self._amount = 0
        self._open = False

    def set_limit(self, limit: int) -> None:
        """Change the limit; the average counts from now."""
        with self._changed:
            self._limit = limit
            self._started = self._clock()
            self._amount = 0
            self._changed.notify_all()

    def release(self) -> None:
        """Let everybody through from now on, because the job ends."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def wait(self, size: int) -> None:
        """Wait until *size* more bytes are within the limit."""
        with self._changed:
            self._amount += size
            while self._limit > 0 and not self._open:
                early = self._started + self._amount / self._limit - self._clock()
                if early <= 0:
                    return
                self._changed.wait(early)
