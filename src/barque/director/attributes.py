"""Attributes on their way from the Storage Daemon into the catalog, in bulk.

A Storage Daemon sends each file's attribute record and, after it, its digest as UpdCat messages;
they are taken straight out of the connection's inbox, without an object per frame.
Source: daemon protocol, section 5.6; attribute records, sections 1 and 4.
"""

from binascii import b2a_base64
from collections.abc import Callable
from typing import Final, Protocol

from barque.errors import RemoteProtocolError
from barque.wire.framing import HEADER, FrameBuffer
from barque.wire.messages.catalog_request import ATTRIBUTE_HEADER, encode_updcat_prefix

ATTRIBUTES: Final = frozenset({1, 5})
"""Streams that hold an attribute record."""

DIGESTS: Final = frozenset({3, 10, 17, 18, 40})
"""Streams that hold a digest: MD5, SHA1, SHA256, SHA512, XXH128."""

RESTORE_OBJECT: Final = 28

STREAM_BITS: Final = 0x7FF
"""The low bits of a stream number; the high ones are flags."""

DELETED: Final = 23
"""Type of a file that was there in the previous job and is gone; its row gets FileIndex 0."""

BASE: Final = 24
"""Type of a file that is the same in the base job."""

NO_DIGEST: Final = "0"
"""What the catalog holds for a file without digest."""


class FileBatch(Protocol):
    """Takes files for the catalog."""

    def add(
        self, file_index: int, path: bytes, name: bytes, lstat: str, digest: str, delta_seq: int
    ) -> None:
        """Add one row; *path* ends with its slash, *name* is empty for a directory."""


type ObjectSink = Callable[[int, bytes], None]
"""Takes FileIndex and record of a restore object."""


class AttributeReceiver:
    """Holds the latest file back until its digest arrived, or the next file did."""

    def __init__(self, batch: FileBatch, objects: ObjectSink, job: str) -> None:
        self._batch = batch
        self._objects = objects
        self._prefix = encode_updcat_prefix(job)
        self._index = 0
        self._held: tuple[int, bytes, bytes, str, int] | None = None
        self._digest = NO_DIGEST
        self.files = 0
        """Attribute records so far."""

    def drain(self, inbox: FrameBuffer) -> None:
        """Take every whole attribute message at the front of *inbox*.

        Raises RemoteProtocolError when one of them makes no sense.
        """
        data, at, end = inbox.data, inbox.start, inbox.end
        unpack, header, prefix = HEADER.unpack_from, HEADER.size, self._prefix
        skip = header + len(prefix)
        while end - at >= header:
            (length,) = unpack(data, at)
            if length <= 0 or end - at - header < length:
                break
            if not data.startswith(prefix, at + header):
                break
            self._record(data, at + skip, at + header + length)
            at += header + length
        inbox.consume(at - inbox.start)

    def take(self, payload: bytes) -> None:
        """Take one attribute message, whatever job it names."""
        mark = payload.find(b" FileAttributes ")
        if mark < 0:
            raise RemoteProtocolError("the Storage Daemon sent an attribute message without data")
        self._record(bytearray(payload), mark + len(b" FileAttributes "), len(payload))

    def _record(self, data: bytearray, at: int, end: int) -> None:
        body = at + ATTRIBUTE_HEADER.size
        if end < body:
            raise RemoteProtocolError("the Storage Daemon sent a truncated attribute message")
        _, _, file_index, stream, length = ATTRIBUTE_HEADER.unpack_from(data, at)
        if length > end - body:
            raise RemoteProtocolError(
                f"the Storage Daemon announced {length} bytes of attributes and sent {end - body}"
            )
        kind = stream & STREAM_BITS
        record = bytes(data[body : body + length])
        if kind in DIGESTS:
            if file_index == self._index:
                self._digest = b2a_base64(record, newline=False).rstrip(b"=").decode()
        elif kind in ATTRIBUTES:
            self._attributes(file_index, record)
        elif kind == RESTORE_OBJECT:
            self._objects(file_index, record)

    def _attributes(self, file_index: int, record: bytes) -> None:
        self.flush()
        try:
            head, lstat, rest = record.split(b"\0", 2)
            _, file_type, name = head.split(b" ", 2)
            kind = int(file_type) & 0xFFFF
        except ValueError:
            raise RemoteProtocolError(
                f"the Storage Daemon sent attributes of file {file_index} that cannot be read"
            ) from None
        slash = name.rfind(b"/") + 1
        row_index = 0 if kind == DELETED else file_index
        delta = 0 if rest.endswith(b"\x000\0") else _delta_sequence(rest)
        self._index = file_index
        self._held = (row_index, name[:slash], name[slash:], lstat.decode("latin-1"), delta)
        self.files += 1

    def flush(self) -> None:
        """Hand over the file that was held back; call it when no more can come."""
        if self._held is None:
            return
        row_index, path, name, lstat, delta = self._held
        self._batch.add(row_index, path, name, lstat, self._digest, delta)
        self._held = None
        self._digest = NO_DIGEST


def _delta_sequence(rest: bytes) -> int:
    fields = rest.split(b"\0")
    try:
        return int(fields[2]) if len(fields) > 2 and fields[2] else 0
    except ValueError:
        return 0
