"""A catalog in one SQLite file.

The file is in write-ahead mode, so readers never wait; writers of this process take turns on a lock
of ours and other processes are waited for. Each commit is on the disk before it counts.

Names are text as SQLite sees it, whatever their bytes: a text that is not UTF-8 is bound as bytes
and cast, and every text read is decoded with `surrogateescape`.
"""

import sqlite3
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from operator import methodcaller
from pathlib import Path
from typing import Final

from barque.catalog.ddl import sqlite_statements
from barque.catalog.pool import ConnectionPool
from barque.catalog.schema import VERSION, wrong_version
from barque.catalog.sqlfunctions import FUNCTIONS
from barque.catalog.store import FileRow, Query, Result, ResultColumn, Row, Value
from barque.errors import CatalogError, ConflictError, StatementError

BUSY_TIMEOUT: Final = 60.0
"""Seconds that a writer waits for another process."""

_CACHE_KIB: Final = 65536
"""Page cache of one connection."""

_LOG_BYTES: Final = 64 << 20
"""What the write-ahead log is cut back to when nobody reads it."""

_PAGE_SIZE: Final = 8192
"""Bytes; of a new file."""

_ROWS_A_STATEMENT: Final = 50
"""File rows of one INSERT: spares SQLite the work it does per statement."""

_FILE_COLUMNS: Final = (
    "INSERT INTO file (jobid, fileindex, pathid, name, lstat, md5, deltaseq) VALUES "
)
_LOOK_AHEAD: Final = 100
"""Rows of an arbitrary query that are read before saying which columns are numbers."""

_decode: Final = methodcaller("decode", "utf-8", "surrogateescape")
"""Half as dear as a call of `str`, and it is called for each text of each row."""


class SQLiteStore:
    """The Store over the standard library's sqlite3."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open the file at *path*; make it first where it is missing and *create* allows.

        Raises CatalogError when it cannot be opened, SchemaVersionError when it is of another
        version.
        """
        self._path = path
        self._writing = threading.RLock()
        if not create and not path.exists():
            raise CatalogError(f'No catalog at "{path}": create it first')
        self._pool = ConnectionPool(self._connect, lambda connection: not connection.in_transaction)
        try:
            self._prepare()
        except BaseException:
            self._pool.close()
            raise

    @property
    def engine(self) -> str:
        """`sqlite`."""
        return "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything this thread does inside the block one change."""
        if self._pool.current() is not None:
            yield
            return
        with self._writing, self._pool.hold() as connection:
            self._execute(connection, "BEGIN IMMEDIATE")
            try:
                yield
                self._execute(connection, "COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def one(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """Return the first row, or None."""
        with self._pool.borrow() as connection, self._translated(sql):
            cursor = self._execute(connection, sql, values)
            row: Row | None = cursor.fetchone()
            cursor.close()
            return row

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows."""
        with self._pool.borrow() as connection, self._translated(sql):
            return self._execute(connection, sql, values).fetchall()

    def stream(self, sql: str, values: Sequence[Value] = ()) -> Generator[Row]:
        """Yield the rows in bounded memory."""
        with self._pool.borrow() as connection:
            cursor = self._execute(connection, sql, values)
            try:
                with self._translated(sql):
                    yield from cursor
            finally:
                cursor.close()

    @contextmanager
    def streams(self, queries: Sequence[Query]) -> Iterator[list[Iterator[Row]]]:
        """Read several results side by side in bounded memory, over one connection."""
        with self._pool.borrow() as connection:
            cursors = [self._execute(connection, sql, values) for sql, values in queries]
            try:
                with self._translated("; ".join(sql for sql, _values in queries)):
                    yield [iter(cursor) for cursor in cursors]
            finally:
                for cursor in cursors:
                    cursor.close()

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run a statement that changes rows, and return their number."""
        with self._write() as connection:
            return self._execute(connection, sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each of *rows*."""
        with self.transaction(), self._write() as connection:
            for row in rows:
                self._execute(connection, sql, row)

    def insert(self, table: str, columns: Sequence[str], values: Sequence[Value]) -> int:
        """Insert one row and return the number it got."""
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        with self._write() as connection:
            return self._execute(connection, sql, values).lastrowid or 0

    def query(self, sql: str) -> Result:
        """Run a statement typed by an administrator."""
        rows = self._query_rows(sql)
        first = next(rows)
        columns = tuple(str(name) for name in first)
        head = list(islice(rows, _LOOK_AHEAD))
        numbers = [_is_number(row[place] for row in head) for place in range(len(columns))]
        headings = (
            ResultColumn(name.lower(), number)
            for name, number in zip(columns, numbers, strict=True)
        )
        return Result(tuple(headings), chain(head, rows))

    def add_paths(self, paths: Sequence[bytes]) -> list[int]:
        """Return the PathIds of *paths*, adding those that are new."""
        find = "SELECT pathid FROM path WHERE path = CAST(? AS TEXT)"
        add = "INSERT INTO path (path) VALUES (CAST(? AS TEXT))"
        ids: list[int] = []
        with self.transaction(), self._write() as connection, self._translated(add):
            cursor = connection.cursor()
            for path in paths:
                row = cursor.execute(find, (path,)).fetchone()
                ids.append(row[0] if row else cursor.execute(add, (path,)).lastrowid or 0)
            cursor.close()
        return ids

    def add_files(self, job_id: int, rows: Sequence[FileRow]) -> None:
        """Add rows to the table `file`, many a statement."""
        marks = f"({job_id}, ?, ?, CAST(? AS TEXT), ?, ?, ?)"
        whole = len(rows) - len(rows) % _ROWS_A_STATEMENT
        sql = _FILE_COLUMNS + ", ".join([marks] * _ROWS_A_STATEMENT)
        groups = (
            tuple(chain.from_iterable(rows[start : start + _ROWS_A_STATEMENT]))
            for start in range(0, whole, _ROWS_A_STATEMENT)
        )
        with self.transaction(), self._write() as connection, self._translated(sql):
            connection.executemany(sql, groups)
            connection.executemany(_FILE_COLUMNS + marks, rows[whole:])

    def lock_paths(self) -> None:
        """Nothing to do: a transaction of SQLite keeps all other writers away."""

    def close(self) -> None:
        """Close the file."""
        self._pool.close()

    def _prepare(self) -> None:
        """Make the tables in a new file; check the version of an old one."""
        with self.transaction():
            tables = self.one("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
            if tables == (0,):
                for statement in sqlite_statements():
                    self.run(statement)
        if self.one("SELECT 1 FROM sqlite_master WHERE name = 'version'") is None:
            raise CatalogError(f'"{self._path}" is an SQLite file, but not a catalog')
        found = self.one("SELECT versionid FROM version")
        if found != (VERSION,):
            raise wrong_version(str(self._path), found[0] if found else "none")

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self._path,
                timeout=BUSY_TIMEOUT,
                autocommit=True,
                check_same_thread=False,
                cached_statements=256,
            )
        except sqlite3.Error as error:
            raise CatalogError(f'Cannot open the catalog "{self._path}": {error}') from error
        try:
            connection.text_factory = _decode
            for row in FUNCTIONS:
                connection.create_function(
                    row.name, row.arguments, row.function, deterministic=row.is_pure
                )
            connection.execute(f"PRAGMA page_size = {_PAGE_SIZE}").close()
            connection.execute("PRAGMA journal_mode = WAL").close()
            connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}").close()
            connection.execute("PRAGMA synchronous = FULL").close()
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}").close()
        except sqlite3.Error as error:
            connection.close()
            raise CatalogError(f'Cannot open the catalog "{self._path}": {error}') from error
        return connection

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection on which this thread alone may write."""
        with self._writing, self._pool.borrow() as connection:
            yield connection

    def _query_rows(self, sql: str) -> Iterator[Row]:
        """Yield the headings of any statement, then its rows."""
        with self._pool.borrow() as connection:
            try:
                cursor = self._execute(connection, sql)
            except CatalogError as error:
                raise StatementError(f"ERROR:  {error.__cause__ or error}\n") from error
            try:
                yield tuple(column[0] for column in cursor.description or ())
                with self._translated(sql):
                    yield from cursor
            finally:
                cursor.close()

    def _execute(
        self, connection: sqlite3.Connection, sql: str, values: Sequence[Value] = ()
    ) -> sqlite3.Cursor:
        """Run one statement, casting values whose bytes are not UTF-8."""
        with self._translated(sql):
            try:
                return connection.execute(sql, values)
            except UnicodeEncodeError:
                if _undecodable(sql) is not None:
                    raise CatalogError("The statement is not UTF-8") from None
                return connection.execute(*_cast_undecodable(sql, values))

    @contextmanager
    def _translated(self, sql: str) -> Iterator[None]:
        """Turn the driver's errors into the catalog's."""
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise ConflictError(f'The catalog "{self._path}" refused: {error}') from error
        except sqlite3.Error as error:
            text = f'The catalog "{self._path}" failed: {error} ({_shorten(sql)})'
            raise CatalogError(text) from error


def _cast_undecodable(sql: str, values: Sequence[Value]) -> tuple[str, list[Value]]:
    """Return *sql* and *values* with texts of lone surrogates as bytes under a CAST."""
    parts = sql.split("?")
    bound: list[Value] = []
    marks = []
    for value in values:
        raw = _undecodable(value)
        bound.append(value if raw is None else raw)
        marks.append("?" if raw is None else "CAST(? AS TEXT)")
    text = "".join(chain.from_iterable(zip(parts, [*marks, ""], strict=True)))
    return text, bound


def _undecodable(value: Value) -> bytes | None:
    """Return the bytes of a text that is not UTF-8, None for every other value."""
    if not isinstance(value, str):
        return None
    raw = value.encode(errors="surrogateescape")
    try:
        raw.decode()
    except UnicodeDecodeError:
        return raw
    return None


def _is_number(values: Iterable[Value]) -> bool:
    """Say whether a column is numeric, by the values that are at hand."""
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, int | float) for value in known)


def _shorten(sql: str, limit: int = 200) -> str:
    text = " ".join(sql.split())
    return text if len(text) <= limit else f"{text[:limit]}..."
