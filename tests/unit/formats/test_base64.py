"""Integers in base64."""

import pytest

from barque.errors import FormatError
from barque.formats.base64 import decode_integer, encode_integer

KNOWN = [
    (0, b"A"),
    (12, b"M"),
    (63, b"/"),
    (64, b"BA"),
    (33188, b"IGk"),
    (4095, b"//"),
    (4096, b"BAA"),
    (16_777_215, b"////"),
    (16_777_216, b"BAAAA"),
    (1_795_370_862, b"BrAy9u"),
    (-1, b"-B"),
    (-33188, b"-IGk"),
    (2**64 - 1, b"P//////////"),
]


@pytest.mark.parametrize(("number", "text"), KNOWN)
def test_known_numbers(number: int, text: bytes) -> None:
    assert encode_integer(number) == text
    assert decode_integer(text) == number


@pytest.mark.parametrize("text", [b"", b"-", b"A B", b"=", b"\xff", b"A" * 12])
def test_what_is_no_number(text: bytes) -> None:
    with pytest.raises(FormatError):
        decode_integer(text)
