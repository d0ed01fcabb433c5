"""Integers in Bareos' base64: digits of six bits, the most significant first.

Knows nothing of the base64 that carries bytes (digests, authentication); that one is another code.
Source: file attributes, section 2.
"""

import binascii

from barque.errors import FormatError

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""Digit of each value from 0 to 63."""

MAX_DIGITS = 11
"""Digits of the largest 64-bit number."""

_CODED_DIGITS, _CODED_BYTES = 12, 9

_PAIR = [bytes((ALPHABET[n >> 6], ALPHABET[n & 63])) for n in range(4096)]
_SHORT = [bytes((ALPHABET[n],)) for n in range(64)] + _PAIR[64:]


def encode_integer(number: int) -> bytes:
    """Return *number* in base64: 0 is ``A``, 33188 is ``IGk``, a negative one begins with ``-``."""
    if 0 <= number < 4096:
        return _SHORT[number]
    if number < 0:
        return b"-" + encode_integer(-number)
    if number < 16777216:
        return _SHORT[number >> 12] + _PAIR[number & 4095]
    return encode_integer(number >> 24) + _PAIR[(number >> 12) & 4095] + _PAIR[number & 4095]


def decode_integer(text: bytes) -> int:
    """Return the number that *text* spells.

    Raises FormatError when it is empty, too long for 64 bits, or has a foreign digit.
    """
    digits = text[1:] if text[:1] == b"-" else text
    try:
        # the codec of bytes has the same digits: twelve of them, zeros in front, are nine bytes
        packed = binascii.a2b_base64(digits.rjust(_CODED_DIGITS, b"A"), strict_mode=True)
    except binascii.Error:
        packed = b""
    if not 0 < len(digits) <= MAX_DIGITS or len(packed) != _CODED_BYTES:
        raise FormatError(f"{text[:20]!r} is not a number in base64")
    number = int.from_bytes(packed)
    return -number if digits is not text else number
