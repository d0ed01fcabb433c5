"""A PostgreSQL server of one's own, thrown away after the tests."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from barque.catalog.source import PostgreSQLSource
from barque.errors import CatalogError

_SETTINGS: Final = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=40",
    "shared_buffers=64MB",
)
"""Nothing of it needs to outlive the machine."""


class Cluster:
    """A running server, reachable by a socket in its own directory."""

    def __init__(self, directory: Path, user: str) -> None:
        """Speak to the server in *directory* as its owner *user*."""
        self._directory = directory
        self._user = user

    def source(self, name: str) -> PostgreSQLSource:
        """Return where the database *name* of this server is, whether it exists or not."""
        return PostgreSQLSource(name, user=self._user, socket=str(self._directory))

    def copy(self, template: str, name: str) -> None:
        """Make the database *name* as a copy of *template*, which nobody has open."""
        import psycopg  # noqa: PLC0415 - optional extra
        from psycopg import sql  # noqa: PLC0415 - likewise

        directory = str(self._directory)
        with psycopg.connect(
            dbname="template1", user=self._user, host=directory, autocommit=True
        ) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    def stop(self) -> None:
        """Stop the server without waiting for its clients: their connections are cut."""
        _run(self._user, "pg_ctl", "-D", str(self._directory / "data"), "-m", "fast", "stop")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = " ".join(f"-c {setting}" for setting in _SETTINGS)
        _run(
            self._user,
            "pg_ctl",
            "-D",
            str(self._directory / "data"),
            "-l",
            str(self._directory / "log"),
            "-o",
            f"-k {self._directory} {options}",
            "-w",
            "start",
        )


@contextmanager
def throwaway_cluster() -> Iterator[Cluster]:
    """Run a new server while the block runs; as the user `postgres` when we are root.

    The directory is a new one with a short name (a socket's path has 107 characters at most).
    Raises CatalogError naming the Debian package when PostgreSQL is not installed.
    """
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    _program("initdb")
    directory = Path(tempfile.mkdtemp(prefix="barque-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(directory, user)
        data = str(directory / "data")
        _run(user, "initdb", "-D", data, "-A", "trust", "-E", "SQL_ASCII", "--locale=C", "-N")
        cluster = Cluster(directory, user)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(directory)


def _program(name: str) -> str:
    """Return the path of a program of the server."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    path = str(found[0]) if found else shutil.which(name)
    if path is None:
        raise CatalogError(f"{name} is missing: install the Debian package postgresql")
    return path


def _run(user: str, name: str, *arguments: str) -> None:
    """Run a program of the server as *user*, quietly; CatalogError with its words when it fails."""
    become = user if os.geteuid() == 0 else None
    with tempfile.TemporaryFile() as output:
        code = subprocess.call(
            [_program(name), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            user=become,
            extra_groups=[] if become else None,
        )
        output.seek(0)
        words = output.read().decode(errors="replace")
    if code:
        raise CatalogError(f"{name} failed with code {code}: {words}")
