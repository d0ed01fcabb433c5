"""Tables are found in text and laid out for the width that there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from barque.console.screen.painter import Painter, plain_lines
from barque.console.screen.table import LOOK_AHEAD, Row, TableReader, fold, style_of

JOBS = """\
Using Catalog "MyCatalog"
+-------+----------------------+-----------+---------------------+----------+-----------+
| jobid | name                 | client    | starttime           | jobbytes | jobstatus |
+-------+----------------------+-----------+---------------------+----------+-----------+
|     1 | backup-data-178ca0db | bareos-fd | 2026-11-22 21:18:11 |  184,800 | T         |
|    12 | größe                | bareos-fd | 2026-11-22 21:18:11 |        0 | f         |
+-------+----------------------+-----------+---------------------+----------+-----------+
You have messages.
"""


def shown(text: str, width: int, command: str = "list jobs") -> list[str]:
    return [line.plain for line in plain_lines(text, width, command)]


def test_a_table_that_fits_keeps_its_lines() -> None:
    lines = shown(JOBS, 200)
    assert lines == [
        'Using Catalog "MyCatalog"',
        "jobid  name                  client     starttime            jobbytes  jobstatus",
        "─────  ────────────────────  ─────────  ───────────────────  ────────  ─────────",
        "    1  backup-data-178ca0db  bareos-fd  2026-11-22 21:18:11   184,800  T",
        "   12  größe                 bareos-fd  2026-11-22 21:18:11         0  f",
        "You have messages.",
    ]


def test_a_narrow_screen_folds_heads_and_texts() -> None:
    lines = shown(JOBS, 60)
    assert max(map(cell_len, lines)) <= 60
    assert lines[1].split() == ["jobid", "name", "client", "start", "job", "job"]
    assert lines[2].split() == ["time", "bytes", "status"]
    assert "178ca0db" in "".join(lines)
    assert lines[4].startswith("    1 backup-")


def test_a_very_narrow_screen_shows_one_value_a_line() -> None:
    lines = shown(JOBS, 20)
    assert "    jobid: 1" in lines
    assert "jobstatus: T" in lines


@given(st.integers(10, 200))
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    lines = shown(JOBS, width)[1:-1]
    if not lines[0].startswith(" "):
        return
    assert all(cell_len(line) <= max(width, 32) for line in lines)


def test_states_have_colours() -> None:
    lines = list(plain_lines(JOBS, 200, "list jobs"))
    assert "green" in str(lines[3].spans)
    assert "bold red" in str(lines[4].spans)
    assert style_of("volstatus", "Append") == "green"
    assert style_of("client", "T") == ""


def test_a_long_table_is_not_held_back() -> None:
    head = "+---+\n| n |\n+---+\n"
    painter = Painter(lambda: 80)
    source = iter([head, *(f"| {n % 10} |\n" for n in range(LOOK_AHEAD * 2))])
    pulled = 0

    def counted() -> object:
        nonlocal pulled
        for text in source:
            pulled += 1
            yield text

    next(painter.paint(counted()))  # type: ignore[arg-type]
    assert pulled == LOOK_AHEAD + 1


def test_a_value_that_is_too_long_for_its_column() -> None:
    reader = TableReader()
    for line in ("+----+----+", "| a  | b  |", "+----+----+"):
        reader.read(line)
    assert reader.read("| longer than that | x  |") == Row(("longer than that", "x"))
    assert reader.read("| a | b  | c | d |") == Row(("a", "b"))


def test_what_comes_without_an_end_of_line_is_the_question() -> None:
    painter = Painter(lambda: 80)
    assert [line.plain for line in painter.paint(["one\nSelect ", "item: "])] == ["one"]
    assert painter.rest == "Select item: "


@pytest.mark.parametrize(
    ("line", "style"),
    [("x: is an invalid command.", "red"), ("You have messages.", "dim"), ("all is well", "")],
)
def test_lines_have_their_style(line: str, style: str) -> None:
    (text,) = Painter(lambda: 80).paint([line + "\n"])
    assert text == Text(line, style=style)


def test_records_have_coloured_names() -> None:
    (line, end) = plain_lines("  jobid: 1\n\n", 80, "llist jobid=1")
    assert str(line.spans[0].style) == "cyan"
    assert end.plain == ""


@given(st.text(alphabet="ab -_/ä", max_size=60), st.integers(1, 20))
def test_folding_loses_nothing_but_blanks(text: str, width: int) -> None:
    lines = fold(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)
