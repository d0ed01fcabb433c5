"""The part of ``make demo`` that shows plugins.

A job with one in the Director and one in the File Daemon, their events as they arrive, and what
comes back.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import click

from barque.console.client import Console
from barque.errors import BarqueError
from barque.local.jobs import job_id_in, job_log, outcome_of, quote, run_job, watch
from barque.local.place import Place
from barque.local.session import console_at
from barque.local.texts import Block, block, quoted

PLUGINS: Final = Path(__file__).with_name("demo_plugins")
"""Folder of the two plugins."""

JOB: Final = "tables"
WORDS: Final = ("Director: ", "File Daemon: ")
"""What the plugins' messages begin with."""

TABLES: Final = {
    "notes": [("first",), ("second",)],
    "people": [("Ada",), ("Grace",), ("Barbara",)],
}


class PluginDemoError(BarqueError):
    """The plugins did not do what they should."""


def show_plugins(place: Place, root: Path) -> str:
    """Run the job, restore it, and return what was compared; raises PluginDemoError."""
    database = root / "people.db"
    _make_database(database)
    _write_job(place, database)
    with console_at(place) as console:
        console.json("reload")
        job_id = run_job(console, JOB)
        for text in _log_of(console, job_id):
            _show_events(text)
        _check(console, job_id)
        _restore(console, job_id, root / "tables")
    return _compare(root / "tables" / "@tables")


def _make_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, rows in TABLES.items():
            connection.execute(f"CREATE TABLE {name} (text TEXT)")
            connection.executemany(f"INSERT INTO {name} VALUES (?)", rows)


def _write_job(place: Place, database: Path) -> None:
    definition = f"python3:module_path={PLUGINS}:module_name=demo_tables:database={database}"
    options = Block("Options", ["Signature = XXH128"])
    plugin = f"Plugin = {quoted(definition)}"
    listens = f"python3:module_path={PLUGINS}:module_name=demo_job"
    resources = (
        block("FileSet", [f"Name = {JOB}", Block("Include", [options, plugin])]),
        block(
            "Job",
            [
                f"Name = {JOB}",
                "JobDefs = DefaultJob",
                f"FileSet = {JOB}",
                f"Dir Plugin Options = {quoted(listens)}",
            ],
        ),
    )
    path = place.director_resources / "job" / f"{JOB}.conf"
    path.write_text("\n".join(resources))
    click.echo(path.read_text().strip())


def _log_of(console: Console, job_id: int) -> Iterator[str]:
    """Yield the messages of a job as they come, to its end."""
    shown = 0
    for _ in watch(console, job_id):
        texts = job_log(console, job_id)
        yield from texts[shown:]
        shown = len(texts)
    yield from job_log(console, job_id)[shown:]


def _show_events(text: str) -> None:
    for line in text.splitlines():
        for word in WORDS:
            if word in line:
                click.echo(f"  {word}{line.partition(word)[2]}")


def _check(console: Console, job_id: int) -> None:
    outcome = outcome_of(console, job_id)
    if outcome is None or not outcome.good:
        raise PluginDemoError("\n".join(job_log(console, job_id)))


def _restore(console: Console, job_id: int, target: Path) -> None:
    command = f"restore jobid={job_id} where={quote(str(target))} all done yes"
    restored = job_id_in(command, console.call(command))
    for _ in watch(console, restored):
        pass
    _check(console, restored)


def _compare(folder: Path) -> str:
    """Make a database of what was restored and compare its rows."""
    try:
        found = _rows_of(sorted(folder.glob("*.sql")))
    except sqlite3.Error as error:
        raise PluginDemoError(f"what came back in {folder} is no database: {error}") from None
    if found != TABLES:
        raise PluginDemoError(f"the tables in {folder} came back with other rows")
    return f"restored: {len(TABLES)} tables with the same rows"


def _rows_of(scripts: Sequence[Path]) -> dict[str, list[tuple[str]]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for path in scripts:
            connection.executescript(path.read_text())
        return {name: connection.execute(f"SELECT text FROM {name}").fetchall() for name in TABLES}
