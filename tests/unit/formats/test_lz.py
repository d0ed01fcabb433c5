"""Decoders of LZO and FastLZ on small hand-made blocks; recorded volumes hold the large ones."""

import pytest

from barque.errors import FormatError
from barque.formats.lz import decompress_fastlz, decompress_lzo

LZO_END = b"\x11\0\0"


@pytest.mark.parametrize(
    ("block", "content"),
    [
        (b"\x15abcd" + LZO_END, b"abcd"),
        (b"\1abcd" + LZO_END, b"abcd"),
        (b"\0\5" + b"x" * 23 + LZO_END, b"x" * 23),
        (b"\x15abcd" + b"\x6c\0" + LZO_END, b"abcdabcd"[:4] + b"abcd"),
        (b"\x12z" + b"\x24\0\0" + LZO_END, b"z" * 7),
        (b"\x12z" + b"\x20\0\1\0\0" + LZO_END, None),
    ],
)
def test_lzo(block: bytes, content: bytes | None) -> None:
    if content is None:
        decompress_lzo(block, 1000)
    else:
        assert decompress_lzo(block, 1000) == content


@pytest.mark.parametrize(
    ("block", "content"),
    [
        (b"", b""),
        (b"\3abcd", b"abcd"),
        (b"\3abcd\x20\3", b"abcdabc"),
        (b"\0a\xe0\5\0", b"a" + b"a" * 14),
        (b"\x20a\xe0\xff\5\0", b"a" + b"a" * (9 + 255 + 5)),
    ],
)
def test_fastlz(block: bytes, content: bytes) -> None:
    assert decompress_fastlz(block, 1000) == content


@pytest.mark.parametrize("block", [b"", b"\x15ab", b"\1", b"\x15abcd\x6c\xff" + LZO_END, b"\0\0\0"])
def test_damaged_lzo(block: bytes) -> None:
    with pytest.raises(FormatError):
        decompress_lzo(block, 1000)


@pytest.mark.parametrize("block", [b"\5ab", b"\0a\x20\7", b"\x40a", b"\0a\xe0"])
def test_damaged_fastlz(block: bytes) -> None:
    with pytest.raises(FormatError):
        decompress_fastlz(block, 1000)


def test_output_is_bounded() -> None:
    with pytest.raises(FormatError, match="more than 10 bytes"):
        decompress_fastlz(b"\0a\xe0\xff\0", 10)
    with pytest.raises(FormatError, match="more than 10 bytes"):
        decompress_lzo(b"\x12z" + b"\x20" + bytes(200) + b"\1\0\0" + LZO_END, 10)
