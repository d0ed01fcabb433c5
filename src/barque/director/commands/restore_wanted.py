"""What a restore was asked for, and files that were named one by one.

Source: console commands, section 7.2.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from barque.director import resources
from barque.director.chosen_files import ChosenFiles
from barque.director.parsing import CommandLine, is_integer, is_name, parse_id_list
from barque.director.records import choose_client_record
from barque.director.times import parse_sql_time
from barque.domain.job import JobType
from barque.errors import CatalogError, CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog, ClientRecord
    from barque.config.director import Pool
    from barque.director.session import ConsoleSession


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


def job_ids(text: str) -> list[int]:
    """Return the numbers of a comma list. Raises CommandError."""
    found = parse_id_list(text.replace(" ", ""))
    if found is None:
        raise CommandError("Invalid JobId in list.")
    return found


def full_date(text: str, complaint: str) -> str:
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
    """Add what a file of the Director names; its lines are not shown: they may be secrets."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as names:  # noqa: PTH123 - any text may be the name
            for number, line in enumerate(names, 1):
                name, shown = line.rstrip("\r\n"), f"line {number} of {path}"
                if directory:
                    _add_directory(wanted, name, shown)
                else:
                    _add_file(wanted, name, before, shown)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        wanted.session.out.error(f"Cannot open file {path}: ERR={reason}\n")


def _add_file(wanted: Wanted, path: str, before: str, shown: str = "") -> None:
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
        wanted.session.out.error(f"No database record found for: {shown or path}\n")
        return
    wanted.files.add(*found)


def _add_directory(wanted: Wanted, path: str, shown: str = "") -> None:
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
        wanted.session.out.error(f"No database record found for: {shown or path}\n")
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
