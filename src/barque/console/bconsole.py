"""The program bconsole: a person, or a script, at a Director.

Options, start-up lines and exit codes are those of the original.
Source: console protocol, section 2.10; configuration, sections 8 and 9.1.
"""

import getpass
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from barque import __version__
from barque.config.console import RESOURCES
from barque.config.load import load_console
from barque.config.report import EXIT_COMMAND_LINE, format_config_errors, format_warnings
from barque.config.schema import schema
from barque.config.show import show_all_text
from barque.console.account import Account
from barque.console.choice import Choice, NoSuchDirectorError, choices_of, default_path
from barque.console.client import Console
from barque.console.login import PamSource
from barque.console.pam import PamAnswers, PamDialogue, read_credentials
from barque.console.shell import BconsoleShell
from barque.console.sink import Sink
from barque.errors import AuthenticationError, BarqueError, ConfigError
from barque.transport.channel import Channel
from barque.wire.hello import WIRE_VERSION

EXIT_FAILURE: Final = 1
"""No session came about."""
EXIT_USAGE: Final = EXIT_COMMAND_LINE
"""The command line makes no sense."""

PATIENCE: Final = 15.0
"""Second; how long a Director that does not listen yet is waited for."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run bconsole and exit."""
    try:
        status = bconsole.main(args=arguments, prog_name="bconsole", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = EXIT_USAGE
    except click.Abort:
        status = EXIT_FAILURE
    except ConfigError as error:
        click.echo(format_config_errors(error, "bconsole"), err=True)
        status = error.exit_code
    sys.exit(status or 0)


@click.command(context_settings={"help_option_names": ["-h", "-?", "--help"]})
@click.option("-c", "--config", metavar="PATH", help="Configuration file or directory.")
@click.option("-D", "--director", metavar="NAME", help="Which Director to talk to.")
@click.option("-d", "--debug-level", metavar="N", type=int, help="More detail for experts.")
@click.option("--dt", "--debug-timestamps", "debug_timestamps", is_flag=True, hidden=True)
@click.option("-l", "--list-directors", is_flag=True, help="List the configured Directors.")
@click.option(
    "-p", "--pam-credentials-filename", metavar="PATH", help="File with a user name and a password."
)
@click.option("-o", "unencrypted", is_flag=True, help="Send these even without TLS.")
@click.option("-s", "--no-signals", is_flag=True, hidden=True)
@click.option("-t", "--test-config", is_flag=True, help="Check the configuration and exit.")
@click.option(
    "-u", "--timeout", metavar="SECONDS", type=click.IntRange(1), help="Patience per command."
)
@click.option("--xc", "--export-config", "export_config", is_flag=True, help="Print configuration.")
@click.option("--xs", "--export-schema", "export_schema", is_flag=True, help="Print its schema.")
@click.version_option(__version__, "--version", message="%(version)s")
def bconsole(
    *,
    config: str | None,
    director: str | None,
    list_directors: bool,
    pam_credentials_filename: str | None,
    unencrypted: bool,
    test_config: bool,
    timeout: int | None,
    export_config: bool,
    export_schema: bool,
    **_ignored: object,
) -> int:
    """Talk to a Bareos Director."""
    if export_schema:
        click.echo(json.dumps(schema("bconsole", WIRE_VERSION, RESOURCES), indent=2))
        return 0
    loaded = load_console(config or default_path())
    if export_config:
        click.echo(show_all_text(loaded.tables(), complete=True), nl=False)
        return 0
    click.echo(format_warnings(loaded.warnings), nl=False, err=True)
    choices = choices_of(loaded)
    if list_directors:
        for choice in choices:
            click.echo(choice.account.director)
    if list_directors or test_config:
        return 0
    try:
        choice = choose(choices, director)
        pam = _pam(pam_credentials_filename, unencrypted=unencrypted)
    except NoSuchDirectorError as error:
        click.echo(str(error))
        return EXIT_FAILURE
    return run(choice, pam, timeout=timeout)


def choose(choices: Sequence[Choice], wanted: str | None) -> Choice:
    """Return the Director that is *wanted*, the only one, or the one that the person picks."""
    if wanted is not None:
        for choice in choices:
            if choice.account.director == wanted:
                return choice
        raise NoSuchDirectorError(f"Can't find {wanted} in Director list")
    if len(choices) == 1:
        return choices[0]
    while True:
        click.echo("Available Directors:")
        for number, choice in enumerate(choices, 1):
            address = choice.account.address
            click.echo(f"{number:2d}:  {choice.account.director} at {address.host}:{address.port}")
        try:
            answer = input("Select Director by entering a number: ").strip()
        except EOFError:
            raise NoSuchDirectorError("no Director was selected") from None
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return choices[int(answer) - 1]
        click.echo(f"You must enter a number between 1 and {len(choices)}")


def _pam(path: str | None, *, unencrypted: bool) -> PamSource:
    credentials = read_credentials(Path(path)) if path else None

    def answers(tls: str) -> PamAnswers:
        if not tls and not unencrypted:
            raise AuthenticationError("Canceled because password would be sent unencrypted!")
        return credentials or PamDialogue(
            lambda text, shown: (input if shown else getpass.getpass)(text)
        )

    return answers


def run(choice: Choice, pam: PamSource, *, timeout: float | None = None) -> int:
    """Hold one session with standard input and output; returns the exit status."""
    sink = Sink(sys.stdout.buffer)
    address = choice.account.address
    sink.write(f"Connecting to Director {address.host}:{address.port}\n")
    console = _connected(choice.account, pam, sink)
    if console is None:
        return EXIT_FAILURE
    channel = console.channel
    sink.write(f" Encryption: {channel.tls or 'None'}\n")
    sink.write(f"{console.welcome.text}\n{console.welcome.info}\n")
    sink.write("\nEnter a period (.) to cancel a command.\n")
    shell = BconsoleShell(channel, sink, privileged=os.geteuid() == 0, timeout=timeout)
    _run_start_file(shell)
    if sys.stdin.isatty():
        _run_terminal(shell, channel, choice)
    else:
        shell.run_script(sys.stdin.buffer)
    console.close()
    sink.turn_back()
    return 0


def _connected(account: Account, pam: PamSource, sink: Sink) -> Console | None:
    try:
        return Console.connect(account, patience=PATIENCE, pam=pam)
    except BarqueError as error:
        sink.write(f"{error}\nFailed to connect to Director. Giving up.\n")
        return None


def _run_start_file(shell: BconsoleShell) -> None:
    home = os.environ.get("HOME")
    if home:
        path = Path(home) / ".bconsolerc"
        if path.is_file():
            shell.run_file(path)


def _run_terminal(shell: BconsoleShell, channel: Channel, choice: Choice) -> None:
    from barque.console import terminal  # noqa: PLC0415  # readline writes to pipes when imported

    history = choice.history or Path(os.environ.get("HOME", "/")) / ".bconsole_history"
    terminal.load_history(history, choice.history_length)
    query = lambda command: terminal.lines_of(channel, command)  # noqa: E731
    terminal.Completer(query, lambda: shell.in_tree).install()
    shell.run_terminal(input)
    terminal.save_history(history)


if __name__ == "__main__":
    main()
