"""A catalog in a PostgreSQL database, as Bareos keeps it.

Texts travel as bytes in both directions (SQL_ASCII), decoded with `surrogateescape`; times and wide
numbers are taken as PostgreSQL prints them. A connection that the server dropped is noticed when it
is borrowed and replaced. Source: catalog, section 1.
"""

import re
import select
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from functools import lru_cache
from itertools import count
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql as composed
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.conninfo import make_conninfo
from psycopg.postgres import types
from psycopg.pq import PGconn, Ping, TransactionStatus

from barque.catalog.ddl import postgresql_statements
from barque.catalog.pool import ConnectionPool
from barque.catalog.schema import TABLE, VERSION, wrong_version
from barque.catalog.source import PostgreSQLSource
from barque.catalog.store import FileRow, Query, Result, ResultColumn, Row, Value
from barque.errors import CatalogError, ConflictError, StatementError

_NUMBER_TYPES: Final = {
    types[name].oid for name in ("int2", "int4", "int8", "float4", "float8", "numeric")
}
_FETCH: Final = 10_000
"""Rows that a server-side cursor brings at once."""

_PAUSE: Final = 5.0
"""Seconds between two attempts to reach the server."""

_OPTIONS: Final = (
    "-c datestyle=ISO,YMD -c client_min_messages=warning "
    "-c standard_conforming_strings=on -c cursor_tuple_fraction=1"
)
_SPECIAL: Final = re.compile(rb"[\\\t\n\r]")
_COPY: Final = "COPY file (jobid, fileindex, pathid, name, lstat, md5, deltaseq) FROM STDIN"

type _Connection = psycopg.Connection[tuple[Any, ...]]


class _TextDumper(Dumper):
    """Sends a text as its bytes, of whatever type the column is."""

    def dump(self, obj: str) -> Buffer:
        """Return the bytes of *obj*."""
        return obj.encode(errors="surrogateescape")


class _TextLoader(Loader):
    """Takes what PostgreSQL prints as text."""

    def load(self, data: Buffer) -> str:
        """Return the text of *data*."""
        return bytes(data).decode(errors="surrogateescape")


class _NumberLoader(Loader):
    """Takes a wide number as int where it is whole."""

    def load(self, data: Buffer) -> int | float:
        """Return the number of *data*."""
        text = bytes(data)
        return float(text) if b"." in text or b"N" in text else int(text)


_AS_TEXT: Final = (
    0,  # any type that is not known
    18,  # "char"
    19,  # name
    25,  # text
    705,  # unknown
    1042,  # character(n)
    1043,  # character varying
    1082,  # date
    1083,  # time
    1114,  # timestamp
    1184,  # timestamp with time zone
    1186,  # interval
)
"""Numbers of the types whose values are taken as PostgreSQL prints them."""


class PostgreSQLStore:
    """The Store over psycopg 3."""

    def __init__(
        self,
        server: PostgreSQLSource,
        *,
        create: bool = True,
        attempts: int = 6,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open the database; make it, or its tables, where they are missing and *create* allows.

        A server that does not answer is tried *attempts* times, with *pause* in between. Raises
        CatalogError when it cannot be opened, SchemaVersionError when it is of another version.
        """
        self._server = server
        self._attempts = attempts
        self._pause = pause
        self._create = create
        self._cursor_numbers = count(1)
        self._pool = ConnectionPool(self._connect, _is_usable)
        try:
            self._prepare()
        except BaseException:
            self._pool.close()
            raise

    @property
    def engine(self) -> str:
        """`postgresql`."""
        return "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything this thread does inside the block one change."""
        if self._pool.current() is not None:
            yield
            return
        with self._pool.hold() as connection, self._translated("COMMIT"), connection.transaction():
            yield

    def one(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """Return the first row, or None."""
        with self._pool.borrow() as connection, self._translated(sql):
            return connection.execute(_marked(sql), values).fetchone()

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows."""
        with self._pool.borrow() as connection, self._translated(sql):
            return connection.execute(_marked(sql), values).fetchall()

    def stream(self, sql: str, values: Sequence[Value] = ()) -> Generator[Row]:
        """Yield the rows in bounded memory."""
        rows = self._streamed(_marked(sql), values)
        next(rows)
        yield from rows

    @contextmanager
    def streams(self, queries: Sequence[Query]) -> Iterator[list[Iterator[Row]]]:
        """Read several results side by side in bounded memory, over one connection."""
        inside = self._pool.current() is not None
        with ExitStack() as stack:
            connection = stack.enter_context(self._pool.borrow())
            stack.enter_context(self._translated("; ".join(sql for sql, _values in queries)))
            stack.enter_context(nullcontext() if inside else connection.transaction())
            results: list[Iterator[Row]] = []
            for sql, values in queries:
                name = f"stream{next(self._cursor_numbers)}"
                cursor = stack.enter_context(connection.cursor(name))
                cursor.itersize = _FETCH
                results.append(iter(cursor.execute(_marked(sql), values)))
            yield results

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run a statement that changes rows, and return their number."""
        with self._pool.borrow() as connection, self._translated(sql):
            return connection.execute(_marked(sql), values).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each of *rows*."""
        with self.transaction(), self._pool.borrow() as connection, self._translated(sql):
            connection.cursor().executemany(_marked(sql), rows)

    def insert(self, table: str, columns: Sequence[str], values: Sequence[Value]) -> int:
        """Insert one row and return the number it got."""
        marks = ", ".join("?" * len(columns))
        serial = TABLE[table].serial
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) RETURNING {serial}"
        row = self.one(sql, values)
        return int(str(row[0])) if row else 0

    def query(self, sql: str) -> Result:
        """Run a statement typed by an administrator."""
        typed = sql.encode(errors="surrogateescape")
        text = typed.strip().rstrip(b";")
        if not text[:7].lower().startswith((b"select ", b"select\n", b"select(")):
            return self._query_at_once(typed)
        rows = self._streamed(text, None)
        try:
            heading = next(rows)
        except CatalogError as error:
            if isinstance(error.__cause__, psycopg.ProgrammingError):
                # the server is asked again: what it says is about what was typed, not our cursor
                return self._query_at_once(typed)
            raise
        columns = tuple(
            ResultColumn(str(row[0]), row[1] in _NUMBER_TYPES) for row in _pairs(heading)
        )
        return Result(columns, rows)

    def add_paths(self, paths: Sequence[bytes]) -> list[int]:
        """Return the PathIds of *paths*, adding those that are new.

        New ones are added in sorted order, so that two jobs which meet do not wait for each other.
        """
        texts = [path.decode(errors="surrogateescape") for path in paths]
        known = self._find_paths(texts)
        missing = sorted({text for text in texts if text not in known})
        if missing:
            known.update(self._insert_paths(missing))
            overtaken = [text for text in missing if text not in known]
            known.update(self._find_paths(overtaken) if overtaken else {})
        return [known[text] for text in texts]

    def add_files(self, job_id: int, rows: Sequence[FileRow]) -> None:
        """Add rows to the table `file` by COPY."""
        lines = b"".join(
            b"%d\t%d\t%d\t%b\t%b\t%b\t%d\n"
            % (
                job_id,
                index,
                path_id,
                _escape(name),
                _escape(lstat.encode(errors="surrogateescape")),
                _escape(digest.encode(errors="surrogateescape")),
                delta,
            )
            for index, path_id, name, lstat, digest, delta in rows
        )
        with (
            self._pool.borrow() as connection,
            self._translated(_COPY),
            connection.cursor() as cursor,
            cursor.copy(_COPY) as copy,
        ):
            copy.write(lines)

    def lock_paths(self) -> None:
        """Keep others from changing the browsing tables until the transaction ends."""
        self.run("LOCK TABLE pathhierarchy IN SHARE ROW EXCLUSIVE MODE")

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _find_paths(self, texts: Sequence[str]) -> dict[str, int]:
        found = "SELECT path, pathid FROM path WHERE path = ANY(%s::text[])"
        return self._path_ids(found, texts)

    def _insert_paths(self, texts: Sequence[str]) -> dict[str, int]:
        return self._path_ids(
            "INSERT INTO path (path) SELECT unnest(%s::text[]) "
            "ON CONFLICT (path) DO NOTHING RETURNING path, pathid",
            texts,
        )

    def _path_ids(self, sql: LiteralString, texts: Sequence[str]) -> dict[str, int]:
        with self._pool.borrow() as connection, self._translated(sql):
            return dict(connection.execute(sql, (list(texts),)).fetchall())

    def _streamed(self, sql: bytes, values: Sequence[Value] | None) -> Iterator[Row]:
        """Yield the headings (name and type by turns), then the rows, from a server's cursor."""
        name = f"stream{next(self._cursor_numbers)}"
        inside = self._pool.current() is not None
        with (
            self._pool.borrow() as connection,
            self._translated(sql.decode(errors="replace")),
            nullcontext() if inside else connection.transaction(),
            connection.cursor(name) as cursor,
        ):
            cursor.itersize = _FETCH
            cursor.execute(sql, values)
            yield tuple(
                part
                for column in cursor.description or ()
                for part in (column.name, column.type_code)
            )
            yield from cursor

    def _query_at_once(self, sql: bytes) -> Result:
        """Run a statement that a server-side cursor cannot run."""
        with self._pool.borrow() as connection, self._translated(sql.decode(errors="replace")):
            try:
                cursor = connection.execute(sql)
            except (psycopg.ProgrammingError, psycopg.DataError) as error:
                raise StatementError(f"{error.diag.severity}:  {error}\n") from error
            if cursor.description is None:
                return Result((), iter(()))
            columns = tuple(
                ResultColumn(column.name, column.type_code in _NUMBER_TYPES)
                for column in cursor.description
            )
            return Result(columns, iter(cursor.fetchall()))

    def _create_missing(self) -> bool:
        """Create the database; return False when that is not what was wrong."""
        name = self._server.name
        try:
            with psycopg.connect(**self._parameters("postgres"), autocommit=True) as connection:
                find = "SELECT 1 FROM pg_database WHERE datname = %s"
                if connection.execute(find, (name,)).fetchone():
                    return False
                connection.execute(
                    composed.SQL(
                        "CREATE DATABASE {} ENCODING 'SQL_ASCII' "
                        "LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
                    ).format(composed.Identifier(name))
                )
        except psycopg.Error:
            return False
        return True

    def _prepare(self) -> None:
        """Check encoding and version; make the tables in an empty database."""
        row = self.one("SHOW server_encoding")
        encoding = str(row[0]) if row else ""
        if encoding != "SQL_ASCII":
            raise CatalogError(
                f'Encoding error for database "{self._server}". Wanted SQL_ASCII, got {encoding}: '
                "file names are bytes; create it with ENCODING 'SQL_ASCII'"
            )
        if self.one("SELECT to_regclass('version')") == (None,):
            if not self._create:
                raise CatalogError(
                    f'The database "{self._server}" holds no catalog: create it first'
                )
            with self.transaction():
                for statement in postgresql_statements():
                    self.run(statement)
        found = self.one("SELECT versionid FROM version")
        if found != (VERSION,):
            raise wrong_version(str(self._server), found[0] if found else "none")

    def _connect(self) -> _Connection:
        """Open a session that speaks bytes and ISO times; tries again while the server starts."""
        connection = self._dial()
        connection.adapters.register_dumper(str, _TextDumper)
        for oid in _AS_TEXT:
            connection.adapters.register_loader(oid, _TextLoader)
        connection.adapters.register_loader("numeric", _NumberLoader)
        return connection

    def _dial(self) -> _Connection:
        """Connect; creates a missing database, and waits for a server that does not answer."""
        for attempt in count(1):
            parameters = self._parameters(self._server.name)
            try:
                return psycopg.connect(**parameters, autocommit=True)
            except psycopg.Error as error:
                if self._create and self._create_missing():
                    continue
                answers = PGconn.ping(make_conninfo(**parameters).encode()) == Ping.OK
                if answers or attempt >= self._attempts:
                    text = " ".join(str(error).split())
                    raise CatalogError(
                        f'Cannot open the catalog "{self._server}": {text}'
                    ) from error
            self._pause(_PAUSE)
        raise AssertionError

    def _parameters(self, database: str) -> dict[str, Any]:
        """Return what libpq is told."""
        server = self._server
        told = {
            "dbname": database,
            "user": server.user,
            "password": server.password,
            "host": server.socket or server.address,
            "port": server.port,
            "client_encoding": "SQL_ASCII",
            "options": _OPTIONS,
        }
        return {name: value for name, value in told.items() if value}

    @contextmanager
    def _translated(self, sql: str) -> Iterator[None]:
        """Turn the driver's errors into the catalog's."""
        try:
            yield
        except psycopg.IntegrityError as error:
            text = " ".join(str(error).split())
            raise ConflictError(f'The catalog "{self._server}" refused: {text}') from error
        except psycopg.Error as error:
            text = " ".join(str(error).split())
            statement = " ".join(sql.split())[:200]
            raise CatalogError(
                f'The catalog "{self._server}" failed: {text} ({statement})'
            ) from error


@lru_cache(maxsize=512)
def _marked(sql: str) -> bytes:
    """Return *sql* with the driver's placeholders."""
    return sql.replace("%", "%%").replace("?", "%s").encode()


def _escape(raw: bytes) -> bytes:
    """Return *raw* as a field of COPY's text format."""
    if _SPECIAL.search(raw) is None:
        return raw
    return (
        raw.replace(b"\\", b"\\\\")
        .replace(b"\t", b"\\t")
        .replace(b"\n", b"\\n")
        .replace(b"\r", b"\\r")
    )


def _pairs(row: Row) -> Iterator[tuple[Value, Value]]:
    return zip(row[::2], row[1::2], strict=True)


def _is_usable(connection: _Connection) -> bool:
    """Say whether an idle connection still has its server: nothing to read means so."""
    if connection.closed or connection.pgconn.transaction_status != TransactionStatus.IDLE:
        return False
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    return not poller.poll(0)
