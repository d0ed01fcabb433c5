"""Small pieces of SQL text, and of reading rows, that many queries need."""

from collections.abc import Sized

from barque.catalog.store import Value


def marks(values: Sized) -> str:
    """Return as many placeholders as there are *values*; an IN list of none fits nothing."""
    return ", ".join("?" * len(values)) or "NULL"


def number(value: Value) -> int:
    """Return *value* of a numeric column as int; 0 for NULL."""
    return int(value) if value else 0


def text(value: Value) -> str:
    """Return *value* of a text column; empty for NULL."""
    return value if isinstance(value, str) else ""
