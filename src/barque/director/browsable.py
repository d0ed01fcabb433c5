"""Makes backups that ended browsable, one after the other, behind the jobs that run.

A browser or a restore then finds the directories of a big job at once. What is not done when the
Director ends is done by the first console that asks for it. Source: catalog, section 7.1.
"""

import logging
import threading
from collections import deque
from typing import Final

from barque.catalog import Catalog
from barque.director.job_state import ActiveJob
from barque.domain.job import ENDED_GOOD, JobType
from barque.errors import CatalogError

log = logging.getLogger(__name__)

_PAUSE: Final = 0.02
"""Second between two changes of the catalog, in which those of others get their turn."""


class Browsable:
    """A queue of jobs whose directories are to be noted, and the thread that does it."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Catalog, int]] = deque()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, job: ActiveJob, catalog: Catalog) -> None:
        """Take a job that ended; only backups that ended well are made browsable."""
        if job.type is not JobType.BACKUP or job.status not in ENDED_GOOD:
            return
        with self._changed:
            self._waiting.append((catalog, job.job_id))
            self._changed.notify()
            if self._thread is None and not self._stopping.is_set():
                # not made earlier: a daemon that goes to the background forks in between
                self._thread = threading.Thread(target=self._work, name="browsable", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End after the change that is under way."""
        with self._changed:
            self._stopping.set()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while (found := self._next()) is not None:
            catalog, job_id = found
            try:
                catalog.bvfs.update([job_id], go_on=lambda: not self._stopping.wait(_PAUSE))
            except CatalogError:
                log.exception("JobId %d could not be made browsable", job_id)

    def _next(self) -> tuple[Catalog, int] | None:
        """Return the next job as soon as there is one; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping.is_set())
            return None if self._stopping.is_set() else self._waiting.popleft()
