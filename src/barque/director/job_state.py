"""A job between its start and its end: what the Director knows of it while it runs.

Source: job semantics, sections 1.3 and 2.
"""

import threading
from dataclasses import dataclass, field
from typing import Final, Protocol

from barque.config.director import Catalog as CatalogResource
from barque.config.director import Client, Job, Pool, Storage
from barque.config.fileset import FileSet
from barque.config.messages import Messages
from barque.domain.ids import ClientId, FileSetId, JobId, PoolId
from barque.domain.job import ENDED, JobStatus, JobType, Level
from barque.wire.messages.job import SEVERITY_WORDS, MessageType

RANK: Final = {
    JobStatus.INCOMPLETE: 10,
    JobStatus.ERROR_TERMINATED: 9,
    JobStatus.FATAL_ERROR: 9,
    JobStatus.CANCELED: 9,
    JobStatus.NON_FATAL_ERROR: 8,
    JobStatus.DIFFERENCES: 7,
}
"""A status gives way only to one of a higher rank; those that are not here have rank 0."""


NO_CLIENT: Final = ClientId(0)
NO_FILESET: Final = FileSetId(0)
NO_POOL: Final = PoolId(0)
NO_JOB: Final = JobId(0)
"""Numbers of jobs that have none."""


class LogSink(Protocol):
    """Where the lines of a job's log go."""

    def write(self, kind: MessageType, line: str, at: float) -> None:
        """Take a line: ``<daemon> JobId <n>: text``, with its line break; *at* is Unix seconds."""

    def close(self, status: JobStatus) -> None:
        """Send what was collected for the end of the job."""


class Link(Protocol):
    """A connection that a cancelled job must leave."""

    def abort(self) -> None:
        """Wake up whoever waits on it, with an error."""


class EventSink(Protocol):
    """The plugins of a job."""

    @property
    def fatal(self) -> bool:
        """Whether a plugin does not let the job run."""

    @property
    def names(self) -> list[str]:
        """Modules that are loaded."""

    def event(self, number: int) -> None:
        """Raise an event."""

    def volume_name(self) -> str | None:
        """Return the name that a plugin wants for a new Volume."""

    def close(self) -> None:
        """End the plugins."""


@dataclass
class Totals:
    """What was counted, here and by the daemons."""

    files: int = 0
    """Files that the File Daemon saved or restored."""
    bytes: int = 0
    """byte; sent by the File Daemon, or written by it in a restore."""
    read_bytes: int = 0
    storage_files: int = 0
    storage_bytes: int = 0
    seen_files: int = 0
    """Files whose attributes came so far, while a backup runs."""
    seen_bytes: int = 0
    """byte; size of those files."""
    expected_files: int = 0
    """Files that a restore selected."""
    errors: int = 0
    """JobErrors: what the File Daemon could not save, and errors here."""
    storage_errors: int = 0
    warnings: int = 0


@dataclass
class Sources:
    """Where the Pool, the Storage and the Catalog came from, in the words of the report."""

    pool: str = "Job resource"
    storage: str = "Job resource"
    catalog: str = "Default catalog"
    read_pool: str = ""
    read_storage: str = ""
    next_pool: str = ""


@dataclass(frozen=True, slots=True)
class QuotaStanding:
    """What the job's client has of what it may have."""

    used: int
    """byte; in its other jobs."""
    grace_began: int
    """s since 1970 at which it had more than the soft quota; 0 when it has not."""
    burst: int
    """byte; the limit after the grace period, 0 when it is not fixed yet."""
    left: int = 0
    """byte; what the Storage Daemon may take from the job, 0 for any amount."""


@dataclass(frozen=True, slots=True)
class CopiedTimes:
    """Times of another job that a job takes over: its data is as old as that; s since 1970."""

    start: int
    end: int
    tdate: int
    """By which versions of a file are ordered."""


@dataclass
class ActiveJob:
    """One job, from its request to its report."""

    job_id: JobId
    unique_name: str
    """``<name>.<date>_<time>_<number>``; the name on the wire and in the catalog."""
    resource: Job
    type: JobType
    level: Level
    log: LogSink
    director: str
    """Name of the Director, for the lines of the log."""
    client: Client | None = None
    fileset: FileSet | None = None
    pool: Pool | None = None
    next_pool: Pool | None = None
    storage: Storage | None = None
    read_pool: Pool | None = None
    """Pool that is read, where *pool* is the one that is written."""
    read_storage: Storage | None = None
    """Likewise."""
    recorded_level: Level | None = None
    """Level in the catalog, when it is not *level*."""
    copied_times: CopiedTimes | None = None
    catalog_resource: CatalogResource | None = None
    messages: Messages | None = None
    sources: Sources = field(default_factory=Sources)
    totals: Totals = field(default_factory=Totals)
    quota: QuotaStanding | None = None
    """None for clients without quotas."""
    client_id: ClientId = NO_CLIENT
    client_uname: str = ""
    fileset_id: FileSetId = NO_FILESET
    fileset_created: float = 0.0
    pool_id: PoolId = NO_POOL
    priority: int = 10
    scheduled_at: float = 0.0
    """Unix seconds; so are the other times."""
    created_at: float = 0.0
    started_at: float = 0.0
    running_since: float = 0.0
    """When its turn came; 0 while it waits for it."""
    waited: float = 0.0
    """Second; how long it waited for something, as the watchdog saw it."""
    ended_at: float = 0.0
    since: float = 0.0
    """What changed later belongs to an Incremental or Differential."""
    previous_job: str = ""
    """Unique name of the job that *since* comes from."""
    previous_job_id: JobId = NO_JOB
    verify_job: Job | None = None
    """The job whose backup a verify compares with."""
    verified_job_id: JobId = NO_JOB
    """That backup."""
    source_jobs: tuple[JobId, ...] = ()
    """Jobs that a restore reads, or a verify compares with, as far as they were named."""
    level_note: str = ""
    """Stands behind the level in the report: ``, since=...`` or `` (upgraded from ...)``."""
    level_messages: tuple[str, ...] = ()
    """Why the level was raised, as the log already says."""
    session_id: int = 0
    session_time: int = 0
    storage_key: str = "dummy"
    """Opens the Storage Daemon to this job's File Daemon."""
    trigger: str = "User"
    accurate: bool = False
    spool_data: bool = False
    where: str = ""
    regex_where: str = ""
    replace: str = ""
    plugin_options: str = ""
    bootstrap: str = ""
    """Path of the bootstrap file of a restore."""
    comment: str = ""
    max_run_sched_time: int = 0
    """s from the scheduled time after which it is ended; 0 for never."""
    cloned: bool = False
    """Another job started it beside itself."""
    tries: int = 0
    """How often it was run again after a failure."""
    ignores_duplicates: bool = False
    """Other jobs of the same name do not matter."""
    bandwidth: int = 0
    """byte/s; 0 is no limit."""
    client_status: JobStatus | None = None
    """How the job ended for the File Daemon; None while it did not say."""
    storage_status: JobStatus | None = None
    """How the job ended for the Storage Daemon; None while it did not say."""
    erase_command: str = ""
    """SecureEraseCommand of the Director; empty for none."""
    client_erase_command: str | None = None
    """That of the File Daemon; None while it was not asked."""
    storage_erase_command: str | None = None
    """That of the Storage Daemon; None while it was not asked."""
    client_connected: bool = False
    storage_connected: bool = False
    plugins: EventSink | None = None
    """The plugins of the Director that hear of the job."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._status = JobStatus.CREATED
        self._links: list[Link] = []
        self.cancelled = threading.Event()
        """Set once somebody cancelled the job."""
        self.ended = threading.Event()
        """Set when the report is written."""

    @property
    def status(self) -> JobStatus:
        """Where the job stands."""
        return self._status

    def set_status(self, status: JobStatus) -> None:
        """Change the status, unless the present one outranks the new one."""
        with self._lock:
            old, new = RANK.get(self._status, 0), RANK.get(status, 0)
            if new > old or (new == 0 and old == 0):
                self._status = status

    def reset_status(self) -> None:
        """Make it a job that did not start yet."""
        with self._lock:
            self._status = JobStatus.CREATED
        self.ended.clear()

    def raise_event(self, number: int) -> None:
        """Let plugins hear of an event."""
        if self.plugins is not None:
            self.plugins.event(number)

    @property
    def failed(self) -> bool:
        """Whether the job can no longer end well."""
        return self._status in {
            JobStatus.FATAL_ERROR,
            JobStatus.ERROR_TERMINATED,
            JobStatus.CANCELED,
        }

    @property
    def finished(self) -> bool:
        """Whether the status is final."""
        return self._status in ENDED

    def link(self, link: Link) -> None:
        """Remember a connection of the job, to be aborted when the job is cancelled."""
        with self._lock:
            if link not in self._links:
                self._links.append(link)
            cancelled = self.cancelled.is_set()
        if cancelled:
            link.abort()

    def unlink(self, link: Link) -> None:
        """Forget a connection."""
        with self._lock:
            if link in self._links:
                self._links.remove(link)

    def abort_links(self) -> None:
        """Wake up everybody who waits for a daemon on behalf of this job."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.abort()

    def say(self, kind: MessageType, text: str, at: float, *, daemon: str = "") -> None:
        """Write a message of our own into the job's log; counts errors and warnings."""
        word = SEVERITY_WORDS.get(kind, "")
        line = f"{daemon or self.director} JobId {self.job_id}: {word}{text}"
        self.receive(kind, line if line.endswith("\n") else line + "\n", at)

    def say_report(self, kind: MessageType, text: str, at: float) -> None:
        """Write the report; a job that failed is not made worse by its own report."""
        line = f"{self.director} JobId {self.job_id}: {SEVERITY_WORDS.get(kind, '')}{text}"
        self.log.write(kind, line, at)

    def receive(self, kind: MessageType, line: str, at: float) -> None:
        """Write a line as a daemon sent it; counts errors and warnings."""
        if kind in {MessageType.FATAL, MessageType.ABORT, MessageType.ERROR_TERM}:
            self.set_status(JobStatus.FATAL_ERROR)
            self.totals.errors = self.totals.errors or 1
        elif kind is MessageType.ERROR:
            self.totals.errors += 1
        elif kind is MessageType.WARNING:
            self.totals.warnings += 1
        self.log.write(kind, line, at)
