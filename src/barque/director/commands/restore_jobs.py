"""Which jobs a restore reads: named, the newest of a client, or chosen from a menu.

Source: console commands, section 7.2.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from barque.catalog import console_queries as queries
from barque.director import resources
from barque.director.commands.catalog_names import run_sql
from barque.director.commands.list_request import show
from barque.director.listing import print_table
from barque.director.parsing import (
    CommandLine,
    Word,
    is_integer,
    is_name,
    leading_integer,
    parse_id_list,
)
from barque.director.records import choose_client_record
from barque.director.restore_tree import ChosenFiles
from barque.director.selection import ask_yes_no, choose, choose_name
from barque.director.times import parse_sql_time, sql_time
from barque.domain.ids import JobId
from barque.domain.job import JobType
from barque.errors import CatalogError, CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.catalog import Catalog, ClientRecord
    from barque.config.director import Pool
    from barque.director.session import ConsoleSession

_KEYWORDS: Final = frozenset(
    {
        "jobid",
        "current",
        "before",
        "file",
        "directory",
        "select",
        "pool",
        "all",
        "fileregex",
        "client",
        "storage",
        "fileset",
        "where",
        "yes",
        "bootstrap",
        "done",
        "strip_prefix",
        "add_prefix",
        "add_suffix",
        "regexwhere",
        "restoreclient",
        "copies",
        "comment",
        "restorejob",
        "replace",
        "pluginoptions",
        "archive",
    }
)
_NEEDS_VALUE: Final = frozenset({"jobid", "before", "file", "directory", "pool"})
_JOB_IDS: Final = "Enter JobId(s), comma separated, to restore: "
_INTRODUCTION: Final = (
    "\nFirst you select one or more JobIds that contain files\n"
    "to be restored. You will be presented several methods\n"
    "of specifying the JobIds. Then you will be allowed to\n"
    "select which files from those JobIds are to be restored.\n\n"
)
_MENU_HEADER: Final = "To select the JobIds, you have the following choices:\n"
_MENU: Final = (
    "List last 20 Jobs run",
    "List Jobs where a given File is saved",
    "Enter list of comma separated JobIds to select",
    "Enter SQL list command",
    "Select the most recent backup for a client",
    "Select backup for a client before a specified time",
    "Enter a list of files to restore",
    "Enter a list of files to restore before a specified time",
    "Find the JobIds of the most recent backup for a client",
    "Find the JobIds for a backup for a client before a specified time",
    "Enter a list of directories to restore for found JobIds",
    "Select full restore to a specified Job date",
    "Cancel",
)
_FILES_WANTED: Final = (
    "Enter file names with paths, or < to enter a filename\n"
    "containing a list of file names with paths, and Terminate\n"
    "them with a blank line.\n"
)
_DIRECTORIES_WANTED: Final = (
    "Enter full directory names or start the name\n"
    "with a < to indicate it is a filename containing a list\n"
    "of directories and Terminate them with a blank line.\n"
)


@dataclass(slots=True)
class Wanted:
    """What a restore is about, as far as it is known."""

    session: "ConsoleSession"
    line: CommandLine
    catalog: "Catalog"
    before: str
    """Jobs that started before this count, ``YYYY-MM-DD HH:MM:SS``."""
    job_type: str = JobType.BACKUP
    pool: "Pool | None" = None
    client: "ClientRecord | None" = None
    job_ids: list[int] = field(default_factory=list)
    files: ChosenFiles | None = None
    """Files that were named one by one; None: they are chosen in a tree."""
    everything: bool = False
    """Every file of the jobs that the regular expression admits."""


def choose_jobs(wanted: Wanted) -> None:
    """Find out the jobs, or the files, of a restore.

    Raises CommandError, PromptDeclinedError.
    """
    files, directories = _scan(wanted)
    line = wanted.line
    if files or directories or line.has("fileregex"):
        _take_names(wanted, files, directories)
        return
    if line.has("select"):
        if wanted.job_ids:
            wanted.job_ids = _with_dependencies(wanted, wanted.job_ids)
        else:
            wanted.job_ids = _newest_backup(wanted, wanted.before)
    elif not wanted.job_ids:
        wanted.session.out.plain(_INTRODUCTION)
        _ask(wanted)
    if wanted.files is None:
        _admit_jobs(wanted)


def _scan(wanted: Wanted) -> tuple[list[str], list[str]]:
    """Take what the words say; return the files and the directories that they name."""
    line, session = wanted.line, wanted.session
    chosen: Word | None = None
    files, directories = [], []
    for word in line.arguments:
        keyword = word.keyword.lower()
        if keyword not in _KEYWORDS:
            raise CommandError(f"Unknown keyword: {word.keyword}")
        if keyword in _NEEDS_VALUE and word.value is None:
            raise CommandError(f"Missing value for keyword: {word.keyword}")
        value = word.value or ""
        if keyword in {"jobid", "current", "before"}:
            _check_compatible(chosen, word)
            chosen = word if chosen is None else chosen
        match keyword:
            case "jobid":
                wanted.job_ids += _job_ids(value)
            case "before":
                wanted.before = _date(value, f"Improper date format: {value}")
            case "file":
                files.append(value)
            case "directory":
                directories.append(value)
            case "pool":
                wanted.pool = resources.find(session, resources.POOL, value)
                if wanted.pool is None:
                    raise CommandError(f'Error: Pool resource "{value}" does not exist.')
            case _:
                pass
    return files, directories


def _check_compatible(chosen: Word | None, word: Word) -> None:
    """Raise CommandError when a job was chosen in two ways."""
    if chosen is None or chosen.keyword.lower() == word.keyword.lower() == "jobid":
        return
    first, second = _written(chosen), _written(word)
    if word.keyword.lower() == "jobid":
        raise CommandError(
            f"A date was already chosen via '{first}' which is incompatible with choosing a job"
            f" explicitly via '{second}'"
        )
    if chosen.keyword.lower() == "jobid":
        raise CommandError(
            f"A job was already explicitly chosen via '{first}' which is incompatible with"
            f" choosing a job by date '{second}'"
        )
    raise CommandError(
        f"A date was already chosen via '{first}'. Cannot choose another one via '{second}'"
    )


def _written(word: Word) -> str:
    return word.keyword if word.value is None else f"{word.keyword}={word.value}"


def _job_ids(text: str) -> list[int]:
    found = parse_id_list(text.replace(" ", ""))
    if found is None:
        raise CommandError("Invalid JobId in list.")
    return found


def _date(text: str, complaint: str) -> str:
    """Return *text* as a full time; what is missing at its end is the earliest."""
    full = complete_date(text)
    if parse_sql_time(full) is None:
        raise CommandError(complaint)
    return full


def complete_date(text: str) -> str:
    """Return ``2026``, ``2026-11``, ``2026-11-22 18`` ... with what is missing filled in."""
    date, _, time = text.strip().partition(" ")
    dates, times = date.split("-"), time.split(":") if time else []
    if len(dates) > 3 or len(times) > 3 or not all(map(is_integer, [*dates, *times])):
        return text
    dates += ["1"] * (3 - len(dates))
    times += ["0"] * (3 - len(times))
    return f"{dates[0]}-{int(dates[1] or 1):02}-{int(dates[2]):02} " + ":".join(
        f"{int(part):02}" for part in times
    )


# -- files by name -------------------------------------------------------------------------------


def _take_names(wanted: Wanted, files: list[str], directories: list[str]) -> None:
    client_of(wanted)
    if not files and not directories:
        if not wanted.job_ids:
            wanted.job_ids = _newest_backup(wanted, wanted.before)
        wanted.everything = True
        return
    for name in files:
        add_named(wanted, name, wanted.before)
    for name in directories:
        add_named(wanted, name, wanted.before, directory=True)


def client_of(wanted: Wanted) -> "ClientRecord":
    """Return the client whose files are restored: named, or chosen now."""
    if wanted.client is None:
        name = wanted.line.value("client")
        if name is not None:
            if not is_name(name):
                raise CommandError("client argument: not a name")
            record = wanted.catalog.clients.find(name)
            if record is None:
                raise CommandError(f"invalid client argument: {name}")
            wanted.client = record
        else:
            wanted.client = choose_client_record(wanted.session, wanted.line, wanted.catalog)
    if not resources.may_use(wanted.session, resources.CLIENT, wanted.client.name):
        raise CommandError(f'No authorization. Client "{wanted.client.name}".')
    return wanted.client


def add_named(wanted: Wanted, name: str, before: str, *, directory: bool = False) -> None:
    """Add what *name* means: a path, ``<`` a file with paths, ``?`` a table of files."""
    if wanted.files is None:
        wanted.files = ChosenFiles()
    if name.startswith("<"):
        _add_list(wanted, name[1:], before, directory=directory)
    elif name.startswith("?"):
        _add_table(wanted, name[1:].rstrip())
    elif directory:
        _add_directory(wanted, name)
    else:
        _add_file(wanted, name, before)


def _add_list(wanted: Wanted, path: str, before: str, *, directory: bool) -> None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as names:  # noqa: PTH123 - any text may be the name
            for line in names:
                name = line.rstrip("\r\n")
                if directory:
                    _add_directory(wanted, name)
                else:
                    _add_file(wanted, name, before)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        wanted.session.out.error(f"Cannot open file {path}: ERR={reason}\n")


def _add_file(wanted: Wanted, path: str, before: str) -> None:
    assert wanted.files is not None
    directory, slash, name = path.rpartition("/")
    found = wanted.catalog.chains.find_file(
        client_of(wanted).client_id,
        (directory + slash).encode("utf-8", "surrogateescape"),
        name.encode("utf-8", "surrogateescape"),
        int(parse_sql_time(before) or 0),
        job_ids=wanted.job_ids,
        job_type=wanted.job_type,
    )
    if found is None or not _admits(wanted, found[0]):
        wanted.session.out.error(f"No database record found for: {path}\n")
        return
    wanted.files.add(*found)


def _add_directory(wanted: Wanted, path: str) -> None:
    assert wanted.files is not None
    if not wanted.job_ids:
        wanted.session.out.error("No JobId specified cannot continue.\n")
        return
    client_id = client_of(wanted).client_id
    jobs = [
        job.job_id
        for job in wanted.catalog.jobs.get_many(wanted.job_ids)
        if job.client_id == client_id and _admits(wanted, job.job_id)
    ]
    raw = path.encode("utf-8", "surrogateescape")
    found = wanted.catalog.chains.directory_files(jobs, raw) if jobs else []
    if not found:
        wanted.session.out.error(f"No database record found for: {path}\n")
    for job_id, file_index in found:
        wanted.files.add(job_id, file_index)


def _add_table(wanted: Wanted, table: str) -> None:
    """Add the files that ``.bvfs_restore`` collected."""
    assert wanted.files is not None
    try:
        for job_id, file_index in wanted.catalog.bvfs.restore_list(table):
            if _admits(wanted, job_id):
                wanted.files.add(job_id, file_index)
    except CatalogError:
        wanted.session.out.error(f"No table found: {table}\n")


def _admits(wanted: Wanted, job_id: int) -> bool:
    """Tell whether the console may read a job."""
    job = wanted.catalog.jobs.get(job_id)
    return job is not None and resources.may_use(wanted.session, resources.JOB, job.name)


# -- the menu ------------------------------------------------------------------------------------


def _ask(wanted: Wanted) -> None:
    """Ask until jobs or files are found. Raises PromptDeclinedError when the console gives up."""
    while not wanted.job_ids and wanted.files is None:
        chosen = choose(wanted.session, "", _MENU_HEADER, "Select item: ", _MENU)
        if chosen == len(_MENU) - 1:
            raise PromptDeclinedError
        _CHOICES[chosen](wanted)


def _list_last(wanted: Wanted) -> None:
    _authorize_sql(wanted)
    listing = queries.select(
        wanted.catalog.store,
        (
            *queries.fields("job.jobid client.name=client job.starttime job.level=joblevel"),
            *queries.fields("job.jobfiles job.jobbytes"),
        ),
        "job JOIN client ON client.clientid = job.clientid",
        "WHERE job.jobstatus IN ('T', 'W') AND job.type = ?"
        " ORDER BY job.starttime DESC, job.jobid DESC LIMIT 20",
        [wanted.job_type],
    )
    print_table(wanted.session.out, listing, plain_numbers=True)


def _authorize_sql(wanted: Wanted) -> None:
    if not wanted.session.may_run("sqlquery"):
        raise CommandError("SQL query not authorized.")


def _list_with_file(wanted: Wanted) -> None:
    client = client_of(wanted)
    name = wanted.session.ask("Enter Filename (no path):")
    listing = queries.saved_as(wanted.catalog.store, client.client_id, name)
    print_table(wanted.session.out, listing, plain_numbers=True)


def _type_job_ids(wanted: Wanted) -> None:
    wanted.job_ids = _job_ids(wanted.session.ask(_JOB_IDS))


def _type_sql(wanted: Wanted) -> None:
    _authorize_sql(wanted)
    listing = run_sql(wanted.catalog, wanted.session.ask("Enter SQL list command: "))
    print_table(wanted.session.out, listing, plain_numbers=True)


def _newest(wanted: Wanted) -> None:
    wanted.job_ids = _newest_backup(wanted, wanted.before)


def _newest_before(wanted: Wanted) -> None:
    wanted.job_ids = _newest_backup(wanted, _ask_date(wanted))


def _show_newest(wanted: Wanted) -> None:
    _newest_backup(wanted, wanted.before)


def _show_newest_before(wanted: Wanted) -> None:
    _newest_backup(wanted, _ask_date(wanted))


def _ask_date(wanted: Wanted) -> str:
    out = wanted.session.out
    out.plain(
        "The restored files will the most current backup\nBEFORE the date you specify below.\n\n"
    )
    while True:
        full = complete_date(wanted.session.ask("Enter date as YYYY-MM-DD HH:MM:SS :"))
        if parse_sql_time(full) is not None:
            return full
        out.error("Improper date format.\n")


def _type_files(wanted: Wanted) -> None:
    _type_names(wanted, wanted.before)


def _type_files_before(wanted: Wanted) -> None:
    _type_names(wanted, _ask_date(wanted))


def _type_names(wanted: Wanted, before: str) -> None:
    client_of(wanted)
    wanted.session.out.plain(_FILES_WANTED)
    wanted.files = ChosenFiles()
    while name := wanted.session.ask("Enter full filename: "):
        add_named(wanted, name, before)


def _type_directories(wanted: Wanted) -> None:
    answer = wanted.session.ask(_JOB_IDS)
    if not answer:
        raise PromptDeclinedError
    wanted.job_ids = _job_ids(answer)
    client_of(wanted)
    wanted.session.out.plain(_DIRECTORIES_WANTED)
    wanted.files = ChosenFiles()
    while name := wanted.session.ask("Enter directory name: "):
        path = name if name.startswith("<") or name.endswith("/") else f"{name}/"
        add_named(wanted, path, wanted.before, directory=True)


def _state_of_job(wanted: Wanted) -> None:
    answer = wanted.session.ask("Enter JobId to get the state to restore: ")
    if not is_integer(answer):
        raise PromptDeclinedError
    wanted.job_ids = _with_dependencies(wanted, [leading_integer(answer)])


_CHOICES: Final = (
    _list_last,
    _list_with_file,
    _type_job_ids,
    _type_sql,
    _newest,
    _newest_before,
    _type_files,
    _type_files_before,
    _show_newest,
    _show_newest_before,
    _type_directories,
    _state_of_job,
)
"""What each item of the menu does, the last one excepted."""


# -- chains of jobs ------------------------------------------------------------------------------


def _with_dependencies(wanted: Wanted, job_ids: list[int]) -> list[int]:
    """Return the jobs that hold the state at the time of *job_ids*."""
    found: list[int] = []
    for job_id in job_ids:
        if job_id == 0:
            raise CommandError("0 is not a valid jobid")
        job = wanted.catalog.jobs.get(job_id)
        if job is None:
            raise CommandError(
                f"Unable to get Job record for JobId={job_id}: ERR=No Job found for JobId {job_id}"
            )
        start = sql_time(job.start_time) if job.start_time else ""
        wanted.session.out.plain(f"Selecting jobs to build the Full state at {start}\n")
        found += wanted.catalog.chains.of_job(job_id)
    return list(dict.fromkeys(found))


def _newest_backup(wanted: Wanted, before: str) -> list[int]:
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


def _admit_jobs(wanted: Wanted) -> None:
    """Leave out jobs that the console may not read. Raises CommandError when none is left."""
    out = wanted.session.out
    admitted = []
    for job_id in dict.fromkeys(wanted.job_ids):
        job = wanted.catalog.jobs.get(job_id)
        if job is None:
            raise CommandError(
                f"Unable to get Job record for JobId={job_id}: ERR=No Job found for JobId {job_id}"
            )
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
