"""Times in the forms that consoles know.

Source: console commands, section 2.4.
"""

from datetime import UTC, datetime


def local_time(seconds: float) -> datetime:
    """Return Unix *seconds* as local time."""
    return datetime.fromtimestamp(seconds, UTC).astimezone()


def short_time(seconds: float) -> str:
    """Return ``22-Nov-26 18:46``."""
    return f"{local_time(seconds):%d-%b-%y %H:%M}"


def long_time(seconds: float) -> str:
    """Return ``Mon 23-Nov-2026 02:10``."""
    return f"{local_time(seconds):%a %d-%b-%Y %H:%M}"


def sql_time(seconds: float) -> str:
    """Return ``2026-11-22 18:46:00``."""
    return f"{local_time(seconds):%Y-%m-%d %H:%M:%S}"


def parse_sql_time(text: str) -> float | None:
    """Return the Unix seconds of ``2026-11-22 18:46:00`` local time; None for anything else."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        return None
