"""Commands about running jobs: ``cancel``, ``wait``, ``rerun``.

Source: console commands, sections 6.2 to 6.4.
"""

from typing import TYPE_CHECKING, Final

from barque.catalog.console_lookups import failed_jobs
from barque.director import resources
from barque.director.catalogs import open_catalog
from barque.director.commands import run
from barque.director.commands.job_selection import select_jobs
from barque.director.parsing import CommandLine, is_number, leading_integer
from barque.director.selection import ask_yes_no
from barque.director.times import sql_time
from barque.director.words import exit_status, level_words, status_words
from barque.domain.ids import JobId
from barque.errors import BarqueError, CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog, JobRecord
    from barque.director.session import ConsoleSession

_HIGHEST: Final = 2**31 - 1
_FOREVER: Final = 10.0 * 365 * 86400
_RERUN_TYPES: Final = frozenset({"B", "c", "g"})


def cancel(session: "ConsoleSession", line: CommandLine) -> bool:
    """Cancel jobs here, or one job at a Storage Daemon alone."""
    if line.value("storage") is not None:
        return _cancel_at_storage(session, line)
    for job in select_jobs(session, line, "cancel"):
        answer = session.director.cancel_job(job.job_id)
        for text in answer.lines:
            session.out.info(text)
    return True


def _cancel_at_storage(session: "ConsoleSession", line: CommandLine) -> bool:
    storage = resources.named_storage(session, line)
    job_id = line.value("jobid")
    if job_id is None:
        session.out.warning("Missing jobid=JobId specification\n")
        return True
    if not is_number(job_id):
        session.out.warning(f"JobId {job_id} not a number\n")
        return True
    try:
        answer = session.director.storage_command(storage, f"cancel Job={leading_integer(job_id)}")
    except BarqueError as error:
        raise CommandError(f"Failed to connect to Storage daemon: {error}") from error
    for text in answer.lines:
        session.out.plain(text)
    return True


def wait(session: "ConsoleSession", line: CommandLine) -> bool:
    """Wait until no job runs, one job ended, or a job waits for a Volume."""
    if not line.arguments:
        session.director.wait_for_jobs(None, _FOREVER)
        return True
    catalog = open_catalog(session, line)
    job_id = 0
    for word in line.arguments:
        keyword = word.keyword.lower()
        if keyword == "mount":
            timeout = leading_integer(line.value("timeout") or "")
            if not session.director.wait_for_mount(timeout or _FOREVER):
                session.out.warning("Wait on mount timed out\n")
            return True
        if keyword in {"jobid", "jobname", "job", "ujobid"}:
            job_id = _job_to_wait_for(session, keyword, word.value or "")
            break
    if job_id <= 0:
        session.out.error("ERR: Job was not found\n")
        return True
    session.director.wait_for_jobs(JobId(job_id), _FOREVER)
    _report_end(session, catalog, job_id)
    return True


def _job_to_wait_for(session: "ConsoleSession", keyword: str, value: str) -> int:
    if keyword == "jobid":
        return leading_integer(value)
    if not value:
        return 0
    for job in session.director.running_jobs():
        if job.job == value or (keyword != "ujobid" and job.job.startswith(value)):
            return job.job_id
    return 0


def _report_end(session: "ConsoleSession", catalog: "Catalog", job_id: int) -> None:
    record = catalog.jobs.get(job_id)
    status = record.job_status if record else "?"
    out = session.out
    with out.object("job"):
        out.pair("jobid", job_id, f"JobId={job_id}\n")
        out.pair("jobstatuslong", status_words(status), f"JobStatus={status_words(status)} ")
        out.pair("jobstatus", status, f"({status})\n")
        out.pair("exitstatus", exit_status(status))


def rerun(session: "ConsoleSession", line: CommandLine) -> bool:
    """Start jobs again with what the catalog remembers of them."""
    catalog = open_catalog(session, line)
    job_ids = _jobs_to_rerun(session, line, catalog)
    return all(_rerun(session, line, catalog, job_id) for job_id in job_ids)


def _jobs_to_rerun(session: "ConsoleSession", line: CommandLine, catalog: "Catalog") -> list[int]:
    """Return the jobs that *line* selects. Raises CommandError, PromptDeclinedError."""
    named = line.value("jobid")
    since = leading_integer(line.value("since_jobid") or "")
    days = leading_integer(line.value("days") or "")
    hours = leading_integer(line.value("hours") or "")
    if named is None and not (since or days or hours):
        raise CommandError("Please specify jobid, since_jobid, hours or days", plain=True)
    if named is not None:
        for part in named.split(","):
            if not is_number(part):
                raise CommandError(f'Specified jobid "{part}" is not valid', plain=True)
        if since:
            raise CommandError(
                "Please specify either jobid or since_jobid (and optionally until_jobid)",
                plain=True,
            )
        if days or hours:
            raise CommandError("Please specify either jobid or a timeframe", plain=True)
        return [leading_integer(part) for part in named.split(",")]
    return _failed_jobs(session, line, catalog, since)


def _failed_jobs(
    session: "ConsoleSession", line: CommandLine, catalog: "Catalog", since: int
) -> list[int]:
    out = session.out
    if since:
        until = leading_integer(line.value("until_jobid") or "") or _HIGHEST
        job_ids = failed_jobs(catalog.store, first=since, last=min(until, _HIGHEST))
    else:
        days, hours = line.value("days") or "", line.value("hours") or ""
        back = leading_integer(days) * 86400 + leading_integer(hours) * 3600
        start = sql_time(max(session.director.now() - back, 1.0))
        job_ids = failed_jobs(catalog.store, after=start)
    if not job_ids:
        out.plain("No jobids with the specified options were found.\n")
        return []
    out.plain("The following ids were selected for rerun:\n")
    for number, job_id in enumerate(job_ids):
        out.plain(f",{job_id}" if number else str(job_id))
    out.plain("\n")
    if not line.yes and not ask_yes_no(session, "rerun these jobids? (yes/no): "):
        raise CommandError
    return job_ids


def _rerun(session: "ConsoleSession", line: CommandLine, catalog: "Catalog", job_id: int) -> bool:
    session.out.plain(f"rerunning jobid {job_id}\n")
    record = catalog.jobs.get(job_id)
    if record is None:
        session.director.warn(f"Error getting Job record for Job rerun: no JobId {job_id}\n")
        return False
    if record.type not in _RERUN_TYPES:
        return True
    text = _command_for(session, catalog, record)
    return run.start(session, CommandLine.parse(text + (" yes" if line.yes else "")))


def _command_for(session: "ConsoleSession", catalog: "Catalog", record: "JobRecord") -> str:
    """Return the ``run`` command that repeats the job of *record*."""
    words = [f'run job="{record.name}"']
    if record.level.strip():
        words.append(f'level="{level_words(record.level)}"')
    if record.client_id and (client := catalog.clients.get(record.client_id)):
        words.append(f'client="{client.name}"')
    if record.pool_id and (pool := catalog.pools.get(record.pool_id)):
        job = resources.find(session, resources.JOB, record.name)
        if record.type == "B" and record.level != "f":
            words.append(f'pool="{pool.name}"')
        else:
            if job is not None and job.pool is not None:
                words.append(f'pool="{job.pool.name}"')
            words.append(f'nextpool="{pool.name}"')
    if record.file_set_id and (fileset := catalog.file_sets.get(record.file_set_id)):
        words.append(f'fileset="{fileset.file_set}"')
    words.append(f'when="{sql_time(session.director.now())}"')
    return " ".join(words)
