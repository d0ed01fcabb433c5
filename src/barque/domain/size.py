"""Sizes and speeds as administrators write them: ``50 G``, ``1.5 m``, ``2mb/s``.

Source: configuration, section 2.2.
"""

import re
from decimal import Decimal

from barque.errors import ConfigError

type Unit = tuple[str, int]
"""A word and how much it stands for."""

_BINARY_AND_DECIMAL: tuple[Unit, ...] = tuple(
    unit
    for power, letter in enumerate("kmgtpe", 1)
    for unit in ((letter, 1024**power), (f"{letter}b", 1000**power))
)

SIZE_UNITS: tuple[Unit, ...] = (("*", 1), *_BINARY_AND_DECIMAL)
"""Letters are powers of 1024, with a b powers of 1000; looked up by prefix, in this order."""

SPEED_UNITS: tuple[Unit, ...] = (
    ("*", 1),
    ("k/s", 1024),
    ("kb/s", 1000),
    ("m/s", 1024**2),
    ("mb/s", 1000**2),
)

_SHOWN = tuple((letter, 1024**power) for power, letter in reversed([*enumerate("kmgtpe", 1)]))

_PART = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))\s*([^0-9\s]*)")

_LONGEST = 500
"""Characters that are looked at."""


def sum_of_parts(text: str, units: tuple[Unit, ...]) -> int | None:
    """Return the sum of numbers with units in *text*; None when it is something else.

    A unit is matched as a prefix of the words of *units*, the first one wins; case is ignored.
    """
    total = 0
    position = 0
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            return None
        number, word = match.groups()
        factor = next((size for name, size in units if name.startswith(word.lower())), None)
        if word and factor is None:
            return None
        total += int(Decimal(number) * (factor if word and factor is not None else 1))
        position = match.end()
    return total if 0 <= total < 2**64 else None


def parse_size(text: str) -> int:
    """Return the bytes of *text*.  Raises ConfigError when it is not a size."""
    size = sum_of_parts(text, SIZE_UNITS)
    if size is None:
        raise ConfigError(
            f"expected a size number, got: {text}", hint="write a number and k, m, g, t, p or e"
        )
    return size


def parse_speed(text: str) -> int:
    """Return the bytes a second of *text*.  Raises ConfigError when it is not a speed."""
    speed = sum_of_parts(text, SPEED_UNITS)
    if speed is None:
        raise ConfigError(
            f"expected a speed number, got: {text}",
            hint="write a number and k/s, kb/s, m/s or mb/s",
        )
    return speed


def show_size(size: int) -> str:
    """Return *size* in the words of ``show``: ``11 m 792 k 334``."""
    parts = []
    for letter, factor in _SHOWN:
        count, size = divmod(size, factor)
        if count:
            parts.append(f"{count} {letter}")
    if size or not parts:
        parts.append(str(size))
    return " ".join(parts)
