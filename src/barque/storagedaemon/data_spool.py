"""Data that waits in a file until it is written to a volume in one go.

Shape of an entry: a header of five numbers, the bytes of the block, its attribute messages.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from barque.errors import DeviceError
from barque.formats.block import FilledBlock

type Parcel = tuple[FilledBlock, bytearray]
"""A filled block, and the attribute messages that may go to the Director when it is written."""

_ENTRY = struct.Struct(">QIiiI")
"""Bytes of the buffer, bytes in use, first and last FileIndex, bytes of attributes."""


class DataSpool:
    """The spool file of one job."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path = path
        self._limit = limit
        self.size = 0
        """byte in the file."""
        try:
            self._file: BinaryIO = path.open("w+b", buffering=0)
        except OSError as error:
            raise DeviceError(f"cannot spool data to {path}: {error.strerror}") from error

    def add(self, block: FilledBlock, attributes: bytearray) -> bool:
        """Keep a block; False when there is no room for it: write what is kept, then ask again."""
        entry = _ENTRY.pack(
            len(block.buffer), block.size, block.first_index, block.last_index, len(attributes)
        )
        length = len(entry) + block.size + len(attributes)
        if self._limit and self.size + length > self._limit:
            return False
        try:
            self._write([entry, memoryview(block.buffer)[: block.size], attributes], length)
        except OSError:
            with suppress(OSError):
                self._file.truncate(self.size)
            return False
        self.size += length
        return True

    def _write(self, parts: list[bytes | memoryview | bytearray], length: int) -> None:
        data = memoryview(b"".join(parts))
        at = self.size
        while data:
            done = os.pwrite(self._file.fileno(), data, at)
            data = data[done:]
            at += done
        if at != self.size + length:
            raise OSError(f"{at - self.size} of {length} bytes were written")

    def take(self) -> Iterator[Parcel]:
        """Return what is kept, in order, and forget it."""
        at = 0
        while at < self.size:
            entry = self._read(at, _ENTRY.size)
            capacity, used, first, last, more = _ENTRY.unpack(entry)
            at += _ENTRY.size
            buffer = bytearray(capacity)
            buffer[:used] = self._read(at, used)
            attributes = bytearray(self._read(at + used, more))
            at += used + more
            yield FilledBlock(buffer, used, first, last), attributes
        self.size = 0
        with suppress(OSError):
            self._file.truncate(0)

    def _read(self, at: int, length: int) -> bytes:
        try:
            data = os.pread(self._file.fileno(), length, at)
        except OSError as error:
            raise DeviceError(f"cannot read spooled data {self._path}: {error.strerror}") from error
        if len(data) != length:
            raise DeviceError(f"spooled data {self._path} ends too early")
        return data

    def discard(self) -> None:
        """Delete the file."""
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)
