"""The running Director: what consoles ask of it, and what jobs need from it.

Source: job semantics, section 2; console commands.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from barque.catalog import Catalog, open_catalog
from barque.config.director import Catalog as CatalogResource
from barque.config.director import Client, Job, Schedule, Storage
from barque.config.lexer import Source
from barque.config.load import DirectorConfig
from barque.config.report import EXIT_START, format_config_errors
from barque.daemon.debug_log import DebugLog, DebugSettings
from barque.director.browsable import Browsable
from barque.director.catalog_sync import source_for, synchronise
from barque.director.client_pool import ClientPool
from barque.director.config_files import write_new
from barque.director.daemon_calls import DaemonCalls
from barque.director.job_codes import expand
from barque.director.job_context import Dial, JobContext
from barque.director.job_log import ConsoleMessages, JobLog, destinations_of
from barque.director.job_queue import JobQueue
from barque.director.job_runner import BODIES, unsupported
from barque.director.job_setup import LogFactory
from barque.director.job_starter import JobStarter
from barque.director.job_state import ActiveJob, LogSink
from barque.director.plan import next_volume, scheduled_runs
from barque.director.restore_bootstrap import write_restore_bootstrap
from barque.director.scheduler import Scheduler
from barque.director.script_console import ScriptConsole
from barque.director.services import (
    Answer,
    ConnectedClient,
    ConsoleIdentity,
    DaemonIdentity,
    LabelRequest,
    RestorePlan,
    RestoreSelection,
    RunningJob,
    RunRequest,
    ScheduledRun,
    Slot,
    TerminatedJob,
)
from barque.director.watchdog import Watchdog
from barque.domain.ids import JobId
from barque.domain.job import JobStatus
from barque.errors import BarqueError, ConfigError
from barque.transport.dial import dial
from barque.wire.messages.job import MessageType

log = logging.getLogger(__name__)

REMEMBERED: Final = 10
"""Jobs that ended and are shown by ``status director``."""

CANCEL_GRACE: Final = 30.0
"""Second; a cancelled job's daemons get so long to end it before the connections are cut."""


MOUNT_CHECK: Final = 0.5
"""Second; how often ``wait mount`` looks."""

_WANTS_VOLUME: Final = {JobStatus.WAIT_MEDIA, JobStatus.WAIT_MOUNT}


class RunningDirector:
    """Everything of the Director that lives as long as its process."""

    def __init__(
        self,
        config: DirectorConfig,
        identity: DaemonIdentity,
        *,
        load: Callable[[Sequence[Source]], DirectorConfig],
        now: Callable[[], float] = time.time,
        dial: Dial = dial,
    ) -> None:
        self._config = config
        self._identity = identity
        self._load = load
        self.now = now
        self._dial = dial
        self._started_at = now()
        self._catalogs: dict[str, Catalog] = {}
        self._lock = threading.RLock()
        self._working = Path(config.director.working_directory)
        self._messages = ConsoleMessages(self._working / f"{config.director.name}.conmsg")
        self._daemon_log = self._new_daemon_log(config)
        self._debug = DebugLog(self._working / f"{config.director.name}.trace")
        self._terminated: deque[TerminatedJob] = deque(maxlen=REMEMBERED)
        self._consoles: list[float] = []
        self._disabled: dict[tuple[str, str], bool] = {}
        self.clients = ClientPool(now)
        self.queue = JobQueue(lambda: int(self.config.director.maximum_concurrent_jobs), now)
        self._starter = JobStarter(self)
        self._browsable = Browsable()
        self._scheduler = Scheduler(
            lambda: self.config, self._starter.run_scheduled, self.may_run, datetime.now
        )
        self._watchdog = Watchdog(self.queue.jobs, self._end_overdue, now)
        self._jobs_run = 0

    def _new_daemon_log(self, config: DirectorConfig) -> JobLog:
        return JobLog(
            0,
            destinations_of(config.director.messages),
            self._messages,
            timestamp=config.director.log_timestamp_format,
        )

    # life

    def start(self) -> None:
        """Open the catalogs, bring them up to date and begin to run jobs; raises CatalogError."""
        self._synchronise(self._config, first=True)
        self.queue.start()
        self._scheduler.start()
        self._watchdog.start()

    def stop(self) -> None:
        """End: running jobs are cancelled, catalogs closed."""
        self._scheduler.stop()
        self._watchdog.stop()
        for job in self.queue.jobs():
            self.cancel_job(job.job_id)
            job.abort_links()
        self.queue.wait_for(None, CANCEL_GRACE)
        self.queue.stop()
        self._browsable.stop()
        self._daemon_log.close(JobStatus.TERMINATED)
        for catalog in self._catalogs.values():
            catalog.close()

    def _synchronise(self, config: DirectorConfig, *, first: bool) -> None:
        for resource in config.catalogs.values():
            catalog = self.catalog(resource)
            lost = catalog.jobs.end_unfinished() if first else 0
            if lost:
                self.warn(f"{lost} jobs that an earlier run left unfinished are marked as failed")
            synchronise(catalog, config, resource)

    # what consoles see

    @property
    def config(self) -> DirectorConfig:
        """The configuration in force."""
        return self._config

    @property
    def identity(self) -> DaemonIdentity:
        """Version and system of this Director."""
        return self._identity

    @property
    def started_at(self) -> float:
        """When the Director started, Unix seconds."""
        return self._started_at

    @property
    def jobs_run(self) -> int:
        """Jobs that ended since then."""
        return self._jobs_run

    def catalog(self, resource: CatalogResource) -> Catalog:
        """Return the open catalog of *resource*. Raises CatalogError."""
        with self._lock:
            catalog = self._catalogs.get(resource.name)
            if catalog is None:
                catalog = open_catalog(source_for(resource, self._working))
                self._catalogs[resource.name] = catalog
            return catalog

    def audit(self, text: str) -> None:
        """Note what a console did."""
        if self.config.director.auditing:
            self._say(MessageType.AUDIT, text)

    def warn(self, text: str) -> None:
        """Put a warning among the messages for consoles."""
        self._say(MessageType.WARNING, f"Warning: {text.rstrip()}\n")

    def note_security(self, text: str) -> None:
        """Note a connection that was refused."""
        log.warning("%s", text)
        self._say(MessageType.SECURITY, f"Security violation: {text}\n")

    def _say(self, kind: MessageType, text: str) -> None:
        name = self.config.director.name
        self._daemon_log.write(kind, f"{name} JobId 0: {text}", self.now())

    def messages_pending(self) -> bool:
        """Tell whether messages wait for a console."""
        return self._messages.pending

    def take_messages(self) -> Iterator[bytes]:
        """Yield the waiting messages, line by line; they are gone afterwards."""
        for line in self._messages.take():
            yield line.encode("utf-8", "surrogateescape")

    @contextmanager
    def console_connected(self) -> Iterator[None]:
        """Count a console while it is connected."""
        since = self.now()
        with self._lock:
            self._consoles.append(since)
        try:
            yield
        finally:
            with self._lock:
                self._consoles.remove(since)

    def connected_consoles(self) -> Sequence[float]:
        """Return since when each console is connected, Unix seconds."""
        with self._lock:
            return list(self._consoles)

    def connected_clients(self) -> Sequence[ConnectedClient]:
        """Return File Daemons that dialled in."""
        return self.clients.connected()

    # jobs

    def run_job(self, request: RunRequest, console: ConsoleIdentity) -> JobId:
        """Put a job into the queue. Raises JobError when it cannot be."""
        del console
        kind = request.job.type
        if kind is not None and kind not in BODIES:
            raise unsupported(kind)
        return self._starter.start(request, "User").job_id

    def client_connected(self, name: str) -> None:
        """Start what is to be started when a client comes by itself."""
        self._starter.client_connected(name)

    def context(self, resource: CatalogResource) -> JobContext:
        """Return what a job with this Catalog needs."""
        return JobContext(
            self.config,
            self.catalog(resource),
            self.identity,
            self.now,
            self.clients,
            dial=self._dial,
            running=lambda: [job.job_id for job in self.queue.jobs()],
            debug_level=lambda: self._debug.level,
        )

    def log_factory(self, resource: CatalogResource) -> LogFactory:
        """Return what makes the logs of jobs with this Catalog."""

        def make(job_id: JobId, job: Job) -> LogSink:
            return JobLog(
                job_id,
                destinations_of(job.messages),
                self._messages,
                catalog=self.catalog(resource).log,
                expand=lambda command, recipients: self._expand_mail(job_id, command, recipients),
                timestamp=self.config.director.log_timestamp_format,
            )

        return make

    def _expand_mail(self, job_id: int, command: str, recipients: str) -> str:
        job = self.queue.find(job_id)
        return expand(command, job, recipients=recipients) if job else command

    def run_script_command(self, command: str) -> str:
        """Run a console command of a run script and return what it prints; raises CommandError."""
        return ScriptConsole(self).run(command)

    def run_own_command(self, command: str) -> str:
        """Run a console command with all rights and return what it prints; raises CommandError."""
        return ScriptConsole(self, in_script=False).run(command)

    def make_browsable(self, job: ActiveJob, catalog: Catalog) -> None:
        """Have the directories of a backup that ended noted in *catalog*."""
        self._browsable.add(job, catalog)

    def remember(self, job: ActiveJob) -> None:
        """Keep a job that ended for the status page."""
        totals = job.totals
        with self._lock:
            self._jobs_run += 1
            self._terminated.append(
                TerminatedJob(
                    job_id=job.job_id,
                    job=job.unique_name,
                    type=job.type,
                    level=job.level,
                    status=job.status,
                    files=totals.files,
                    bytes=totals.bytes,
                    errors=totals.errors,
                    ended_at=job.ended_at,
                )
            )

    def running_jobs(self) -> Sequence[RunningJob]:
        """Return jobs that did not end, in the order of their start."""
        return [_shown(job) for job in self.queue.jobs()]

    def scheduled_runs(self, days: int) -> Sequence[ScheduledRun]:
        """Return what the Schedules start within *days*, the next first."""
        start = datetime.fromtimestamp(self.now())  # noqa: DTZ006 - schedules are in local time
        return list(scheduled_runs(self.config, self.may_run, start, days))

    def next_volume(self, run: ScheduledRun) -> str:
        """Return the Volume that *run* would write to now; empty when there is none."""
        client = run.job.client
        pool = run.pool
        resource = (
            (pool.catalog if pool else None)
            or run.job.catalog
            or (client.catalog if client else None)
            or next(iter(self.config.catalogs.values()))
        )
        return next_volume(run, self.catalog(resource), self.now)

    def terminated_jobs(self) -> Sequence[TerminatedJob]:
        """Return the latest jobs that ended, oldest first."""
        with self._lock:
            return list(self._terminated)

    def cancel_job(self, job_id: JobId) -> Answer:
        """Cancel a job here and at its daemons; one whose end is recorded stays as it is."""
        job = self.queue.find(job_id)
        if job is None or job.ended_at:
            return Answer([f"JobId {job_id} is not running.\n"], ok=False)
        job.cancelled.set()
        job.set_status(JobStatus.CANCELED)
        self.queue.wake()
        lines = DaemonCalls(self._any_context(job)).cancel(job)
        grace = threading.Timer(CANCEL_GRACE, job.abort_links)
        grace.daemon = True
        grace.start()
        return Answer(lines)

    def _end_overdue(self, job: ActiveJob, reason: str) -> None:
        job.set_status(JobStatus.CANCELED)
        job.say(MessageType.FATAL, reason, self.now())
        self.cancel_job(job.job_id)

    def _any_context(self, job: ActiveJob | None = None) -> JobContext:
        default = next(iter(self.config.catalogs.values()))
        return self.context((job.catalog_resource if job else None) or default)

    def limit_bandwidth(self, job_id: JobId, limit: int) -> Answer:
        """Set the rate of a running job, byte/s; 0 lifts it."""
        job = self.queue.find(job_id)
        if job is None:
            return Answer([f"JobId {job_id} is not running.\n"], ok=False)
        return DaemonCalls(self._any_context(job)).limit_bandwidth(job, limit)

    def wait_for_jobs(self, job_id: JobId | None, timeout: float) -> bool:
        """Wait until *job_id*, or every job, ended; False when *timeout* (s) came first."""
        return self.queue.wait_for(job_id, timeout)

    def wait_for_mount(self, timeout: float) -> bool:
        """Wait until a job needs a Volume; False when *timeout* (s) came first."""
        deadline = time.monotonic() + timeout
        while not any(job.status in _WANTS_VOLUME for job in self.queue.jobs()):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(MOUNT_CHECK, left))
        return True

    def is_enabled(self, resource: Job | Client | Storage | Schedule) -> bool:
        """Tell whether *resource* may be used; consoles switch that until the next reload."""
        key = (type(resource).__name__, resource.name)
        return self._disabled.get(key, bool(resource.enabled))

    def set_enabled(self, resource: Job | Client | Storage | Schedule, *, enabled: bool) -> None:
        """Switch a resource on or off until the next reload."""
        self._disabled[type(resource).__name__, resource.name] = enabled
        self.queue.wake()

    def may_run(self, job: Job) -> bool:
        """Tell whether the job, its Schedule and its Client are enabled."""
        schedule = job.schedule
        return (
            self.is_enabled(job)
            and (schedule is None or self.is_enabled(schedule))
            and (job.client is None or self.is_enabled(job.client))
        )

    # state

    def reload(self) -> bool:
        """Read the configuration again; False when it has mistakes, and the old one stays."""
        try:
            config = self._load(())
            self._synchronise(config, first=False)
        except BarqueError as error:
            self._refuse_reload(error)
            return False
        with self._lock:
            self._config = config
            self._disabled.clear()
            old, self._daemon_log = self._daemon_log, self._new_daemon_log(config)
        old.close(JobStatus.TERMINATED)
        self.clients.forget()
        self.queue.wake()
        return True

    def _refuse_reload(self, error: BarqueError) -> None:
        log.error("reload: %s", error)
        told = f"{error}\n"
        if isinstance(error, ConfigError):
            told = format_config_errors(error, "bareos-dir")
            for mistake in (error, *error.others):
                if mistake.exit_code == EXIT_START:
                    self._say(MessageType.FATAL, f"Fatal error: {mistake.message}\n")
        self._say(MessageType.ERROR, f"Error: Please correct the configuration: {told}")

    def set_debug(
        self, level: int | None = None, *, trace: bool | None = None, timestamp: bool | None = None
    ) -> DebugSettings:
        """Change what is written for debugging; None leaves it as it is."""
        try:
            return self._debug.change(level, trace=trace, timestamp=timestamp)
        except OSError as error:
            raise BarqueError(f"the trace file cannot be written: {error.strerror}") from None

    def set_address(self, client: Client, address: str) -> None:
        """Look for *client* at another address until the next reload."""
        self.clients.set_address(client.name, address)

    def add_resource(self, path: Path, text: str) -> None:
        """Check the configuration with *text* as one more file, write it there, and use it.

        Raises ConfigError, also when there is such a file already.
        """
        with self._lock:
            config = self._load([Source(str(path), text)])
            config.mark_added({*self._config.added_paths, str(path)})
            self._synchronise(config, first=False)
            write_new(path, text)
            self._config = config
        self.queue.wake()

    def plan_restore(self, selection: RestoreSelection, catalog: CatalogResource) -> RestorePlan:
        """Write the bootstrap file for *selection*. Raises JobError."""
        return write_restore_bootstrap(selection, self.catalog(catalog), self.config, self._working)

    # other daemons

    def client_status(self, client: Client, option: str) -> Iterator[str]:
        """Yield the File Daemon's status text; *option* empty means all of it."""
        return self._calls().client_status(client, option)

    def storage_status(self, storage: Storage, option: str) -> Iterator[str]:
        """Yield the Storage Daemon's status text."""
        return self._calls().storage_status(storage, option)

    def client_command(self, client: Client, command: str) -> Answer:
        """Send one line to a File Daemon and return its answer."""
        return self._calls().client_command(client, command)

    def storage_command(self, storage: Storage, command: str) -> Answer:
        """Send one line to a Storage Daemon and return its answer."""
        return self._calls().storage_command(storage, command)

    def label_volume(self, request: LabelRequest) -> Answer:
        """Label a Volume."""
        return self._calls().label(request)

    def estimate(self, request: RunRequest, *, listing: bool) -> Iterator[str]:
        """Yield the File Daemon's answer to a dry run."""
        return self._calls().estimate(request, listing=listing)

    def slots(self, storage: Storage) -> Sequence[Slot]:
        """Return what is in an autochanger."""
        return self._calls().slots(storage)

    def _calls(self) -> DaemonCalls:
        return DaemonCalls(self._any_context())


def _shown(job: ActiveJob) -> RunningJob:
    totals = job.totals
    return RunningJob(
        job_id=job.job_id,
        job=job.unique_name,
        name=job.resource.name,
        type=job.type,
        level=job.level,
        status=job.status,
        client=job.client.name if job.client else "",
        storage=job.storage.name if job.storage else "",
        pool=job.pool.name if job.pool else "",
        priority=job.priority,
        scheduled_at=job.scheduled_at,
        started_at=job.started_at or job.created_at,
        files=totals.files or totals.seen_files,
        bytes=totals.bytes or totals.seen_bytes,
        errors=totals.errors,
        comment=job.comment,
        plugins=tuple(job.plugins.names) if job.plugins is not None else (),
    )
