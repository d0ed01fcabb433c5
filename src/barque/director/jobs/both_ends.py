"""Waiting for File Daemon and Storage Daemon at once, and what happens when one of them fails.

When one is lost, the other is told to end the job and gets some time for it: a Storage Daemon
still tells the catalog what lies on the Volume, so that the Volume stays usable.
"""

import threading
from collections.abc import Callable
from typing import Final

from barque.director.client_session import ClientSession
from barque.director.daemon_calls import DaemonCalls
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.storage_session import StorageSession
from barque.errors import BarqueError
from barque.wire.messages.job import MessageType

GRACE: Final = 30.0
"""Second; the daemon that is left gets so long to end the job."""


class BothEnds:
    """The two daemons of a running job."""

    def __init__(
        self,
        job: ActiveJob,
        context: JobContext,
        session: ClientSession,
        store: StorageSession,
    ) -> None:
        self._job = job
        self._context = context
        self._session = session
        self._store = store
        self._client_over = threading.Event()
        self._store_failed_first = False

    def storage_failed(self) -> None:
        """Let the File Daemon end the job, now that nobody takes its data."""
        if self._client_over.is_set():
            return
        self._store_failed_first = True
        if not self._store.ended:
            DaemonCalls(self._context).cancel_client(self._job)
        if not self._client_over.wait(GRACE):
            self._session.give_up()

    def wait(self, for_client: Callable[[], None]) -> None:
        """Wait until *for_client* has heard the File Daemon's end, and for the Storage Daemon's.

        Raises BarqueError with what failed first; what failed after it is in the log.
        """
        failures: list[BarqueError] = []
        try:
            for_client()
        except BarqueError as error:
            failures.append(error)
        finally:
            self._client_over.set()
        if failures and self._store.is_running:
            DaemonCalls(self._context).cancel_storage(self._job)
            self._store.give_up(GRACE)
        try:
            self._store.wait()
        except BarqueError as error:
            failures.insert(0 if self._store_failed_first else 1, error)
        if self._session.ended is None:
            self._count_what_was_stored()
        if failures:
            for late in failures[1:]:
                self._job.say(MessageType.INFO, f"Also: {late}", self._context.now())
            raise failures[0]

    def _count_what_was_stored(self) -> None:
        """The File Daemon did not say how much there was: the Storage Daemon knows."""
        totals = self._job.totals
        totals.files, totals.bytes = totals.storage_files, totals.storage_bytes
