"""The tables in a Director's text, laid out anew for the width that there is.

A table begins with a border, ``+----+``; heads, a second border, rows, a third one.
Source: console commands, section 2.1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rich.cells import cell_len
from rich.text import Text

LOOK_AHEAD: Final = 200
"""Rows that are looked at before the widths are settled."""

NARROW: Final = 10
"""Columns; a text may be folded down to this."""

STATUS_STYLES: Final = {
    "T": "green",
    "W": "yellow",
    "R": "cyan",
    "C": "cyan",
    "A": "magenta",
    "E": "bold red",
    "e": "bold red",
    "f": "bold red",
    "Append": "green",
    "Full": "yellow",
    "Used": "yellow",
    "Purged": "dim",
    "Recycle": "dim",
    "Error": "bold red",
    "Disabled": "dim",
}
"""Value of a column for a status → its style."""

_BORDER: Final = re.compile(r"\+(?:-+\+)+")
_NUMBER: Final = re.compile(r"[\d,]*")
_HEAD: Final = re.compile(
    r"(job|vol|media|start|end|sched|first|last|real|max|num|pool|file|client|storage|recycle"
    r"|read|write|log|purged|level)(.{3,})"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, or its heads."""

    cells: tuple[str, ...]
    is_head: bool = False


type Part = str | Row | None
"""A line that belongs to no table, a row, or the end of a table."""


class TableReader:
    """Finds the tables in lines that come in one by one."""

    def __init__(self) -> None:
        self._edges: list[int] = []
        self._borders = 0

    def read(self, line: str) -> Part:
        """Return what *line* is; ``""`` for a border that says nothing."""
        if _BORDER.fullmatch(line):
            self._borders = self._borders % 3 + 1
            self._edges = [at for at, letter in enumerate(line) if letter == "+"]
            return None if self._borders == 3 else ""
        if self._borders in {1, 2} and line.startswith("|"):
            return Row(self._cells(line), is_head=self._borders == 1)
        self._borders = 0
        return line

    def _cells(self, line: str) -> tuple[str, ...]:
        edges = self._edges
        if len(line) == edges[-1] + 1 and all(line[at] == "|" for at in edges):
            return tuple(line[begin + 1 : end].strip() for begin, end in pairwise(edges))
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        return tuple((cells + [""] * len(edges))[: len(edges) - 1])


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide the columns are."""

    widths: tuple[int, ...]
    right: tuple[bool, ...]
    heads: tuple[tuple[str, ...], ...]
    """Each head, in as many lines as it needs."""

    @classmethod
    def fit(cls, heads: Sequence[str], rows: Sequence[Row], width: int) -> "Layout | None":
        """Return the layout for *width*; None when the table is too wide for any."""
        columns = list(zip(*(row.cells for row in rows), strict=True)) or [() for _ in heads]
        right = tuple(all(_NUMBER.fullmatch(cell) for cell in column) for column in columns)
        longest = [max((cell_len(cell) for cell in column), default=0) for column in columns]
        pieces: list[tuple[str, ...]] = [(head,) for head in heads]
        widths = [max(cell_len(h), n) for h, n in zip(heads, longest, strict=True)]
        room = width - 2 * (len(widths) - 1)
        if sum(widths) > room:
            pieces = [_head_pieces(head) for head in heads]
            room = width - (len(widths) - 1)
            at_least = [max(map(len, piece)) for piece in pieces]
            widths = [max(n, m) for n, m in zip(longest, at_least, strict=True)]
            floors = [
                max(m, n if is_right else min(n, NARROW))
                for n, m, is_right in zip(longest, at_least, right, strict=True)
            ]
            _shrink(widths, floors, room)
            if sum(widths) > room:
                return None
        return cls(tuple(widths), right, tuple(pieces))

    @property
    def gap(self) -> str:
        """Between two columns."""
        return " " if any(len(head) > 1 for head in self.heads) else "  "

    def show_heads(self) -> Iterator[Text]:
        """Yield the lines of the heads, and a rule."""
        height = max(map(len, self.heads), default=1)
        for line in range(height):
            cells = [head[line] if line < len(head) else "" for head in self.heads]
            yield self._line(cells, ["bold"] * len(cells))
        yield Text(self.gap.join("─" * width for width in self.widths), style="dim")

    def show(self, row: Row, heads: Sequence[str]) -> Iterator[Text]:
        """Yield the lines of *row*; long texts are folded."""
        folded = [fold(cell, width) for cell, width in zip(row.cells, self.widths, strict=True)]
        styles = [style_of(h, cell) for h, cell in zip(heads, row.cells, strict=True)]
        for line in range(max(map(len, folded), default=0)):
            yield self._line([cell[line] if line < len(cell) else "" for cell in folded], styles)

    def _line(self, cells: Sequence[str], styles: Sequence[str]) -> Text:
        line = Text(no_wrap=True)
        for number, cell in enumerate(cells):
            blanks = " " * max(0, self.widths[number] - cell_len(cell))
            padded = blanks + cell if self.right[number] else cell + blanks
            line.append(padded, styles[number])
            line.append(self.gap if number + 1 < len(cells) else "")
        line.rstrip()
        return line


def _head_pieces(head: str) -> tuple[str, ...]:
    found = _HEAD.fullmatch(head)
    return (found[1], found[2]) if found else (head,)


def _shrink(widths: list[int], floors: Sequence[int], room: int) -> None:
    """Take from the widest column that may be narrower, until all fit."""
    while sum(widths) > room:
        spare = [n for n, width in enumerate(widths) if width > floors[n]]
        if not spare:
            return
        widths[max(spare, key=widths.__getitem__)] -= 1


def fold(text: str, width: int) -> list[str]:
    """Return *text* in lines of at most *width* columns, cut behind blanks and signs."""
    lines = [""]
    for word in re.findall(r"[^ ,/_.-]*[ ,/_.-]?", text):
        piece = word
        if cell_len(lines[-1] + piece.rstrip()) > width and lines[-1]:
            lines.append("")
        while cell_len(piece.rstrip()) > width:
            lines[-1] = piece[:width]
            piece = piece[width:]
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines if line] or [""]


def style_of(head: str, value: str) -> str:
    """Return the style of a value in the column *head*."""
    if head.endswith("status"):
        return STATUS_STYLES.get(value, "")
    return "bold" if head in {"jobid", "name", "volumename"} else ""


def show_records(heads: Sequence[str], rows: Iterable[Row]) -> Iterator[Text]:
    """Yield *rows* one below the other, a line for each cell: for tables that are too wide."""
    longest = max(map(len, heads), default=0)
    for row in rows:
        for head, cell in zip(heads, row.cells, strict=True):
            yield Text.assemble((f"{head:>{longest}}", "cyan"), ": ", (cell, style_of(head, cell)))
        yield Text("")
