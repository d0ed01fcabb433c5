"""The command line of ``barque``, put together from its commands."""

import sys
from collections.abc import Sequence
from typing import Final

import click

from barque import __version__
from barque.cli.backup import backup
from barque.cli.console import console
from barque.cli.daemons import PROGRAMS, program_command
from barque.cli.install import init, up
from barque.cli.looking import jobs, ls, status
from barque.cli.plugin import plugin
from barque.cli.restore import restore
from barque.errors import BarqueError

EXIT_FAILURE: Final = 1
"""Something went wrong, and was told."""

EXIT_INTERRUPTED: Final = 130
"""The person pressed Ctrl-C."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="barque")
def barque() -> None:
    """Network backup that speaks Bareos.

    On one machine: barque init, then barque up, then barque backup PATH... and barque restore.
    """


for command in (init, up, backup, restore, ls, jobs, status, plugin, console):
    barque.add_command(command)
for row in PROGRAMS:
    barque.add_command(program_command(row))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``barque`` and exit."""
    try:
        status_code = barque.main(args=arguments, prog_name="barque", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status_code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        status_code = EXIT_INTERRUPTED
    except BarqueError as error:
        click.echo(f"barque: {error}", err=True)
        status_code = EXIT_FAILURE
    sys.exit(status_code or 0)
