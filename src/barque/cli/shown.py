"""Jobs as people read them."""

from typing import Final

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


def status_word(letter: str) -> str:
    """Return the words for a job's status."""
    return STATUS_WORDS.get(letter, f"status {letter}")
