"""Sends the data of large, sparse or compressed files, frame by frame.

Source: crypto and compression, sections 1 to 3.
"""

import errno
import os
import struct
from typing import Final

from barque.filedaemon.options import Options
from barque.filedaemon.outbox import Outbox
from barque.formats.digest import Hash
from barque.formats.streams import Stream

CHUNK: Final = 256 * 1024
"""byte; data of one frame."""
SPARSE_CHUNK: Final = CHUNK - 8
"""byte; data of one frame behind its offset."""

LENGTH: Final = struct.Struct(">i")
"""Begins a frame."""
EOD: Final = LENGTH.pack(-1)
"""Ends a stream."""

_OFFSET: Final = struct.Struct(">Q")
_ZEROS: Final = bytes(SPARSE_CHUNK)


def data_stream(options: Options) -> Stream:
    """Return the stream that file data is sent in."""
    if options.compression is not None:
        return Stream.SPARSE_COMPRESSED_DATA if options.sparse else Stream.COMPRESSED_DATA
    return Stream.SPARSE_DATA if options.sparse else Stream.FILE_DATA


class DataSender:
    """Reads files and writes their data streams; keeps the totals of a job."""

    def __init__(self, out: Outbox) -> None:
        self._out = out
        self._scratch = bytearray(CHUNK)
        self._head = b""
        """Header frame of a stream that has not begun yet."""
        self.read = 0
        """byte; read from files, holes counted."""
        self.sent = 0
        """byte; sent, without headers."""

    def send(
        self, fd: int, file_index: int, options: Options, digest: Hash | None, limit: int | None
    ) -> int:
        """Send the data of *fd* up to *limit* bytes, or to its end; nothing when it is empty.

        Returns the bytes read.  Raises OSError when reading fails, with the stream properly ended.
        """
        head = b"%d %d 0" % (file_index, data_stream(options))
        self._head = LENGTH.pack(len(head)) + head
        before = self.read
        step = self._send_plain if options.compression is None else self._send_compressed
        try:
            offset = 0
            while limit is None or offset < limit:
                if options.sparse and limit is not None:
                    offset = self._skip_hole(fd, offset, limit)
                got = step(fd, offset, options, digest, limit)
                if not got:
                    break
                offset += got
        finally:
            if not self._head:
                self._out.write(EOD)
        return self.read - before

    def _send_plain(
        self, fd: int, offset: int, options: Options, digest: Hash | None, limit: int | None
    ) -> int:
        """Read one chunk into the batch itself; return its size."""
        out = self._out
        prefix = 8 if options.sparse else 0
        want = _wanted(offset, options, limit)
        front = len(self._head) + 4 + prefix
        at = out.reserve(front + want) + front
        with out.view[at : at + want] as room:
            got = os.readv(fd, [room])
        if not got:
            return 0
        self.read += got
        buffer = out.buffer
        if prefix and _is_hole(buffer, at, got, offset, limit):
            return got
        if digest is not None:
            with out.view[at : at + got] as content:
                digest.update(content)
        place = _OFFSET.pack(offset) if prefix else b""
        buffer[at - front : at] = self._head + LENGTH.pack(got + prefix) + place
        out.position = at + got
        self._head = b""
        self.sent += got
        return got

    def _send_compressed(
        self, fd: int, offset: int, options: Options, digest: Hash | None, limit: int | None
    ) -> int:
        """Read one chunk, compress it and append the result; return the chunk's size."""
        assert options.compression is not None
        want = _wanted(offset, options, limit)
        room = memoryview(self._scratch)
        got = os.readv(fd, [room[:want]])
        if not got:
            return 0
        self.read += got
        content = room[:got]
        if options.sparse and _is_hole(self._scratch, 0, got, offset, limit):
            return got
        if digest is not None:
            digest.update(content)
        packed = options.compression.pack(content)
        if options.sparse:
            packed = _OFFSET.pack(offset) + packed
        self._out.write(self._head + LENGTH.pack(len(packed)) + packed)
        self._head = b""
        self.sent += len(packed)
        return got

    def _skip_hole(self, fd: int, offset: int, limit: int) -> int:
        """Return where to read next: whole chunks that lie in a hole are not even read."""
        try:
            data = os.lseek(fd, offset, os.SEEK_DATA)
        except OSError as error:
            data = limit if error.errno == errno.ENXIO else offset
        last = (limit - 1) // SPARSE_CHUNK * SPARSE_CHUNK
        target = min(offset + (data - offset) // SPARSE_CHUNK * SPARSE_CHUNK, last)
        target = max(target, offset)
        self.read += target - offset
        os.lseek(fd, target, os.SEEK_SET)
        return target


def _wanted(offset: int, options: Options, limit: int | None) -> int:
    chunk = SPARSE_CHUNK if options.sparse else CHUNK
    return chunk if limit is None else min(chunk, limit - offset)


def _is_hole(buffer: bytearray, at: int, got: int, offset: int, limit: int | None) -> bool:
    """Return whether the chunk need not be sent: full, all zero, and not at the end of the file."""
    return (
        got == SPARSE_CHUNK
        and limit is not None
        and offset + got < limit
        and buffer.startswith(_ZEROS, at, at + got)
    )
