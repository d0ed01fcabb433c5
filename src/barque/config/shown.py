"""A value on its way to ``show``: how it is written in text and in JSON.

Source: configuration, section 10.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Form(Enum):
    """How a value is written."""

    QUOTED = auto()
    """``Key = "value"``; without a value only in a comment."""
    ESCAPED = auto()
    """Quoted, with more characters escaped: commands."""
    PLAIN = auto()
    """``Key = value``; without a value only in a comment."""
    NUMBER = auto()
    BOOLEAN = auto()
    """``Yes`` or ``No``."""
    LINES = auto()
    """A quoted line for each."""
    PLAIN_LINES = auto()
    """An unquoted line for each."""
    ROW = auto()
    """All on one line, quoted."""
    BLOCKS = auto()
    """Structures that the resource writes itself."""
    NOTHING = auto()
    """Shown elsewhere, or not at all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A form and what fills it."""

    form: Form
    value: str | int | bool | tuple[str, ...] | None = None


NOTHING = Shown(Form.NOTHING)
"""For what is shown elsewhere."""
