"""Lists of jobs and of what hangs on a job: files, Volumes, messages, copies.

Source: console commands, section 4; console JSON, section 4.
"""

from typing import TYPE_CHECKING, Final

from barque.catalog import console_queries as queries
from barque.catalog.console_queries import Listing
from barque.director import resources
from barque.director.commands import list_options
from barque.director.commands.list_request import NO_JOB, Request
from barque.director.listing import print_lines, print_vertical
from barque.director.parsing import CommandLine, parse_id_list
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.director.session import ConsoleSession

_LOG_LINES: Final = 5


def jobs(request: Request) -> bool:
    """List jobs."""
    session, line, out = request.session, request.line, request.session.out
    first = line.arguments[0]
    keyword = first.keyword.lower()
    if keyword == "jobs" and first.value is not None:
        raise CommandError("'list jobs' does not allow an jobs parameter")
    name = line.value("jobname")
    name = line.value("job") if name is None else name
    if name is None and keyword in {"job", "jobname"}:
        raise CommandError(f"Missing {first.keyword} parameter")
    job_id = 0
    if list_options.names_job(line):
        job = list_options.job_of(session, line, request.catalog)
        if job is None:
            with out.object("jobs"):
                pass
            return True
        job_id = job.job_id
    elif keyword in {"jobid", "ujobid"}:
        raise CommandError(f"Missing {first.keyword} parameter")
    wanted = queries.JobFilter(
        job_id=job_id,
        name=name or "",
        client=list_options.client(session, line, request.catalog),
        statuses=list_options.statuses(line),
        levels=list_options.levels(line),
        types=list_options.types(session, line),
        volume=line.value("volume"),
        pool=line.value("pool"),
        since=list_options.since(session, line),
    )
    return _print_jobs(request, wanted)


def _print_jobs(request: Request, wanted: queries.JobFilter) -> bool:
    session, line = request.session, request.line
    store = request.catalog.store
    counting = line.has("count")
    _filter_jobs(request, counting=counting)
    page = list_options.page(session, line)
    if counting:
        return request.array("jobs", queries.count_jobs(store, wanted, page))
    columns = queries.JOBS_LONG if request.long else queries.JOBS
    listing = queries.jobs(
        store,
        columns,
        wanted,
        page,
        last=line.has("last"),
        descending=line.has("reverse"),
        now=session.director.now(),
    )
    return request.array("jobs", listing)


def _filter_jobs(request: Request, *, counting: bool) -> None:
    """Hide jobs that the console may not see; a count is not filtered, except when switched."""
    filters = request.filters
    name, client, pool, fileset = (2, 7, 22, 25) if request.long else (1, 2, None, None)
    kinds = (
        (name, resources.JOB),
        (client, resources.CLIENT),
        (pool, resources.POOL),
        (fileset, resources.FILESET),
    )
    if not counting:
        for column, kind in kinds:
            if column is not None:
                filters.rights(column, kind)
        for column, kind in kinds:
            if column is not None:
                filters.current(column, kind)
        filters.switched(name, resources.JOB)


def job_totals(request: Request) -> bool:
    """Sum up files and bytes of backups."""
    by_name, total = queries.job_totals(request.catalog.store)
    request.array("jobs", by_name, table=True)
    with request.session.out.object("jobtotals"):
        request.show(total, table=True)
    return True


def backups(request: Request) -> bool:
    """List the backups of one client that can be restored."""
    session, line = request.session, request.line
    page = list_options.page(session, line)
    try:
        wanted = _backup_filter(request)
    except CommandError as error:
        if str(error):
            session.out.error(f"{error}\n")
        raise CommandError(f"Unknown list keyword: {line.arguments[0].keyword}") from error
    filters = request.filters
    name = 2 if request.long else 1
    filters.rights(name, resources.JOB)
    if request.long:
        filters.rights(22, resources.POOL)
    filters.current(name, resources.JOB)
    if request.long:
        filters.current(22, resources.POOL)
    filters.switched(name, resources.JOB)
    order = (line.value("order") or "").lower()
    listing = queries.jobs(
        request.catalog.store,
        queries.JOBS_LONG if request.long else queries.JOBS,
        wanted,
        page,
        descending=bool(order) and not "ascending".startswith(order),
        now=session.director.now(),
    )
    return request.array("backups", listing)


def _backup_filter(request: Request) -> queries.JobFilter:
    """Return which jobs are backups of the client. Raises CommandError."""
    session, line = request.session, request.line
    client = list_options.client(session, line, request.catalog)
    if not client:
        raise CommandError("missing parameter: client")
    order = (line.value("order") or "").lower()
    if not any(word.startswith(order) for word in ("ascending", "descending")):
        raise CommandError("")
    return queries.JobFilter(
        client=client,
        types=("B", "A", "a"),
        statuses=list_options.statuses(line) or ("T", "W"),
        levels=_backup_levels(line),
        filesets=_backup_filesets(session, line),
        since=list_options.since(session, line),
    )


def _backup_levels(line: CommandLine) -> list[str]:
    """Return the letters of the levels whose words begin like those of ``level=``."""
    value = line.value("level")
    if value is None:
        return []
    words = {"full": "F", "base": "B", "incremental": "I", "differential": "D", "virtualfull": "f"}
    return [
        letter
        for typed in value.lower().split(",")
        for word, letter in words.items()
        if word.startswith(typed)
    ]


def _backup_filesets(session: "ConsoleSession", line: CommandLine) -> list[str]:
    name = line.value("fileset")
    if name is None or name.lower() == "any":
        return [fileset.name for fileset in resources.permitted(session, resources.FILESET)]
    if not resources.may_use(session, resources.FILESET, name):
        raise CommandError("Access to specified FileSet not allowed.")
    return [name]


# -- what hangs on a job -------------------------------------------------------------------------


def files(request: Request) -> bool:
    """List the files of a job: all of them, whatever limit is given."""
    if not request.job_id:
        raise CommandError(NO_JOB)
    list_options.page(request.session, request.line)
    with request.session.out.array("filenames"):
        print_lines(request.session.out, queries.file_names(request.catalog.store, request.job_id))
    return True


def base_files(request: Request) -> bool:
    """List the files that a job takes from base jobs."""
    if not request.job_id:
        raise CommandError(NO_JOB)
    listing = queries.base_file_names(request.catalog.store, request.job_id)
    with request.session.out.array("files"):
        print_lines(request.session.out, listing)
    return True


def job_media(request: Request) -> bool:
    """List where on Volumes jobs lie."""
    columns = queries.JOBMEDIA_LONG if request.long else queries.JOBMEDIA
    listing = queries.job_media(request.catalog.store, columns, request.job_id)
    return request.array("jobmedia", listing)


def job_log(request: Request) -> bool:
    """List what a job said."""
    page = list_options.page(request.session, request.line)
    job_id, store = request.job_id, request.catalog.store
    if not job_id:
        return True
    if request.line.has("count"):
        return request.array("joblog", queries.count_job_log(store, job_id))
    return _print_log(request, "joblog", queries.job_log(store, job_id, page))


def log(request: Request) -> bool:
    """List the newest messages of all jobs."""
    session, line = request.session, request.line
    page = list_options.page(session, line)
    client = list_options.client(session, line, request.catalog)
    filters = request.filters
    filters.rights(1, resources.JOB)
    filters.rights(2, resources.CLIENT)
    if page.limit is None:
        page = queries.Page(_LOG_LINES)
    newest_first = line.has("reverse")
    listing = queries.log(request.catalog.store, client, page, newest_first=newest_first)
    return _print_log(
        request, "log", listing, frozenset({"logid", "jobname", "clientname", "time"})
    )


def _print_log(
    request: Request, name: str, listing: Listing, hidden: frozenset[str] = frozenset()
) -> bool:
    """Print log texts as they are; people are spared the *hidden* columns."""
    session = request.session
    if session.batch:
        hidden = frozenset()
    with session.out.array(name):
        if request.long:
            columns = [c for c in listing.columns if c.name not in hidden]
            keep = [i for i, c in enumerate(listing.columns) if c.name not in hidden]
            rows = [tuple(row[i] for i in keep) for row in listing.rows]
            print_vertical(session.out, Listing(tuple(columns), rows), plain_numbers=session.gui)
        else:
            print_lines(session.out, listing, hidden=hidden, end="")
    return True


def copies(request: Request) -> bool:
    """List copies of jobs."""
    page = list_options.page(request.session, request.line)
    value = request.line.value("jobid")
    job_ids = [] if value is None else parse_id_list(value)
    if job_ids is None:
        raise CommandError(f"Unknown list keyword: {request.line.arguments[0].keyword}")
    listing = queries.copies(request.catalog.store, job_ids, page)
    if not listing.rows:
        return True
    what = "These JobIds have" if job_ids else "The catalog contains"
    request.session.out.decoration(f"{what} copies as follows:\n")
    return request.array("copies", listing)


def job_statistics(request: Request) -> bool:
    """List the samples taken while a job ran."""
    job = list_options.job_of(request.session, request.line, request.catalog)
    if job is None:
        raise CommandError("no jobid given")
    return request.array("jobstats", queries.job_statistics(request.catalog.store, job.job_id))
