"""What every engine that keeps a catalog must do: the contract under all queries.

Queries are written once, in the SQL that both engines know, with `?` for values (and `?` for
nothing else). Texts are str in which bytes that are not UTF-8 are lone surrogates
(`surrogateescape`), so a file name of any bytes survives. Times are texts `YYYY-MM-DD HH:MM:SS` in
local time. Every error is a CatalogError.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

type Value = int | float | str | bytes | None
"""A value of a row."""

type Row = tuple[Value, ...]
"""One row as the engine gives it."""


type Query = tuple[str, Sequence[Value]]
"""A statement and the values of its placeholders."""


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """Heading of one column of a result."""

    name: str
    """Lower case."""
    is_number: bool
    """Whether SQL calls it a number, whatever the values look like."""


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of any query, with their headings; read once, in bounded memory."""

    columns: tuple[ResultColumn, ...]
    """Empty for statements that give no rows."""
    rows: Iterator[Row]


type FileRow = tuple[int, int, bytes, str, str, int]
"""File row without FileId: FileIndex (0: deleted), PathId, name, LStat, digest, DeltaSeq."""


class Store(Protocol):
    """An open catalog: statements in, rows out. Safe to use from any thread."""

    @property
    def engine(self) -> str:
        """`sqlite` or `postgresql`."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything this thread does inside the block one change.

        A nested block belongs to the outer one. On an exception nothing is kept.
        """
        ...

    def one(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """Return the first row, or None."""
        ...

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows; for results that are small by nature."""
        ...

    def stream(self, sql: str, values: Sequence[Value] = ()) -> Generator[Row]:
        """Yield the rows in bounded memory; close the iterator when leaving early."""
        ...

    def streams(self, queries: Sequence[Query]) -> AbstractContextManager[list[Iterator[Row]]]:
        """Read several results side by side in bounded memory, over one connection."""
        ...

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run a statement that changes rows, and return their number."""
        ...

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each of *rows*."""
        ...

    def insert(self, table: str, columns: Sequence[str], values: Sequence[Value]) -> int:
        """Insert one row and return the number it got (the table's serial column)."""
        ...

    def query(self, sql: str) -> Result:
        """Run a statement typed by an administrator: no values, any result.

        Raises StatementError with the engine's own words when the statement is wrong.
        """
        ...

    def add_paths(self, paths: Sequence[bytes]) -> list[int]:
        """Return the PathIds of *paths*, adding those that are new."""
        ...

    def add_files(self, job_id: int, rows: Sequence[FileRow]) -> None:
        """Add rows to the table `file`, in bulk."""
        ...

    def lock_paths(self) -> None:
        """Inside a transaction: keep others from changing the browsing tables until it ends."""
        ...

    def close(self) -> None:
        """Give all connections back."""
        ...
