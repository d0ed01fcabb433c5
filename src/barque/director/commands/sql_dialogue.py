"""``sqlquery`` and ``query``: SQL that is typed, and SQL from the query file.

Source: console commands, section 6.8.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from barque.director.catalogs import open_catalog
from barque.director.commands.catalog_names import run_sql
from barque.director.commands.list_request import show
from barque.director.commands.outcome import carried_out
from barque.director.selection import choose
from barque.errors import CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_GREETING: Final = (
    "Entering SQL query mode.\nTerminate each query with a semicolon.\n"
    "Terminate query mode with a blank line.\n"
)
_PLACEHOLDER: Final = re.compile(r"%([1-9%])")
_MOST_PROMPTS: Final = 9


def sqlquery(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Run SQL statements as they are typed, until an empty line."""
    catalog = open_catalog(session, line, private=not line.has("sharedsession"))
    session.out.plain(_GREETING)
    try:
        for statement in _typed(session):
            carried_out(session, partial(_run, session, catalog, statement))
    except PromptDeclinedError:
        pass
    session.out.plain("End query mode.\n")
    return True


def _typed(session: "ConsoleSession") -> Iterator[str]:
    """Yield statements with their semicolon."""
    parts: list[str] = []
    while True:
        answer = session.ask("Add to SQL query: " if parts else "Enter SQL query: ")
        if not answer:
            return
        parts.append(answer)
        if answer.endswith(";"):
            yield " ".join(parts)
            parts = []


def _run(session: "ConsoleSession", catalog: "Catalog", sql: str, *, long: bool = False) -> None:
    listing = run_sql(catalog, sql)
    if listing.columns:
        show(session, listing, long=long)
    session.out.flush()


# -- the query file --------------------------------------------------------------------------------


@dataclass(slots=True)
class Query:
    """One entry of a query file."""

    title: str
    prompts: list[str] = field(default_factory=list)
    """What is asked for ``%1``, ``%2`` ..."""
    statements: list[str] = field(default_factory=list)
    """A leading ``!`` asks for a vertical list."""


def parse_query_file(text: str) -> list[Query]:
    """Return the entries of a query file.

    ``:`` begins a title, ``*`` a prompt, ``#`` a comment; a statement ends with a semicolon at the
    end of a line. Raises CommandError for more prompts than there are placeholders.
    """
    queries: list[Query] = []
    parts: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith(":"):
            _finish(queries, parts)
            queries.append(Query(line[1:].strip()))
        elif queries and line.startswith("*"):
            queries[-1].prompts.append(line[1:])
            if len(queries[-1].prompts) > _MOST_PROMPTS:
                raise CommandError("Too many prompts in query, max is 9.")
        elif queries:
            parts.append(line)
            if line.endswith(";"):
                _finish(queries, parts)
    _finish(queries, parts)
    return queries


def _finish(queries: list[Query], parts: list[str]) -> None:
    statement = " ".join(parts).rstrip(";").strip()
    if queries and statement:
        queries[-1].statements.append(statement)
    parts.clear()


def query(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Run one of the queries of the query file."""
    catalog = open_catalog(session, line, private=True)
    return carried_out(session, lambda: _query(session, catalog))


def _query(session: "ConsoleSession", catalog: "Catalog") -> None:
    queries = _read(session.director.config.director.query_file)
    titles = [f"{one.title}" for one in queries]
    chosen = queries[choose(session, "", "Available queries:\n", "Choose a query", titles)]
    answers: dict[int, str] = {}
    for statement in chosen.statements:
        sql = _filled(session, statement, chosen.prompts, answers)
        _run(session, catalog, sql.removeprefix("!"), long=sql.startswith("!"))


def _read(path: str) -> list[Query]:
    try:
        text = Path(path).read_text("utf-8", "replace")
    except OSError as error:
        raise CommandError(f"Could not open {path}: ERR={error.strerror}") from error
    return parse_query_file(text)


def _filled(
    session: "ConsoleSession", statement: str, prompts: list[str], answers: dict[int, str]
) -> str:
    """Return *statement* with the answers to its prompts, each asked for once."""

    def answer(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        number = int(found[1]) - 1
        if number >= len(prompts):
            session.out.error(f"Warning prompt {number + 1} missing.\n")
            return ""
        if number not in answers:
            answers[number] = session.ask(f"{prompts[number]} ").replace("'", "''")
        return answers[number]

    return _PLACEHOLDER.sub(answer, statement) if prompts else statement
