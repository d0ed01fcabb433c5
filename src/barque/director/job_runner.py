"""One job from its turn to its report.

Source: job semantics, section 2.
"""

import logging
import traceback
from collections.abc import Callable
from typing import Final

from barque.catalog.jobs import JobEnd, JobStart
from barque.config.keywords import ScriptWhen
from barque.director.autoprune import prune_after
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.jobs.admin import run_admin
from barque.director.jobs.backup import run_backup
from barque.director.jobs.restore import run_restore
from barque.director.jobs.verify import run_verify
from barque.director.jobs.virtual_full import forget_sources, run_virtual_full
from barque.director.plugins import JOB_END, JOB_RUN
from barque.director.report import (
    VolumeSummary,
    admin_report,
    backup_report,
    restore_report,
    verify_report,
)
from barque.director.runscripts import ConsoleRunner, run_scripts
from barque.director.watchdog import overdue
from barque.director.write_bootstrap import write_bootstrap
from barque.domain.job import ENDED_GOOD, JobStatus, JobType, Level
from barque.errors import BarqueError, JobError
from barque.wire.messages.job import MessageType

log = logging.getLogger(__name__)

type Body = Callable[[ActiveJob, JobContext], None]
"""What a job of one type does."""

BODIES: Final[dict[JobType, Body]] = {
    JobType.BACKUP: run_backup,
    JobType.RESTORE: run_restore,
    JobType.VERIFY: run_verify,
    JobType.ADMIN: run_admin,
    JobType.ARCHIVE: run_admin,
}
"""Types of jobs that can be run."""

_NEVER_WITH_WARNINGS: Final = frozenset({JobType.ADMIN, JobType.ARCHIVE})
"""Types of jobs that end well or badly, whatever their scripts say."""


def unsupported(kind: JobType) -> JobError:
    """Return the error for jobs of a type that cannot be run."""
    name = kind.name.capitalize()
    return JobError(f"Jobs of the kind {name} are not supported by this version of barque")


def run_job(
    job: ActiveJob,
    context: JobContext,
    console: ConsoleRunner,
    *,
    prepare: Callable[[], None] = lambda: None,
    at_end: Callable[[], None] = lambda: None,
) -> None:
    """Run *job* and leave its report; never raises.

    *prepare* decides once more what depends on jobs that ran in the meantime; *at_end* may still
    write into the job's log.
    """
    try:
        _start(job, context, prepare)
        _work(job, context, console)
    except JobError as error:
        _fail(job, context, str(error), JobStatus(error.status))
    except BarqueError as error:
        _fail(job, context, str(error), JobStatus.FATAL_ERROR)
    except Exception:
        log.exception("job %s failed", job.unique_name)
        _fail(job, context, traceback.format_exc().strip(), JobStatus.FATAL_ERROR)
    finally:
        _end(job, context, console, at_end)


def _start(job: ActiveJob, context: JobContext, prepare: Callable[[], None]) -> None:
    identity = context.identity
    job.started_at = context.now()
    if job.cancelled.is_set():
        raise JobError("it had not started.", status=JobStatus.CANCELED)
    late = overdue(job, job.started_at)
    if late:
        raise JobError(late, status=JobStatus.CANCELED)
    job.running_since = job.started_at
    job.set_status(JobStatus.RUNNING)
    version = f"Version: {identity.version} ({identity.date}) {identity.system}"
    job.say(MessageType.INFO, version, job.started_at)
    _begin_after_the_last(job, context)
    prepare()
    _record_start(job, context)


def _begin_after_the_last(job: ActiveJob, context: JobContext) -> None:
    """Let a backup start in a later second than the one in which the client's last one ended.

    Restores put jobs in order by these times, which are whole seconds: within one second a job
    would not count as later.
    """
    if job.type is not JobType.BACKUP or not job.client_id:
        return
    last = context.catalog.jobs.last_backup_of_client(job.client_id)
    after = max(last.end_time, last.job_tdate) + 1 if last else 0
    if 0 < after - job.started_at <= 1:
        job.cancelled.wait(after - job.started_at)
        job.started_at = max(context.now(), float(after))


def _record_start(job: ActiveJob, context: JobContext) -> None:
    context.catalog.jobs.start(
        job.job_id,
        JobStart(
            level=job.level,
            start_time=int(job.started_at),
            client_id=job.client_id,
            pool_id=job.pool_id,
            file_set_id=job.fileset_id,
        ),
    )


def _work(job: ActiveJob, context: JobContext, console: ConsoleRunner) -> None:
    _check_plugins(job)
    if run_scripts(job, ScriptWhen.BEFORE, context.now, console):
        # what the scripts made belongs to this job, not to the next one again
        job.started_at = max(job.started_at, context.now())
        _record_start(job, context)
    job.raise_event(JOB_RUN)
    _check_plugins(job)
    body = BODIES.get(job.type)
    if body is None:
        raise unsupported(job.type)
    if job.type is JobType.BACKUP and job.level is Level.VIRTUAL_FULL:
        body = run_virtual_full
    body(job, context)
    _judge(job)


def _check_plugins(job: ActiveJob) -> None:
    if job.plugins is not None and job.plugins.fatal:
        raise JobError("a plugin of the Director does not let the job run")


def _judge(job: ActiveJob) -> None:
    """Combine what the daemons said into the job's own status; the File Daemon's word is first."""
    for status in (job.client_status, job.storage_status):
        if status is not None and status not in ENDED_GOOD:
            alone = status is JobStatus.CANCELED and not job.cancelled.is_set()
            job.set_status(JobStatus.ERROR_TERMINATED if alone else status)
    totals = job.totals
    clean = not (totals.errors or totals.storage_errors or totals.warnings)
    tells = job.type not in _NEVER_WITH_WARNINGS
    job.set_status(JobStatus.WARNINGS if tells and not clean else JobStatus.TERMINATED)


def _fail(job: ActiveJob, context: JobContext, text: str, status: JobStatus) -> None:
    if job.cancelled.is_set():
        job.set_status(JobStatus.CANCELED)
        job.say(MessageType.INFO, f"The job was canceled: {text}", context.now())
        return
    job.set_status(status)
    job.say(MessageType.FATAL, text, context.now())


def _end(
    job: ActiveJob, context: JobContext, console: ConsoleRunner, at_end: Callable[[], None]
) -> None:
    try:
        _close(job, context, console, at_end)
    except Exception:
        log.exception("the end of job %s failed", job.unique_name)
    finally:
        job.ended.set()


def _close(
    job: ActiveJob, context: JobContext, console: ConsoleRunner, at_end: Callable[[], None]
) -> None:
    try:
        _finish(job, context)
    except BarqueError as error:
        text = f"the end of the job could not be recorded: {error}"
        _fail(job, context, text, JobStatus.FATAL_ERROR)
    try:
        forget_sources(job, context)
        if job.status in ENDED_GOOD:
            prune_after(job, context)
        run_scripts(job, ScriptWhen.AFTER, context.now, console)
        at_end()
    except BarqueError as error:
        job.say(MessageType.ERROR, str(error), context.now())
    finally:
        try:
            _close_plugins(job)
        finally:
            job.log.close(job.status)


def _close_plugins(job: ActiveJob) -> None:
    if job.plugins is not None:
        job.plugins.event(JOB_END)
        job.plugins.close()


def _finish(job: ActiveJob, context: JobContext) -> None:
    job.ended_at = context.now()
    job.started_at = job.started_at or job.ended_at
    if not job.finished:
        job.set_status(JobStatus.ERROR_TERMINATED)
    _record_end(job, context)
    _take_over_times(job, context)
    report = _report(job, context)
    bad = job.status in {JobStatus.ERROR_TERMINATED, JobStatus.FATAL_ERROR}
    job.say_report(MessageType.ERROR if bad else MessageType.INFO, report, job.ended_at)
    if job.type is JobType.BACKUP:
        write_bootstrap(job, context)


def _record_end(job: ActiveJob, context: JobContext) -> None:
    totals = job.totals
    context.catalog.jobs.end(
        job.job_id,
        JobEnd(
            job_status=job.status,
            level=job.recorded_level or job.level,
            end_time=int(job.ended_at),
            real_end_time=int(job.ended_at),
            client_id=job.client_id,
            pool_id=job.pool_id,
            file_set_id=job.fileset_id,
            job_files=totals.files,
            job_bytes=totals.bytes,
            read_bytes=totals.read_bytes,
            job_errors=totals.errors,
            vol_session_id=job.session_id,
            vol_session_time=job.session_time,
        ),
    )


def _take_over_times(job: ActiveJob, context: JobContext) -> None:
    """Data that was moved is as old as it was before; only RealEndTime tells when it was moved."""
    times = job.copied_times
    if times is None or job.status not in ENDED_GOOD:
        return
    context.catalog.jobs.update(
        job.job_id, start_time=times.start, end_time=times.end, job_tdate=times.tdate
    )
    job.started_at, job.ended_at = float(times.start), float(times.end)


def _report(job: ActiveJob, context: JobContext) -> str:
    match job.type:
        case JobType.BACKUP:
            volumes = context.catalog.volumes.of_job(job.job_id)
            names = "|".join(volume.volume_name for volume in volumes)
            last = volumes[-1].vol_bytes if volumes else 0
            return backup_report(job, context.identity, VolumeSummary(names, last))
        case JobType.RESTORE:
            return restore_report(job, context.identity)
        case JobType.VERIFY:
            return verify_report(job, context.identity)
        case _:
            return admin_report(job, context.identity)
