"""Records: taking apart, putting together, what is lost."""

import pytest

from barque.errors import FormatError, TruncatedError
from barque.formats.record import Piece, RecordAssembler, RecordHeader, Session, pieces

ONE, TWO = Session(1, 10), Session(2, 10)


def piece(
    session: Session, index: int, data: bytes, length: int, *, continued: bool = False
) -> Piece:
    return Piece(session, index, 2, continued, length, memoryview(data))


def test_interleaved_sessions_do_not_mix() -> None:
    assembler = RecordAssembler()
    assert assembler.add(piece(ONE, 1, b"ab", 4), 0) is None
    assert assembler.add(piece(TWO, 1, b"xy", 3), 100) is None
    first = assembler.add(piece(ONE, 1, b"cd", 2, continued=True), 200)
    second = assembler.add(piece(TWO, 1, b"z", 1, continued=True), 300)
    assert first is not None
    assert second is not None
    assert (bytes(first.data), first.offset) == (b"abcd", 200)
    assert bytes(second.data) == b"xyz"
    assembler.close()
    assert assembler.lost == []


@pytest.mark.parametrize(
    "second",
    [
        piece(ONE, 2, b"new", 3),
        piece(ONE, 2, b"cd", 2, continued=True),
        piece(ONE, 1, b"cd", 9, continued=True),
    ],
)
def test_a_record_without_its_end_is_lost(second: Piece) -> None:
    assembler = RecordAssembler()
    assembler.add(piece(ONE, 1, b"ab", 4), 0)
    assembler.add(second, 0)
    assembler.close()
    assert assembler.lost[0] == (ONE, 1, 2)


def test_a_record_without_its_beginning_is_lost() -> None:
    assembler = RecordAssembler()
    assert assembler.add(piece(ONE, 5, b"cd", 2, continued=True), 0) is None
    assert assembler.lost == [(ONE, 5, 2)]


def test_the_end_of_the_volume_loses_what_is_open() -> None:
    assembler = RecordAssembler()
    assembler.add(piece(ONE, 1, b"ab", 4), 0)
    assembler.close()
    assert assembler.lost == [(ONE, 1, 2)]


def test_passing_over_a_piece_loses_what_is_open() -> None:
    assembler = RecordAssembler()
    assembler.add(piece(ONE, 1, b"ab", 4), 0)
    assembler.skip(piece(ONE, 2, b"", 0))
    assert assembler.lost == [(ONE, 1, 2)]


def test_a_cut_header_is_truncated() -> None:
    data = RecordHeader(1, 2, 0).pack() + b"\0" * 5
    with pytest.raises(TruncatedError, match="5 bytes are left"):
        list(pieces(memoryview(data), ONE))


def test_an_absurd_length_is_refused() -> None:
    with pytest.raises(FormatError, match="claims"):
        list(pieces(memoryview(RecordHeader(1, 2, 30_000_000).pack()), ONE))


def test_a_label_in_between_does_not_end_a_record() -> None:
    assembler = RecordAssembler()
    assembler.add(piece(ONE, 1, b"ab", 4), 0)
    label = assembler.add(piece(ONE, -2, b"label", 5), 0)
    whole = assembler.add(piece(ONE, 1, b"cd", 2, continued=True), 0)
    assert label is not None
    assert whole is not None
    assert bytes(whole.data) == b"abcd"
    assert assembler.lost == []
