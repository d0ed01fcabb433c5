"""What consoles list: jobs, volumes, pools, logs ... as headed rows of text.

Values come in the text form of PostgreSQL, whichever engine keeps them.
Source: console commands, section 4; catalog, section 5.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from barque.catalog.schema import TABLE
from barque.catalog.sqltext import marks
from barque.catalog.store import ResultColumn, Store, Value
from barque.catalog.times import FORMAT, to_sql

type TextRow = tuple[str | None, ...]
"""Values as text, None for NULL."""

_MOST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Listing:
    """A heading and the rows under it."""

    columns: tuple[ResultColumn, ...]
    rows: list[TextRow]


@dataclass(frozen=True, slots=True)
class StreamedListing:
    """A heading and rows that are read once, in bounded memory: there may be millions."""

    columns: tuple[ResultColumn, ...]
    rows: Iterator[TextRow]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a listing is wanted."""

    limit: int | None = None
    offset: int = 0

    @property
    def sql(self) -> str:
        """The clause for it, with two placeholders; empty for everything."""
        return "" if self.limit is None else " LIMIT ? OFFSET ?"

    @property
    def values(self) -> list[Value]:
        """What fills the placeholders."""
        if self.limit is None:
            return []
        return [min(self.limit, _MOST), min(self.offset, _MOST)]


EVERYTHING: Final = Page()
"""No limit."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are listed; what is empty or None does not matter."""

    job_id: int = 0
    name: str = ""
    client: str = ""
    statuses: Sequence[str] = ()
    levels: Sequence[str] = ()
    types: Sequence[str] = ()
    volume: str | None = None
    pool: str | None = None
    filesets: Sequence[str] | None = None
    since: float | None = None
    """Unix seconds: scheduled later than this."""

    def conditions(self) -> tuple[str, list[Value]]:
        """Return the condition for a WHERE, and the values of its placeholders."""
        parts: list[str] = ["job.jobid > 0"]
        values: list[Value] = []

        def add(sql: str, *bound: Value) -> None:
            parts.append(sql)
            values.extend(bound)

        if self.job_id:
            add("job.jobid = ?", self.job_id)
        if self.name:
            add("job.name = ?", self.name)
        if self.client:
            add("client.name = ?", self.client)
        for column, letters in (
            ("job.jobstatus", self.statuses),
            ("job.level", self.levels),
            ("job.type", self.types),
            ("fileset.fileset", self.filesets),
        ):
            if letters or (letters is not None and column == "fileset.fileset"):
                add(f"{column} IN ({marks(letters)})", *letters)
        if self.volume is not None:
            add(_ON_VOLUME, self.volume)
        if self.pool is not None:
            add("job.poolid IN (SELECT poolid FROM pool WHERE name = ?)", self.pool)
        if self.since is not None:
            add("job.schedtime > ?", to_sql(self.since) or "1970-01-01 00:00:00")
        return " AND ".join(parts), values


_ON_VOLUME: Final = (
    "EXISTS (SELECT 1 FROM jobmedia JOIN media ON media.mediaid = jobmedia.mediaid"
    " WHERE jobmedia.jobid = job.jobid AND media.volumename = ?)"
)
_JOB_TABLES: Final = (
    "job LEFT JOIN client ON client.clientid = job.clientid"
    " LEFT JOIN pool ON pool.poolid = job.poolid"
    " LEFT JOIN fileset ON fileset.filesetid = job.filesetid"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a listing."""

    sql: str
    name: str
    is_number: bool

    @property
    def column(self) -> ResultColumn:
        """Its heading."""
        return ResultColumn(self.name, self.is_number)


def fields(text: str) -> tuple[Field, ...]:
    """Return the fields that *text* names as ``table.column`` or ``table.column=heading``."""
    return tuple(_field(word) for word in text.split())


def _field(word: str) -> Field:
    sql, _, heading = word.partition("=")
    table, _, column = sql.partition(".")
    return Field(sql, heading or column, TABLE[table].column(column).kind.is_number)


_DURATION: Final = Field("job.endtime", "duration", is_number=False)

JOBS: Final = (
    *fields("job.jobid job.name client.name=client job.starttime"),
    _DURATION,
    *fields("job.type job.level job.jobfiles job.jobbytes job.jobstatus"),
)
"""Columns of a short list of jobs."""

JOBS_LONG: Final = (
    *fields(
        "job.jobid job.job job.name job.purgedfiles job.type job.level job.clientid"
        " client.name=client job.jobstatus job.schedtime job.starttime job.endtime job.realendtime"
    ),
    _DURATION,
    *fields(
        "job.jobtdate job.volsessionid job.volsessiontime job.jobfiles job.jobbytes job.joberrors"
        " job.jobmissingfiles job.poolid pool.name=poolname job.priorjobid job.filesetid"
        " fileset.fileset"
    ),
)
"""Columns of a long list of jobs."""

_MEDIA_TABLES: Final = (
    "media LEFT JOIN storage ON storage.storageid = media.storageid"
    " LEFT JOIN pool ON pool.poolid = media.poolid"
    " LEFT JOIN pool AS scratch ON scratch.poolid = media.scratchpoolid"
    " LEFT JOIN pool AS recycler ON recycler.poolid = media.recyclepoolid"
)
_HAS_KEY: Final = Field(
    "CASE WHEN COALESCE(media.encryptionkey, '') = '' THEN 0 ELSE 1 END",
    "hasencryptionkey",
    is_number=True,
)

MEDIA: Final = (
    *fields(
        "media.mediaid media.volumename media.volstatus media.enabled media.volbytes media.volfiles"
        " media.volretention media.recycle media.slot media.inchanger media.mediatype"
        " media.lastwritten storage.name=storage"
    ),
    _HAS_KEY,
)
"""Columns of a short list of Volumes."""

MEDIA_LONG: Final = (
    *fields(
        "media.mediaid media.volumename media.slot media.poolid pool.name=pool media.mediatype"
        " media.firstwritten media.lastwritten media.labeldate media.voljobs media.volfiles"
        " media.volblocks media.volmounts media.volbytes media.volerrors media.volwrites"
        " media.volcapacitybytes media.volstatus media.enabled media.recycle media.volretention"
        " media.voluseduration media.maxvoljobs media.maxvolfiles media.maxvolbytes"
        " media.inchanger media.endfile media.endblock media.labeltype media.storageid"
        " media.deviceid media.locationid media.recyclecount media.initialwrite"
        " media.scratchpoolid"
    ),
    Field("scratch.name", "scratchpool", is_number=False),
    *fields("media.recyclepoolid"),
    Field("recycler.name", "recyclepool", is_number=False),
    _HAS_KEY,
    *fields("media.comment storage.name=storage"),
)
"""Columns of a long list of Volumes."""

MEDIA_TO_TRUNCATE: Final = fields(
    "media.mediaid media.volumename pool.name=pool storage.name=storage media.mediatype"
    " media.lastwritten media.volfiles media.volbytes media.volstatus media.actiononpurge"
    " media.comment"
)
"""Columns of the list of Volumes that are about to be emptied."""

POOLS: Final = fields(
    "pool.poolid pool.name pool.numvols pool.maxvols pool.pooltype pool.labelformat"
)
"""Columns of a short list of pools."""

POOLS_LONG: Final = fields(
    "pool.poolid pool.name pool.numvols pool.maxvols pool.useonce pool.usecatalog"
    " pool.acceptanyvolume pool.volretention pool.voluseduration pool.maxvoljobs pool.maxvolbytes"
    " pool.autoprune pool.recycle pool.pooltype pool.labelformat pool.enabled pool.scratchpoolid"
    " pool.recyclepoolid pool.labeltype"
)
"""Columns of a long list of pools."""

POOL_RECORD: Final = fields(
    "pool.poolid pool.name pool.numvols pool.maxvols pool.useonce pool.usecatalog"
    " pool.acceptanyvolume pool.volretention pool.voluseduration pool.maxvoljobs pool.maxvolfiles"
    " pool.maxvolbytes pool.autoprune pool.recycle pool.actiononpurge pool.pooltype pool.labeltype"
    " pool.labelformat pool.enabled pool.scratchpoolid pool.recyclepoolid pool.nextpoolid"
    " pool.minblocksize pool.maxblocksize pool.migrationhighbytes pool.migrationlowbytes"
    " pool.migrationtime"
)
"""Every column of a pool."""

CLIENTS: Final = fields("client.clientid client.name client.fileretention client.jobretention")
"""Columns of a short list of clients."""

CLIENTS_LONG: Final = fields(
    "client.clientid client.name client.uname client.autoprune client.fileretention"
    " client.jobretention"
)
"""Columns of a long list of clients."""

STORAGES: Final = fields("storage.storageid storage.name storage.autochanger")
"""Columns of a list of storages."""

FILESETS: Final = fields(
    "fileset.filesetid fileset.fileset fileset.md5 fileset.createtime fileset.filesettext"
)
"""Columns of a list of FileSets."""

JOBMEDIA: Final = fields("jobmedia.jobid media.volumename jobmedia.firstindex jobmedia.lastindex")
"""Columns of a short list of what jobs wrote to Volumes."""

JOBMEDIA_LONG: Final = fields(
    "jobmedia.jobmediaid jobmedia.jobid media.mediaid media.volumename jobmedia.firstindex"
    " jobmedia.lastindex jobmedia.startfile jobmedia.endfile jobmedia.startblock jobmedia.endblock"
)
"""Columns of a long list of what jobs wrote to Volumes."""

LOG: Final = fields("log.logid job.name=jobname client.name=clientname log.time log.logtext")
"""Columns of the log."""

JOB_STATISTICS: Final = fields(
    "jobstats.deviceid jobstats.sampletime jobstats.jobid jobstats.jobfiles jobstats.jobbytes"
)
"""Columns of the samples of one job."""

_COUNT: Final = (ResultColumn("count", is_number=True),)


def text_of(value: Value) -> str | None:
    """Return *value* as PostgreSQL prints it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def select(
    store: Store, wanted: Sequence[Field], tables: str, rest: str = "", values: Sequence[Value] = ()
) -> Listing:
    """Return the *wanted* columns of *tables*; *rest* is what follows FROM."""
    chosen = ", ".join(field.sql for field in wanted)
    rows = store.rows(f"SELECT {chosen} FROM {tables} {rest}", values)
    return Listing(
        tuple(field.column for field in wanted),
        [tuple(text_of(value) for value in row) for row in rows],
    )


def count(store: Store, tables: str, condition: str, values: Sequence[Value]) -> Listing:
    """Return a listing of one number."""
    row = store.one(f"SELECT COUNT(*) FROM {tables} WHERE {condition}", values)
    return Listing(_COUNT, [(text_of(row[0] if row else 0),)])


def jobs(
    store: Store,
    wanted: Sequence[Field],
    job_filter: JobFilter,
    page: Page = EVERYTHING,
    *,
    last: bool = False,
    descending: bool = False,
    now: float = 0,
) -> Listing:
    """Return jobs by their start; with *last* only the newest of each name.

    *now* (Unix seconds) is the end of jobs that still run.
    """
    condition, values = job_filter.conditions()
    if last:
        condition = (
            f"job.jobid IN (SELECT MAX(job.jobid) FROM {_JOB_TABLES} WHERE {condition}"
            " GROUP BY job.name)"
        )
    order = (
        "job.starttime IS NULL DESC, job.starttime DESC, job.jobid"
        if descending
        else "job.starttime IS NULL, job.starttime, job.jobid"
    )
    listing = select(
        store,
        wanted,
        _JOB_TABLES,
        f"WHERE {condition} ORDER BY {order}{page.sql}",
        [*values, *page.values],
    )
    return _with_durations(listing, to_sql(now) or "")


def count_jobs(store: Store, job_filter: JobFilter, page: Page = EVERYTHING) -> Listing:
    """Return how many jobs there are; a page that begins after the first row holds nothing."""
    condition, values = job_filter.conditions()
    listing = count(store, _JOB_TABLES, condition, values)
    if page.limit is not None and (page.limit == 0 or page.offset > 0):
        listing.rows.clear()
    return listing


def _with_durations(listing: Listing, now: str) -> Listing:
    """Replace the end of each job, which stands in the column ``duration``, by how long it took."""
    names = [column.name for column in listing.columns]
    start, duration = names.index("starttime"), names.index("duration")
    rows = [
        (*row[:duration], _duration(row[start], row[duration], now), *row[duration + 1 :])
        for row in listing.rows
    ]
    return Listing(listing.columns, rows)


def _duration(start: str | None, end: str | None, now: str) -> str | None:
    """Return the time from *start* to *end*, or to *now*: ``[N days ]HH:MM:SS``."""
    if start is None:
        return None
    if end is None or end < start:
        end = now
    try:
        took = _parsed(end) - _parsed(start)
    except ValueError:
        return None
    return format_interval(took)


def _parsed(text: str) -> datetime:
    return datetime.strptime(text[:19], FORMAT)  # noqa: DTZ007 - both ends are local


def format_interval(took: timedelta) -> str:
    """Return *took* as PostgreSQL prints an interval."""
    sign = "-" if took < timedelta(0) else ""
    took = abs(took)
    hours, rest = divmod(took.seconds, 3600)
    days = f"{sign}{took.days} day{'' if took.days == 1 else 's'} " if took.days else ""
    return f"{days}{sign}{hours:02}:{rest // 60:02}:{rest % 60:02}"


def job_totals(store: Store) -> tuple[Listing, Listing]:
    """Return files and bytes of the backups of each job, and of all jobs."""
    sums = "COUNT(*), COALESCE(SUM(jobfiles), 0), COALESCE(SUM(jobbytes), 0)"
    of_backups = "FROM job WHERE type IN ('B', 'A', 'a', 'C')"
    numbers = tuple(ResultColumn(name, is_number=True) for name in ("jobs", "files", "bytes"))
    by_name = store.rows(f"SELECT {sums}, name {of_backups} GROUP BY name ORDER BY name")
    total = store.rows(f"SELECT {sums} {of_backups}")
    return (
        Listing((*numbers, ResultColumn("job", is_number=False)), _texts(by_name)),
        Listing(numbers, _texts(total)),
    )


def _texts(rows: Sequence[tuple[Value, ...]]) -> list[TextRow]:
    return [tuple(text_of(value) for value in row) for row in rows]


def volumes(
    store: Store,
    wanted: Sequence[Field],
    condition: str = "",
    values: Sequence[Value] = (),
    page: Page = EVERYTHING,
) -> Listing:
    """Return the Volumes for which *condition* holds, by their number."""
    where = f"WHERE {condition} " if condition else ""
    rest = f"{where}ORDER BY media.mediaid{page.sql}"
    return select(store, wanted, _MEDIA_TABLES, rest, [*values, *page.values])


def volumes_of_job(store: Store, job_id: int, *, long: bool) -> Listing:
    """Return the Volumes that a job wrote to."""
    wanted = fields(
        "jobmedia.jobmediaid jobmedia.jobid media.mediaid media.volumename"
        if long
        else "media.volumename"
    )
    chosen = select(
        store,
        wanted,
        "jobmedia JOIN media ON media.mediaid = jobmedia.mediaid",
        "WHERE jobmedia.jobid = ? ORDER BY jobmedia.jobmediaid",
        [job_id],
    )
    return chosen if long else Listing(chosen.columns, list(dict.fromkeys(chosen.rows)))


def job_media(store: Store, wanted: Sequence[Field], job_id: int) -> Listing:
    """Return where on Volumes a job lies; every job's places when *job_id* is 0."""
    return select(
        store,
        wanted,
        "jobmedia JOIN media ON media.mediaid = jobmedia.mediaid",
        f"WHERE {'jobmedia.jobid = ?' if job_id else '? = 0'} ORDER BY jobmedia.jobmediaid",
        [job_id],
    )


def file_names(store: Store, job_id: int) -> StreamedListing:
    """Return the path of every file of a job, files of base jobs included, by directory."""
    return _named(
        store,
        "filename",
        "SELECT path.path || file.name FROM ("
        "SELECT pathid, fileid, name FROM file WHERE jobid = ? UNION ALL "
        "SELECT file.pathid, file.fileid, file.name FROM basefiles"
        " JOIN file ON file.fileid = basefiles.fileid WHERE basefiles.jobid = ?"
        ") AS file JOIN path ON path.pathid = file.pathid"
        " ORDER BY file.pathid, file.fileid DESC",
        [job_id, job_id],
    )


def base_file_names(store: Store, job_id: int) -> StreamedListing:
    """Return the paths that a job takes from base jobs."""
    return _named(
        store,
        "filename",
        "SELECT path.path || file.name FROM basefiles"
        " JOIN file ON file.fileid = basefiles.fileid AND file.jobid = basefiles.basejobid"
        " JOIN path ON path.pathid = file.pathid WHERE basefiles.jobid = ?",
        [job_id],
    )


def _named(store: Store, heading: str, sql: str, values: Sequence[Value]) -> StreamedListing:
    column = ResultColumn(heading, is_number=False)
    rows = ((text_of(name),) for (name,) in store.stream(sql, values))
    return StreamedListing((column,), rows)


def copies(store: Store, job_ids: Sequence[int], page: Page = EVERYTHING) -> Listing:
    """Return the copies of *job_ids*, of every job when there are none."""
    condition, values = "job.type = 'C'", []
    if job_ids:
        some = marks(job_ids)
        condition += f" AND (job.priorjobid IN ({some}) OR job.jobid IN ({some}))"
        values = [*job_ids, *job_ids]
    rows = store.rows(
        "SELECT DISTINCT job.priorjobid, job.job, job.jobid, media.mediatype FROM job"
        " JOIN jobmedia ON jobmedia.jobid = job.jobid"
        " JOIN media ON media.mediaid = jobmedia.mediaid"
        f" WHERE {condition} ORDER BY job.priorjobid DESC{page.sql}",
        [*values, *page.values],
    )
    columns = (
        ResultColumn("jobid", is_number=True),
        ResultColumn("job", is_number=False),
        ResultColumn("copyjobid", is_number=True),
        ResultColumn("mediatype", is_number=False),
    )
    return Listing(columns, _texts(rows))


def log(store: Store, client: str, page: Page, *, newest_first: bool) -> Listing:
    """Return the newest log entries; of one *client* unless that is empty."""
    condition, values = "job.type <> 'C'", list[Value]()
    if client:
        condition += " AND client.name = ?"
        values.append(client)
    listing = select(
        store,
        LOG,
        "log JOIN job ON job.jobid = log.jobid LEFT JOIN client ON client.clientid = job.clientid",
        f"WHERE {condition} ORDER BY log.logid DESC{page.sql}",
        [*values, *page.values],
    )
    if not newest_first:
        listing.rows.reverse()
    return listing


def job_log(store: Store, job_id: int, page: Page = EVERYTHING) -> Listing:
    """Return what a job said."""
    return select(
        store,
        fields("log.time log.logtext"),
        "log",
        f"WHERE log.jobid = ? ORDER BY log.logid{page.sql}",
        [job_id, *page.values],
    )


def count_job_log(store: Store, job_id: int) -> Listing:
    """Return how much a job said."""
    return count(store, "log", "jobid = ?", [job_id])


def filesets(store: Store, condition: str, values: Sequence[Value], page: Page) -> Listing:
    """Return the versions of FileSets for which *condition* holds."""
    where = f"WHERE {condition} " if condition else ""
    return select(
        store,
        FILESETS,
        "fileset",
        f"{where}ORDER BY fileset.filesetid{page.sql}",
        [*values, *page.values],
    )


def job_statistics(store: Store, job_id: int) -> Listing:
    """Return the samples that were taken while a job ran."""
    return select(
        store, JOB_STATISTICS, "jobstats", "WHERE jobid = ? ORDER BY sampletime", [job_id]
    )


def job_statuses(store: Store, letter: str) -> Listing:
    """Return the statuses that jobs may have, or the one with *letter*."""
    listing = select(
        store,
        fields("status.jobstatus status.jobstatuslong status.severity"),
        "status",
        f"WHERE {'jobstatus = ?' if letter else '? = ?'} ORDER BY jobstatus",
        [letter] if letter else [1, 1],
    )
    extra = (
        ResultColumn("exitlevel", is_number=False),
        ResultColumn("exitstatus", is_number=False),
    )
    return Listing(
        (*listing.columns, *extra), [(*row, *_exit_of(row[0] or "")) for row in listing.rows]
    )


def _exit_of(letter: str) -> tuple[str | None, str | None]:
    """Return level and word of the exit that a status means; none while a job runs."""
    if letter == "T":
        return "0", "Ok"
    if letter == "W":
        return "1", "Warning"
    return ("2", "Error") if letter in {"e", "f", "A", "E"} else (None, None)


def jobs_on_volumes(store: Store, job_ids: Sequence[int]) -> Listing:
    """Return *job_ids* with the Volumes that can be read, by their start."""
    listing = select(
        store,
        fields("job.jobid job.level job.jobfiles job.jobbytes job.starttime media.volumename"),
        "job JOIN jobmedia ON jobmedia.jobid = job.jobid"
        " JOIN media ON media.mediaid = jobmedia.mediaid",
        f"WHERE job.jobid IN ({marks(job_ids)}) AND media.enabled = 1"
        " ORDER BY job.starttime, job.jobid, jobmedia.jobmediaid",
        job_ids,
    )
    return Listing(listing.columns, list(dict.fromkeys(listing.rows)))


def saved_as(store: Store, client_id: int, name: str) -> Listing:
    """Return the jobs of a client that saved a file of this base name."""
    found = Field("path.path || file.name", "name", is_number=False)
    return select(
        store,
        (
            *fields("job.jobid"),
            found,
            *fields("job.starttime job.type=jobtype job.jobstatus job.jobfiles job.jobbytes"),
        ),
        "file JOIN job ON job.jobid = file.jobid JOIN path ON path.pathid = file.pathid",
        "WHERE file.name = ? AND job.clientid = ? ORDER BY job.starttime DESC LIMIT 20",
        [name, client_id],
    )
