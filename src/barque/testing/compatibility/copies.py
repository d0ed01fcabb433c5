"""Catalogs that begin alike: copies of one, on either engine; an unchanged copy serves again."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final, Protocol

from barque.catalog import Catalog, PoolRecord, Source, SQLiteSource, open_catalog
from barque.catalog.pools import Pools
from barque.testing.catalog import load_dump
from barque.testing.postgresql import Cluster

_POOLS: Final = ("Full", "Differential", "Copies", "Scratch", "Incremental")
"""Order in which their rows lay in the recorded catalog."""


class Copies(Protocol):
    """Copies of one catalog."""

    engine: str
    """`sqlite` or `postgresql`."""

    def take(self) -> Source:
        """Return where a copy is that nobody changed."""
        ...

    def give_back(self, source: Source) -> None:
        """Take back a copy that was not changed."""
        ...


class SQLiteCopies:
    """Files."""

    engine = "sqlite"

    def __init__(self, folder: Path, dump: str) -> None:
        """Keep a catalog with what *dump* holds, and its copies, in *folder*."""
        self._folder, self._numbers = folder, count(1)
        self._free: list[Source] = []
        self._first = folder / "first.db"
        with open_catalog(SQLiteSource(self._first)) as catalog:
            load_dump(catalog.store, dump)

    def take(self) -> Source:
        """Return a file that nobody changed."""
        if self._free:
            return self._free.pop()
        path = self._folder / f"copy{next(self._numbers)}.db"
        shutil.copy(self._first, path)
        return SQLiteSource(path)

    def give_back(self, source: Source) -> None:
        """Keep the file for the next one."""
        self._free.append(source)


class PostgreSQLCopies:
    """Databases of one server, made from a template."""

    engine = "postgresql"

    def __init__(self, cluster: Cluster, dump: str) -> None:
        """Make the template in *cluster* from what *dump* holds."""
        self._cluster, self._numbers = cluster, count(1)
        self._free: list[Source] = []
        with open_catalog(cluster.source("frozen_template")) as catalog:
            load_dump(catalog.store, dump)

    def take(self) -> Source:
        """Return a database that nobody changed."""
        if self._free:
            return self._free.pop()
        name = f"frozen_copy{next(self._numbers)}"
        self._cluster.copy("frozen_template", name)
        return self._cluster.source(name)

    def give_back(self, source: Source) -> None:
        """Keep the database for the next one."""
        self._free.append(source)


class _PoolsAsRecorded(Pools):
    """Pools in the order of the recorded rows: SQLite keeps rows by number."""

    def all(self) -> list[PoolRecord]:
        """Return all pools."""
        return sorted(super().all(), key=lambda pool: _POOLS.index(pool.name))


@contextmanager
def opened(source: Source) -> Iterator[Catalog]:
    """Open a copy of the frozen catalog whose rows lie as they were recorded."""
    with open_catalog(source) as catalog:
        if isinstance(source, SQLiteSource):
            catalog.pools = _PoolsAsRecorded(catalog.store)
        yield catalog
