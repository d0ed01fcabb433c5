"""Times as the catalog writes them: local, without zone, to the second.

Everywhere else barque counts seconds since 1970; 0 stands for "no time" and is NULL in the catalog.
An hour that a clock change repeats is read as its first pass: the catalog does not say which was
meant. Source: catalog, section 1.
"""

import time
from datetime import datetime
from typing import Final

FORMAT: Final = "%Y-%m-%d %H:%M:%S"
"""How SQL writes a time."""


def to_sql(seconds: float) -> str | None:
    """Return seconds since 1970 as the catalog's text; None for 0."""
    return time.strftime(FORMAT, time.localtime(seconds)) if seconds else None


def from_sql(text: object) -> int:
    """Return the catalog's text as seconds since 1970; 0 for NULL and for anything that is no time.

    Fractions of a second, which a foreign tool may have written, are dropped.
    """
    if not isinstance(text, str):
        return 0
    try:
        return int(datetime.strptime(text[:19], FORMAT).timestamp())  # noqa: DTZ007 - local by definition
    except (ValueError, OverflowError):
        return 0
