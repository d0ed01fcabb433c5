"""What consoles list has the columns and rows that Bareos gave, on either engine."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from barque.catalog import Catalog
from barque.catalog import console_queries as queries
from barque.catalog.console_queries import JobFilter, Listing, Page
from barque.catalog.store import Store

RECORDED = json.loads(
    (Path(__file__).parents[2] / "golden" / "catalog" / "listings.json").read_text()
)
NOW = 1795375893.0


def jobs(**wanted: object) -> Callable[[Store], Listing]:
    return lambda store: queries.jobs(store, queries.JOBS, JobFilter(**wanted), now=NOW)  # type: ignore[arg-type]


LISTINGS: dict[str, Callable[[Store], Listing]] = {
    "list clients": lambda s: queries.select(s, queries.CLIENTS, "client", "ORDER BY clientid"),
    "llist clients": lambda s: queries.select(
        s, queries.CLIENTS_LONG, "client", "ORDER BY clientid"
    ),
    "list jobs": jobs(),
    "llist jobs": lambda s: queries.jobs(s, queries.JOBS_LONG, JobFilter(), now=NOW),
    "list jobs limit=3 offset=4": lambda s: queries.jobs(
        s, queries.JOBS, JobFilter(), Page(3, 4), now=NOW
    ),
    "list jobs last": lambda s: queries.jobs(s, queries.JOBS, JobFilter(), last=True, now=NOW),
    "llist jobs last": lambda s: queries.jobs(
        s, queries.JOBS_LONG, JobFilter(), last=True, now=NOW
    ),
    "list jobs count": lambda s: queries.count_jobs(s, JobFilter()),
    "list jobs job=backup-tree": jobs(name="backup-tree"),
    "list jobs jobstatus=T,W count": lambda s: queries.count_jobs(s, JobFilter(statuses="TW")),
    "list jobs jobtype=R,V": jobs(types="RV"),
    "list jobs volume=Full-0001 jobstatus=T joblevel=F client=alpha-fd": jobs(
        volume="Full-0001", statuses="T", levels="F", client="alpha-fd"
    ),
    "list jobs reverse": lambda s: queries.jobs(
        s, queries.JOBS, JobFilter(), descending=True, now=NOW
    ),
    "list pools limit=2": lambda s: queries.select(s, queries.POOLS, "pool", "ORDER BY poolid"),
    "list volumes all": lambda s: queries.volumes(s, queries.MEDIA),
    "llist volumes all": lambda s: queries.volumes(s, queries.MEDIA_LONG),
    "list volumes jobid=10": lambda s: queries.volumes_of_job(s, 10, long=False),
    "list storages": lambda s: queries.select(s, queries.STORAGES, "storage", "ORDER BY storageid"),
    "list filesets": lambda s: queries.filesets(s, "", [], Page()),
    "list jobmedia jobid=1": lambda s: queries.job_media(s, queries.JOBMEDIA, 1),
    "llist jobmedia jobid=1": lambda s: queries.job_media(s, queries.JOBMEDIA_LONG, 1),
    "list joblog jobid=4": lambda s: queries.job_log(s, 4),
    "list joblog jobid=1 count": lambda s: queries.count_job_log(s, 1),
    "list log limit=3": lambda s: queries.log(s, "", Page(3), newest_first=False),
    "list log limit=3 reverse": lambda s: queries.log(s, "", Page(3), newest_first=True),
    "list jobtotals": lambda s: queries.job_totals(s)[0],
    "list copies": lambda s: queries.copies(s, []),
    "list copies jobid=1": lambda s: queries.copies(s, [1]),
    "list backups client=alpha-fd fileset=Tree": jobs(
        client="alpha-fd", types="BAa", statuses="TW", filesets=["Tree"]
    ),
    "list backups client=alpha-fd order=desc limit=2": lambda s: queries.jobs(
        s,
        queries.JOBS,
        JobFilter(client="alpha-fd", types="BAa", statuses="TW"),
        Page(2),
        descending=True,
        now=NOW,
    ),
}


@pytest.mark.parametrize("command", LISTINGS)
def test_listing_is_as_recorded(frozen: Catalog, command: str) -> None:
    listing = LISTINGS[command](frozen.store)
    rows = [[value or "" for value in row] for row in listing.rows]
    headed = [[column.name for column in listing.columns], *rows] if rows else []
    assert headed == RECORDED[command]


def test_files_are_those_that_were_recorded(frozen: Catalog) -> None:
    listing = queries.file_names(frozen.store, 2)
    names = {name for (name,) in listing.rows}
    assert [column.name for column in listing.columns] == ["filename"]
    assert names == {name for (name,) in RECORDED["list files jobid=2"][1:]}


def test_columns_know_which_are_numbers(frozen: Catalog) -> None:
    listing = queries.jobs(frozen.store, queries.JOBS, JobFilter(), now=NOW)
    numbers = [column.name for column in listing.columns if column.is_number]
    assert numbers == ["jobid", "jobfiles", "jobbytes"]
