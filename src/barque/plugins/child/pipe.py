"""The frames between a daemon and the process of a plugin; no input or output happens here.

A frame is 4 bytes length of the body (little-endian), 1 byte kind, body.  What happens a few times
a job is JSON, what happens per file is packed.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from typing import Any, Union

HEAD = struct.Struct("<IB")
"""Length of the body, and kind."""

MAX_BODY = 64 * 1024 * 1024
"""byte; a longer frame is a mistake of the other side."""

REQUEST = 1
"""Daemon: a JSON object with ``op``; answered by RESULT."""
RESULT = 2
"""Plugin: a JSON object."""
MESSAGE = 3
"""Plugin: ``[type, text]``, a job message."""
CALL = 4
"""Plugin: ``[function, argument...]``, answered by REPLY."""
REPLY = 5
"""Daemon: a JSON value."""
ENTRY = 6
"""Plugin: a file, packed; its data follows, unless it says that it is complete."""
DATA = 7
"""Either: bytes of a file."""
END_DATA = 8
"""Plugin: no more data; a JSON number, the error that ended it or 0."""
DESCRIPTOR = 9
"""Plugin: the data is to be read from the descriptor on the side socket; answered by REPLY."""
ACL = 10
"""Plugin: an access control list."""
XATTR = 11
"""Plugin: one extended attribute, the length of its name (4 bytes), name and value."""
END_ENTRY = 12
"""Plugin: the file is complete."""
OBJECT = 13
"""Plugin: a restore object: a JSON object with its length in 4 bytes before it, then its bytes."""
DEBUG = 14
"""Plugin: ``[level, text]``."""

Buffer = Union[bytes, bytearray, memoryview]

STAT = struct.Struct("<IQHHIIIQqqqIQ")
"""Device, inode, mode, links, user, group, special device, size, times, block size, blocks."""

_ENTRY_FIXED = struct.Struct("<i5sIIBIII")
"""Type, flags, delta number, time of comparison, switches; lengths of name, link and data."""

_FIXED_SIZE = _ENTRY_FIXED.size + STAT.size

COMPLETE = 1
"""Switch of an entry: nothing follows."""
READS = 2
"""Switch of an entry: it has a data stream, even an empty one."""
LINKED = 4
"""Switch of an entry: it is a further name of a file that was saved before."""


class PipeError(Exception):
    """A frame that means nothing."""


def encode(kind: int, body: Buffer) -> bytes:
    """Return a whole frame."""
    return HEAD.pack(len(body), kind) + body


def encode_json(kind: int, value: Any) -> bytes:
    """Return a frame with a JSON body; strings may hold surrogates."""
    body = json.dumps(value, separators=(",", ":")).encode("ascii")
    return HEAD.pack(len(body), kind) + body


def decode_json(body: Buffer) -> Any:
    """Return the value of a JSON body; raises PipeError."""
    try:
        return json.loads(bytes(body))
    except ValueError as error:
        raise PipeError("a frame is no JSON") from error


def encode_entry(
    kind: int,
    flags: bytes,
    delta: int,
    save_time: int,
    switches: int,
    stat: bytes,
    name: bytes,
    link: bytes,
    data: Buffer = b"",
) -> bytes:
    """Return the frame of a file, up to its data."""
    size = _FIXED_SIZE + len(name) + len(link) + len(data)
    return b"".join(
        (
            HEAD.pack(size, ENTRY),
            _ENTRY_FIXED.pack(
                kind, flags, delta, save_time, switches, len(name), len(link), len(data)
            ),
            stat,
            name,
            link,
            data,
        )
    )


EntryFields = tuple[int, bytes, int, int, int, tuple[int, ...], bytes, bytes, memoryview]
"""Type, flags, delta number, time of comparison, switches, status, name, link, data."""


def decode_entry(body: memoryview) -> EntryFields:
    """Return the fields of a file; its data stays where it is.  Raises PipeError."""
    if len(body) < _FIXED_SIZE:
        raise PipeError("an entry is too short")
    kind, flags, delta, save_time, switches, names, links, datas = _ENTRY_FIXED.unpack_from(body)
    stat = STAT.unpack_from(body, _ENTRY_FIXED.size)
    link_at = _FIXED_SIZE + names
    data_at = link_at + links
    if data_at + datas != len(body):
        raise PipeError("the lengths of an entry do not fit")
    return (
        kind,
        flags,
        delta,
        save_time,
        switches,
        stat,
        bytes(body[_FIXED_SIZE:link_at]),
        bytes(body[link_at:data_at]),
        body[data_at:],
    )


_LENGTH = struct.Struct("<I")


def encode_pair(kind: int, first: bytes, second: Buffer) -> bytes:
    """Return a frame of two byte strings."""
    size = 4 + len(first) + len(second)
    return b"".join((HEAD.pack(size, kind), _LENGTH.pack(len(first)), first, second))


def decode_pair(body: memoryview) -> tuple[bytes, bytes]:
    """Return the two byte strings of a frame; raises PipeError."""
    if len(body) < 4:
        raise PipeError("a frame is too short")
    size = _LENGTH.unpack_from(body)[0]
    if size > len(body) - 4:
        raise PipeError("a length in a frame does not fit")
    return bytes(body[4 : 4 + size]), bytes(body[4 + size :])


class FrameInbox:
    """Finds frames in what arrives, without copying their bodies.

    Ask for :meth:`room`, fill it, tell with :meth:`filled`, then take :meth:`frames`.
    """

    def __init__(self, size: int = 2 * 1024 * 1024) -> None:
        self._buffer = bytearray(size)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0

    def room(self) -> memoryview:
        """Return where to put what arrives next; bodies taken before are not valid any more."""
        if self._start == self._end:
            self._start = self._end = 0
        elif len(self._buffer) - self._end < 64 * 1024:
            self._make_room()
        return self._view[self._end :]

    def _make_room(self) -> None:
        rest = self._end - self._start
        needed = 0
        if rest >= HEAD.size:
            needed = HEAD.unpack_from(self._buffer, self._start)[0] + HEAD.size
        if needed + 64 * 1024 > len(self._buffer):
            grown = bytearray(needed + 1024 * 1024)
            grown[:rest] = self._view[self._start : self._end]
            self._buffer, self._view = grown, memoryview(grown)
        else:
            self._buffer[:rest] = bytes(self._view[self._start : self._end])
        self._start, self._end = 0, rest

    def filled(self, size: int) -> None:
        """Take note that *size* bytes arrived in the room."""
        self._end += size

    def next(self) -> Union[tuple[int, memoryview], None]:
        """Return kind and body of the next frame; None when it is not whole.

        Raises PipeError.
        """
        start = self._start
        if self._end - start < HEAD.size:
            return None
        length, kind = HEAD.unpack_from(self._buffer, start)
        if length > MAX_BODY:
            raise PipeError(f"a frame of {length} bytes")
        at = start + HEAD.size
        if self._end - at < length:
            return None
        self._start = at + length
        return kind, self._view[at : at + length]

    def frames(self) -> Iterator[tuple[int, memoryview]]:
        """Yield the whole frames that arrived."""
        while True:
            frame = self.next()
            if frame is None:
                return
            yield frame


def join(parts: Iterable[Buffer]) -> list[Buffer]:
    """Return *parts* without empty ones, for a call that gathers."""
    return [part for part in parts if len(part)]
