"""SQL that is typed, and SQL from the query file."""

from pathlib import Path

import pytest

from barque.director.commands.sql_dialogue import Query, parse_query_file
from barque.errors import CommandError
from barque.testing.terminal import Terminal


def test_statements_end_with_a_semicolon(terminal: Terminal) -> None:
    lines = ("sqlquery", "select count(*) as jobs", "from job;", "")
    texts = [
        "".join(str(f) for f in some if isinstance(f, str)) for some in terminal.frames(*lines)
    ]
    assert texts[0].endswith("with a blank line.\nEnter SQL query: ")
    assert texts[1] == "Add to SQL query: "
    assert texts[2].startswith("+------+\n| jobs |\n+------+\n|   16 |\n")
    assert texts[3] == "End query mode.\n"


def test_a_mistake_does_not_end_it(terminal: Terminal) -> None:
    shown = terminal.text("sqlquery sharedsession", "select nosuch;")
    assert shown.startswith("Query failed: ")
    assert shown.endswith("Enter SQL query: ")


def test_statements_without_rows(terminal: Terminal) -> None:
    assert terminal.text("sqlquery", "delete from log;") == "Enter SQL query: "
    assert terminal.catalog.store.rows("SELECT 1 FROM log") == []


FILE = """# 1
:Count the jobs
*Enter client name:
SELECT COUNT(*) AS jobs FROM job, client
 WHERE job.clientid = client.clientid AND client.name = '%1'
  AND '%1' <> '100%%';

:Two statements
!SELECT 1 AS one;
SELECT 2 AS two
"""


def test_entries_of_a_query_file() -> None:
    assert parse_query_file(FILE) == [
        Query(
            "Count the jobs",
            ["Enter client name:"],
            [
                "SELECT COUNT(*) AS jobs FROM job, client WHERE job.clientid = client.clientid"
                " AND client.name = '%1' AND '%1' <> '100%%'"
            ],
        ),
        Query("Two statements", [], ["!SELECT 1 AS one", "SELECT 2 AS two"]),
    ]
    assert parse_query_file("SELECT before any title;") == []


def test_there_are_nine_placeholders() -> None:
    with pytest.raises(CommandError):
        parse_query_file(":x\n" + "*y\n" * 10)


@pytest.fixture
def queries(terminal: Terminal, tmp_path: Path) -> Terminal:
    path = tmp_path / "query.sql"
    path.write_text(FILE)
    terminal.director.config.director.__dict__["query_file"] = str(path)
    return terminal


def test_a_query_asks_for_what_it_needs_once(queries: Terminal) -> None:
    assert queries.text("query").endswith(
        "1: Count the jobs\n2: Two statements\nChoose a query (1-2): "
    )
    assert queries.text("query", "1") == "Enter client name: "
    assert "|    1 |" in queries.text("query", "1", "beta-fd")
    assert "|    0 |" in queries.text("query", "1", "o'brien")


def test_all_statements_of_a_query(queries: Terminal) -> None:
    shown = queries.text("query", "2")
    assert shown.startswith(" one: 1\n\n")
    assert "|    2 |" in shown


def test_a_placeholder_without_a_question(queries: Terminal) -> None:
    path = Path(queries.director.config.director.query_file)
    path.write_text(":x\n*one\nSELECT '%2' AS two;\n")
    assert "Warning prompt 2 missing.\n" in queries.text("query")
    path.unlink()
    assert "Could not open" in queries.text("query")
