"""From a request to a job that may be queued: resources, catalog records, level and Pool.

Source: job semantics, sections 2 to 4.
"""

import itertools
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from barque.catalog.jobs import JobKey
from barque.config.director import Catalog as CatalogResource
from barque.config.director import Job, Pool, Storage
from barque.config.show import show_text
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob, LogSink, Sources
from barque.director.job_targets import choose_targets
from barque.director.level import LevelRules, decide
from barque.director.plugins import JOB_INIT, start_plugins
from barque.director.services import RunRequest
from barque.domain.ids import JobId
from barque.domain.job import JobType, Level
from barque.errors import BarqueError, JobError
from barque.wire.messages.job import MessageType

type LogFactory = Callable[[JobId, Job], LogSink]
"""Makes the log of a job; see :mod:`barque.director.job_log`."""

WITHOUT_LEVEL: Final = frozenset({JobType.RESTORE, JobType.ADMIN, JobType.ARCHIVE})
"""Types of jobs whose Level means nothing."""

WRITES: Final = frozenset({JobType.BACKUP, JobType.COPY, JobType.MIGRATE})
"""Types of jobs that take Volumes from their Pool."""

_NUMBERS = itertools.count(1)
_NUMBERS_LOCK = threading.Lock()


def unique_name(name: str, at: float) -> str:
    """Return a job's unique name; each call takes the next number of this Director."""
    with _NUMBERS_LOCK:
        number = next(_NUMBERS)
    stamp = time.strftime("%Y-%m-%d_%H.%M.%S", time.localtime(at))
    return f"{name.replace(' ', '_')[:100]}.{stamp}_{number:02}"


def catalog_resource_of(
    request: RunRequest, default: CatalogResource
) -> tuple[CatalogResource, str]:
    """Return the job's Catalog, and the report's words for where it comes from."""
    usual, source = _usual_catalog(request, default)
    if request.catalog is not None and request.catalog is not usual:
        return request.catalog, "command line"
    return usual, source


def _usual_catalog(request: RunRequest, default: CatalogResource) -> tuple[CatalogResource, str]:
    job = request.job
    pool = request.pool or job.pool
    client = request.client or job.client
    if pool and pool.catalog:
        return pool.catalog, "Pool resource"
    if job.catalog:
        return job.catalog, "Job resource"
    if client and client.catalog:
        return client.catalog, "Client resource"
    return default, "Default catalog"


@dataclass(frozen=True, slots=True)
class PoolChoice:
    """The Pool of a level, and the report's words for where it comes from."""

    pool: Pool | None
    source: str


def pool_for(level: Level, job: Job, request: RunRequest) -> PoolChoice:
    """Return the Pool for a job at *level*.  Source: job semantics, section 4."""
    if request.pool is not None:
        return PoolChoice(request.pool, request.pool_source or "command line")
    by_level = {
        Level.FULL: (job.full_backup_pool, "Job FullPool override"),
        Level.INCREMENTAL: (job.incremental_backup_pool, "Job IncPool override"),
        Level.DIFFERENTIAL: (job.differential_backup_pool, "Job DiffPool override"),
        Level.VIRTUAL_FULL: (job.virtual_full_backup_pool, "Job VFullPool override"),
    }
    pool, source = by_level.get(level, (None, ""))
    return PoolChoice(pool, source) if pool else PoolChoice(job.pool, "Job resource")


def storage_for(pool: Pool | None, job: Job, request: RunRequest) -> tuple[Storage | None, str]:
    """Return the Storage, and the report's words for where it comes from."""
    if request.storage is not None:
        return request.storage, request.storage_source or "command line"
    if pool is not None and pool.storage:
        return pool.storage[0], "Pool resource"
    if job.storage:
        return job.storage[0], "Job resource"
    return None, "unknown source"


def create_job(
    request: RunRequest,
    context: JobContext,
    log_for: LogFactory,
    *,
    catalog_source: str,
    trigger: str,
) -> ActiveJob:
    """Return a job with its catalog records; raises CatalogError or JobError."""
    resource, now = request.job, context.now()
    if resource.type is None:
        raise JobError(f'Job "{resource.name}" has no Type')
    client = request.restore_client or request.client or resource.client
    scheduled = request.when or now
    name = unique_name(resource.name, now)
    level = Level.NONE if resource.type in WITHOUT_LEVEL else request.level
    client_record = (
        context.catalog.clients.ensure(
            client.name,
            auto_prune=client.auto_prune,
            file_retention=int(client.file_retention),
            job_retention=int(client.job_retention),
        )
        if client
        else None
    )
    job_id = context.catalog.jobs.create(
        job=name,
        name=resource.name,
        type=resource.type,
        level=level,
        client_id=client_record.client_id if client_record else 0,
        sched_time=int(scheduled),
        comment=request.comment,
    )
    job = ActiveJob(
        job_id=job_id,
        unique_name=name,
        resource=resource,
        type=resource.type,
        level=level,
        log=log_for(job_id, resource),
        director=context.director_name,
        client=client,
        fileset=request.fileset or resource.fileset,
        messages=resource.messages,
        catalog_resource=request.catalog,
        priority=request.priority or resource.priority,
        scheduled_at=scheduled,
        created_at=now,
        sources=Sources(catalog=catalog_source),
        trigger=trigger,
        erase_command=context.config.director.secure_erase_command,
        comment=request.comment,
        bootstrap=request.bootstrap,
        plugin_options=request.plugin_options,
        ignores_duplicates=bool(request.ignore_duplicates),
        cloned=request.cloned,
        max_run_sched_time=int(request.max_run_sched_time or resource.max_run_sched_time or 0),
        bandwidth=int(
            resource.maximum_bandwidth or (client.maximum_bandwidth_per_job if client else 0) or 0
        ),
        accurate=resource.accurate if request.accurate is None else request.accurate,
        spool_data=resource.spool_data if request.spool_data is None else request.spool_data,
    )
    if client_record is not None:
        job.client_id = client_record.client_id
        job.client_uname = client_record.uname
    _set_restore(job, request)
    try:
        start_plugins(job, context)
        prepare(job, request, context)
    except BarqueError as error:
        _abandon(job, context, error)
        raise
    if job.plugins is not None and not job.plugins.fatal:
        job.raise_event(JOB_INIT)
    return job


def _abandon(job: ActiveJob, context: JobContext, error: BarqueError) -> None:
    """A job that cannot be queued has a record already: it must not look like one that waits."""
    job.say(MessageType.FATAL, str(error), context.now())
    with suppress(BarqueError):
        context.catalog.jobs.update(job.job_id, job_status=job.status, end_time=int(context.now()))
    if job.plugins is not None:
        job.plugins.close()
    job.log.close(job.status)


def _set_restore(job: ActiveJob, request: RunRequest) -> None:
    resource = job.resource
    job.where = (resource.where if request.where is None else request.where) or ""
    job.regex_where = (
        resource.regex_where if request.regex_where is None else request.regex_where
    ) or ""
    job.replace = request.replace or str(resource.replace or "always")
    job.source_jobs = request.source_jobs
    job.verify_job = request.verify_job or resource.job_to_verify
    if request.selection is not None:
        job.totals.expected_files = request.selection.count
        job.source_jobs = tuple(request.selection.files)


def prepare(job: ActiveJob, request: RunRequest, context: JobContext) -> None:
    """Decide FileSet record, level, Pool and Storage; again when the job waited for its turn."""
    if job.fileset is not None and job.type is JobType.BACKUP:
        record = context.catalog.file_sets.ensure(
            job.fileset.name, job.fileset.md5, show_text(job.fileset), int(context.now())
        )
        job.fileset_id, job.fileset_created = record.file_set_id, record.create_time
        _decide_level(job, request, context)
    choice = pool_for(job.level, job.resource, request)
    job.pool, job.sources.pool = choice.pool, choice.source
    job.storage, job.sources.storage = storage_for(choice.pool, job.resource, request)
    if job.type is JobType.VERIFY and job.level is not Level.VERIFY_VOLUME:
        job.storage = None
    if job.type is JobType.BACKUP and job.level is Level.VIRTUAL_FULL:
        choose_targets(job, request)
    if job.pool is not None and job.type in WRITES:
        record_of_pool = context.catalog.pools.find(job.pool.name)
        if record_of_pool is None:
            raise JobError(f'The catalog has no Pool "{job.pool.name}"; reload the configuration')
        job.pool_id = record_of_pool.pool_id


def _decide_level(job: ActiveJob, request: RunRequest, context: JobContext) -> None:
    rules = LevelRules(
        int(job.resource.max_full_interval or 0),
        int(job.resource.max_virtual_full_interval or 0),
        int(job.resource.max_diff_interval or 0),
        bool(job.resource.rerun_failed_levels),
    )
    key = JobKey(job.resource.name, job.client_id, job.fileset_id)
    if request.since:
        job.since = since_time(request.since)
        job.level_note = f", since={request.since}"
        return
    decision = decide(request.level, key, context.catalog.jobs, rules, int(context.now()))
    job.level, job.since, job.level_note = decision.level, decision.since, decision.note
    job.previous_job, job.previous_job_id = decision.previous_job, decision.previous_job_id
    if decision.messages != job.level_messages:
        for text in decision.messages:
            job.say(MessageType.INFO, text, context.now())
    job.level_messages = decision.messages


def since_time(text: str) -> float:
    """Return the Unix seconds of ``YYYY-MM-DD HH:MM:SS``; raises JobError on anything else."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text):
        raise JobError(f'"{text}" is no time; write YYYY-MM-DD HH:MM:SS')
    try:
        return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M:%S"))
    except (ValueError, OverflowError):
        raise JobError(f'"{text}" is no time; write YYYY-MM-DD HH:MM:SS') from None
