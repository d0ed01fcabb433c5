"""Numbers and jobs as people read them."""

from typing import Final

UNITS: Final = ("B", "KB", "MB", "GB", "TB", "PB", "EB")

STATUS_WORDS: Final = {
    "T": "OK",
    "W": "OK, with warnings",
    "E": "failed",
    "e": "failed",
    "f": "failed",
    "A": "canceled",
    "R": "running",
    "C": "waiting to start",
    "B": "blocked",
}
"""Letters of the catalog."""

LEVEL_WORDS: Final = {"F": "Full", "D": "Differential", "I": "Incremental", " ": ""}
"""Letters of the catalog."""

TYPE_WORDS: Final = {"B": "Backup", "R": "Restore", "V": "Verify", "D": "Admin", "c": "Copy"}
"""Letters of the catalog."""


def show_bytes(size: float) -> str:
    """Return a size with three digits or more, in decimal units."""
    for unit in UNITS:
        if size < 1000 or unit == UNITS[-1]:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.3g} {unit}"
        size /= 1000
    raise AssertionError


def show_seconds(seconds: float) -> str:
    """Return a period as ``h:mm:ss``, without the hours when there are none."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def status_word(letter: str) -> str:
    """Return the words for a job's status."""
    return STATUS_WORDS.get(letter, f"status {letter}")
