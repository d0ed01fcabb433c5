"""Lists of Volumes.

Source: console commands, section 4; console JSON, section 4.
"""

from typing import TYPE_CHECKING

from barque.catalog import console_queries as queries
from barque.director import resources
from barque.director.commands import list_options
from barque.director.commands.list_request import Request
from barque.director.parsing import leading_integer
from barque.director.records import choose_pool_record
from barque.director.words import level_words
from barque.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from barque.catalog.console_queries import Listing, Page
    from barque.catalog.store import Value
    from barque.director.services import ScheduledRun

_RESTRICTED = "Restricted permission. Use the commands 'list media' or 'llist media all' instead"
_MOST_DAYS = 7


def volumes(request: Request) -> bool:
    """List one Volume, those of a job or of a pool, all of them flat or by pool."""
    session, line = request.session, request.line
    page = list_options.page(session, line)
    if list_options.names_job(line):
        job = list_options.job_of(session, line, request.catalog)
        if job is None:
            return True
        listing = queries.volumes_of_job(request.catalog.store, job.job_id, long=request.long)
        return request.array("volumes", listing)
    if (name := line.arguments[0].value) is not None:
        return _one(request, "media.volumename = ?", name, page)
    if line.value("pool") is not None:
        return _of_pool(request, page)
    if line.has("all"):
        return _flat(request, page)
    return _by_pool(request, page)


def volume_id(request: Request) -> bool:
    """List the Volume with one number."""
    page = list_options.page(request.session, request.line)
    number = leading_integer(request.line.arguments[0].value or "")
    return _one(request, "media.mediaid = ?", number, page)


def _one(request: Request, condition: str, value: str | int, page: "Page") -> bool:
    with request.session.out.object("volume"):
        request.show(_select(request, condition, [value], page))
    return True


def _select(request: Request, condition: str, values: "Sequence[Value]", page: "Page") -> "Listing":
    """Return the Volumes for which *condition* holds, or how many there are."""
    store = request.catalog.store
    if request.line.has("count"):
        return queries.count(store, "media", condition or "1 = 1", values)
    columns = queries.MEDIA_LONG if request.long else queries.MEDIA
    return queries.volumes(store, columns, condition, values, page)


def _of_pool(request: Request, page: "Page") -> bool:
    pool = choose_pool_record(request.session, request.line, request.catalog)
    return request.array("volumes", _select(request, "media.poolid = ?", [pool.pool_id], page))


def _flat(request: Request, page: "Page") -> bool:
    session = request.session
    assert resources.POOL.acl is not None
    if not request.long and not session.rights.unrestricted(resources.POOL.acl):
        raise CommandError(_RESTRICTED)
    request.filters.rights(4, resources.POOL)
    request.filters.current(4, resources.POOL)
    return request.array("volumes", _select(request, "", [], page))


def _by_pool(request: Request, page: "Page") -> bool:
    out = request.session.out
    with out.object("volumes"):
        for pool in request.catalog.pools.all():
            if resources.may_use(request.session, resources.POOL, pool.name):
                out.decoration(f"Pool: {pool.name}\n")
                listing = _select(request, "media.poolid = ?", [pool.pool_id], page)
                request.array(pool.name, listing)
    return True


def next_volume(request: Request) -> bool:
    """Say which Volume the next run of a job will write to."""
    session, line = request.session, request.line
    days = 1
    if (value := line.value("days")) is not None:
        days = leading_integer(value)
        if not 0 <= days <= _MOST_DAYS:
            session.out.warning(f"Ignoring invalid value for days. Max is {_MOST_DAYS}.\n")
            days = 1
    name = line.value("job")
    job = resources.find(session, resources.JOB, name) if name is not None else None
    if job is None:
        job = resources.choose(session, resources.JOB)
    found = False
    told: set[int] = set()
    for run in session.director.scheduled_runs(days):
        if run.job is job and run.pool is not None and run.directive not in told:
            told.add(run.directive)
            found = _say_next(request, run) or found
    if not found:
        raise CommandError(f"Could not find next Volume for Job {job.name}.")
    return True


def _say_next(request: Request, run: "ScheduledRun") -> bool:
    """Name the Volume for one run; False when there is none."""
    assert run.pool is not None
    where = f"Pool={run.pool.name}, Level={level_words(run.level)}"
    volume = request.session.director.next_volume(run)
    if not volume:
        request.session.out.error(f"Could not find next Volume for Job {run.job.name} ({where}).\n")
        return False
    request.session.out.plain(
        f'The next Volume to be used by Job "{run.job.name}" ({where}) will be {volume}\n'
    )
    return True
