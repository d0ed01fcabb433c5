"""Rows of the catalog as tables, as vertical lists, as plain lines.

Source: console commands, section 2.
"""

import re
from collections.abc import Container
from itertools import batched

from barque.catalog.console_queries import Listing, StreamedListing
from barque.catalog.store import ResultColumn
from barque.director.output import Output

_MAX_WIDTH = 100
_INTEGER = re.compile(r"-?\d+")
_UNITS = ("", "K", "M", "G", "T", "P", "E", "Z", "Y")


def with_commas(digits: str) -> str:
    """Return an integer in *digits* with a comma every three of them; anything else as it is."""
    if not _INTEGER.fullmatch(digits):
        return digits
    sign, number = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    groups = ["".join(group) for group in batched(reversed(number), 3, strict=False)]
    return sign + ",".join(groups)[::-1]


def with_suffix(number: int) -> str:
    """Return *number* in thousands with a unit letter, cut to five characters: ``8.998 K``."""
    groups = with_commas(str(number)).split(",")
    if len(groups) == 1:
        return f"{groups[0]} "
    return f"{groups[0]}.{groups[1]}"[:5] + f" {_UNITS[len(groups) - 1]}"


def print_table(out: Output, listing: Listing, *, plain_numbers: bool) -> None:
    """Print *listing* with borders, one line a row.

    *plain_numbers* leaves numbers without commas, to the left: what graphical consoles ask for.
    """
    if not listing.rows:
        out.decoration("No results to list.\n")
        return
    columns = [_Cells(listing, index, plain_numbers) for index in range(len(listing.columns))]
    border = "+" + "".join("-" * cells.dashes + "+" for cells in columns) + "\n"
    heading = "|" + "".join(f" {cells.heading} |" for cells in columns) + "\n"
    out.decoration(border + heading + border)
    for row in listing.rows:
        if not out.admits(row):
            continue
        with out.object():
            out.decoration("|")
            for cells in columns:
                value = row[cells.index]
                out.pair(cells.column.name, value or "", f" {cells.shown(value)} |")
            out.text("\n")
    out.decoration(border)


class _Cells:
    """How the values of one column are padded."""

    def __init__(self, listing: Listing, index: int, plain_numbers: bool) -> None:
        self.column = listing.columns[index]
        self.index = index
        self._right = self.column.is_number and not plain_numbers
        self._commas = self._right and self.column.name != "jobid"
        values = ("NULL" if row[index] is None else row[index] or "" for row in listing.rows)
        longest = max((len(value) for value in values), default=0)
        if self.column.is_number and self.column.name != "jobid" and longest:
            longest += (longest - 1) // 3
        widest = max(len(self.column.name), longest, len("NULL"))
        self._width = min(widest, _MAX_WIDTH)
        self.dashes = min(widest + 2, _MAX_WIDTH)

    @property
    def heading(self) -> str:
        """The name of the column, padded."""
        return self.column.name.ljust(self._width)

    def shown(self, value: str | None) -> str:
        """Return *value* padded; what is too long runs over."""
        text = with_commas(value or "") if self._commas else value or ""
        return text.rjust(self._width) if self._right else text.ljust(self._width)


def print_vertical(out: Output, listing: Listing, *, plain_numbers: bool) -> None:
    """Print *listing* with one line a value and an empty line after each row."""
    if not listing.rows:
        out.decoration("No results to list.\n")
        return
    width = max(len(column.name) for column in listing.columns)
    for row in listing.rows:
        if not out.admits(row):
            continue
        with out.object():
            for column, value in zip(listing.columns, row, strict=True):
                text = _vertical(column, value or "", plain_numbers)
                out.pair(column.name, value or "", f" {column.name:>{width}}: {text}\n")
            out.decoration("\n")


def _vertical(column: ResultColumn, value: str, plain_numbers: bool) -> str:
    is_plain = plain_numbers or not column.is_number or column.name == "jobid"
    return value if is_plain else with_commas(value)


def print_lines(
    out: Output, listing: Listing | StreamedListing, *, hidden: Container[str] = (), end: str = "\n"
) -> None:
    """Print *listing* without a frame: a blank before each value that is not *hidden*.

    People get *end* after each row.
    """
    for row in listing.rows:
        if not out.admits(row):
            continue
        with out.object():
            for column, value in zip(listing.columns, row, strict=True):
                if column.name not in hidden:
                    out.pair(column.name, value or "", f" {value or ''}")
            out.decoration(end)
