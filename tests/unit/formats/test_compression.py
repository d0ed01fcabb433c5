"""Compressed messages."""

import random
import zlib

import pytest

from barque.errors import FormatError, TruncatedError, UnknownFormatError
from barque.formats.compression import (
    BY_OPTION,
    GZIP,
    HEADER,
    MAX_CONTENT,
    decompress_message,
    decompress_zlib,
)

CONTENTS = [
    b"",
    b"x",
    b"hello " * 10_000,
    random.Random(5).randbytes(262_144),
    bytes(262_144),
    random.Random(6).randbytes(70_000) * 4,
]


@pytest.mark.parametrize("option", sorted(BY_OPTION))
def test_round_trip(option: str) -> None:
    for content in CONTENTS:
        packed = BY_OPTION[option].pack(content)
        assert decompress_message(packed) == content


def test_the_header() -> None:
    packed = BY_OPTION["Z6"].pack(b"abc")
    assert packed[:4] == GZIP
    assert HEADER.unpack_from(packed) == (b"GZIP", len(packed) - 12, 6, 1)
    assert zlib.decompress(packed[12:]) == b"abc"


def test_the_container_of_lz4() -> None:
    packed = BY_OPTION["Zf4"].pack(b"short")
    assert packed[12:] == (b"FastLZ\0\x18\5\0\0\0\5\0\0\0short" + b"FastLZ\0\xc8" + bytes(8))


@pytest.mark.parametrize("option", ["Z6", "Zf4"])
def test_a_message_cut_anywhere_is_damaged(option: str) -> None:
    packed = BY_OPTION[option].pack(b"hello " * 30)
    for length in range(len(packed)):
        with pytest.raises(FormatError):
            decompress_message(packed[:length])


def test_a_message_whose_length_is_right_and_whose_data_is_cut() -> None:
    for option in ("Z6", "Zf4"):
        packed = BY_OPTION[option].pack(b"hello " * 30)
        for length in range(12, len(packed)):
            magic, _, level, version = HEADER.unpack_from(packed)
            cut = HEADER.pack(magic, length - 12, level, version) + packed[12:length]
            try:
                content = decompress_message(cut)
            except FormatError:
                continue
            assert option == "Zf4"
            assert content in (b"", b"hello " * 30)  # whole frames without the closing one


def test_an_unknown_codec() -> None:
    with pytest.raises(UnknownFormatError, match="not known"):
        decompress_message(b"NOPE" + bytes(8))
    with pytest.raises(TruncatedError):
        decompress_message(b"GZIP")


def test_a_bomb_stays_small() -> None:
    bomb = zlib.compress(bytes(50 * MAX_CONTENT))
    with pytest.raises(FormatError):
        decompress_zlib(bomb)
    frame = b"FastLZ\0\xc8\1\0\0\0\xff\xff\xff\x7fx"
    with pytest.raises(FormatError):
        decompress_message(HEADER.pack(b"FZ4L", len(frame), 1, 1) + frame)


def test_two_streams_in_one_message() -> None:
    with pytest.raises(FormatError):
        decompress_zlib(zlib.compress(b"a") + zlib.compress(b"b"))
