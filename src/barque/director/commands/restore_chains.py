"""The chains of jobs that hold the state of a moment.

Source: console commands, section 7.2.
"""

from collections.abc import Callable

from barque.catalog import console_queries as queries
from barque.director import resources
from barque.director.commands.list_request import show
from barque.director.commands.restore_wanted import Wanted
from barque.director.parsing import is_name
from barque.director.records import choose_client_record
from barque.director.selection import ask_yes_no, choose_name
from barque.director.times import parse_sql_time, sql_time
from barque.domain.ids import JobId
from barque.domain.job import JobType
from barque.errors import CommandError, PromptDeclinedError


def with_dependencies(wanted: Wanted, job_ids: list[int]) -> list[int]:
    """Return the jobs that hold the state at the time of *job_ids*."""
    found: list[int] = []
    for job_id in job_ids:
        if job_id == 0:
            raise CommandError("0 is not a valid jobid")
        job = wanted.catalog.jobs.get(job_id)
        if job is None:
            raise _unknown(job_id)
        start = sql_time(job.start_time) if job.start_time else ""
        wanted.session.out.plain(f"Selecting jobs to build the Full state at {start}\n")
        found += wanted.catalog.chains.of_job(job_id)
    return list(dict.fromkeys(found))


def newest_backup(wanted: Wanted, before: str) -> list[int]:
    """Return the jobs of the newest backup of a client, and show them."""
    session, catalog, out = wanted.session, wanted.catalog, wanted.session.out
    wanted.client = choose_client_record(session, wanted.line, catalog)
    fileset = _fileset(wanted)
    pool_id = 0
    if wanted.pool is not None:
        pool = catalog.pools.find(wanted.pool.name)
        if pool is None:
            out.warning(f'Pool "{wanted.pool.name}" not found, using any pool.\n')
        pool_id = pool.pool_id if pool else 0
    until = int(parse_sql_time(before) or 0)
    if before == wanted.before and wanted.line.value("before") is None:
        until += 1  # now: a job that started and ended within this second counts

    def chain(job_type: str) -> list[int]:
        assert wanted.client is not None
        return list(
            catalog.chains.for_restore(
                wanted.client.client_id, fileset, until, pool_id=pool_id, job_type=job_type
            )
        )

    job_ids = chain(wanted.job_type)
    if not job_ids:
        _explain_missing_full(wanted, before, chain)
    if wanted.line.has("copies"):
        job_ids = _copies(wanted, job_ids)
    with session.out.array("query"):
        show(session, queries.jobs_on_volumes(catalog.store, job_ids), long=False)
    return job_ids


def _explain_missing_full(wanted: Wanted, before: str, chain: Callable[[str], list[int]]) -> None:
    is_archive = wanted.job_type == JobType.ARCHIVE
    out = wanted.session.out
    out.error(f"No Full backup{' archive' if is_archive else ''} before {before} found.\n")
    if chain(JobType.BACKUP if is_archive else JobType.ARCHIVE):
        kind, command = ("", "normal restore") if is_archive else (" archive", "restore archive")
        out.plain(f"A suitable full backup{kind} was found. Try {command} <...> instead.\n")
    raise PromptDeclinedError


def _fileset(wanted: Wanted) -> str:
    """Return the name of the FileSet: the one that was named, or one that the client used."""
    assert wanted.client is not None
    out, catalog = wanted.session.out, wanted.catalog
    name = wanted.line.value("fileset")
    if name is not None:
        if not is_name(name):
            out.error("FileSet argument: not a name\n")
        elif catalog.file_sets.find(name):
            return name
        else:
            out.error(f'Error getting FileSet "{name}": ERR=FileSet record "{name}" not found.\n')
    names = sorted(catalog.file_sets.of_client(wanted.client.client_id))
    header = "The defined FileSet resources are:\n"
    try:
        return choose_name(wanted.session, "FileSet", header, "Select FileSet resource", names)
    except PromptDeclinedError:
        out.error(f'No FileSet found for client "{wanted.client.name}".\n')
        raise


def _copies(wanted: Wanted, job_ids: list[int]) -> list[int]:
    """Return *job_ids*, replaced by their copies when the console wants that."""
    catalog, out = wanted.catalog, wanted.session.out
    listing = queries.copies(catalog.store, job_ids)
    if not listing.rows:
        return job_ids
    out.decoration("These JobIds have copies as follows:\n")
    with out.array("copies"):
        show(wanted.session, listing, long=False)
    question = "\nDo you want to restore from these copies? (yes|no): "
    if not wanted.line.yes and not ask_yes_no(wanted.session, question):
        return job_ids
    newest = catalog.chains.newest_copies(job_ids)
    return [newest.get(JobId(job_id), job_id) for job_id in job_ids]


def _unknown(job_id: int) -> CommandError:
    return CommandError(
        f"Unable to get Job record for JobId={job_id}: ERR=No Job found for JobId {job_id}\n"
    )


def admit_jobs(wanted: Wanted) -> None:
    """Leave out jobs that the console may not read. Raises CommandError when none is left."""
    out = wanted.session.out
    admitted = []
    for job_id in dict.fromkeys(wanted.job_ids):
        job = wanted.catalog.jobs.get(job_id)
        if job is None:
            raise _unknown(job_id)
        if resources.may_use(wanted.session, resources.JOB, job.name):
            admitted.append(job_id)
        else:
            out.error(
                f'Access to JobId={job_id} (Job "{job.name}") not authorized. Not selected.\n'
            )
    wanted.job_ids = admitted
    if not admitted:
        out.warning("No Jobs selected.\n")
        raise PromptDeclinedError
    text = ",".join(map(str, admitted))
    noun = "JobIds" if len(admitted) > 1 else "JobId"
    out.info(f"You have selected the following {noun}: {text}\n")
