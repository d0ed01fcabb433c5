"""Files that a restore has begun and not finished."""

from dataclasses import dataclass, field

from barque.formats.attributes import FileStatus
from barque.restoring.data import DataWriter


@dataclass(slots=True)
class OpenFile:
    """A regular file that data is written to, under a name of its own until it is whole."""

    parts: list[bytes]
    path: bytes
    status: FileStatus
    type: int
    fd: int
    temporary: bytes
    """Name while it is written; empty for a device or FIFO that is written in its place."""
    data: DataWriter
    extras: list[tuple[int, bytes]] = field(default_factory=list)
    broken: bool = False
    """Its data could not be written whole."""
    checked: bool = False


@dataclass(slots=True)
class Node:
    """A link, device, FIFO or directory, whose attributes are still to be set."""

    parts: list[bytes]
    path: bytes
    status: FileStatus
    type: int
    extras: list[tuple[int, bytes]] = field(default_factory=list)
