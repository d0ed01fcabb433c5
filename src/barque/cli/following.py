"""Following a job to its end, and saying how it ended."""

from typing import Final

import click

from barque.cli.options import EXIT_WARNINGS
from barque.cli.progress import Expected, display
from barque.cli.shown import LEVEL_WORDS, status_word
from barque.console.client import Console
from barque.console.screen.amounts import show_bytes
from barque.local.jobs import Outcome, complaints, job_report, outcome_of, watch

MOST_COMPLAINTS: Final = 20
"""Messages of a job that are shown; the rest is in its log."""


def follow(console: Console, job_id: int, title: str, expected: Expected) -> Outcome:
    """Show the progress of the job until it has ended; Ctrl-C cancels it."""
    try:
        with display(title, expected) as shown:
            for state in watch(console, job_id):
                shown.show(state)
    except KeyboardInterrupt:
        console.call(f"cancel jobid={job_id} yes")
        click.echo(f"job {job_id} is being canceled", err=True)
    outcome = None
    while outcome is None:
        outcome = outcome_of(console, job_id)
    return outcome


def tell(console: Console, outcome: Outcome, what: str, *, report: bool = False) -> int:
    """Print how the job ended and return the exit status."""
    if report:
        click.echo(job_report(console, outcome.job_id))
    if not outcome.good:
        texts = complaints(console, outcome.job_id)
        for text in texts[:MOST_COMPLAINTS]:
            click.echo(text, err=True)
        if len(texts) > MOST_COMPLAINTS:
            click.echo(f"... and {len(texts) - MOST_COMPLAINTS} more messages", err=True)
    level = LEVEL_WORDS.get(outcome.level, "") if what == "backup" else ""
    kind = f"{level} {what}".strip()
    click.echo(
        f"{kind} {status_word(outcome.status)}: {outcome.files:,} files, "
        f"{show_bytes(outcome.bytes)} (JobId {outcome.job_id})"
    )
    if outcome.good:
        return 0
    return EXIT_WARNINGS if outcome.usable else 1
