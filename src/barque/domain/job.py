"""Job types, levels and statuses: the letters of the catalog and the wire, with their words.

Source: job semantics (types, levels, statuses) of Bareos, catalog schema 2250.
"""

from enum import StrEnum


class JobType(StrEnum):
    """What a job does; the letter is stored in the catalog, its ASCII code travels on the wire."""

    BACKUP = "B"
    MIGRATED_JOB = "M"
    VERIFY = "V"
    RESTORE = "R"
    CONSOLE = "U"
    SYSTEM = "I"
    ADMIN = "D"
    ARCHIVE = "A"
    JOB_COPY = "C"
    COPY = "c"
    MIGRATE = "g"
    SCAN = "S"
    CONSOLIDATE = "O"


class Level(StrEnum):
    """How much a job takes."""

    FULL = "F"
    DIFFERENTIAL = "D"
    INCREMENTAL = "I"
    SINCE = "S"
    VERIFY_CATALOG = "C"
    VERIFY_INIT = "V"
    VERIFY_VOLUME = "O"
    VERIFY_DISK = "d"
    VERIFY_DATA = "A"
    BASE = "B"
    VIRTUAL_FULL = "f"
    NONE = " "


class JobStatus(StrEnum):
    """Where a job stands, or how it ended."""

    CREATED = "C"
    RUNNING = "R"
    BLOCKED = "B"
    TERMINATED = "T"
    WARNINGS = "W"
    ERROR_TERMINATED = "E"
    NON_FATAL_ERROR = "e"
    FATAL_ERROR = "f"
    DIFFERENCES = "D"
    CANCELED = "A"
    INCOMPLETE = "I"
    WAIT_FD = "F"
    WAIT_SD = "S"
    WAIT_MEDIA = "m"
    WAIT_MOUNT = "M"
    WAIT_STORE_RESOURCE = "s"
    WAIT_JOB_RESOURCE = "j"
    WAIT_CLIENT_RESOURCE = "c"
    WAIT_MAX_JOBS = "d"
    WAIT_START_TIME = "t"
    WAIT_PRIORITY = "p"
    WAIT_DEVICE = "q"
    COMMITTING = "L"
    ATTRIBUTE_DESPOOLING = "a"
    ATTRIBUTE_INSERTING = "i"
    DATA_DESPOOLING = "l"


ENDED_GOOD = frozenset({JobStatus.TERMINATED, JobStatus.WARNINGS})
"""Statuses of jobs whose data a restore may use."""

ENDED = ENDED_GOOD | {
    JobStatus.ERROR_TERMINATED,
    JobStatus.NON_FATAL_ERROR,
    JobStatus.FATAL_ERROR,
    JobStatus.DIFFERENCES,
    JobStatus.CANCELED,
    JobStatus.INCOMPLETE,
}
"""Statuses after which nothing more happens."""

LEVEL_WORDS = {
    Level.FULL: "Full",
    Level.DIFFERENTIAL: "Differential",
    Level.INCREMENTAL: "Incremental",
    Level.SINCE: "Since",
    Level.VERIFY_CATALOG: "Verify Catalog",
    Level.VERIFY_INIT: "Verify Init Catalog",
    Level.VERIFY_VOLUME: "Verify Volume to Catalog",
    Level.VERIFY_DISK: "Verify Disk to Catalog",
    Level.VERIFY_DATA: "Verify Data",
    Level.BASE: "Base",
    Level.VIRTUAL_FULL: "Virtual Full",
    Level.NONE: " ",
}
"""Level in the words of reports and status pages."""

TYPE_WORDS = {
    JobType.BACKUP: "Backup",
    JobType.MIGRATED_JOB: "Migrated Job",
    JobType.VERIFY: "Verify",
    JobType.RESTORE: "Restore",
    JobType.CONSOLE: "Console",
    JobType.SYSTEM: "System or Console",
    JobType.ADMIN: "Admin",
    JobType.ARCHIVE: "Archive",
    JobType.JOB_COPY: "Job Copy",
    JobType.COPY: "Copy",
    JobType.MIGRATE: "Migrate",
    JobType.SCAN: "Scan",
    JobType.CONSOLIDATE: "Consolidate",
}
"""Type in the words of reports and status pages."""
