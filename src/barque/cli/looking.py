"""``barque ls``, ``barque jobs`` and ``barque status``: looking without changing."""

from collections.abc import Sequence
from typing import Final

import click
from rich import box
from rich.console import Console as Terminal
from rich.table import Table

from barque.cli.moment import parse_moment
from barque.cli.options import directory_option
from barque.cli.shown import LEVEL_WORDS, TYPE_WORDS, status_word
from barque.console.client import Console
from barque.console.screen.amounts import show_bytes
from barque.local.jobs import records
from barque.local.place import place_of
from barque.local.restore import (
    fileset_roots,
    find_source,
    list_directory,
    original_place,
)
from barque.local.session import console_at

PIPE_WIDTH: Final = 160
"""Columns of a table that does not go to a terminal."""


@click.command()
@click.argument("path", required=False)
@click.option("--before", metavar="T", default="", help="As it was before T.")
@directory_option
def ls(path: str | None, before: str, directory: str | None) -> None:
    """List a folder as it was backed up; without PATH, what the newest backup began with."""
    wanted = original_place(path) if path else None
    with console_at(place_of(directory)) as console:
        source = find_source(console, [wanted] if wanted else [], parse_moment(before))
        if wanted is None:
            for root in fileset_roots(console, source.fileset):
                click.echo(root)
            return
        click.echo(list_directory(console, source, wanted), nl=False)


@click.command()
@click.option(
    "--last", type=click.IntRange(1), default=20, show_default=True, help="How many to show."
)
@directory_option
def jobs(last: int, directory: str | None) -> None:
    """List the latest jobs."""
    with console_at(place_of(directory)) as console:
        rows = records(console.json("list jobs").get("jobs"))
    print_jobs(sorted(rows, key=lambda row: int(row["jobid"]))[-last:])


def print_jobs(rows: Sequence[dict[str, str]]) -> None:
    """Print one line for each job."""
    if not rows:
        click.echo("no job has run yet")
        return
    table = Table(box=box.SIMPLE_HEAD)
    for title, right in (
        ("JobId", True),
        ("Name", False),
        ("Type", False),
        ("Level", False),
        ("Started", False),
        ("Duration", True),
        ("Files", True),
        ("Size", True),
        ("Status", False),
    ):
        table.add_column(title, justify="right" if right else "left", no_wrap=True)
    for row in rows:
        table.add_row(
            row["jobid"],
            row["name"],
            TYPE_WORDS.get(row["type"], row["type"]),
            LEVEL_WORDS.get(row["level"], row["level"]) if row["type"] != "R" else "",
            row["starttime"],
            row["duration"],
            f"{int(row['jobfiles'] or 0):,}",
            show_bytes(int(row["jobbytes"] or 0)),
            status_word(row["jobstatus"]),
        )
    _print(table)


@click.command()
@directory_option
def status(directory: str | None) -> None:
    """Say what runs, what ran last and what comes next."""
    place = place_of(directory)
    with console_at(place) as console:
        print_status(console)
    click.echo(f"installation: {place.root}")


def print_status(console: Console) -> None:
    """Print the status of the Director at the other end of *console*."""
    answer = console.json("status director")
    header = answer.get("header")
    if isinstance(header, dict):
        click.echo(
            f"Director {header.get('director')} {header.get('version')}, "
            f"running since {header.get('daemon_started')}"
        )
    running = records(answer.get("running"))
    click.echo(f"running jobs: {len(running) or 'none'}")
    for row in running:
        size = show_bytes(int(row.get("bytes", "0") or 0))
        click.echo(
            f"  {row.get('jobid')} {row.get('name')}: {row.get('files', '0')} files, {size}, "
            f"{row.get('status')}"
        )
    for row in records(answer.get("scheduled"))[:3]:
        click.echo(f"next: {row.get('scheduled')} {row.get('name')} ({row.get('level')})")
    ended = records(answer.get("terminated"))[-3:]
    for row in ended:
        click.echo(
            f"last: {row.get('finished')} {row.get('name')} {row.get('level', '')}: "
            f"{row.get('status')}"
        )
    volumes = records(console.json("list media all").get("volumes"))
    total = sum(int(row.get("volbytes", "0").replace(",", "") or 0) for row in volumes)
    click.echo(f"volumes: {len(volumes)}, {show_bytes(total)}")


def _print(table: Table) -> None:
    terminal = Terminal()
    if not terminal.is_terminal:
        terminal.width = PIPE_WIDTH
    terminal.print(table)
