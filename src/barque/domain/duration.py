"""Periods of time as administrators write them: ``1 week 2 days``.

Source: configuration, section 2.1.
"""

from collections.abc import Iterator

from barque.domain.size import Unit, sum_of_parts
from barque.errors import ConfigError

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
MONTH = 30 * DAY
QUARTER = 91 * DAY
YEAR = 365 * DAY

UNITS: tuple[Unit, ...] = (
    ("n", MINUTE),
    ("seconds", 1),
    ("months", MONTH),
    ("minutes", MINUTE),
    ("mins", MINUTE),
    ("hours", HOUR),
    ("days", DAY),
    ("weeks", WEEK),
    ("quarters", QUARTER),
    ("years", YEAR),
)
"""Words and seconds, in the order in which a prefix is looked up: ``m`` is a month."""

_SHOWN = (
    ("years", YEAR),
    ("months", MONTH),
    ("weeks", WEEK),
    ("days", DAY),
    ("hours", HOUR),
    ("minutes", MINUTE),
    ("seconds", 1),
)


def parse_duration(text: str) -> int:
    """Return the seconds of *text*: numbers with units, summed; no unit is seconds.

    Raises ConfigError when it is something else.
    """
    seconds = sum_of_parts(text, UNITS)
    if seconds is None:
        raise ConfigError(
            f"expected a time period, got: {text}",
            hint="write numbers with units, such as 90 days or 1 week 2 hours",
        )
    return seconds


def show_duration(seconds: int) -> str:
    """Return *seconds* in the words of ``show``: ``1 weeks 2 days ``, a blank after each."""
    return "".join(f"{count} {word} " for count, word in _parts(seconds)) or "0"


def _parts(seconds: int) -> Iterator[tuple[int, str]]:
    for word, length in _SHOWN:
        count, seconds = divmod(seconds, length)
        if count:
            yield count, word
