"""``update``: changing records of the catalog.

Source: console commands, section 6.6.
"""

from typing import TYPE_CHECKING, Final

from barque.catalog import console_queries as queries
from barque.director import resources
from barque.director.catalog_sync import synchronise_pool
from barque.director.catalogs import open_catalog
from barque.director.commands.list_request import show
from barque.director.commands.outcome import carried_out
from barque.director.commands.update_slots import update_slots
from barque.director.commands.update_volume import update_volume
from barque.director.parsing import is_name, leading_integer
from barque.director.records import choose_client_record
from barque.director.selection import choose
from barque.director.times import parse_sql_time
from barque.domain.job import JobType
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog, JobRecord
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_DAY: Final = 86_400
_MENU: Final = (
    ("Volume parameters", "volume"),
    ("Pool from resource", "pool"),
    ("Slots from autochanger", "slots"),
    ("Long term statistics", "stats"),
)


def update(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Change what the line names, or what is chosen."""
    catalog = open_catalog(session, line)
    return carried_out(session, lambda: _update(session, line, catalog))


def _update(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    what = line.first("media", "volume", "pool", "slots", "slot", "jobid", "stats")
    if what is None:
        names = [name for name, _ in _MENU]
        question = "Choose catalog item to update"
        what = _MENU[choose(session, "item", "Update choice:\n", question, names)][1]
    match what:
        case "media" | "volume":
            update_volume(session, line, catalog)
        case "pool":
            _pool(session, line, catalog)
        case "slots" | "slot":
            update_slots(session, line, catalog)
        case "jobid":
            _job(session, line, catalog)
        case _:
            _statistics(session, line, catalog)


def _pool(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    """Take what the Pool resource says into its record."""
    pool = resources.named_pool(session, line)
    synchronise_pool(catalog, pool)
    listing = queries.select(
        catalog.store, queries.POOL_RECORD, "pool", "WHERE name = ?", [pool.name]
    )
    with session.out.array("query"):
        show(session, listing, long=False)
    session.out.info("Pool DB record updated from resource.\n")


def _statistics(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    """Copy jobs into the history that are older than ``days=``."""
    days = leading_integer(line.value("days") or "")
    count = catalog.retention.fill_history(int(session.director.now()) - days * _DAY)
    session.out.info(f"Updating {count} job(s).\n")


# -- jobs ------------------------------------------------------------------------------------------


def _job(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    """Change name, client, FileSet, type or start of a job."""
    named = line.value("jobid")
    if named is None:
        raise CommandError("Expect JobId keyword, not found.")
    job = catalog.jobs.get(leading_integer(named))
    if job is None:
        raise CommandError(f"No Job found for JobId {named}")
    fields: dict[str, object] = {}
    if line.value("client") is not None:
        fields["client_id"] = choose_client_record(session, line, catalog).client_id
    if (fileset := line.value("filesetid")) is not None:
        fields["file_set_id"] = _fileset(catalog, fileset)
    if (name := line.value("jobname")) is not None:
        fields["name"] = _name(name)
    if job_type := line.value("jobtype"):
        fields["type"] = _type(job_type)
    if (start := line.value("starttime")) is not None:
        fields |= _moved(job, start)
    if not fields:
        raise CommandError("Neither Client, StartTime, Filesetid, JobType nor Name specified.")
    catalog.jobs.update(job.job_id, **fields)


def _fileset(catalog: "Catalog", typed: str) -> int:
    fileset = catalog.file_sets.get(leading_integer(typed))
    if fileset is None:
        raise CommandError(f"There is no FileSet number {typed}; list filesets shows the numbers.")
    return fileset.file_set_id


def _name(typed: str) -> str:
    if not is_name(typed):
        raise CommandError(f'"{typed}" cannot be the name of a Job.')
    return typed


def _type(typed: str) -> str:
    letters = {job_type.value for job_type in JobType}
    if typed[0] not in letters:
        raise CommandError(
            f"Job type {typed[0]} does not exist: use one of {''.join(sorted(letters))}."
        )
    return typed[0]


def _moved(job: "JobRecord", typed: str) -> dict[str, object]:
    """Return the times of a job that is to have begun at another one."""
    start = parse_sql_time(typed)
    if start is None:
        raise CommandError(f"Improper date format: {typed}")
    delta = int(start) - job.start_time
    return {
        "start_time": int(start),
        "sched_time": job.sched_time + delta,
        "end_time": job.end_time + delta,
        "job_tdate": job.job_tdate + delta,
    }
