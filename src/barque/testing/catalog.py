"""Fills a catalog from a dump of PostgreSQL, on either engine."""

import re
from collections.abc import Iterator
from typing import Final

from barque.catalog.schema import TABLES
from barque.catalog.store import Store

_PIECE: Final = re.compile(r"--[^\n]*|'(?:[^']|'')*'|;|[^';-]+|-", re.DOTALL)
_SEQUENCE: Final = re.compile(r"SELECT pg_catalog\.setval\('public\.(\w+)', (\d+), (true|false)\)")


def load_dump(store: Store, dump: str) -> None:
    """Replace all rows of *store* by those of *dump* (`pg_dump --data-only --inserts`).

    Sequences continue where the dump says. Raises CatalogError for a row that does not fit.
    """
    with store.transaction():
        for table in TABLES:
            store.run(f"DELETE FROM {table.name}")
        for statement in _statements(dump):
            if statement.startswith("INSERT INTO public."):
                store.query(statement.replace("INSERT INTO public.", "INSERT INTO ", 1))
            elif match := _SEQUENCE.fullmatch(statement):
                _set_sequence(store, match[1], int(match[2]), is_called=match[3] == "true")


def _statements(dump: str) -> Iterator[str]:
    """Yield the statements of *dump* without comments and semicolons."""
    pieces: list[str] = []
    for match in _PIECE.finditer(dump):
        piece = match.group()
        if piece == ";":
            yield "".join(pieces).strip()
            pieces = []
        elif not piece.startswith("--"):
            pieces.append(piece)


def _set_sequence(store: Store, name: str, value: int, *, is_called: bool) -> None:
    """Make the sequence *name* go on after *value*, or with it when it *is_called* not yet."""
    if store.engine == "postgresql":
        store.rows("SELECT setval(CAST(? AS regclass), ?, ?)", (name, value, is_called))
        return
    table = next(table.name for table in TABLES if f"{table.name}_{table.serial}_seq" == name)
    store.run("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    if is_called:
        store.run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, value))
