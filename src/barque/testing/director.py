"""A Director without daemons: a configuration, a catalog, and notes of what consoles asked for."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from barque.catalog import Catalog
from barque.config.director import Catalog as CatalogResource
from barque.config.director import Client, Job, Schedule, Storage
from barque.config.lexer import Source
from barque.config.load import DirectorConfig, load_director
from barque.daemon.debug_log import DebugSettings
from barque.director.catalog_sync import synchronise
from barque.director.config_files import write_new
from barque.director.plan import scheduled_runs
from barque.director.services import (
    Answer,
    ConnectedClient,
    ConsoleIdentity,
    DaemonIdentity,
    LabelRequest,
    RestorePlan,
    RestoreSelection,
    RestoreVolume,
    RunningJob,
    RunRequest,
    ScheduledRun,
    Slot,
    TerminatedJob,
)
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType
from barque.errors import ConnectionLostError
from barque.wire.framing import Signal

type Frame = str | int
"""A data frame as text, a signal as its number."""


class ScriptedPeer:
    """A console that types given lines and keeps what it receives."""

    peer = "127.0.0.1"

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.lines = list(lines)
        """What it still types; then it hangs up."""
        self.frames: list[Frame] = []
        """What it received since :meth:`take`."""
        self.received: list[list[Frame]] = []
        """What it received before each line that it typed."""

    def send(self, message: bytes, /) -> None:
        """Keep a data frame."""
        self.frames.append(message.decode("utf-8", "surrogateescape"))

    def signal(self, signal: Signal, /) -> None:
        """Keep a signal."""
        self.frames.append(int(signal))

    def receive(self, timeout: float | None = None, /) -> bytes | Signal:
        """Type the next line."""
        del timeout
        self.received.append(self.frames)
        self.frames = []
        if not self.lines:
            raise ConnectionLostError("the script is over")
        return self.lines.pop(0).encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ends that a console waits for."""

    files: int
    size: int
    """Bytes."""
    seconds: int
    """How long it took."""


@dataclass
class MemoryDirector:
    """DirectorServices for tests."""

    config: DirectorConfig
    opened: Catalog
    """Its only catalog."""
    clock: float
    """What :meth:`now` says, Unix seconds."""
    identity: DaemonIdentity
    started_at: float = 0.0
    jobs_run: int = 0
    runs: list[RunRequest] = field(default_factory=list)
    """What consoles started."""
    running: list[RunningJob] = field(default_factory=list)
    terminated: list[TerminatedJob] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    """Waiting for a console."""
    audited: list[str] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    """Kinds and names of what consoles disabled, as ``Job/backup``."""
    enabled: set[str] = field(default_factory=set)
    """Likewise, enabled."""
    lines: dict[str, list[str]] = field(default_factory=dict)
    """What daemons answer: by ``Client/<name> <command>`` and ``Storage/<name> <command>``."""
    commands: list[str] = field(default_factory=list)
    """What daemons were asked."""
    labels: list[LabelRequest] = field(default_factory=list)
    debug: DebugSettings = field(default_factory=DebugSettings)
    addresses: dict[str, str] = field(default_factory=dict)
    """Where clients are looked for, by name."""
    places: list[Slot] = field(default_factory=list)
    """What is in every autochanger."""
    clients: list[ConnectedClient] = field(default_factory=list)
    """File Daemons that dialled in."""
    reloads: int = 0
    endings: list[Ending] = field(default_factory=list)
    """How jobs end that consoles wait for, the first one first."""
    next_volume_of: Callable[[ScheduledRun], str] = lambda _run: ""

    def now(self) -> float:
        """Return the clock."""
        return self.clock

    def catalog(self, resource: CatalogResource) -> Catalog:
        """Return the only catalog."""
        del resource
        return self.opened

    def audit(self, text: str) -> None:
        """Keep it."""
        self.audited.append(text)

    def messages_pending(self) -> bool:
        """Tell whether there are any."""
        return bool(self.messages)

    def take_messages(self) -> Iterator[bytes]:
        """Yield and forget them."""
        while self.messages:
            yield self.messages.pop(0)

    def warn(self, text: str) -> None:
        """Put it among the messages."""
        self.messages.append(text.encode())

    def run_job(self, request: RunRequest, console: ConsoleIdentity) -> JobId:
        """Give it a record in the catalog; it is created, and nothing happens."""
        del console
        self.runs.append(request)
        name = f"{request.job.name}.2026-11-22_19.26.00_{len(self.runs) + 2:02}"
        client = request.client or request.job.client
        record = self.opened.clients.find(client.name) if client else None
        job_id = self.opened.jobs.create(
            job=name,
            name=request.job.name,
            type=request.job.type or JobType.BACKUP,
            level=request.level,
            client_id=record.client_id if record else 0,
            sched_time=int(request.when or self.clock),
            comment=request.comment,
        )
        job = RunningJob(
            job_id,
            name,
            request.job.name,
            request.job.type or JobType.BACKUP,
            request.level,
            JobStatus.WAIT_START_TIME if request.when > self.clock else JobStatus.CREATED,
            scheduled_at=request.when or self.clock,
            started_at=self.clock,
            priority=request.priority,
        )
        self.running.append(job)
        return job_id

    def plan_restore(self, selection: RestoreSelection, catalog: CatalogResource) -> RestorePlan:
        """Say which Volumes the jobs lie on; nothing is written."""
        del catalog
        storages = {storage.name: storage for storage in self.config.storages.values()}
        names = {}
        for job_id in selection.files:
            for volume in self.opened.volumes.of_job(job_id):
                record = self.opened.storages.get(volume.storage_id)
                storage = storages.get(record.name) if record else None
                names[volume.volume_name] = RestoreVolume(
                    volume.volume_name,
                    storage.name if storage else "",
                    storage.device[0] if storage else "",
                    volume.media_type,
                )
        working = self.config.director.working_directory
        path = f"{working}/{self.config.director.name}.restore.1.bsr"
        return RestorePlan(path, tuple(names.values()))

    def running_jobs(self) -> Sequence[RunningJob]:
        """Return them."""
        return self.running

    def terminated_jobs(self) -> Sequence[TerminatedJob]:
        """Return them."""
        return self.terminated

    def cancel_job(self, job_id: JobId) -> Answer:
        """Forget it."""
        job = next(job for job in self.running if job.job_id == job_id)
        self.running.remove(job)
        return Answer([f"JobId {job_id}, Job {job.job} marked to be canceled.\n"])

    def limit_bandwidth(self, job_id: JobId, limit: int) -> Answer:
        """Say so."""
        return Answer([f"OK Limiting bandwidth to {limit // 1024}kb/s {job_id}\n"])

    def wait_for_jobs(self, job_id: JobId | None, timeout: float) -> bool:
        """Do not wait: jobs that run now end."""
        del timeout
        ended = [job for job in self.running if job_id in {None, job.job_id}]
        self.running = [job for job in self.running if job not in ended]
        for job in ended[: len(self.endings)]:
            self._end(job, self.endings.pop(0))
        return True

    def _end(self, job: RunningJob, ending: Ending) -> None:
        """Have the record of *job* say that it ended well."""
        start, resource = int(self.clock), self.config.jobs[job.name]
        end = start + ending.seconds
        pool = self.opened.pools.find(resource.pool.name) if resource.pool else None
        name = resource.fileset.name if resource.fileset else ""
        filesets = self.opened.file_sets.find(name)
        self.opened.jobs.update(
            job.job_id,
            job_status=JobStatus.TERMINATED,
            start_time=start,
            end_time=end,
            real_end_time=end,
            job_tdate=end,
            job_files=ending.files,
            job_bytes=ending.size,
            pool_id=pool.pool_id if pool else 0,
            file_set_id=filesets[0].file_set_id if filesets else 0,
        )

    def wait_for_mount(self, timeout: float) -> bool:
        """Nothing ever waits."""
        del timeout
        return False

    def is_enabled(self, resource: Job | Client | Storage | Schedule) -> bool:
        """Return the switch of a console, or what the configuration says."""
        key = f"{resource.kind}/{resource.name}"
        return key not in self.disabled and (resource.enabled or key in self.enabled)

    def set_enabled(self, resource: Job | Client | Schedule, *, enabled: bool) -> None:
        """Keep the switch."""
        key = f"{resource.kind}/{resource.name}"
        (self.enabled if enabled else self.disabled).add(key)
        (self.disabled if enabled else self.enabled).discard(key)

    def scheduled_runs(self, days: int) -> Sequence[ScheduledRun]:
        """Return what the configuration says."""
        start = datetime.fromtimestamp(self.clock)  # noqa: DTZ006 - schedules know local time only
        return list(scheduled_runs(self.config, self._may_start, start, days))

    def _may_start(self, job: Job) -> bool:
        parts = (job, job.schedule, job.client)
        return all(self.is_enabled(part) for part in parts if part is not None)

    def next_volume(self, run: ScheduledRun) -> str:
        """Ask the test."""
        return self.next_volume_of(run)

    def reload(self) -> bool:
        """Count it; the catalog is brought up to date."""
        self.reloads += 1
        self.disabled.clear()
        self.enabled.clear()
        for resource in self.config.catalogs.values():
            synchronise(self.opened, self.config, resource)
        return True

    def add_resource(self, path: Path, text: str) -> None:
        """Check it, write it, use it."""
        before = self.config.added_paths
        self.config = load_director(self.config.directory, added=[Source(str(path), text)])
        self.config.mark_added({*before, str(path)})
        write_new(path, text)

    def set_debug(
        self, level: int | None = None, *, trace: bool | None = None, timestamp: bool | None = None
    ) -> DebugSettings:
        """Keep the settings."""
        name, old = self.config.director.name, self.debug
        self.debug = DebugSettings(
            old.level if level is None else level,
            old.trace if trace is None else trace,
            old.timestamp if timestamp is None else timestamp,
            f"{self.config.director.working_directory}/{name}.trace",
        )
        return self.debug

    def set_address(self, client: Client, address: str) -> None:
        """Keep the address."""
        self.addresses[client.name] = address

    def connected_consoles(self) -> Sequence[float]:
        """There is one."""
        return [self.clock]

    def connected_clients(self) -> Sequence[ConnectedClient]:
        """Return what the test put there."""
        return self.clients

    def client_status(self, client: Client, option: str) -> Iterator[str]:
        """Yield what the test said; a client of which it said nothing cannot be reached."""
        yield from self._told(f"Client/{client.name} .status {option}".rstrip())

    def storage_status(self, storage: Storage, option: str) -> Iterator[str]:
        """Yield what the test said, likewise."""
        yield from self._told(f"Storage/{storage.name} .status {option}".rstrip())

    def _told(self, key: str) -> list[str]:
        if key not in self.lines:
            raise ConnectionLostError("nobody answers")
        return self.lines[key]

    def client_command(self, client: Client, command: str) -> Answer:
        """Answer what the test said."""
        return self._answer(f"Client/{client.name} {command}")

    def storage_command(self, storage: Storage, command: str) -> Answer:
        """Answer what the test said."""
        return self._answer(f"Storage/{storage.name} {command}")

    def _answer(self, key: str) -> Answer:
        self.commands.append(key)
        if key not in self.lines:
            raise ConnectionLostError("nobody answers")
        lines = self.lines[key]
        return Answer(list(lines), ok=bool(lines) and lines[-1][:2] in {"20", "30"})

    def label_volume(self, request: LabelRequest) -> Answer:
        """Answer what the test said; without that, the label is written."""
        self.labels.append(request)
        key = f"Storage/{request.storage.name} label {request.volume}"
        lines = list(self.lines[key]) if key in self.lines else []
        if not lines:
            return Answer(value=212)
        size = re.search(r"^3000 OK label.*VolBytes=(\d+)", lines[-1])
        return Answer(lines, ok=size is not None, value=int(size[1]) if size else 0)

    def estimate(self, request: RunRequest, *, listing: bool) -> Iterator[str]:
        """Yield what the test said."""
        del listing
        since = f" since={request.since}" if request.since else ""
        yield from self._told(f"estimate {request.job.name}{since}")

    def slots(self, storage: Storage) -> Sequence[Slot]:
        """Return what the test put there."""
        del storage
        return self.places
