"""Words that stand for a choice: protocols, kinds of volumes, directions.

The value of each member is the word that ``show`` writes.

Source: configuration, section 2; table of keywords.
"""

from enum import StrEnum

from barque.domain.job import JobType, Level


class Protocol(StrEnum):
    """How a Client or Storage is spoken to."""

    NATIVE = "Native"
    NDMPV2 = "NDMPV2"
    NDMPV3 = "NDMPV3"
    NDMPV4 = "NDMPV4"


class BackupProtocol(StrEnum):
    """How a job saves its data."""

    NATIVE = "Native"
    NDMP_BAREOS = "NDMP_BAREOS"
    NDMP = "NDMP"
    NDMP_NATIVE = "NDMP_NATIVE"


class AuthType(StrEnum):
    """How NDMP authenticates."""

    NONE = "None"
    CLEAR = "Clear"
    MD5 = "MD5"


class SelectionType(StrEnum):
    """How a Copy or Migrate job finds the jobs that it works on."""

    SMALLEST_VOLUME = "SmallestVolume"
    OLDEST_VOLUME = "OldestVolume"
    POOL_OCCUPANCY = "PoolOccupancy"
    POOL_TIME = "PoolTime"
    POOL_UNCOPIED_JOBS = "PoolUncopiedJobs"
    CLIENT = "Client"
    VOLUME = "Volume"
    JOB = "Job"
    SQL_QUERY = "SqlQuery"


class Replace(StrEnum):
    """What a restore does with a file that is there."""

    ALWAYS = "Always"
    IF_NEWER = "IfNewer"
    IF_OLDER = "IfOlder"
    NEVER = "Never"


class ActionOnPurge(StrEnum):
    """What happens with a volume that is purged."""

    NONE = "None"
    TRUNCATE = "Truncate"


class PoolType(StrEnum):
    """What a pool is for."""

    BACKUP = "Backup"
    COPY = "Copy"
    CLONED = "Cloned"
    ARCHIVE = "Archive"
    MIGRATION = "Migration"
    SCRATCH = "Scratch"


class LabelType(StrEnum):
    """Format of a volume's label."""

    BAREOS = "bareos"
    ANSI = "ansi"
    IBM = "ibm"


class Direction(StrEnum):
    """Which way data goes through a device."""

    READ = "readonly"
    WRITE = "writeonly"
    BOTH = "readwrite"


class Compression(StrEnum):
    """How a device compresses data."""

    GZIP = "gzip"
    LZO = "lzo"
    LZFAST = "lzfast"
    LZ4 = "lz4"
    LZ4HC = "lz4hc"


class Cipher(StrEnum):
    """How a File Daemon encrypts data."""

    BLOWFISH = "blowfish"
    DES3 = "3des"
    AES128 = "aes128"
    AES192 = "aes192"
    AES256 = "aes256"
    CAMELLIA128 = "camellia128"
    CAMELLIA192 = "camellia192"
    CAMELLIA256 = "camellia256"
    AES128_HMAC_SHA1 = "aes128hmacsha1"
    AES256_HMAC_SHA1 = "aes256hmacsha1"


class ScriptWhen(StrEnum):
    """When a script of a job runs."""

    NEVER = "never"
    BEFORE = "before"
    AFTER = "after"
    AFTER_VSS = "aftervss"
    ALWAYS = "always"


DIRECTIONS = (
    ("in", Direction.READ),
    ("read", Direction.READ),
    ("readonly", Direction.READ),
    ("out", Direction.WRITE),
    ("write", Direction.WRITE),
    ("writeonly", Direction.WRITE),
    ("both", Direction.BOTH),
    ("readwrite", Direction.BOTH),
)
"""Words that a configuration may use for a direction."""

JOB_TYPES = (
    ("Backup", JobType.BACKUP),
    ("Admin", JobType.ADMIN),
    ("Archive", JobType.ARCHIVE),
    ("Verify", JobType.VERIFY),
    ("Restore", JobType.RESTORE),
    ("Migrate", JobType.MIGRATE),
    ("Copy", JobType.COPY),
    ("Consolidate", JobType.CONSOLIDATE),
)
"""Words of a configuration for the type of a job."""

LEVELS = (
    ("Full", Level.FULL),
    ("Base", Level.BASE),
    ("Incremental", Level.INCREMENTAL),
    ("Differential", Level.DIFFERENTIAL),
    ("Since", Level.SINCE),
    ("VirtualFull", Level.VIRTUAL_FULL),
    ("Catalog", Level.VERIFY_CATALOG),
    ("InitCatalog", Level.VERIFY_INIT),
    ("VolumeToCatalog", Level.VERIFY_VOLUME),
    ("DiskToCatalog", Level.VERIFY_DISK),
    ("Data", Level.VERIFY_DATA),
)
"""Words of a configuration for the level of a job; looked up whatever the type is."""
