"""Fills a catalog, on either engine: from a dump of PostgreSQL, or with jobs that never ran."""

import re
from collections.abc import Iterator
from typing import Final

from barque.catalog import Catalog, JobEnd, JobStart
from barque.catalog.schema import TABLES
from barque.catalog.store import Store
from barque.domain.ids import JobId
from barque.domain.job import JobType, Level

DAY: Final = 86_400
"""Seconds."""

_PIECE: Final = re.compile(r"--[^\n]*|'(?:[^']|'')*'|;|[^';-]+|-", re.DOTALL)
_SEQUENCE: Final = re.compile(r"SELECT pg_catalog\.setval\('public\.(\w+)', (\d+), (true|false)\)")


def load_dump(store: Store, dump: str) -> None:
    """Replace all rows of *store* by those of *dump* (`pg_dump --data-only --inserts`).

    Sequences continue where the dump says. Raises CatalogError for a row that does not fit.
    """
    with store.transaction():
        for table in TABLES:
            store.run(f"DELETE FROM {table.name}")
        for statement in _statements(dump):
            if statement.startswith("INSERT INTO public."):
                store.query(statement.replace("INSERT INTO public.", "INSERT INTO ", 1))
            elif match := _SEQUENCE.fullmatch(statement):
                set_sequence(store, match[1], int(match[2]), is_called=match[3] == "true")


def make_job(
    catalog: Catalog,
    level: str,
    day: int,
    *,
    client: str = "one",
    file_set: str = "Set",
    md5: str = "a",
    job_type: JobType = JobType.BACKUP,
    status: str = "T",
    files: int = 1,
    volume: str = "V",
    seconds: int = 60,
) -> JobId:
    """Record a job that starts on *day*, lasts *seconds* and lies on *volume*; empty for none."""
    start = day * DAY
    client_id = catalog.clients.ensure(
        client, auto_prune=False, file_retention=0, job_retention=0
    ).client_id
    set_id = catalog.file_sets.ensure(file_set, md5, "", start).file_set_id
    pool_id = catalog.pools.ensure("Pool", {"pool_type": "Backup"}).pool_id
    job_id = catalog.jobs.create(
        job=f"job.{day}.{client}",
        name="job",
        type=job_type,
        level=Level(level),
        client_id=client_id,
        sched_time=start,
    )
    catalog.jobs.start(job_id, JobStart(level, start, client_id, pool_id, set_id))
    end = start + seconds
    catalog.jobs.end(
        job_id, JobEnd(status, level, end, end, client_id, pool_id, set_id, job_files=files)
    )
    if volume:
        found = catalog.volumes.find(volume)
        media_id = found.media_id if found else catalog.volumes.create(volume, pool_id, "File")
        catalog.job_media.create(
            job_id,
            media_id,
            first_index=1,
            last_index=9,
            start_file=0,
            end_file=1,
            start_block=200 * day,
            end_block=300 * day,
        )
    return job_id


def _statements(dump: str) -> Iterator[str]:
    """Yield the statements of *dump* without comments and semicolons."""
    pieces: list[str] = []
    for match in _PIECE.finditer(dump):
        piece = match.group()
        if piece == ";":
            yield "".join(pieces).strip()
            pieces = []
        elif not piece.startswith("--"):
            pieces.append(piece)


def set_sequence(store: Store, name: str, value: int, *, is_called: bool) -> None:
    """Make the sequence *name* go on after *value*, or with it when it *is_called* not yet."""
    if store.engine == "postgresql":
        store.rows("SELECT setval(CAST(? AS regclass), ?, ?)", (name, value, is_called))
        return
    table = next(table.name for table in TABLES if f"{table.name}_{table.serial}_seq" == name)
    store.run("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    if is_called:
        store.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, value))
