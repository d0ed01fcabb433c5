"""``barque console``: a person, or a script, at a Director."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click
from rich.console import Console as Terminal

from barque.cli.options import directory_option
from barque.config.load import load_console
from barque.console.bconsole import PATIENCE, choose, run
from barque.console.choice import Choice, choices_of
from barque.console.client import Console
from barque.console.pam import PamDialogue, read_credentials
from barque.console.screen.painter import plain_lines
from barque.errors import CommandError
from barque.local.place import place_of

EXIT_FAILURE: Final = 1
"""A command failed."""

HISTORY: Final = "~/.barque_console_history"


@click.command()
@click.option("-c", "--command", "commands", multiple=True, help="Carry this out and leave.")
@click.option("-f", "--file", "script", type=click.Path(), help="Carry out the lines of a file.")
@click.option("--json", "as_json", is_flag=True, help="Answers in JSON, one line for each command.")
@click.option("-D", "--director", metavar="NAME", help="Which Director, when there are several.")
@click.option("--config", metavar="PATH", help="Another bconsole.conf.")
@click.option("-p", "--person", metavar="PATH", help="File with a user name and a password (PAM).")
@directory_option
def console(
    *,
    commands: tuple[str, ...],
    script: str | None,
    as_json: bool,
    director: str | None,
    config: str | None,
    person: str | None,
    directory: str | None,
) -> int:
    """Talk to the Director: with completion at a terminal, like bconsole in a pipe.

    Without --config the console of this installation is used, or else the system's bconsole.conf.
    """
    choice = choose(choices_of(load_console(config or _own_configuration(directory))), director)
    lines = _lines(commands, script)
    if lines is None and not sys.stdin.isatty() and not as_json:
        return run(choice, _pam(person))
    session = Console.connect(choice.account, patience=PATIENCE, pam=_pam(person))
    with session:
        if lines is None and sys.stdin.isatty() and not as_json:
            _at_keyboard(session, choice)
            return 0
        source = lines if lines is not None else (line.strip() for line in sys.stdin)
        return _carry_out(session, source, as_json=as_json)


def _own_configuration(directory: str | None) -> str | None:
    place = place_of(directory)
    return str(place.console) if place.exists or directory else None


def _pam(path: str | None) -> Callable[[str], PamDialogue]:
    credentials = read_credentials(Path(path)) if path else None

    def ask(text: str, shown: bool) -> str:
        if credentials:
            return credentials.user if shown else credentials.password
        answer: str = click.prompt(text.rstrip(": "), hide_input=not shown)
        return answer

    return lambda _tls: PamDialogue(ask)


def _lines(commands: tuple[str, ...], script: str | None) -> list[str] | None:
    """Return what the command line wants carried out; None when it wants nothing."""
    lines = list(commands)
    if script is not None:
        try:
            lines += Path(script).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise click.FileError(script, error.strerror) from None
    return lines if commands or script is not None else None


def _carry_out(session: Console, lines: list[str] | Iterator[str], *, as_json: bool) -> int:
    terminal = Terminal()
    status = 0
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if as_json:
            status |= _print_json(session, line)
        elif terminal.is_terminal:
            for text in plain_lines(session.call(line), terminal.width, line):
                terminal.print(text, soft_wrap=True)
        else:
            sys.stdout.write(session.call(line))
        sys.stdout.flush()
    return status


def _print_json(session: Console, line: str) -> int:
    try:
        click.echo(json.dumps(session.json(line), ensure_ascii=False))
    except CommandError as error:
        click.echo(json.dumps({"error": str(error)}, ensure_ascii=False))
        return EXIT_FAILURE
    return 0


def _at_keyboard(session: Console, choice: Choice) -> None:
    from barque.console.screen.session import Session  # noqa: PLC0415 - other commands need no keyboard

    terminal = Terminal(highlight=False)
    terminal.print(session.welcome.text.partition(" OK: ")[2], style="bold")
    terminal.print(session.welcome.info.rpartition("\n")[2], style="dim")
    terminal.print("Tab completes; a period cancels a command; quit leaves.", style="dim")
    history = choice.history or Path(HISTORY).expanduser()
    history.parent.mkdir(parents=True, exist_ok=True)
    if not history.exists():
        os.close(os.open(history, os.O_CREAT | os.O_WRONLY, 0o600))
    Session(session, terminal, history, director=choice.account.director).run()
