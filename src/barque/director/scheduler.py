"""Starts jobs when their Schedule says so.

Source: configuration, section 5.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from barque.config.director import Job
from barque.config.load import DirectorConfig
from barque.config.run import Run
from barque.errors import BarqueError

log = logging.getLogger(__name__)

LATE: Final = timedelta(seconds=90)
"""A run that was missed by more than this is skipped."""

SET_BACK: Final = timedelta(hours=2)
"""A clock that goes back by less did so for the winter, or by a correction."""

LOOK_AHEAD: Final = timedelta(minutes=1)
"""How far ahead each look goes; a changed clock or configuration is noticed by then."""

BEGUN: Final = timedelta(seconds=59)
"""What came due so shortly before the start of the Director is started, too."""

type Start = Callable[[Job, Run, datetime], None]
"""Queues a job for one run of its Schedule."""

type Enabled = Callable[[Job], bool]
"""Whether a job, its Schedule and its Client may run."""


@dataclass(frozen=True, slots=True)
class Due:
    """A job and the moment that its Schedule names."""

    at: datetime
    job: Job
    run: Run


def due_between(
    config: DirectorConfig, start: datetime, end: datetime, enabled: Enabled
) -> Iterator[Due]:
    """Yield what is to be started in [start, end), job by job."""
    for job in config.jobs.values():
        if job.schedule is None or not enabled(job):
            continue
        for run in job.schedule.run:
            for moment in run.times.between(start, end):
                yield Due(moment, job, run)


class Scheduler:
    """Looks every minute, and sleeps until the next moment in between."""

    def __init__(
        self,
        config: Callable[[], DirectorConfig],
        start: Start,
        enabled: Enabled,
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._start = start
        self._enabled = enabled
        self._now = now
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        done = self.beginning()
        while not self._stop.is_set():
            done = self.catch_up(done)
            now = self._now()
            following = self.next_after(now)
            self._stop.wait((following - now).total_seconds())

    def beginning(self) -> datetime:
        """Return since when things are due for a Director that starts now."""
        return self._now() - BEGUN

    def catch_up(self, done: datetime) -> datetime:
        """Start what came due since *done*, and return up to when everything is done.

        When the clock is set back by an hour, nothing is started twice; when it is set back
        further, it was wrong before.
        """
        now = self._now()
        if now > done:
            self.look(max(done, now - LATE), now)
        return done if done - SET_BACK < now < done else now

    def look(self, start: datetime, end: datetime) -> None:
        """Start everything that was due in [start, end)."""
        for due in sorted(
            due_between(self._config(), start, end, self._enabled),
            key=lambda due: (due.at, due.job.priority),
        ):
            try:
                self._start(due.job, due.run, due.at)
            except BarqueError as error:
                log.error("job %s could not be scheduled: %s", due.job.name, error)  # noqa: TRY400 - the text says it

    def next_after(self, now: datetime) -> datetime:
        """Return when to look again: just after the next whole minute."""
        return now.replace(second=0, microsecond=0) + LOOK_AHEAD
