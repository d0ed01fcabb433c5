"""Layouts: fields in order are bytes."""

import pytest

from barque.errors import TruncatedError
from barque.formats.block import BlockHeader
from barque.formats.label import SessionLabel, VolumeLabel
from barque.formats.layout import Layout, f64, i32, i64, tag, text, u16, u32, u64


class Everything(Layout):
    """One field of each kind."""

    small: int = u16("Two bytes.")
    number: int = u32("Four bytes.")
    signed: int = i32("Four bytes.")
    long: int = u64("Eight bytes.")
    long_signed: int = i64("Eight bytes.")
    real: float = f64("Eight bytes.")
    letters: bytes = tag(3, "Three bytes.")
    words: str = text("Until NUL.")


SAMPLE = Everything(1, 2, -3, 4, -5, 1.5, b"abc", "añ\udcff")


def test_fields_in_order_are_the_bytes() -> None:
    assert BlockHeader(1, 24, 3, b"BB02", 5, 6).pack() == (
        b"\0\0\0\1\0\0\0\x18\0\0\0\3BB02\0\0\0\5\0\0\0\6"
    )


def test_round_trip_of_every_kind_of_field() -> None:
    data = SAMPLE.pack()
    assert Everything.unpack(b"xx" + data + b"rest", 2) == SAMPLE


@pytest.mark.parametrize("cut", range(len(SAMPLE.pack())))
def test_cut_anywhere_is_truncated(cut: int) -> None:
    with pytest.raises(TruncatedError, match="Everything ends within"):
        Everything.unpack(SAMPLE.pack()[:cut])


def test_codec_equals_field_by_field() -> None:
    header = BlockHeader(1, 2, 3, b"BB02", 5, 6)
    assert BlockHeader.fixed_codec().pack(1, 2, 3, b"BB02", 5, 6) == header.pack()
    assert BlockHeader.size == 24


def test_structures_with_texts_have_no_codec() -> None:
    assert VolumeLabel.codec is None
    with pytest.raises(TypeError):
        SessionLabel.fixed_codec()


def test_every_field_is_documented() -> None:
    for layout in (BlockHeader, VolumeLabel, SessionLabel):
        assert all(field.doc for field in layout.FIELDS.values())
