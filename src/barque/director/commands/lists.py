"""``list`` and ``llist``: what the catalog knows.

The first argument says what is listed; each kind of list is one row of a table.
Source: console commands, section 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from barque.director.catalogs import open_catalog
from barque.director.commands import list_jobs, list_options, list_records, list_volumes
from barque.director.commands.list_request import Request
from barque.director.parsing import CommandLine
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.director.session import ConsoleSession


@dataclass(frozen=True, slots=True)
class ListKind:
    """One kind of list."""

    handler: Callable[[Request], bool]
    needs_value: bool = False
    """The keyword counts only with a value."""


LISTS: Final = {
    "jobs": ListKind(list_jobs.jobs),
    "job": ListKind(list_jobs.jobs),
    "jobname": ListKind(list_jobs.jobs),
    "jobid": ListKind(list_jobs.jobs),
    "ujobid": ListKind(list_jobs.jobs),
    "jobtotals": ListKind(list_jobs.job_totals),
    "basefiles": ListKind(list_jobs.base_files),
    "files": ListKind(list_jobs.files),
    "fileset": ListKind(list_records.fileset),
    "filesets": ListKind(list_records.filesets),
    "jobmedia": ListKind(list_jobs.job_media),
    "joblog": ListKind(list_jobs.job_log),
    "log": ListKind(list_jobs.log),
    "pool": ListKind(list_records.pools),
    "pools": ListKind(list_records.pools),
    "poolid": ListKind(list_records.pool_id, needs_value=True),
    "clients": ListKind(list_records.clients),
    "client": ListKind(list_records.clients, needs_value=True),
    "storages": ListKind(list_records.storages),
    "media": ListKind(list_volumes.volumes),
    "volume": ListKind(list_volumes.volumes),
    "volumes": ListKind(list_volumes.volumes),
    "mediaid": ListKind(list_volumes.volume_id, needs_value=True),
    "volumeid": ListKind(list_volumes.volume_id, needs_value=True),
    "nextvol": ListKind(list_volumes.next_volume),
    "nextvolume": ListKind(list_volumes.next_volume),
    "copies": ListKind(list_jobs.copies),
    "backups": ListKind(list_jobs.backups),
    "jobstatistics": ListKind(list_jobs.job_statistics),
    "jobstats": ListKind(list_jobs.job_statistics),
}
"""Every kind of list, by the first argument."""


def short(session: "ConsoleSession", line: CommandLine) -> bool:
    """List as tables."""
    return _list(session, line, long=False)


def long(session: "ConsoleSession", line: CommandLine) -> bool:
    """List with everything that is known."""
    return _list(session, line, long=True)


def _list(session: "ConsoleSession", line: CommandLine, *, long: bool) -> bool:
    catalog = open_catalog(session, line, private=True)
    if not line.arguments:
        raise CommandError(f"{line.name} command requires a keyword")
    list_options.statuses(line)
    list_options.levels(line)
    list_options.types(session, line)
    first = line.arguments[0]
    row = LISTS.get(first.keyword.lower())
    if row is None or (row.needs_value and first.value is None):
        raise CommandError(f"Unknown list keyword: {first.keyword}")
    return row.handler(Request(session, line, catalog, long))
