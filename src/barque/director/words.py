"""Letters of jobs in the words that consoles and reports use.

Source: console commands, section 2.4.
"""

from barque.domain.job import JobStatus

_LEVELS = {
    "F": "Full",
    "D": "Differential",
    "I": "Incremental",
    "S": "Since",
    "B": "Base",
    "f": "VirtualFull",
    "V": "InitCatalog",
    "C": "Catalog",
    "O": "VolumeToCatalog",
    "d": "DiskToCatalog",
    "A": "Data",
    " ": " ",
    "": "",
}
_TYPES = {
    "B": "Backup",
    "M": "Migrated Job",
    "V": "Verify",
    "R": "Restore",
    "U": "Console",
    "I": "System or Console",
    "D": "Admin",
    "A": "Archive",
    "C": "Job Copy",
    "c": "Copy",
    "g": "Migrate",
    "S": "Scan",
    "O": "Consolidate",
}
STATUSES: dict[str, str] = {
    "C": "Created",
    "R": "Running",
    "B": "Blocked",
    "T": "OK",
    "W": "OK -- with warnings",
    "e": "Non-fatal error",
    "E": "Error",
    "f": "Fatal Error",
    "D": "Verify differences",
    "A": "Canceled",
    "F": "Waiting on FD",
    "S": "Wait on SD",
    "m": "Wait for new Volume",
    "M": "Waiting for mount",
    "s": "Waiting for storage resource",
    "j": "Waiting for job resource",
    "c": "Waiting for Client resource",
    "d": "Maximum jobs",
    "t": "Waiting for start time",
    "p": "Waiting on higher priority jobs",
    "a": "SD despooling Attributes",
    "i": "Dir inserting Attributes",
    "l": "SD despooling Data",
    "L": "Committing data",
}
"""How a job's status is called by ``wait`` and in reports."""

_EXITS = {"T": 0, "W": 0, "E": 1, "e": 1, "f": 2, "A": 2}


def level_words(level: str) -> str:
    """Return the words of a level."""
    return _LEVELS.get(str(level), "Unknown Job Level.")


def type_words(job_type: str) -> str:
    """Return the words of a job type."""
    return _TYPES.get(str(job_type), "Unknown Type")


def status_words(status: str) -> str:
    """Return the words of a status."""
    return STATUSES.get(str(status), "Unknown term code")


def exit_status(status: str) -> int:
    """Return 0 when a job ended well, 1 with errors, 2 not at all, 3 when it did not end."""
    return _EXITS.get(str(status), 3)


def is_ended(status: str) -> bool:
    """Tell whether nothing more happens to a job."""
    return status in {
        JobStatus.TERMINATED,
        JobStatus.WARNINGS,
        JobStatus.ERROR_TERMINATED,
        JobStatus.NON_FATAL_ERROR,
        JobStatus.FATAL_ERROR,
        JobStatus.DIFFERENCES,
        JobStatus.CANCELED,
        JobStatus.INCOMPLETE,
    }
