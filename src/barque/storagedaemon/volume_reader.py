"""Reading a volume: blocks out of a device, records out of blocks, damage with its place."""

from collections.abc import Callable, Iterator

from barque.devices.device import OpenVolume
from barque.errors import FormatError, TruncatedError
from barque.formats.block import FORMATS, HEADER_SIZE, LABEL_BLOCK, Block, block_size, unpack_block
from barque.formats.bootstrap import Range, Selector
from barque.formats.label import SessionLabel, VolumeLabel, label_of, volume_label_of
from barque.formats.record import (
    RECORD_CODEC,
    Label,
    Piece,
    Record,
    RecordAssembler,
    Session,
    pieces,
)

WINDOW = 4 * 1024 * 1024
"""byte; read from the device at once."""

type OnDamage = Callable[[FormatError], None]
"""Told of damage; when it returns, reading goes on behind it."""


def stop_at_damage(error: FormatError) -> None:
    """Raise *error*: the way to read when every byte matters."""
    raise error


class _Window:
    """A part of a volume in memory."""

    def __init__(self, volume: OpenVolume) -> None:
        self._volume = volume
        self._start = 0
        self._data = memoryview(b"")

    def at(self, offset: int, size: int) -> memoryview:
        """Return at least *size* bytes from *offset*, fewer only where the volume ends."""
        begin = offset - self._start
        if begin < 0 or begin + size > len(self._data):
            data = self._volume.read_at(offset, max(size, WINDOW))
            self._start, begin, self._data = offset, 0, memoryview(data)
        return self._data[begin:]


def read_blocks(
    volume: OpenVolume,
    ranges: list[Range] | None = None,
    on_damage: OnDamage = stop_at_damage,
) -> Iterator[Block]:
    """Return the blocks of *volume* whose first byte lies in one of *ranges* (None: all).

    Every checksum is compared. A damaged block is reported and left out; reading goes on with the
    next block that is whole.
    """
    window = _Window(volume)
    position = 0
    for first, last in ranges or [Range(0, 1 << 63)]:
        position = max(position, first)
        while position <= last:
            size = HEADER_SIZE
            head = window.at(position, size)
            if not head:
                return
            try:
                size = block_size(head[:HEADER_SIZE], volume.name, position)
                block = unpack_block(window.at(position, size), volume.name, position)
                block.verify(volume.name)
            except FormatError as error:
                on_damage(error)
                position = _behind_damage(window, position, size)
                continue
            yield block
            position += size


def _behind_damage(window: _Window, offset: int, size: int) -> int:
    """Return where the next whole block begins, or the end of the volume.

    The length in the damaged block's header is trusted when a block begins just behind it: the
    data in between may itself contain the image of a volume.
    """
    whole = len(window.at(offset, size)) >= size > HEADER_SIZE
    following = window.at(offset + size, HEADER_SIZE)[:HEADER_SIZE]
    if whole and (not following or bytes(following[12:16]) in FORMATS):
        return offset + size
    position = offset + 1
    while data := window.at(position, WINDOW):
        found = bytes(data).find(b"BB0", 12)
        if found < 0:
            position += max(len(data) - 14, 1) if len(data) > 14 else len(data)
            continue
        position += found - 12
        if _whole_block_at(window, position):
            return position
        position += 1
    return position


def _whole_block_at(window: _Window, offset: int) -> bool:
    try:
        size = block_size(window.at(offset, HEADER_SIZE)[:HEADER_SIZE])
        unpack_block(window.at(offset, size)).verify()
    except FormatError:
        return False
    return True


def read_label(volume: OpenVolume) -> VolumeLabel:
    """Return the volume label.

    Raises:
        FormatError: this is no volume, its first block is damaged, or another program wrote it.
    """
    data = volume.read_at(0, LABEL_BLOCK)
    if not data:
        raise TruncatedError("the volume is empty, it has no label", volume=volume.name, offset=0)
    block = unpack_block(memoryview(data), volume.name)
    block.verify(volume.name)
    piece = next(block.pieces(), None)
    record = RecordAssembler().add(piece, 0) if piece else None
    if record is None:
        raise FormatError("the first block holds no label", volume=volume.name, offset=0)
    return volume_label_of(record)


class RecordReader:
    """Gives the records of one volume that a selector wants, and all labels.

    One assembler serves all volumes of a job, so that records which go on in the next volume are
    whole.
    """

    def __init__(
        self,
        volume: OpenVolume,
        selector: Selector,
        assembler: RecordAssembler,
        on_damage: OnDamage = stop_at_damage,
    ) -> None:
        self._volume = volume
        self._selector = selector
        self._assembler = assembler
        self._on_damage = on_damage
        self.blocks = 0
        """Blocks read."""
        self.bytes = 0
        """byte read."""

    def __iter__(self) -> Iterator[Record]:
        ranges = self._selector.ranges()
        for block in read_blocks(self._volume, ranges, self._on_damage):
            self.blocks += 1
            self.bytes += len(block.data)
            if self._selector.wants_block(block.session, block.last_byte):
                yield from self._records_of(block)
            if self._selector.finished:
                return

    def _records_of(self, block: Block) -> Iterator[Record]:
        try:
            session = block.session
            if session is None:
                for piece in block.pieces():
                    yield from self._records_in(piece, block)
            else:
                yield from self._records_of_session(block, session)
        except FormatError as error:
            error.volume, error.offset = self._volume.name, block.offset
            self._on_damage(error)

    def _records_of_session(self, block: Block, session: Session) -> Iterator[Record]:
        """Return the wanted records of a BB02 block.

        Whole records of files are taken in place, and one decision holds for all records of a
        file, if the selector allows it: a volume of small files has three records to a file, and
        this is done for each of them. Everything else is dealt with piece by piece.
        """
        selector, assembler, offset = self._selector, self._assembler, block.offset
        payload = block.data[block.header.size :]
        unpack, size = RECORD_CODEC.unpack_from, RECORD_CODEC.size
        at, end, last_byte = 0, len(payload), block.last_byte
        decided, wanted = 0, False
        underway = assembler.is_underway(session)
        while end - at >= size:
            file_index, stream, length = unpack(payload, at)
            following = at + size + length
            if file_index <= 0 or stream < 0 or following > end or underway:
                decided = 0
                for piece in pieces(payload[at:following], session):
                    yield from self._records_in(piece, block)
                underway = assembler.is_underway(session)
            elif file_index != decided or wanted:
                record = Record(session, file_index, stream, payload[at + size : following], offset)
                if file_index != decided:
                    wanted = selector.wants_index(session, file_index) and selector.wants(
                        record, last_byte
                    )
                    decided = file_index if selector.decides_by_file else 0
                if wanted:
                    yield record
            at = following
        if at < end:
            raise TruncatedError(f"{end - at} bytes are left where a record header should be")

    def _records_in(self, piece: Piece, block: Block) -> Iterator[Record]:
        """Return the record that *piece* completes, if it is wanted."""
        if piece.file_index > 0 and not self._selector.wants_index(piece.session, piece.file_index):
            self._assembler.skip(piece)
            return
        record = self._assembler.add(piece, block.offset)
        if record is None:
            return
        if record.file_index < 0:
            self._note(record)
            yield record
        elif self._selector.wants(record, block.last_byte):
            yield record

    def _note(self, record: Record) -> None:
        if record.file_index == Label.SOS_LABEL:
            label = label_of(record)
            if isinstance(label, SessionLabel):
                self._selector.labels[record.session] = label
