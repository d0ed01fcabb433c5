"""Functions that PostgreSQL has and that queries written for it expect of SQLite too."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from barque.catalog.store import Value
from barque.catalog.times import to_sql

_DIGIT: Final = {
    digit: number
    for number, digit in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    )
}


@dataclass(frozen=True, slots=True)
class SQLFunction:
    """One function that SQL texts may call."""

    name: str
    arguments: int
    function: Callable[..., Value]
    is_pure: bool
    """Gives the same for the same arguments, so an index or a plan may rely on it."""


def from_base64(field: str | None) -> int | None:
    """Return the number that a field of LStat spells; None for NULL.

    Most significant digit first, `-` in front of negative numbers. Source: catalog, section 2.
    """
    if field is None:
        return None
    number = 0
    for digit in field.lstrip("-"):
        number = number << 6 | _DIGIT.get(digit, 0)
    return -number if field.startswith("-") else number


@lru_cache(maxsize=32)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def matches(pattern: str | None, text: str | None) -> int | None:
    """Return 1 when *pattern* is found in *text*: SQLite's operator REGEXP."""
    if pattern is None or text is None:
        return None
    return int(_pattern(pattern).search(text) is not None)


def now() -> str | None:
    """Return the local time of now as SQL writes it."""
    return to_sql(int(time.time()))


FUNCTIONS: Final = (
    SQLFunction("bareos_frombase64", 1, from_base64, is_pure=True),
    SQLFunction("regexp", 2, matches, is_pure=True),
    SQLFunction("now", 0, now, is_pure=False),
)
"""What every connection to an SQLite catalog knows."""
