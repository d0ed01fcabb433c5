"""What console commands need from the rest of the Director.

The session and its commands know nothing of sockets, threads or conversations with other daemons;
they are given an implementation of :class:`DirectorServices`. Tests give one that works in memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from barque.catalog import Catalog
from barque.config.director import Catalog as CatalogResource
from barque.config.director import Client, Job, Pool, Schedule, Storage
from barque.config.fileset import FileSet
from barque.config.load import DirectorConfig
from barque.daemon.debug_log import DebugSettings
from barque.director.access import EVERYTHING, AccessRights
from barque.domain.ids import FileIndex, JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.wire.framing import Signal


class Peer(Protocol):
    """The connection of one console; a Channel is one."""

    @property
    def peer(self) -> str:
        """Address of the console's host."""

    def send(self, message: bytes, /) -> None:
        """Send one message."""

    def signal(self, signal: Signal, /) -> None:
        """Send a signal."""

    def receive(self, timeout: float | None = None, /) -> bytes | Signal:
        """Return the next message or signal. Raises ConnectionLostError."""


@dataclass(frozen=True, slots=True)
class ConsoleIdentity:
    """Whom a session serves, after authentication."""

    name: str = ""
    """Name of the Console or User resource; empty for the console without a name."""
    rights: AccessRights = EVERYTHING
    """What it may do."""

    @property
    def shown(self) -> str:
        """The name that people see."""
        return self.name or "root"


@dataclass(frozen=True, slots=True)
class DaemonIdentity:
    """The version lines of the Director."""

    version: str
    """Full version, such as ``26.0.0~pre1298.eda204c31``."""
    date: str
    """Release date in words, such as ``21 August 2026``."""
    system: str
    """Operating system in words."""
    distribution: str = ""
    """Name of the distribution."""
    distribution_version: str = ""
    binary_info: str = ""
    """Who built it, such as ``self-compiled``."""


@dataclass(frozen=True, slots=True)
class RestoreSelection:
    """The files that a restore brings back."""

    files: Mapping[JobId, Sequence[tuple[FileIndex, FileIndex]]]
    """Ranges of FileIndex (first, last) by job, in the order of the jobs; none means all."""
    count: int = 0
    """Number of files, for the messages."""
    file_regex: str = ""
    """Only files whose path this finds are restored; empty for all."""


@dataclass(frozen=True, slots=True)
class RestoreVolume:
    """A Volume that a restore reads."""

    name: str
    storage: str
    """Name of the Storage; empty when the catalog does not know."""
    device: str
    """Name of its device; empty when it is not known."""
    media_type: str = ""
    online: bool = False
    """It is in an autochanger."""


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What a restore needs."""

    bootstrap: str
    """Path of the bootstrap file that was written for it."""
    volumes: tuple[RestoreVolume, ...]
    """In the order in which they are read."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A job that a console starts."""

    job: Job
    level: Level
    client: Client | None = None
    """Whose files are saved; for a restore, where they go."""
    restore_client: Client | None = None
    """Where restored files go, when that is not *client*."""
    backup_client: str = ""
    """For a restore: the name of the client whose files they were."""
    fileset: FileSet | None = None
    pool: Pool | None = None
    """The Pool that was asked for; None: the Job's own for the level."""
    next_pool: Pool | None = None
    """Likewise."""
    storage: Storage | None = None
    """Likewise."""
    catalog: CatalogResource | None = None
    when: float = 0.0
    """Unix seconds; 0 means at once."""
    since: str = ""
    """``YYYY-MM-DD HH:MM:SS``; empty means: found in the catalog."""
    priority: int = 10
    where: str | None = None
    regex_where: str | None = None
    bootstrap: str = ""
    """Path of a bootstrap file."""
    replace: str = ""
    """``always``, ``ifnewer``, ``ifolder`` or ``never``; empty means the job's own."""
    source_jobs: tuple[JobId, ...] = ()
    """The jobs to restore, verify, copy, migrate or merge, when they were named."""
    verify_job: Job | None = None
    plugin_options: str = ""
    comment: str = ""
    backup_format: str = ""
    """``Native``, or what the job says; empty means the job's own."""
    spool_data: bool | None = None
    accurate: bool | None = None
    ignore_duplicates: bool | None = None
    cloned: bool = False
    """Another job started it."""
    max_run_sched_time: int = 0
    """s from the scheduled time after which it is ended; 0 means what the job says."""
    pool_source: str = ""
    """Where the Pool came from, for the report; empty when it was not asked for."""
    storage_source: str = ""
    """Where the Storage came from, likewise."""
    selection: RestoreSelection | None = None
    """What to restore."""


@dataclass(frozen=True, slots=True)
class ScheduledRun:
    """A job that a Schedule will start."""

    job: Job
    schedule: Schedule
    at: float
    """Unix seconds."""
    level: Level
    priority: int
    pool: Pool | None = None
    """The Pool of the Run directive or Job, whatever the level will choose, as Bareos shows it.

    None for jobs that write nothing.
    """
    storage: Storage | None = None
    overrides: Mapping[str, str | int | bool] = field(default_factory=dict)
    """What the Run directive says, by the keys of ``status scheduler``: ``level``, ..."""
    directive: int = 0
    """Which Run directive of the Schedule it is, from 0."""


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job between its start and its end, also one that waits."""

    job_id: JobId
    job: str
    """Unique name with time and number."""
    name: str
    """Name of the Job resource."""
    type: JobType
    level: Level
    status: JobStatus
    client: str = ""
    storage: str = ""
    pool: str = ""
    priority: int = 10
    scheduled_at: float = 0.0
    """Unix seconds."""
    started_at: float = 0.0
    """Unix seconds."""
    files: int = 0
    bytes: int = 0
    errors: int = 0
    comment: str = ""
    plugins: tuple[str, ...] = ()
    """Modules of plugins of the Director that are loaded for it."""


@dataclass(frozen=True, slots=True)
class TerminatedJob:
    """A job in the Director's short memory of ended ones."""

    job_id: JobId
    job: str
    """Unique name with time and number."""
    type: JobType
    level: Level
    status: JobStatus
    files: int = 0
    bytes: int = 0
    errors: int = 0
    ended_at: float = 0.0
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class ConnectedClient:
    """A File Daemon that dialled the Director and waits for work."""

    name: str
    protocol_version: int
    authenticated: bool
    connected_at: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in an autochanger, as the Storage Daemon sees it."""

    kind: str
    """``drive``, ``slot`` or ``import_slot``."""
    number: int
    volume: str = ""
    """Barcode of the Volume in it; empty when there is none, or none is known."""
    loaded: int = 0
    """For a drive: the slot that its Volume came from."""
    full: bool = False


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """A Volume to label, or to label again."""

    storage: Storage
    volume: str
    pool: str
    """Name of the Pool."""
    media_type: str
    slot: int = 0
    drive: int = 0
    old_volume: str = ""
    """The present name, for labelling again."""
    encryption_key: str = ""
    minimum_block_size: int = 0
    maximum_block_size: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a daemon said to one request."""

    lines: list[str] = field(default_factory=list)
    """Its lines, for the console."""
    ok: bool = True
    value: int = 0
    """A number in the last line, such as the size of a new Volume, byte."""


class DirectorServices(Protocol):
    """The Director, as its consoles see it."""

    @property
    def config(self) -> DirectorConfig:
        """The configuration in force."""

    @property
    def identity(self) -> DaemonIdentity:
        """Version and system of this Director."""

    @property
    def started_at(self) -> float:
        """When the Director started, Unix seconds."""

    @property
    def jobs_run(self) -> int:
        """Jobs that ended since then."""

    def now(self) -> float:
        """The time, Unix seconds."""

    def catalog(self, resource: CatalogResource) -> Catalog:
        """Return the open catalog of *resource*. Raises CatalogError."""

    def audit(self, text: str) -> None:
        """Note what a console did."""

    # messages

    def messages_pending(self) -> bool:
        """Tell whether messages wait for a console."""

    def take_messages(self) -> Iterator[bytes]:
        """Yield the waiting messages, line by line; they are gone afterwards."""

    def warn(self, text: str) -> None:
        """Put a warning among the messages for consoles."""

    # jobs

    def run_job(self, request: RunRequest, console: ConsoleIdentity) -> JobId:
        """Put a job into the queue. Raises JobError when it cannot be."""

    def plan_restore(self, selection: RestoreSelection, catalog: CatalogResource) -> RestorePlan:
        """Write the bootstrap file for *selection*. Raises JobError when it cannot be read."""

    def running_jobs(self) -> Sequence[RunningJob]:
        """Return jobs that did not end, in the order of their start."""

    def terminated_jobs(self) -> Sequence[TerminatedJob]:
        """Return the latest jobs that ended, oldest first."""

    def cancel_job(self, job_id: JobId) -> Answer:
        """Cancel a job here and at the daemons it talks to."""

    def limit_bandwidth(self, job_id: JobId, limit: int) -> Answer:
        """Set the rate of a running job, byte/s; 0 lifts it."""

    def wait_for_jobs(self, job_id: JobId | None, timeout: float) -> bool:
        """Wait until *job_id*, or every job, ended; False when *timeout* (s) came first."""

    def wait_for_mount(self, timeout: float) -> bool:
        """Wait until a job needs a Volume; False when *timeout* (s) came first."""

    def is_enabled(self, resource: Job | Client | Storage | Schedule) -> bool:
        """Tell whether *resource* may be used; consoles switch that until the next reload."""

    def set_enabled(self, resource: Job | Client | Schedule, *, enabled: bool) -> None:
        """Use *resource* or not, until the next reload."""

    def scheduled_runs(self, days: int) -> Sequence[ScheduledRun]:
        """Return what the Schedules start today and in *days* days more, the next first."""

    def next_volume(self, run: ScheduledRun) -> str:
        """Return the Volume that *run* would write to now; empty when there is none."""

    # state of the Director

    def reload(self) -> bool:
        """Read the configuration again; False when it has mistakes."""

    def add_resource(self, path: Path, text: str) -> None:
        """Check the configuration with *text* as one more file, write it there, and use it.

        Raises ConfigError, also when there is such a file already.
        """

    def set_debug(
        self, level: int | None = None, *, trace: bool | None = None, timestamp: bool | None = None
    ) -> DebugSettings:
        """Change what is written for debugging; None leaves it as it is."""

    def set_address(self, client: Client, address: str) -> None:
        """Look for *client* at another address until the next reload."""

    def connected_consoles(self) -> Sequence[float]:
        """Return since when each console is connected, Unix seconds."""

    def connected_clients(self) -> Sequence[ConnectedClient]:
        """Return File Daemons that dialled in."""

    # other daemons

    def client_status(self, client: Client, option: str) -> Iterator[str]:
        """Yield the File Daemon's status; *option* empty means all of it. Raises BarqueError."""

    def storage_status(self, storage: Storage, option: str) -> Iterator[str]:
        """Yield the Storage Daemon's status text. Raises BarqueError."""

    def client_command(self, client: Client, command: str) -> Answer:
        """Send one line to a File Daemon and return its answer. Raises BarqueError."""

    def storage_command(self, storage: Storage, command: str) -> Answer:
        """Send one line to a Storage Daemon and return its answer. Raises BarqueError."""

    def label_volume(self, request: LabelRequest) -> Answer:
        """Label a Volume. Raises BarqueError."""

    def estimate(self, request: RunRequest, *, listing: bool) -> Iterator[str]:
        """Yield the File Daemon's answer to a dry run. Raises BarqueError."""

    def slots(self, storage: Storage) -> Sequence[Slot]:
        """Return what is in an autochanger. Raises BarqueError."""
