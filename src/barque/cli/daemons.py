"""The programs of the originals as subcommands: their arguments are passed on untouched."""

import importlib
import sys
from dataclasses import dataclass
from typing import Final

import click


@dataclass(frozen=True, slots=True)
class Program:
    """One row."""

    name: str
    module: str
    help: str


PROGRAMS: Final = (
    Program("director", "barque.director.__main__", "Run the Director (bareos-dir)."),
    Program("filedaemon", "barque.filedaemon.__main__", "Run the File Daemon (bareos-fd)."),
    Program(
        "storagedaemon", "barque.storagedaemon.__main__", "Run the Storage Daemon (bareos-sd)."
    ),
    Program("bconsole", "barque.console.bconsole", "Talk to a Director, exactly as bconsole does."),
    Program("bls", "barque.storagedaemon.bls", "List what a volume holds."),
    Program("bextract", "barque.storagedaemon.bextract", "Extract files from a volume."),
)
"""In the order of the help."""

PASS_ON: Final = {
    "ignore_unknown_options": True,
    "allow_extra_args": True,
    "allow_interspersed_args": False,
    "help_option_names": [],
}
"""Every option belongs to the program."""


def program_command(program: Program) -> click.Command:
    """Return the subcommand that runs *program*."""

    @click.command(program.name, help=program.help, context_settings=PASS_ON)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def run(arguments: tuple[str, ...]) -> None:
        sys.argv = [f"barque {program.name}", *arguments]
        importlib.import_module(program.module).main()

    return run
