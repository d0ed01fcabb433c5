"""Blocks: the units in which a volume is written and checked.

A block is a header, then whole or partial records of one session. BB02 is written; BB01 can be
read.
Source: volume format, section 2.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from barque.errors import ChecksumError, FormatError, TruncatedError, UnknownFormatError
from barque.formats.checksum import crc32
from barque.formats.layout import Layout, tag, u32
from barque.formats.record import Piece, RecordHeader, Session, pieces

MAX_READ = 20_000_000
"""byte; a header that claims more is damage."""
DEFAULT_MAX_BLOCK = 1_048_576
"""byte; size of the blocks that are written to file devices."""
MIN_BLOCK = 64
"""byte; smallest block that makes sense: a header, a record header, some data."""
LABEL_BLOCK = 64_512
"""byte; the block with the volume label is never longer."""


class BlockHeader(Layout):
    """Opens every block of format BB02."""

    checksum: int = u32("CRC-32 of the block behind this field.")
    block_size: int = u32("byte, this header included.")
    block_number: int = u32("Counts the blocks of the session, from 0.")
    identifier: bytes = tag(4, "b'BB02'")
    session_id: int = u32("VolSessionId.")
    session_time: int = u32("VolSessionTime.")


class OldBlockHeader(Layout):
    """Opens every block of format BB01; the session stands in the records."""

    checksum: int = u32("CRC-32 of the block behind this field.")
    block_size: int = u32("byte, this header included.")
    block_number: int = u32("Counts the blocks of the session, from 0.")
    identifier: bytes = tag(4, "b'BB01'")


FORMATS: dict[bytes, type[BlockHeader | OldBlockHeader]] = {
    b"BB02": BlockHeader,
    b"BB01": OldBlockHeader,
}
"""Identifier of a block to the layout of its header."""

HEADER_SIZE = BlockHeader.size
"""byte; as much must be read to know how long a block is."""

_RECORD = RecordHeader.fixed_codec()
_BLOCK = BlockHeader.fixed_codec()


@dataclass(frozen=True, slots=True)
class Block:
    """A block that was read; its checksum is not checked yet."""

    header: BlockHeader | OldBlockHeader
    """What stands at its beginning."""
    data: memoryview
    """All bytes, header included."""
    offset: int
    """Byte offset in the volume."""

    @property
    def session(self) -> Session | None:
        """Session of all its records; None for BB01."""
        if isinstance(self.header, BlockHeader):
            return Session(self.header.session_id, self.header.session_time)
        return None

    @property
    def last_byte(self) -> int:
        """Offset of its last byte: the address that a bootstrap compares."""
        return self.offset + len(self.data) - 1

    def verify(self, volume: str = "") -> None:
        """Compare the checksum.

        Raises:
            ChecksumError: the block is damaged.
        """
        found = crc32(self.data[4:])
        if found != self.header.checksum:
            raise ChecksumError(
                f"block checksum is {found:08x}, its header says {self.header.checksum:08x}:"
                " the data of this block is damaged",
                volume=volume,
                offset=self.offset,
            )

    def pieces(self) -> Iterator[Piece]:
        """Return its records, whole and partial; raises FormatError for nonsense."""
        return pieces(self.data[self.header.size :], self.session)


def block_size(head: memoryview | bytes, volume: str = "", offset: int = 0) -> int:
    """Return the length of the block that begins with *head*.

    Shape: at least 16 bytes, the first of the block.
    Raises UnknownFormatError when this is no block, TruncatedError when it is too short to tell,
    FormatError when the length cannot be true.
    """
    if len(head) < OldBlockHeader.size:
        raise TruncatedError(
            f"{len(head)} bytes are left where a block should begin", volume=volume, offset=offset
        )
    identifier = bytes(head[12:16])
    layout = FORMATS.get(identifier)
    if layout is None:
        raise UnknownFormatError(
            f"no block begins here (found {identifier!r} instead of b'BB02')",
            volume=volume,
            offset=offset,
        )
    size = int.from_bytes(head[4:8], "big")
    if not layout.size <= size <= MAX_READ:
        raise FormatError(
            f"a block claims the impossible length of {size} bytes", volume=volume, offset=offset
        )
    return size


def unpack_block(data: memoryview, volume: str = "", offset: int = 0) -> Block:
    """Read the block at the beginning of *data*.

    Raises as :func:`block_size`, and TruncatedError when *data* is shorter than the block.
    """
    size = block_size(data[:HEADER_SIZE], volume, offset)
    if len(data) < size:
        raise TruncatedError(
            f"the block promises {size} bytes, only {len(data)} are there",
            volume=volume,
            offset=offset,
        )
    layout = FORMATS[bytes(data[12:16])]
    return Block(layout.unpack(data), data[:size], offset)


def seal_block(buffer: bytearray, size: int, number: int, session: Session) -> memoryview:
    """Write the header of the block that fills *buffer* up to *size*; return the block's bytes."""
    _BLOCK.pack_into(buffer, 0, 0, size, number, b"BB02", *session)
    view = memoryview(buffer)[:size]
    view[:4] = crc32(view[4:]).to_bytes(4, "big")
    return view


@dataclass(slots=True)
class FilledBlock:
    """A block full of records that waits to be sealed and written."""

    buffer: bytearray
    """Room for the header, then the records."""
    size: int
    """byte in use, header included."""
    first_index: int
    """Smallest FileIndex in it; 0 when it holds labels only."""
    last_index: int
    """Greatest FileIndex in it; 0 when it holds labels only."""


type Sink = Callable[[FilledBlock], bytearray]
"""Takes a filled block and gives the buffer for the next one, of the same length."""


class BlockWriter:
    """Fills blocks with the records of one session.

    No object is made for a record: headers are packed into the buffer, data is copied behind them.
    A full buffer goes to *sink*, which gives an empty one back (the same, if it has written it at
    once).
    """

    def __init__(self, sink: Sink, max_block: int = DEFAULT_MAX_BLOCK) -> None:
        if max_block < MIN_BLOCK:
            raise FormatError(
                f"blocks of {max_block} bytes are too small, {MIN_BLOCK} is the least"
            )
        self._sink = sink
        self._max = max_block
        self._buffer = bytearray(max_block)
        self._view = memoryview(self._buffer)
        self._at = HEADER_SIZE
        self._first = 0
        self._last = 0
        self.record_bytes = 0
        """byte of data put in so far, without headers."""

    def append(self, file_index: int, stream: int, data: bytes | bytearray | memoryview) -> None:
        """Add one record; blocks that become full go to the sink."""
        length = len(data)
        at = self._at
        self.record_bytes += length
        if at + 12 + length <= self._max:
            _RECORD.pack_into(self._buffer, at, file_index, stream, length)
            # through the view: a bytearray would first make a copy of its own
            self._view[at + 12 : at + 12 + length] = data
            self._at = at + 12 + length
            if file_index > 0:
                self._last = file_index
                self._first = self._first or file_index
        else:
            self._append_in_pieces(file_index, stream, memoryview(data))

    def append_unsplit(self, file_index: int, stream: int, data: bytes) -> None:
        """Add one record that must lie in a single block: a session label."""
        if HEADER_SIZE + 12 + len(data) > self._max:
            raise FormatError(f"a label of {len(data)} bytes does not fit in a block")
        if self._at + 12 + len(data) > self._max:
            self.flush()
        self.append(file_index, stream, data)

    def flush(self) -> None:
        """Hand the block over as it is; nothing happens when it is empty."""
        if self._at == HEADER_SIZE:
            return
        filled = FilledBlock(self._buffer, self._at, self._first, self._last)
        self._view.release()
        self._buffer = self._sink(filled)
        self._view = memoryview(self._buffer)
        self._at = HEADER_SIZE
        self._first = self._last = 0

    def _note(self, file_index: int) -> None:
        if file_index > 0:
            self._last = file_index
            if not self._first:
                self._first = file_index

    def _append_in_pieces(self, file_index: int, stream: int, rest: memoryview) -> None:
        sign = 1
        while True:
            if self._at + 12 > self._max:
                self.flush()
            at = self._at
            part = rest[: self._max - at - 12]
            _RECORD.pack_into(self._buffer, at, file_index, sign * stream, len(rest))
            self._view[at + 12 : at + 12 + len(part)] = part
            self._at = at + 12 + len(part)
            self._note(file_index)
            rest = rest[len(part) :]
            if not rest:
                return
            self.flush()
            sign = -1
