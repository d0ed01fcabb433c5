"""A Director's text, line by line, as a person likes to see it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from rich.text import Text

from barque.console.screen.table import LOOK_AHEAD, Layout, Row, TableReader, show_records

_RECORD: Final = re.compile(r"( *[A-Za-z_][\w ]*): (.*)")
_BAD: Final = re.compile(
    r".*(?:is an invalid command|\berror\b|\bERROR\b|Error:|not authorized|failed).*"
)
_NOTICE: Final = re.compile(r"You have messages\.|Automatically selected .*|Using Catalog .*")


class Painter:
    """Takes text as it comes; gives lines with colours."""

    def __init__(self, width: Callable[[], int], command: str = "") -> None:
        self._width = width
        self._reader = TableReader()
        self._records = command.split(maxsplit=1)[:1] == ["llist"]
        self._rest = ""
        self._heads: tuple[str, ...] = ()
        self._waiting: list[Row] = []
        self._layout: Layout | None = None
        self._settled = False

    @property
    def rest(self) -> str:
        """What came behind the last end of a line: a question, mostly."""
        return self._rest

    def paint(self, texts: Iterable[str]) -> Iterator[Text]:
        """Yield the lines of *texts*; see :attr:`rest` for what is left."""
        for text in texts:
            *lines, self._rest = (self._rest + text).split("\n")
            for line in lines:
                yield from self._line(line)
        yield from self._end_of_table()

    def _line(self, line: str) -> Iterator[Text]:
        part = self._reader.read(line)
        if isinstance(part, Row):
            yield from self._row(part)
        elif part is None:
            yield from self._end_of_table()
        elif part or not line:
            yield from self._end_of_table()
            yield self._plain(line)

    def _plain(self, line: str) -> Text:
        found = _RECORD.fullmatch(line) if self._records else None
        if found:
            return Text.assemble((found[1], "cyan"), ": ", found[2])
        if _NOTICE.fullmatch(line):
            return Text(line, style="dim")
        return Text(line, style="red" if _BAD.fullmatch(line) else "")

    def _row(self, row: Row) -> Iterator[Text]:
        if row.is_head:
            self._heads = row.cells
        elif self._settled:
            yield from self._show([row])
        else:
            self._waiting.append(row)
            if len(self._waiting) == LOOK_AHEAD:
                yield from self._settle()

    def _settle(self) -> Iterator[Text]:
        self._settled = True
        self._layout = Layout.fit(self._heads, self._waiting, self._width())
        if self._layout is not None:
            yield from self._layout.show_heads()
        yield from self._show(self._waiting)
        self._waiting = []

    def _show(self, rows: list[Row]) -> Iterator[Text]:
        if self._layout is None:
            yield from show_records(self._heads, rows)
            return
        for row in rows:
            yield from self._layout.show(row, self._heads)

    def _end_of_table(self) -> Iterator[Text]:
        if self._heads and not self._settled:
            yield from self._settle()
        self._heads, self._settled, self._layout = (), False, None


def plain_lines(text: str, width: int, command: str) -> Iterator[Text]:
    """Yield the lines of *text*, the whole reply to *command*."""
    painter = Painter(lambda: width, command)
    yield from painter.paint([text])
    if painter.rest:
        yield Text(painter.rest)
