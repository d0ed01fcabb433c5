"""Sizes and periods as people read them."""

from typing import Final

UNITS: Final = ("B", "KB", "MB", "GB", "TB", "PB", "EB")


def show_bytes(size: float) -> str:
    """Return a size with three digits or more, in decimal units."""
    for unit in UNITS:
        if size < 1000 or unit == UNITS[-1]:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.3g} {unit}"
        size /= 1000
    raise AssertionError


def show_seconds(seconds: float) -> str:
    """Return a period as ``h:mm:ss``, without the hours when there are none."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
