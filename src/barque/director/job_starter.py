"""From a request to a job in the queue, and again after a failure.

Source: job semantics, sections 2, 5, 7 and 9 ("Clones").
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from barque.catalog import Catalog
from barque.config.director import Catalog as CatalogResource
from barque.config.director import Job
from barque.config.load import DirectorConfig
from barque.config.run import Run
from barque.director.clones import start_clones
from barque.director.duplicates import judge
from barque.director.job_context import JobContext
from barque.director.job_queue import JobQueue
from barque.director.job_runner import run_job
from barque.director.job_setup import LogFactory, catalog_resource_of, create_job, prepare
from barque.director.job_state import ActiveJob
from barque.director.plan import request_of
from barque.director.reschedule import Again, again, renew, say_when
from barque.director.services import Answer, RestorePlan, RestoreSelection, RunRequest
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.errors import BarqueError
from barque.wire.messages.job import MessageType

log = logging.getLogger(__name__)


class Host(Protocol):
    """What the Director gives to the jobs that it starts."""

    queue: JobQueue

    @property
    def config(self) -> DirectorConfig:
        """The configuration in force."""

    @property
    def now(self) -> Callable[[], float]:
        """Unix seconds."""

    def context(self, resource: CatalogResource) -> JobContext:
        """Return what a job with this Catalog needs."""

    def log_factory(self, resource: CatalogResource) -> LogFactory:
        """Return what makes the logs of jobs with this Catalog."""

    def run_script_command(self, command: str) -> str:
        """Run a console command of a run script and return what it prints; raises CommandError."""

    def run_own_command(self, command: str) -> str:
        """Run a console command with all rights and return what it prints; raises CommandError."""

    def plan_restore(self, selection: RestoreSelection, catalog: CatalogResource) -> RestorePlan:
        """Write the bootstrap file for *selection*."""

    def cancel_job(self, job_id: JobId) -> Answer:
        """Cancel a job here and at the daemons it talks to."""

    def remember(self, job: ActiveJob) -> None:
        """Keep a job that ended for the status page."""

    def make_browsable(self, job: ActiveJob, catalog: Catalog) -> None:
        """Have the directories of a backup that ended noted in *catalog*."""

    def may_run(self, job: Job) -> bool:
        """Tell whether the job, its Schedule and its Client are enabled."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A job with what it was asked for."""

    job: ActiveJob
    request: RunRequest
    context: JobContext
    trigger: str


class JobStarter:
    """Puts jobs into the queue."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._began = host.now()
        self._lock = threading.Lock()

    def start(self, request: RunRequest, trigger: str, *, tries: int = 0) -> ActiveJob:
        """Create the job and queue it; raises BarqueError when that cannot be."""
        host = self._host
        default = next(iter(host.config.catalogs.values()))
        resource, source = catalog_resource_of(request, default)
        request = replace(request, catalog=resource)
        context = host.context(resource)
        job = create_job(
            request,
            context,
            host.log_factory(resource),
            catalog_source=source,
            trigger=trigger,
        )
        job.tries = tries
        if request.selection is not None and not job.bootstrap:
            job.bootstrap = host.plan_restore(request.selection, resource).bootstrap
        self._queue(_Order(job, request, context, trigger), request.when)
        if job.type is JobType.BACKUP and not job.cancelled.is_set():
            start_clones(job, host.run_own_command, host.now)
        return job

    def run_scheduled(self, job: Job, run: Run, at: datetime) -> None:
        """Start what a Schedule says, but not again what it said before the Director's restart."""
        request = request_of(job, run, at)
        if request.when < self._began:
            catalog = self._catalog(request)
            if catalog.jobs.was_scheduled(job.name, int(request.when)):
                return
        self.start(request, "Scheduler")

    def client_connected(self, name: str) -> None:
        """Start the jobs of a client that came by itself, where their interval is over."""
        for job in self._host.config.jobs.values():
            if job.client is None or job.client.name != name or not self._host.may_run(job):
                continue
            interval = int(job.run_on_incoming_connect_interval or 0)
            if not interval:
                continue
            try:
                if self._is_due(job, interval):
                    self.start(default_request(job), "Client")
            except BarqueError as error:
                log.error("job %s could not be started: %s", job.name, error)  # noqa: TRY400 - the text says it

    def _is_due(self, job: Job, interval: int) -> bool:
        if any(active.resource.name == job.name for active in self._host.queue.jobs()):
            return False
        catalog = self._catalog(default_request(job))
        client = catalog.clients.find(job.client.name) if job.client else None
        last = catalog.jobs.last_start(job.name, client.client_id) if client else 0
        return self._host.now() - last >= interval

    def _catalog(self, request: RunRequest) -> Catalog:
        default = next(iter(self._host.config.catalogs.values()))
        resource, _ = catalog_resource_of(request, default)
        return self._host.context(resource).catalog

    def _queue(self, order: _Order, when: float) -> None:
        host, job = self._host, order.job
        late = when > host.now()
        if late:
            seconds = int(when - host.now())
            job.say(
                MessageType.INFO,
                f"Job {job.unique_name} waiting {seconds} seconds for scheduled start time.",
                host.now(),
            )
        with self._lock:
            verdict = judge(job, host.queue.jobs())
            if verdict.refused:
                job.set_status(JobStatus.CANCELED)
                job.cancelled.set()
                job.say(MessageType.FATAL, verdict.refused, host.now())
            host.queue.put(job, lambda: self._run(order), not_before=when if late else 0.0)
        if verdict.cancel is not None:
            duplicate = verdict.cancel.job_id
            job.say(MessageType.INFO, f"Cancelling duplicate JobId={duplicate}.", host.now())
            host.cancel_job(duplicate)

    def _run(self, order: _Order) -> None:
        host, job = self._host, order.job
        plan: list[Again] = []

        def decide_again() -> None:
            if job.type is JobType.BACKUP:
                prepare(job, order.request, order.context)

        def at_end() -> None:
            found = again(job, host.now())
            if found is not None:
                say_when(job, found, host.now)
                plan.append(found)

        run_job(job, order.context, host.run_script_command, prepare=decide_again, at_end=at_end)
        host.remember(job)
        host.make_browsable(job, order.context.catalog)
        for found in plan:
            self._again(order, found)

    def _again(self, order: _Order, found: Again) -> None:
        job, catalog = order.job, order.context.catalog
        try:
            kept = catalog.job_media.pieces(job.job_id) or catalog.chains.have_files([job.job_id])
            if not found.same_record or kept:
                request = replace(order.request, when=found.at)
                self.start(request, order.trigger, tries=job.tries + 1)
                return
            renew(job, found.at)
            catalog.jobs.update(
                job.job_id, job_status=JobStatus.CREATED, sched_time=int(found.at), end_time=0
            )
            self._queue(order, found.at)
        except BarqueError as error:
            log.error("job %s cannot run again: %s", job.unique_name, error)  # noqa: TRY400 - the text says it


def default_request(job: Job) -> RunRequest:
    """Return the request for *job* as its resource says."""
    return RunRequest(job=job, level=job.level or Level.INCREMENTAL, priority=int(job.priority))
