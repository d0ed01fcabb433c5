"""A PostgreSQL catalog for a real Bareos, made by its own scripts.

The server is the local one, unless PGHOST, PGPORT and PGUSER say otherwise; the user must be
allowed to make databases.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from barque.local.texts import block

NAME: Final = "barque_benchmark"
USER: Final = "bareos"
SCRIPTS: Final = (
    "create_bareos_database",
    "make_bareos_tables",
    "grant_bareos_privileges",
)


@dataclass(frozen=True, slots=True)
class BareosCatalog:
    """A database."""

    resource: str
    """The Catalog resource."""

    def size(self) -> int:
        """Return its size in bytes."""
        with psycopg.connect(f"dbname={NAME} user={_owner()}") as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0


def _owner() -> str:
    return os.environ.get("PGUSER", "postgres")


def new_catalog(prefix: Path) -> BareosCatalog:
    """Drop the old database of the benchmark and make a new one."""
    with psycopg.connect(f"dbname=template1 user={_owner()}", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        role = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (USER,)).fetchone()
        if role is None:
            connection.execute(f'CREATE ROLE "{USER}" LOGIN')
    environment = os.environ | {
        "db_name": NAME,
        "db_user": USER,
        "db_password": "",
        "BAREOS_TEST_RUNNING": "yes",
        "PGUSER": _owner(),
    }
    for script in SCRIPTS:
        subprocess.run(
            [prefix / "lib" / "bareos" / "scripts" / script],
            env=environment,
            check=True,
            capture_output=True,
        )
    lines = ["Name = MyCatalog", f"DbName = {NAME}", f"DbUser = {USER}"]
    host = os.environ.get("PGHOST", "")
    if host:
        lines.append(f"DbAddress = {host}")
    return BareosCatalog(block("Catalog", lines))
