"""A PostgreSQL server of one's own, thrown away after the tests."""

import getpass
import importlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

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


ARCHIVE: Final = "archive"
"""Folder that a server copies its WAL to."""


class Cluster:
    """A running server, reachable by a socket in its own directory."""

    def __init__(self, directory: Path, user: str, settings: Sequence[str] = ()) -> None:
        """Speak to the server in *directory* as its owner *user*; *settings* are ``name=value``."""
        self._directory = directory
        self._user = user
        self._settings = (*_SETTINGS, *settings)

    @property
    def directory(self) -> Path:
        """Where its socket, its log and its data directory ``data`` are."""
        return self._directory

    @property
    def user(self) -> str:
        """Whose account it runs under, and the name of its superuser."""
        return self._user

    def new_folder(self, name: str) -> Path:
        """Make a folder beside the data directory that the server may write to."""
        folder = self._directory / name
        folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, self._user)
        return folder

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

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements in the database postgres; returns the rows of the last one."""
        psycopg = importlib.import_module("psycopg")
        rows: list[tuple[Any, ...]] = []
        with psycopg.connect(
            host=str(self._directory), user=self._user, dbname="postgres", autocommit=True,
            client_encoding="UTF8",
        ) as connection:  # fmt: skip
            for statement in statements:
                cursor = connection.execute(statement)
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def stop(self) -> None:
        """Stop the server without waiting for its clients: their connections are cut."""
        _run(self._user, "pg_ctl", "-D", str(self._directory / "data"), "-m", "fast", "stop")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in self._settings)
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
def throwaway_cluster(*settings: str, archives: bool = False) -> Iterator[Cluster]:
    """Run a new server while the block runs; as the user `postgres` when we are root.

    *settings* are ``name=value``.  One that *archives* copies its WAL to the folder ``archive``
    beside the data directory, and recovers from there.
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
        more = _archiving(directory) if archives else ()
        cluster = Cluster(directory, user, (*more, *settings))
        if archives:
            cluster.new_folder(ARCHIVE)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(directory)


def _archiving(directory: Path) -> tuple[str, ...]:
    archive = directory / ARCHIVE
    return ("archive_mode=on", f"archive_command=cp %p {archive}/%f", recovers_from(archive))


def recovers_from(archive: Path) -> str:
    """Return the setting of a server that recovers with the WAL in the folder *archive*."""
    return f"restore_command=cp {archive}/%f %p"


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
