"""The stored form of extended attributes.

Source: file attributes, section 6.
"""

import struct
from collections.abc import Iterable

from barque.errors import FormatError, TruncatedError

MAGIC = 0x5C5884
"""Begins every attribute of a record."""
MAX_RECORD = 1024 * 1024
"""byte; a record may not be larger."""

_U32 = struct.Struct(">I")
_TWO_U32 = struct.Struct(">II")


def pack_xattrs(attributes: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the record of *attributes*: name with its namespace, and value."""
    parts = []
    for name, value in attributes:
        parts += [_TWO_U32.pack(MAGIC, len(name)), name, _U32.pack(len(value)), value]
    return b"".join(parts)


def unpack_xattrs(record: bytes) -> list[tuple[bytes, bytes]]:
    """Return the attributes of *record*.

    Raises FormatError when a length or the magic number does not fit.
    """
    attributes = []
    at = 0
    while at < len(record):
        magic, at = _number(record, at)
        if magic != MAGIC:
            raise FormatError(f"extended attributes begin with {magic:#x} instead of {MAGIC:#x}")
        name, at = _text(record, at)
        value, at = _text(record, at)
        attributes.append((name, value))
    return attributes


def _number(record: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(record):
        raise TruncatedError("extended attributes end within a length")
    return _U32.unpack_from(record, at)[0], at + 4


def _text(record: bytes, at: int) -> tuple[bytes, int]:
    length, at = _number(record, at)
    if length > len(record) - at:
        raise TruncatedError(f"an extended attribute promises {length} bytes, fewer follow")
    return record[at : at + length], at + length
