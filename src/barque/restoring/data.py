"""Writes the data of one file: decodes messages, keeps holes, follows the digest.

Source: crypto and compression, sections 1 to 4.
"""

import os
import struct
from collections.abc import Iterator

from barque.errors import FormatError, TruncatedError, UnknownFormatError
from barque.formats.compression import decompress_message, decompress_zlib
from barque.formats.digest import BY_STREAM, DigestKind, Hash
from barque.formats.streams import DATA_STREAMS, OFFSETS_BIT, STREAM_MASK, DataLayout
from barque.restoring.windows import WindowsData

_OFFSET = struct.Struct(">Q")
_READ_SIZE = 1024 * 1024
_ZEROS = bytes(4096)
"""The smallest hole that is worth one."""


class DataWriter:
    """Takes the data messages of one file and writes what they hold."""

    def __init__(self, fd: int, expected: DigestKind | None, *, seekable: bool = True) -> None:
        """Write to *fd*; *expected* is the kind of digest that will probably follow.

        What is not *seekable*, a FIFO, is written one byte behind the other.
        """
        self._fd = fd
        self._seekable = seekable
        self._kind = expected
        self._hash: Hash | None = expected.new() if expected else None
        self._extents: list[tuple[int, int]] = []
        """What was written, as start and end, when it is not one piece from 0."""
        self._windows: WindowsData | None = None
        self.end = 0
        """Offset behind the last byte written."""
        self.size = 0
        """Bytes written."""
        self.sparse = False
        """Whether messages came with offsets: the size is to be set from the status."""

    def write(self, stream: int, message: bytes) -> None:
        """Write one message of a data *stream*.

        Raises UnknownFormatError for an unknown codec, FormatError for damaged data, OSError.
        """
        layout = DATA_STREAMS.get(stream & STREAM_MASK)
        if layout is None:
            raise UnknownFormatError(f"data of stream {stream & STREAM_MASK} is not known")
        if layout.encrypted:
            raise UnknownFormatError("the data is encrypted and no key to decrypt it is configured")
        offset = self.end
        if layout.sparse or stream & OFFSETS_BIT:
            if len(message) < _OFFSET.size:
                raise TruncatedError("a sparse message is shorter than its offset")
            offset = _OFFSET.unpack_from(message)[0]
            message = message[_OFFSET.size :]
            self.sparse = True
        self._write(offset, message_content(layout, message), layout)

    def _write(self, offset: int, content: bytes, layout: DataLayout) -> None:
        if offset + len(content) > 1 << 62:
            raise FormatError(f"the data is said to lie at offset {offset}")
        if self._hash is not None:
            self._hash.update(content)
        if layout.windows:
            if self._windows is None:
                self._windows = WindowsData()
            content = self._windows.file_data(content)
        at = offset + len(content)
        if self.sparse:
            for start, end in _data_runs(content):
                self._put(content[start:end], offset + start)
        else:
            self._put(content, offset)
        if offset != self.end or self._extents:
            self._extents = self._extents or [(0, self.end)]
            self._extents.append((offset, at))
        self.size += at - offset
        self.end = max(self.end, at) if self.sparse else at

    def _put(self, content: bytes, at: int) -> None:
        view = memoryview(content)
        while view:
            done = os.pwrite(self._fd, view, at) if self._seekable else os.write(self._fd, view)
            view = view[done:]
            at += done

    def matches(self, stream: int, stored: bytes) -> bool | None:
        """Return whether what was written has the digest *stored*; None when nobody can tell."""
        kind = BY_STREAM.get(stream)
        if kind is None or (self._windows is not None and kind is not self._kind):
            return None
        if kind is self._kind and self._hash is not None:
            return self._hash.digest() == stored
        return self._read_back(kind) == stored if self._seekable else None

    def _read_back(self, kind: DigestKind) -> bytes:
        """Return the digest of what was written, read again."""
        digest = kind.new()
        for start, end in self._extents or [(0, self.end)]:
            at = start
            while at < end:
                piece = os.pread(self._fd, min(_READ_SIZE, end - at), at)
                if not piece:
                    break
                digest.update(piece)
                at += len(piece)
        return digest.digest()


def message_content(layout: DataLayout, message: bytes) -> bytes:
    """Return the file data that a message holds; raises FormatError."""
    if layout.compressed:
        return decompress_message(message)
    if layout.old_gzip:
        return decompress_zlib(message)
    return message


def _data_runs(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end of the parts of *content* that are not blocks of zeros."""
    start: int | None = None
    for at in range(0, len(content), len(_ZEROS)):
        if content.startswith(_ZEROS, at):
            if start is not None:
                yield start, at
            start = None
        elif start is None:
            start = at
    if start is not None:
        yield start, len(content)
