"""Single things that consoles look up in the catalog: names, numbers, one column of a row.

Source: console commands, sections 4 to 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from barque.catalog.console_queries import text_of
from barque.catalog.schema import TABLE
from barque.catalog.store import Store, Value


def names(store: Store, table: str, column: str) -> list[str]:
    """Return the different values of a column, sorted."""
    declared = TABLE[table].column(column).name
    rows = store.rows(f"SELECT DISTINCT {declared} FROM {table} ORDER BY {declared}")
    return [text_of(row[0]) or "" for row in rows]


def prunable(store: Store, pool_id: int, now: float) -> dict[str, int]:
    """Return what pruning a pool now (Unix seconds) would free: Volumes, jobs, bytes.

    Only full or used Volumes that are not archived count, with jobs older than their retention.
    """
    expired = (
        "FROM media JOIN jobmedia ON jobmedia.mediaid = media.mediaid"
        " JOIN job ON job.jobid = jobmedia.jobid"
        " WHERE media.poolid = ? AND media.volstatus IN ('Full', 'Used') AND media.enabled <> 2"
        " AND job.jobtdate + media.volretention < ?"
    )
    values = [pool_id, int(now)]
    found = store.one(
        f"SELECT COUNT(DISTINCT media.mediaid), COUNT(DISTINCT job.jobid) {expired}", values
    )
    total = store.one(
        f"SELECT COALESCE(SUM(jobbytes), 0) FROM job WHERE jobid IN (SELECT job.jobid {expired})",
        values,
    )
    numbers = [*(found or (0, 0)), *(total or (0,))]
    keys = ("prunablevolumes", "prunablejobs", "prunablebytes")
    return {key: int(number or 0) for key, number in zip(keys, numbers, strict=True)}


@dataclass(frozen=True, slots=True)
class NewestFull:
    """The newest Full of a client and FileSet."""

    client: str
    client_id: int
    fileset: str
    fileset_text: str
    bytes: int
    """What was read, or written when that is more."""


def newest_fulls(store: Store) -> list[NewestFull]:
    """Return the newest Full with data of each client and FileSet, by client and FileSet."""
    rows = store.rows(
        "SELECT client.name, client.clientid, fileset.fileset, fileset.filesettext,"
        " job.readbytes, job.jobbytes"
        " FROM job JOIN client ON client.clientid = job.clientid"
        " JOIN fileset ON fileset.filesetid = job.filesetid"
        " WHERE job.jobid IN (SELECT MAX(job.jobid) FROM job"
        " JOIN fileset ON fileset.filesetid = job.filesetid"
        " WHERE level = 'F' AND jobstatus IN ('T', 'W') AND type = 'B' AND jobbytes > 0"
        " GROUP BY job.clientid, fileset.fileset)"
        " ORDER BY client.name, fileset.fileset"
    )
    return [
        NewestFull(
            text_of(client) or "",
            int(client_id or 0),
            text_of(fileset) or "",
            text_of(text) or "",
            max(int(read or 0), int(written or 0)),
        )
        for client, client_id, fileset, text, read, written in rows
    ]


def user_of_storage(store: Store, storage_id: int) -> str:
    """Return a Volume or device that refers to a storage record; empty when nothing does."""
    for what, sql in (
        ("volume", "SELECT volumename FROM media WHERE storageid = ? LIMIT 1"),
        ("device", "SELECT name FROM device WHERE storageid = ? LIMIT 1"),
    ):
        row = store.one(sql, [storage_id])
        if row is not None:
            return f"{what} '{text_of(row[0])}'"
    return ""


def failed_jobs(
    store: Store, *, first: int = 0, last: int = 2**31 - 1, after: str = ""
) -> list[int]:
    """Return jobs between two numbers that failed, and were to start *after* a time."""
    values: Sequence[Value] = [first, last, after or "1970-01-01 00:00:00"]
    rows = store.rows(
        "SELECT jobid FROM job WHERE jobstatus = 'f' AND jobid BETWEEN ? AND ?"
        " AND schedtime > ? ORDER BY jobid",
        values,
    )
    return [int(row[0] or 0) for row in rows]


def filesets_of_client(store: Store, client_id: int) -> list[int]:
    """Return the numbers of the FileSets that jobs of a client used."""
    rows = store.rows(
        "SELECT DISTINCT filesetid FROM job WHERE clientid = ? ORDER BY filesetid", [client_id]
    )
    return [int(row[0]) for row in rows if row[0]]


def encoded_status(store: Store, job_id: int, directory: str, name: str) -> str:
    """Return the encoded status of a saved file; empty when there is none."""
    row = store.one(
        "SELECT file.lstat FROM file JOIN path ON path.pathid = file.pathid"
        " WHERE path.path = ? AND file.name = ? AND file.jobid = ?",
        (directory, name, job_id),
    )
    return (text_of(row[0]) or "") if row else ""
