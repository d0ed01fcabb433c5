"""Integers in Bareos' base64: digits of six bits, the most significant first.

Knows nothing of the base64 that carries bytes (digests, authentication); that one is another code.
Source: file attributes, section 2.
"""

from barque.errors import FormatError

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""Digit of each value from 0 to 63."""

MAX_DIGITS = 11
"""Digits of the largest 64-bit number."""

_VALUE = {digit: value for value, digit in enumerate(ALPHABET)}
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
    if not 0 < len(digits) <= MAX_DIGITS:
        raise FormatError(f"{text[:20]!r} is not a number in base64")
    number = 0
    try:
        for digit in digits:
            number = number << 6 | _VALUE[digit]
    except KeyError:
        raise FormatError(f"{text[:20]!r} is not a number in base64") from None
    return -number if digits is not text else number
