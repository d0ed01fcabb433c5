"""What a restore tells while it runs, and what it did."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol

from barque.formats.attributes import FileStatus


class Severity(IntEnum):
    """How bad a message is; the numbers of job messages."""

    ERROR = 4
    WARNING = 5
    INFO = 6


class RestoredFile(NamedTuple):
    """A file that was put in its place."""

    path: bytes
    """Where it is now."""
    status: FileStatus
    """As it was when it was saved."""
    type: int
    target: bytes | None
    """What a symbolic link points to."""


class Observer(Protocol):
    """Hears what becomes of the files."""

    def restored(self, file: RestoredFile) -> None:
        """A file was created; its data is still to come."""

    def message(self, severity: Severity, text: str) -> None:
        """One line about the restore; bytes that are not UTF-8 are surrogates."""


@dataclass(slots=True)
class Totals:
    """What was done."""

    files: int = 0
    """Files put in their places or skipped because others are there."""
    size: int = 0
    """Bytes of data written."""
    errors: int = 0
