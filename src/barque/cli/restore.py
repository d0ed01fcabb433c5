"""``barque restore``."""

import os

import click

from barque.cli.following import follow, tell
from barque.cli.moment import parse_moment
from barque.cli.options import directory_option
from barque.cli.progress import Expected
from barque.local.place import place_of
from barque.local.restore import find_source, original_place, start_restore
from barque.local.session import console_at


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--to", metavar="DIR", help="Restore below DIR; / is the original place.")
@click.option(
    "--before",
    metavar="T",
    default="",
    help="As it was before T: 2026-01-31, 2026-01-31 12:00, 3h.",
)
@click.option("--report", is_flag=True, help="Print the Director's report.")
@directory_option
def restore(
    paths: tuple[str, ...], to: str | None, before: str, directory: str | None, report: bool
) -> int:
    """Restore PATHs, or all of the newest backup, as they were last.

    The files keep their full path below DIR; without --to that is the folder "restored" of the
    installation. Exit status: 0 all restored, 3 with warnings, 1 failed.
    """
    place = place_of(directory)
    wanted = [original_place(path) for path in paths]
    where = os.path.realpath(to) if to else str(place.restored)
    moment = parse_moment(before)
    with console_at(place) as console:
        source = find_source(console, wanted, moment)
        queued = start_restore(console, source, wanted, where)
        expected = Expected(files=queued.files, complete=queued.files > 0)
        outcome = follow(console, queued.job_id, "restore", expected)
        status = tell(console, outcome, "restore", report=report)
    if outcome.usable:
        click.echo(f"restored to {where}")
    return status
