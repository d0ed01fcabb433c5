"""A catalog like that of the transcripts: its rows are what the transcripts show of it.

A job of 64,943 files has only those here that a transcript names.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from barque.catalog import Catalog
from barque.catalog.schema import TABLE, Kind
from barque.catalog.store import Store
from barque.domain.ids import JobId
from barque.testing.catalog import set_sequence
from barque.testing.compatibility.transcript import Transcript

type Row = Mapping[str, Any]
"""Columns by name."""

_FILES: Final = (
    (9824, 1, 775, 9824, "", "P4A Lqm+ EHt Bd A A A DAA BAA Y BrAyo+ BrAyhi BrAyo+ A A C"),
    (64942, 1, 246, 64942, "", "P4A LqJs EHt Bw A A A BAA BAA I BrAyo/ BrAyhE BrAyo7 A A C"),
    (64944, 2, 689, 1, "newlink", "P4A LqH/ KH/ B A A A L BAA A BrAy+p BrAy+p BrAy+p A A C"),
    (64945, 2, 689, 2, "newfile.txt", "P4A LqH+ IGk B A A A J BAA I BrAy+p BrAy+p BrAy+p A A C"),
    (
        64946,
        2,
        4238,
        3,
        "rand.bin",
        "P4A MUJk IGk B A A A BMS0A BAA JiY BrAy+p BrAy+p BrAy+p A A C",
    ),
    (64947, 2, 4237, 4, "passwd", "P4A MUJm IGk B A A A J BAA I BrAy+p BrAy+p BrAy+p A A C"),
    (64948, 2, 4237, 5, "", "P4A MUJl EHt C A A A BAA BAA I BrAy+p BrAy+p BrAy+p A A C"),
    (64949, 2, 4238, 6, "", "P4A MUJh EHt D A A A BAA BAA I BrAy+p BrAy+p BrAy+p A A C"),
    (64950, 2, 689, 7, "", "P4A LqJr EHt F A A A BAA BAA I BrAy+d BrAy+p BrAy+p A A C"),
)
"""FileId, JobId, PathId, FileIndex, name, LStat."""

_DIGESTS: Final = {64946: "1zmyot/69tx5iOU3epCc6Q"}
"""By FileId; others have none."""

_PATHS: Final = {
    246: "/var/ref/data/tree/usr-share/",
    689: "/var/ref/data/tree/",
    775: "/var/ref/data/tree/usr-include/",
    4237: "/var/ref/data/tree/newdir/sub/",
    4238: "/var/ref/data/tree/newdir/",
    4239: "/var/ref/data/",
    4240: "/var/ref/",
    4241: "/var/",
    4242: "/",
    4243: "",
}
"""By PathId."""

_RESTORES: Final = ((4, 1, 20_000_009), (5, 4, 20_001_342))
"""Restores that no transcript shows: JobId, files, bytes."""

_PROGRAMS: Final = tuple(
    b"bwild bextract testfind btraceback bareos-sd bconsole bareos-dbcheck bpluginfo bscrypto"
    b" bareos-fd btape bregex bcopy bdedupestimate bareos-webui-proxy bsmtp bscan bareos-dir bls"
    b" btestls".split()
)
"""What the FileSet SelfTest holds, beside its directory."""

_LSTAT: Final = "P4A MUJk IGk B A A A BMS0A BAA JiY BrAy+p BrAy+p BrAy+p A A C"


def fill(catalog: Catalog, found: Mapping[int, Transcript]) -> None:
    """Write the jobs, Volumes, files and logs that the first transcripts show."""
    store = catalog.store
    catalog.clients.set_uname(1, _shown(found, 47, "clients")[0]["uname"])
    for table, number, key in (("fileset", 69, "filesets"), ("job", 42, "jobs")):
        for row in _shown(found, number, key):
            _insert(store, table, row)
    for rows in _shown(found, 57, "volumes").values():
        for row in rows:
            _insert(store, "media", row)
    for pool in catalog.pools.all():
        catalog.pools.count_volumes(pool.pool_id)
    media = {volume.volume_name: volume.media_id for volume in catalog.volumes.all()}
    for row in _shown(found, 78, "jobmedia"):
        _insert(store, "jobmedia", {**row, "mediaid": media[row["volumename"]]})
    _fill_logs(store, found)
    _fill_files(store)
    for table in ("fileset", "job", "media", "jobmedia", "log", "path", "file"):
        _go_on(store, table)


def _shown(found: Mapping[int, Transcript], number: int, key: str) -> Any:
    """Return what the transcript *number* shows to programs."""
    return json.loads(found[number].programs.answers[0])["result"][key]


def _insert(store: Store, table: str, row: Row) -> None:
    """Insert what of *row* are columns; an empty text stands for NULL where texts cannot be."""
    kinds = {column.name: column.kind for column in TABLE[table].columns}
    fields = {
        name: None if value == "" and kinds[name] is not Kind.TEXT else value
        for name, value in row.items()
        if name in kinds
    }
    store.insert(table, list(fields), list(fields.values()))


def _go_on(store: Store, table: str) -> None:
    """Have the numbers of new rows go on behind those that were given."""
    serial = TABLE[table].serial
    highest = store.one(f"SELECT max({serial}) FROM {table}")
    assert highest is not None
    set_sequence(store, f"{table}_{serial}_seq", int(str(highest[0])), is_called=True)


def _fill_logs(store: Store, found: Mapping[int, Transcript]) -> None:
    newest_first = _shown(found, 85, "log")
    logs = (
        (1, _shown(found, 81, "joblog")),
        (2, _shown(found, 82, "joblog")),
        (3, newest_first[::-1]),
    )
    for job_id, rows in logs:
        for row in rows:
            _insert(store, "log", {"time": row["time"], "logtext": row["logtext"], "jobid": job_id})


def _fill_files(store: Store) -> None:
    for path_id, path in _PATHS.items():
        _insert(store, "path", {"pathid": path_id, "path": path})
    names = ("fileid", "jobid", "pathid", "fileindex", "name", "lstat")
    for values in _FILES:
        row = dict(zip(names, values, strict=True))
        _insert(store, "file", {**row, "md5": _DIGESTS.get(values[0], "0")})


def add_restores(catalog: Catalog) -> None:
    """Write the restores that no transcript shows."""
    job = catalog.jobs.get(3)
    assert job is not None
    for job_id, files, size in _RESTORES:
        name = f"{job.name}.2026-11-22_18.10.2{job_id}_09"
        row = {"jobid": job_id, "job": name, "name": job.name, "type": "R", "level": "F"}
        _insert(catalog.store, "job", {**row, "clientid": job.client_id, "jobstatus": "T"})
        end = job.end_time + 60
        times = {"start_time": end, "end_time": end, "job_tdate": end}
        catalog.jobs.update(job_id, job_files=files, job_bytes=size, **times)
    _go_on(catalog.store, "job")


def add_programs(catalog: Catalog, job_id: JobId, text: str) -> None:
    """Write what a Full of the FileSet SelfTest, whose text is *text*, leaves in the catalog."""
    fileset = catalog.file_sets.ensure("SelfTest", "B0aUDw+L2GJxEfJ3hA/8VB", text, 1795371040)
    pool, volume = catalog.pools.find("Full"), catalog.volumes.find("Full-0001")
    assert pool is not None
    assert volume is not None
    catalog.jobs.update(job_id, level="F", file_set_id=fileset.file_set_id, pool_id=pool.pool_id)
    catalog.job_media.create(
        job_id,
        volume.media_id,
        first_index=1,
        last_index=len(_PROGRAMS) + 1,
        start_file=0,
        end_file=0,
        start_block=701_470_387,
        end_block=734_636_277,
    )
    with catalog.attributes(job_id) as batch:
        for index, name in enumerate((*_PROGRAMS, b""), 1):
            batch.add(index, b"/srv/bareos-bin/sbin/", name, _LSTAT, "0", 0)
