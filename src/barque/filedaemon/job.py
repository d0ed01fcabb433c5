"""One job of a Director as the File Daemon sees it."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from barque.domain.job import JobStatus, JobType, Level
from barque.errors import ConnectionLostError, JobError
from barque.filedaemon.accurate import AccurateList
from barque.filedaemon.fileset import FileSet
from barque.filedaemon.pace import Pace
from barque.filedaemon.report import JobReport
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.messages.director_file import RunScript

_RANK = {
    JobStatus.CREATED: 0,
    JobStatus.BLOCKED: 0,
    JobStatus.RUNNING: 0,
    JobStatus.TERMINATED: 1,
    JobStatus.WARNINGS: 2,
    JobStatus.DIFFERENCES: 3,
    JobStatus.NON_FATAL_ERROR: 3,
    JobStatus.INCOMPLETE: 4,
    JobStatus.ERROR_TERMINATED: 5,
    JobStatus.FATAL_ERROR: 6,
    JobStatus.CANCELED: 7,
}
"""How bad each status is; a job's status never gets better."""


class Progress(Protocol):
    """Totals of work that is going on."""

    @property
    def files(self) -> int:
        """FileIndex reached, or files restored."""

    @property
    def read(self) -> int:
        """Bytes read from the disk or from the Storage Daemon."""

    @property
    def sent(self) -> int:
        """Bytes sent or written."""

    @property
    def examined(self) -> int:
        """Files looked at."""

    @property
    def last_name(self) -> bytes:
        """The file in the making."""


class Plugins(Protocol):
    """What a job does with its plugins without knowing them."""

    def event(self, number: int) -> None:
        """Raise an event."""

    def cancel(self) -> None:
        """Let them hear that the job is canceled."""

    def close(self) -> None:
        """End them."""


@dataclass(slots=True)
class Nothing:
    """Totals of a job that has not begun."""

    files: int = 0
    read: int = 0
    sent: int = 0
    examined: int = 0
    last_name: bytes = b""


@dataclass
class Job:
    """State of a job from its first command to its end."""

    job_id: int
    name: str
    """The unique name."""
    director: str
    key: str = field(repr=False)
    """For the Storage Daemon."""
    tls_policy: int
    report: JobReport
    started_at: float
    """s since 1970"""
    session_id: int = 0
    session_time: int = 0
    type: JobType = JobType.SYSTEM
    level: Level = Level.NONE
    since: int = 0
    """s since 1970, by this machine's clock."""
    since_text: str = ""
    previous_job: str = ""
    """Unique name of the job since which changes count."""
    mtime_only: bool = False
    rerunning: bool = False
    fileset: FileSet = field(default_factory=FileSet)
    vss: bool = False
    accurate: AccurateList | None = None
    scripts: list[RunScript] = field(default_factory=list)
    plugins: Plugins | None = None
    """The plugins of the job."""
    pace: Pace = field(default_factory=Pace)
    bandwidth: int = 0
    """byte/s; 0 is no limit."""
    progress: Progress = field(default_factory=Nothing)
    storage: Channel | None = None
    """The connection to the Storage Daemon."""
    multiple_storages: bool = False
    """Whether a restore goes on with other Storage Daemons."""
    status: JobStatus = JobStatus.CREATED
    canceled: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)
    """Set when the job is over; a connection that a Storage Daemon opened ends then."""
    _storage_arrived: threading.Event = field(default_factory=threading.Event)

    def set_status(self, status: JobStatus) -> None:
        """Change the status, unless it is worse already."""
        if _RANK.get(status, 0) >= _RANK.get(self.status, 0):
            self.status = status

    def cancel(self) -> None:
        """End the job as soon as possible; from any thread.

        Plugins hear of it before the status changes, and may end the job at once: by then it must
        be known that it was canceled.
        """
        self.canceled.set()
        if self.plugins is not None:
            self.plugins.cancel()
        self.set_status(JobStatus.CANCELED)
        self.pace.release()
        self._storage_arrived.set()
        storage = self.storage
        if storage is not None:
            storage.abort()

    def check_canceled(self) -> None:
        """Raise JobError when the job is to end."""
        if self.canceled.is_set():
            raise JobError("The job was canceled.", status=JobStatus.CANCELED)

    def check_fatal(self) -> None:
        """Raise JobError when something fatal was told, by a plugin or about one."""
        if self.report.fatal:
            raise JobError("the job had a fatal error")

    def raise_event(self, number: int) -> None:
        """Let plugins hear of an event."""
        if self.plugins is not None:
            self.plugins.event(number)

    def accept_storage(self, channel: Channel) -> None:
        """Take the connection that a Storage Daemon opened (passive client)."""
        self.storage = channel
        self._storage_arrived.set()

    def wait_for_storage(self, patience: float) -> Channel:
        """Return the connection to the Storage Daemon; raises JobError when none comes."""
        if self.storage is None:
            self._storage_arrived.wait(patience)
        self.check_canceled()
        if self.storage is None:
            raise JobError("Cannot contact Storage daemon")
        return self.storage

    def drop_storage(self) -> None:
        """Say goodbye to the Storage Daemon."""
        storage, self.storage = self.storage, None
        self._storage_arrived.clear()
        if storage is not None:
            with suppress(ConnectionLostError):
                storage.signal(Signal.TERMINATE)
            storage.close()


type Clock = Callable[[], float]
"""Seconds since 1970."""

SYSTEM_CLOCK: Clock = time.time
"""The clock of daemons; tests bring their own."""
