"""Both engines, empty or with the frozen catalog of Bareos."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.catalog import Catalog, Source, SQLiteSource, open_catalog
from barque.testing.catalog import load_dump
from barque.testing.postgresql import Cluster

DUMP = Path(__file__).parents[2] / "golden" / "catalog" / "catalog.sql"
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def database_numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture(params=ENGINES)
def source(
    request: pytest.FixtureRequest, tmp_path: Path, database_numbers: Iterator[int]
) -> Source:
    """A place where no catalog is yet; on PostgreSQL a copy of an empty one."""
    if request.param == "sqlite":
        return SQLiteSource(tmp_path / "catalog.db")
    running: Cluster = request.getfixturevalue("cluster")
    name = f"test{next(database_numbers)}"
    running.copy("template_catalog", name)
    return running.source(name)


@pytest.fixture
def catalog(source: Source) -> Iterator[Catalog]:
    """An empty catalog."""
    with open_catalog(source) as opened:
        yield opened


@pytest.fixture(scope="session", params=ENGINES)
def frozen(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalog]:
    """The frozen catalog; for tests that only read."""
    where: Source = SQLiteSource(tmp_path_factory.mktemp("frozen") / "catalog.db")
    if request.param == "postgresql":
        where = request.getfixturevalue("cluster").source("frozen")
    with open_catalog(where) as opened:
        load_dump(opened.store, DUMP.read_text())
        yield opened
