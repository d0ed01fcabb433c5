"""What a job tells its Director while it runs, and how many errors it had.

Source: daemon protocol, section 5.7.
"""

import threading
from collections.abc import Callable
from typing import Final

from barque.wire.messages.job import SEVERITY_WORDS, JobMessage, MessageType

_URGENT: Final = frozenset(MessageType) - {
    MessageType.SAVED,
    MessageType.SKIPPED,
    MessageType.RESTORED,
    MessageType.NOTSAVED,
}
"""Types that are pushed at once; the others come by the thousand."""

ALL_TYPES: Final = frozenset(MessageType)
"""The filter that lets everything through."""

type Post = Callable[[JobMessage, bool], None]
"""Sends a message to the Director; the flag says whether it is urgent."""


class JobReport:
    """Messages of one job; any thread may use it.

    The number 0 stands for what a console asks for: such messages name nobody.
    """

    def __init__(
        self,
        *,
        daemon: str,
        job_id: int,
        job: str,
        post: Post,
        clock: Callable[[], float],
        wanted: frozenset[MessageType] = ALL_TYPES,
    ) -> None:
        self._prefix = f"{daemon} JobId {job_id}: " if job_id else ""
        self._job = job
        self._post = post
        self._clock = clock
        self._wanted = wanted
        self._lock = threading.Lock()
        self.errors = 0
        """Errors, among them files that could not be saved."""
        self.warnings = 0
        self.fatal = False
        """Whether a fatal error was told: the job has failed."""

    def wants(self, kind: MessageType) -> bool:
        """Return whether messages of *kind* go anywhere; saves composing them."""
        return kind in self._wanted

    def send(self, kind: MessageType, text: str) -> None:
        """Tell the Director, and count errors; no filter holds back what makes a job fail."""
        with self._lock:
            self.errors += kind in (MessageType.ERROR, MessageType.NOTSAVED)
            self.warnings += kind is MessageType.WARNING
            if kind in (MessageType.FATAL, MessageType.ABORT):
                self.errors = self.errors or 1
                self.fatal = True
        if kind in self._wanted or kind is MessageType.FATAL:
            line = f"{self._prefix}{SEVERITY_WORDS.get(kind, '')}{text}\n"
            message = JobMessage(self._job, int(kind), int(self._clock()), line)
            self._post(message, kind in _URGENT)

    def info(self, text: str) -> None:
        """Tell something worth knowing."""
        self.send(MessageType.INFO, text)

    def warning(self, text: str) -> None:
        """Tell something odd that loses no data."""
        self.send(MessageType.WARNING, text)

    def error(self, text: str) -> None:
        """Tell that something went wrong with a file."""
        self.send(MessageType.ERROR, text)

    def fatal_error(self, text: str) -> None:
        """Tell why the job fails."""
        self.send(MessageType.FATAL, text)

    def not_saved(self, text: str) -> None:
        """Tell that a file could not be saved."""
        self.send(MessageType.NOTSAVED, f"     {text}")
