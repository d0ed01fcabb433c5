"""Keeping the average rate of a job below a limit."""

from collections.abc import Callable


class Pace:
    """Makes whoever tells it of bytes wait, so that their average rate stays below a limit."""

    def __init__(
        self,
        limit: Callable[[], int],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._limit = limit
        self._monotonic = monotonic
        self._sleep = sleep
        self._begun = monotonic()
        self._base = 0
        self._current = 0

    def note(self, total: int) -> None:
        """Say that *total* bytes came so far; returns when it is time to go on.

        A limit that changes counts from the moment of the change.
        """
        limit = self._limit()
        if limit != self._current:
            self._current, self._begun, self._base = limit, self._monotonic(), total
        if limit <= 0:
            return
        due = self._begun + (total - self._base) / limit
        left = due - self._monotonic()
        if left > 0:
            self._sleep(left)
