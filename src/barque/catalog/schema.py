"""The catalog's tables as data: schema 2250, whichever engine keeps them.

Each table is declared once; `ddl.py` spells the declarations for SQLite and for PostgreSQL. Names
are written in lower case, as PostgreSQL stores unquoted names, so one SQL text serves both engines.

There are no foreign keys: whoever deletes a row deletes what hangs on it.
Source: catalog, section 2.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from barque.errors import SchemaVersionError

VERSION: Final = 2250
"""The number in the table `version` that this code reads and writes."""


class Kind(Enum):
    """What a column holds; the spelling of each engine is in `ddl.py`."""

    SERIAL = "serial"
    BIG_SERIAL = "bigserial"
    SMALL = "smallint"
    INTEGER = "integer"
    BIG = "bigint"
    WIDE = "numeric(20)"
    LETTER = "char(1)"
    TEXT = "text"
    BYTES = "bytea"
    TIME = "timestamp"

    @property
    def is_number(self) -> bool:
        """Consoles right-align it and separate its thousands."""
        return self not in {Kind.LETTER, Kind.TEXT, Kind.BYTES, Kind.TIME}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    """Lower case."""
    kind: Kind
    required: bool = False
    """NOT NULL."""
    default: str = ""
    """SQL literal; empty for none."""
    allowed: tuple[str, ...] = ()
    """The only texts that a CHECK lets in; empty for any."""


@dataclass(frozen=True, slots=True)
class Index:
    """One index of a table."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""
    """Condition of a partial index; empty for all rows."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the catalog."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    """Primary key."""
    indexes: tuple[Index, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column *name*; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    @property
    def serial(self) -> str:
        """Name of the column that counts by itself; empty when the table has none."""
        for column in self.columns:
            if column.kind in {Kind.SERIAL, Kind.BIG_SERIAL}:
                return column.name
        return ""


VOLUME_STATUSES: Final = (
    "Unlabeled",
    "Full",
    "Archive",
    "Append",
    "Recycle",
    "Purged",
    "Read-Only",
    "Disabled",
    "Error",
    "Busy",
    "Used",
    "Cleaning",
    "Scratch",
)
"""What media.volstatus may say."""

POOL_TYPES: Final = ("Backup", "Copy", "Cloned", "Archive", "Migration", "Scratch")
"""What pool.pooltype may say."""


def _serial(name: str, *, required: bool = True) -> Column:
    return Column(name, Kind.SERIAL, required)


def _text(name: str, *, default: str = "") -> Column:
    return Column(name, Kind.TEXT, not default, default)


def _free(name: str, kind: Kind) -> Column:
    return Column(name, kind)


def _key(name: str, kind: Kind = Kind.INTEGER) -> Column:
    return Column(name, kind, required=True)


def _count(name: str, kind: Kind = Kind.INTEGER, *, required: bool = False) -> Column:
    return Column(name, kind, required, "0")


def _counts(kind: Kind, *names: str, required: bool = False) -> tuple[Column, ...]:
    return tuple(_count(name, kind, required=required) for name in names)


def _yes(name: str) -> Column:
    return Column(name, Kind.SMALL, default="1")


def _times(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.TIME) for name in names)


_JOB: Final = (
    _serial("jobid"),
    _text("job"),
    _text("name"),
    _key("type", Kind.LETTER),
    _key("level", Kind.LETTER),
    _count("clientid"),
    _key("jobstatus", Kind.LETTER),
    *_times("schedtime", "starttime", "endtime", "realendtime"),
    _count("jobtdate", Kind.BIG),
    *_counts(Kind.INTEGER, "volsessionid", "volsessiontime", "jobfiles"),
    *_counts(Kind.BIG, "jobbytes", "readbytes"),
    *_counts(Kind.INTEGER, "joberrors", "jobmissingfiles", "poolid", "filesetid", "priorjobid"),
    *_counts(Kind.SMALL, "purgedfiles", "hasbase", "hascache", "reviewed"),
    _free("comment", Kind.TEXT),
)


def _history(column: Column) -> Column:
    """Return *column* as the history of jobs has it: no default, no counting."""
    kind = Kind.INTEGER if column.kind is Kind.SERIAL else column.kind
    return Column(column.name, kind, column.required)


TABLES: Final = (
    Table(
        "path",
        (_serial("pathid"), _text("path")),
        ("pathid",),
        (Index("path_name_idx", ("path",), unique=True),),
    ),
    Table(
        "file",
        (
            Column("fileid", Kind.BIG_SERIAL, required=True),
            _count("fileindex", required=True),
            _key("jobid"),
            _key("pathid"),
            _count("deltaseq", Kind.SMALL, required=True),
            _count("markid", required=True),
            *_counts(Kind.WIDE, "fhinfo", "fhnode", required=True),
            _text("lstat"),
            _text("md5"),
            _text("name"),
        ),
        ("fileid",),
        (
            Index("file_jpfid_idx", ("jobid", "pathid", "name")),
            Index("file_pjidpart_idx", ("pathid", "jobid"), where="fileindex = 0 AND name = ''"),
        ),
    ),
    Table(
        "restoreobject",
        (
            _serial("restoreobjectid"),
            _text("objectname"),
            _key("restoreobject", Kind.BYTES),
            _text("pluginname"),
            *_counts(
                Kind.INTEGER,
                "objectlength",
                "objectfulllength",
                "objectindex",
                "objecttype",
                "fileindex",
            ),
            _free("jobid", Kind.INTEGER),
            _count("objectcompression"),
        ),
        ("restoreobjectid",),
        (Index("restore_jobid_idx", ("jobid",)),),
    ),
    Table("job", _JOB, ("jobid",), (Index("job_name_idx", ("name",)),)),
    Table(
        "jobhisto",
        tuple(_history(column) for column in _JOB),
        indexes=(Index("jobhisto_idx", ("starttime",)),),
    ),
    Table(
        "location",
        (
            _serial("locationid"),
            _text("location"),
            _count("cost"),
            _free("enabled", Kind.SMALL),
        ),
        ("locationid",),
    ),
    Table(
        "fileset",
        (
            _serial("filesetid"),
            _text("fileset"),
            _text("filesettext", default="''"),
            _text("md5"),
            _key("createtime", Kind.TIME),
        ),
        ("filesetid",),
        (Index("fileset_name_idx", ("fileset",)),),
    ),
    Table(
        "jobmedia",
        (
            _serial("jobmediaid"),
            _key("jobid"),
            _key("mediaid"),
            *_counts(Kind.INTEGER, "firstindex", "lastindex", "startfile", "endfile"),
            *_counts(Kind.BIG, "startblock", "endblock"),
            _count("jobbytes", Kind.WIDE),
            _count("volindex"),
        ),
        ("jobmediaid",),
        (
            Index("job_media_job_id_media_id_idx", ("jobid", "mediaid")),
            Index("job_media_media_id_job_id_idx", ("mediaid", "jobid")),
        ),
    ),
    Table(
        "media",
        (
            _serial("mediaid"),
            _text("volumename"),
            _count("slot", Kind.BIG),
            _count("poolid"),
            _text("mediatype"),
            *_counts(Kind.INTEGER, "mediatypeid", "labeltype"),
            *_times("firstwritten", "lastwritten", "labeldate"),
            *_counts(
                Kind.BIG,
                "voljobs",
                "volfiles",
                "volblocks",
                "volmounts",
                "volbytes",
                "volerrors",
                "volwrites",
                "volcapacitybytes",
            ),
            Column("volstatus", Kind.TEXT, required=True, allowed=VOLUME_STATUSES),
            _yes("enabled"),
            *_counts(Kind.SMALL, "recycle", "actiononpurge"),
            *_counts(
                Kind.BIG,
                "volretention",
                "voluseduration",
                "maxvoljobs",
                "maxvolfiles",
                "maxvolbytes",
            ),
            _count("inchanger", Kind.SMALL),
            *_counts(Kind.INTEGER, "storageid", "deviceid"),
            _count("mediaaddressing", Kind.SMALL),
            *_counts(Kind.BIG, "volreadtime", "volwritetime", "endfile", "endblock"),
            _count("locationid"),
            *_counts(Kind.BIG, "recyclecount", "minblocksize", "maxblocksize"),
            *_times("initialwrite"),
            *_counts(Kind.INTEGER, "scratchpoolid", "recyclepoolid"),
            _free("encryptionkey", Kind.TEXT),
            _free("comment", Kind.TEXT),
        ),
        ("mediaid",),
        (
            Index("media_volumename_id", ("volumename",), unique=True),
            Index("media_poolid_idx", ("poolid",)),
        ),
    ),
    Table(
        "mediatype",
        (_serial("mediatypeid"), _text("mediatype"), _count("readonly")),
        ("mediatypeid",),
    ),
    Table(
        "storage",
        (_serial("storageid"), _text("name"), _count("autochanger")),
        ("storageid",),
    ),
    Table(
        "device",
        (
            _serial("deviceid"),
            _text("name"),
            _key("mediatypeid"),
            _key("storageid"),
            _count("devmounts", required=True),
            *_counts(
                Kind.BIG,
                "devreadbytes",
                "devwritebytes",
                "devreadbytessincecleaning",
                "devwritebytessincecleaning",
                "devreadtime",
                "devwritetime",
                "devreadtimesincecleaning",
                "devwritetimesincecleaning",
                required=True,
            ),
            *_times("cleaningdate"),
            _count("cleaningperiod", Kind.BIG, required=True),
        ),
        ("deviceid",),
    ),
    Table(
        "pool",
        (
            _serial("poolid"),
            _text("name"),
            *_counts(Kind.INTEGER, "numvols", "maxvols"),
            *_counts(Kind.SMALL, "useonce", "usecatalog", "acceptanyvolume"),
            *_counts(Kind.BIG, "volretention", "voluseduration"),
            *_counts(Kind.INTEGER, "maxvoljobs", "maxvolfiles"),
            _count("maxvolbytes", Kind.BIG),
            *_counts(Kind.SMALL, "autoprune", "recycle", "actiononpurge"),
            Column("pooltype", Kind.TEXT, allowed=POOL_TYPES),
            _count("labeltype"),
            _text("labelformat"),
            _yes("enabled"),
            *_counts(
                Kind.INTEGER,
                "scratchpoolid",
                "recyclepoolid",
                "nextpoolid",
                "minblocksize",
                "maxblocksize",
            ),
            *_counts(Kind.BIG, "migrationhighbytes", "migrationlowbytes", "migrationtime"),
        ),
        ("poolid",),
        (Index("pool_name_idx", ("name",)),),
    ),
    Table(
        "client",
        (
            _serial("clientid"),
            _text("name"),
            _text("uname"),
            _count("autoprune", Kind.SMALL),
            *_counts(Kind.BIG, "fileretention", "jobretention"),
        ),
        ("clientid",),
        (Index("client_name_idx", ("name",), unique=True),),
    ),
    Table(
        "log",
        (_serial("logid"), _key("jobid"), *_times("time"), _text("logtext")),
        ("logid",),
        (Index("log_name_idx", ("jobid",)),),
    ),
    Table(
        "locationlog",
        (
            _serial("loclogid"),
            *_times("date"),
            _text("comment"),
            *_counts(Kind.INTEGER, "mediaid", "locationid"),
            Column("newvolstatus", Kind.TEXT, required=True, allowed=VOLUME_STATUSES),
            _free("newenabled", Kind.SMALL),
        ),
        ("loclogid",),
    ),
    Table(
        "counters",
        (
            _text("counter"),
            *_counts(Kind.INTEGER, "minvalue", "maxvalue", "currentvalue"),
            _text("wrapcounter"),
        ),
        ("counter",),
    ),
    Table(
        "basefiles",
        (
            Column("baseid", Kind.BIG_SERIAL, required=True),
            _key("jobid"),
            _key("fileid", Kind.BIG),
            _free("fileindex", Kind.INTEGER),
            _free("basejobid", Kind.INTEGER),
        ),
        ("baseid",),
        (Index("basefiles_jobid_idx", ("jobid",)),),
    ),
    Table(
        "pathhierarchy",
        (_key("pathid"), _key("ppathid")),
        ("pathid",),
        (Index("pathhierarchy_ppathid", ("ppathid",)),),
    ),
    Table(
        "pathvisibility",
        (_key("pathid"), _key("jobid"), _count("size", Kind.BIG), _count("files")),
        ("jobid", "pathid"),
    ),
    Table("version", (_key("versionid"),)),
    Table(
        "status",
        (
            _key("jobstatus", Kind.LETTER),
            _free("jobstatuslong", Kind.TEXT),
            _free("severity", Kind.INTEGER),
        ),
        ("jobstatus",),
    ),
    Table(
        "quota",
        (_key("clientid"), *_counts(Kind.BIG, "gracetime", "quotalimit")),
        ("clientid",),
    ),
    Table(
        "ndmplevelmap",
        (_key("clientid"), _count("filesetid"), _text("filesystem"), _key("dumplevel")),
        ("clientid", "filesetid", "filesystem"),
    ),
    Table(
        "ndmpjobenvironment",
        (_key("jobid"), _key("fileindex"), _text("envname"), _text("envvalue")),
        ("jobid", "fileindex", "envname"),
    ),
    Table(
        "devicestats",
        (
            _count("deviceid"),
            _key("sampletime", Kind.TIME),
            *_counts(Kind.BIG, "readtime", "writetime", required=True),
            *_counts(Kind.BIG, "readbytes", "writebytes", "spoolsize"),
            *_counts(Kind.SMALL, "numwaiting", "numwriters"),
            _key("mediaid"),
            *_counts(Kind.BIG, "volcatbytes", "volcatfiles", "volcatblocks"),
        ),
    ),
    Table(
        "jobstats",
        (
            _count("deviceid"),
            _key("sampletime", Kind.TIME),
            _key("jobid"),
            _count("jobfiles"),
            _count("jobbytes", Kind.BIG),
        ),
    ),
    Table(
        "tapealerts",
        (_count("deviceid"), _key("sampletime", Kind.TIME), _count("alertflags", Kind.BIG)),
    ),
)
"""All 28 tables, in the order of their creation."""

TABLE: Final = {table.name: table for table in TABLES}
"""The tables by name."""

STATUS_ROWS: Final = (
    ("C", "Created, not yet running", 15),
    ("R", "Running", 15),
    ("B", "Blocked", 15),
    ("T", "Completed successfully", 10),
    ("E", "Terminated with errors", 25),
    ("e", "Non-fatal error", 20),
    ("f", "Fatal error", 100),
    ("D", "Verify found differences", 15),
    ("A", "Canceled by user", 90),
    ("I", "Incomplete job", 15),
    ("L", "Committing data", 15),
    ("W", "Terminated with warnings", 20),
    ("l", "Doing data despooling", 15),
    ("q", "Queued waiting for device", 15),
    ("F", "Waiting for Client", 15),
    ("S", "Waiting for Storage daemon", 15),
    ("m", "Waiting for new media", 15),
    ("M", "Waiting for media mount", 15),
    ("s", "Waiting for storage resource", 15),
    ("j", "Waiting for job resource", 15),
    ("c", "Waiting for client resource", 15),
    ("d", "Waiting on maximum jobs", 15),
    ("t", "Waiting on start time", 15),
    ("p", "Waiting on higher priority jobs", 15),
    ("a", "SD despooling attributes", 15),
    ("i", "Doing batch insert file records", 15),
)
"""What the table `status` is filled with: letter, words, severity."""


def wrong_version(where: str, found: object) -> SchemaVersionError:
    """Return the error for the catalog *where*, whose table `version` says *found*."""
    return SchemaVersionError(
        f'The catalog "{where}" has schema version {found}, needed is {VERSION}: '
        "bring it up to date with the update script of its own release, or name an empty database"
    )
