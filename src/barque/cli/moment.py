"""Moments as people write them on the command line."""

import re
from datetime import datetime, timedelta
from typing import Final

import click

UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
"""Letters of ``3h``: three hours ago."""

FORMAT: Final = "%Y-%m-%d %H:%M:%S"
"""How the Director reads a moment, in local time."""

_AGO: Final = re.compile(r"(\d{1,6})([smhdw])")


def parse_moment(text: str, now: datetime | None = None) -> str:
    """Return *text* (a date, a date with a time, or how long ago) as the Director reads it.

    Empty stays empty. Raises click.BadParameter for everything else.
    """
    if not text:
        return ""
    ago = _AGO.fullmatch(text)
    if ago is not None:
        moment = (now or datetime.now().astimezone()) - int(ago[1]) * UNITS[ago[2]]
        return moment.strftime(FORMAT)
    try:
        return datetime.fromisoformat(text).strftime(FORMAT)
    except ValueError:
        raise click.BadParameter(
            f"{text} is no moment: write 2026-01-31, 2026-01-31 12:00 or 3h"
        ) from None
