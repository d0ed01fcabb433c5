"""Where a catalog is: what a Catalog resource says, as values."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from barque.errors import CatalogError

_SQLITE_DRIVERS: Final = {"", "sqlite", "sqlite3"}
_POSTGRESQL_DRIVERS: Final = {"postgresql", "postgres", "pgsql"}


@dataclass(frozen=True, slots=True)
class SQLiteSource:
    """A catalog in a file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgreSQLSource:
    """A catalog in a database of a PostgreSQL server."""

    name: str
    """Database."""
    user: str = ""
    password: str = ""
    address: str = ""
    """Host; empty for the local socket."""
    port: int = 0
    """0 for the server's usual one."""
    socket: str = ""
    """Directory of the local socket; empty for the usual one."""

    def __str__(self) -> str:
        return f"{self.name} on {self.address or self.socket or 'local socket'}"


type Source = SQLiteSource | PostgreSQLSource
"""Where a catalog is."""


def source_of(
    driver: str,
    name: str,
    directory: Path,
    *,
    user: str = "",
    password: str = "",
    address: str = "",
    port: int = 0,
    socket: str = "",
) -> Source:
    """Return where the catalog is that the directives of a Catalog resource describe.

    An SQLite catalog is the file *name*.db in *directory* (the WorkingDirectory).
    Raises CatalogError for a *driver* (DbDriver) that is neither SQLite nor PostgreSQL.
    """
    if driver.lower() in _SQLITE_DRIVERS:
        return SQLiteSource(directory / f"{name}.db")
    if driver.lower() in _POSTGRESQL_DRIVERS:
        host = "" if address == "localhost" and socket else address
        return PostgreSQLSource(name, user, password, host, port, socket)
    raise CatalogError(f'DbDriver "{driver}" is unknown: use sqlite or postgresql')
