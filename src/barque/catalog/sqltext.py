"""Small pieces of SQL text that many queries need."""

from collections.abc import Sized


def marks(values: Sized) -> str:
    """Return as many placeholders as there are *values*, for an IN list."""
    return ", ".join("?" * len(values))
