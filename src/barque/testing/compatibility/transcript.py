"""One recorded transcript: what a console typed, and what it was answered as text and as JSON."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

_PARTS: Final = re.compile(r"^===== (?:plain|json)[^\n]*\n", re.MULTILINE)
_TYPED: Final = re.compile(r"^>>> (?:\(answer\) )?(.*)\n", re.MULTILINE)
_NEWLINE: Final = " <newline> "
_CONSOLE: Final = re.compile(r"as_console_(admin|bareos_mon)_")
LEAVING: Final = (".", ".", "quit")
"""What was typed after the command, to leave prompts and the console."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Lines that were typed in one session, and all that was answered."""

    lines: tuple[str, ...]
    answers: tuple[str, ...]
    """For people one text with the lines as they were echoed; for programs one a line."""


@dataclass(frozen=True)
class Transcript:
    """A file."""

    path: Path

    @property
    def number(self) -> int:
        """Its place in the order in which the commands ran."""
        return int(self.path.name[:3])

    @property
    def console(self) -> str:
        """Name of the console; `default` for the one without a name."""
        found = _CONSOLE.search(self.path.name)
        return found[1].replace("_", "-") if found else "default"

    @cached_property
    def _parts(self) -> list[str]:
        text = self.path.read_text("utf-8", "surrogateescape")
        return [part for part in _PARTS.split(text) if part]

    @property
    def plain(self) -> Answered:
        """What people see, lines echoed."""
        typed, answer = _TYPED.split(self._parts[0])[1:]
        return Answered((*typed.split(_NEWLINE), *LEAVING), (answer,))

    @property
    def programs(self) -> Answered:
        """What programs are sent (API mode 2)."""
        pieces = _TYPED.split(self._parts[1])[1:]
        first, *rest = pieces[::2]
        lines = (first.split(_NEWLINE)[0], *rest)
        return Answered(lines, tuple(pieces[1::2]))


def transcripts(folder: Path) -> list[Transcript]:
    """Return the transcripts in *folder*, in the order in which they ran."""
    return [Transcript(path) for path in sorted(folder.glob("[0-9]*.txt"))]
