"""Blocks: header, checksum, filling, splitting."""

import pytest

from barque.errors import ChecksumError, FormatError, TruncatedError, UnknownFormatError
from barque.formats.block import (
    BlockWriter,
    FilledBlock,
    OldBlockHeader,
    block_size,
    seal_block,
    unpack_block,
)
from barque.formats.record import OldRecordHeader, Record, RecordAssembler, Session

SESSION = Session(7, 1_700_000_000)


class Pile:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.filled: list[tuple[int, int]] = []

    def __call__(self, block: FilledBlock) -> bytearray:
        sealed = seal_block(block.buffer, block.size, len(self.blocks), SESSION)
        self.blocks.append(bytes(sealed))
        self.filled.append((block.first_index, block.last_index))
        return block.buffer


def read_back(blocks: list[bytes]) -> tuple[list[Record], RecordAssembler]:
    assembler = RecordAssembler()
    records = []
    for data in blocks:
        block = unpack_block(memoryview(data))
        block.verify()
        records += [r for piece in block.pieces() if (r := assembler.add(piece, 0))]
    assembler.close()
    return records, assembler


def test_records_come_back_in_order() -> None:
    pile = Pile()
    writer = BlockWriter(pile, 128)
    sent = [(1, 1, b"name"), (1, 2, b"x" * 300), (1, 3, b""), (2, 1, b"y" * 103), (2, 2, b"z" * 92)]
    for file_index, stream, data in sent:
        writer.append(file_index, stream, data)
    writer.flush()
    records, assembler = read_back(pile.blocks)
    assert [(r.file_index, r.stream, bytes(r.data)) for r in records] == sent
    assert assembler.lost == []
    assert all(len(block) <= 128 for block in pile.blocks)
    assert writer.record_bytes == sum(len(data) for _, _, data in sent)


@pytest.mark.parametrize("size", range(60, 130))
def test_a_record_may_end_anywhere_in_a_block(size: int) -> None:
    pile = Pile()
    writer = BlockWriter(pile, 128)
    writer.append(1, 1, b"a" * size)
    writer.append(1, 2, b"b" * 40)
    writer.flush()
    records, assembler = read_back(pile.blocks)
    assert [bytes(r.data) for r in records] == [b"a" * size, b"b" * 40]
    assert not assembler.lost


def test_blocks_know_the_files_they_hold() -> None:
    pile = Pile()
    writer = BlockWriter(pile, 128)
    writer.append(-4, 12, b"label")
    writer.flush()
    writer.append(1, 2, b"x" * 100)
    writer.append(2, 2, b"y" * 10)
    writer.flush()
    assert pile.filled == [(0, 0), (1, 1), (1, 2)]


def test_an_empty_block_is_not_written() -> None:
    pile = Pile()
    BlockWriter(pile).flush()
    assert pile.blocks == []


def test_labels_are_not_split() -> None:
    pile = Pile()
    writer = BlockWriter(pile, 128)
    writer.append(1, 2, b"x" * 60)
    writer.append_unsplit(-5, 9, b"l" * 50)
    writer.flush()
    assert len(pile.blocks) == 2
    with pytest.raises(FormatError, match="does not fit"):
        writer.append_unsplit(-5, 9, b"l" * 200)


def test_tiny_blocks_are_refused() -> None:
    with pytest.raises(FormatError, match="too small"):
        BlockWriter(Pile(), 10)


def one_block() -> bytes:
    pile = Pile()
    writer = BlockWriter(pile)
    writer.append(1, 2, b"hello")
    writer.flush()
    return pile.blocks[0]


@pytest.mark.parametrize("bit", range(8 * 40))
def test_every_flipped_bit_is_noticed(bit: int) -> None:
    data = bytearray(one_block())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(FormatError) as caught:
        unpack_block(memoryview(data), "Vol1", 4096).verify("Vol1")
    assert "Vol1" in str(caught.value)
    assert "4096" in str(caught.value)


@pytest.mark.parametrize("cut", range(41))
def test_cut_anywhere_is_truncated(cut: int) -> None:
    with pytest.raises(TruncatedError):
        unpack_block(memoryview(one_block())[:cut], "Vol1")


def test_what_is_wrong_is_said() -> None:
    data = bytearray(one_block())
    data[30] ^= 1
    with pytest.raises(ChecksumError, match="damaged"):
        unpack_block(memoryview(data)).verify()
    with pytest.raises(UnknownFormatError, match="no block begins here"):
        block_size(b"\0" * 24)
    with pytest.raises(FormatError, match="impossible length"):
        block_size(b"\0\0\0\0\0\0\0\1\0\0\0\0BB02")


def test_the_older_form_can_be_read() -> None:
    body = OldRecordHeader(3, 4, 1, 2, 5).pack() + b"hello"
    header = OldBlockHeader(0, 16 + len(body), 0, b"BB01").pack()
    block = unpack_block(memoryview(header + body))
    (piece,) = block.pieces()
    assert (piece.session, piece.file_index, bytes(piece.data)) == (Session(3, 4), 1, b"hello")
