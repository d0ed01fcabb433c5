from pathlib import Path

import pytest

from barque.catalog import PostgreSQLSource, SQLiteSource, source_of
from barque.errors import CatalogError

DIRECTORY = Path("/var/lib/barque")


@pytest.mark.parametrize("driver", ["", "sqlite", "SQLite3"])
def test_sqlite_is_a_file_in_the_working_directory(driver: str) -> None:
    source = source_of(driver, "catalog", DIRECTORY)
    assert source == SQLiteSource(DIRECTORY / "catalog.db")
    assert str(source) == "/var/lib/barque/catalog.db"


def test_postgresql_has_what_the_directives_say() -> None:
    source = source_of(
        "postgresql",
        "bareos",
        DIRECTORY,
        user="u",
        password="p",
        address="db.example.com",
        port=5433,
    )
    assert source == PostgreSQLSource("bareos", "u", "p", "db.example.com", 5433)
    assert str(source) == "bareos on db.example.com"
    assert "p" not in str(source).split()


def test_local_postgresql_is_reached_by_its_socket() -> None:
    source = source_of("PostgreSQL", "bareos", DIRECTORY, address="localhost", socket="/run/pg")
    assert source == PostgreSQLSource("bareos", socket="/run/pg")
    assert str(PostgreSQLSource("bareos")) == "bareos on local socket"


def test_unknown_driver_is_refused() -> None:
    with pytest.raises(CatalogError, match="mysql"):
        source_of("mysql", "bareos", DIRECTORY)
