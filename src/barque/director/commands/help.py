"""``help`` and ``.help``: the table of commands, as people and programs read it.

Source: console commands, section 3.1; console JSON, section 3.
"""

import textwrap
from typing import TYPE_CHECKING, Final

from barque.director.commands.command import Command
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_WIDTH: Final = 45


def for_people(session: "ConsoleSession", line: "CommandLine") -> bool:
    """List the commands, or explain the one that is named."""
    out = session.out
    wanted = line.arguments[0].keyword.lower() if line.arguments else ""
    out.decoration("  Command            Description\n  =======            ===========\n")
    for command in session.commands:
        if wanted:
            if command.name == wanted:
                _object(
                    session,
                    command,
                    f"  {command.name:<18} {command.help}\n\nArguments:\n"
                    + _wrapped(command.usage)
                    + "\n",
                )
                break
        elif not command.name.startswith(".") and session.may_run(command.name):
            _object(session, command, f"  {command.name:<18} {command.help}\n")
    else:
        out.decoration("\nA lone period leaves any question.\n")
    return True


def _wrapped(usage: str) -> str:
    return "\n".join("\t" + part for part in textwrap.wrap(usage, _WIDTH) or [""])


def for_programs(session: "ConsoleSession", line: "CommandLine") -> bool:
    """List commands with their arguments, one line each."""
    full = line.find("full")
    if full is not None and full.value is not None:
        raise CommandError("The full option does not take a value.")
    item = line.value("item")
    for command in session.commands:
        allowed = session.may_run(command.name)
        if item is not None:
            if command.name == item:
                _object(session, command, f"{command.usage}\n")
        elif not allowed and full is None:
            continue
        elif not line.has("all"):
            _object(session, command, f"{command.name} {command.help} -- {command.usage}\n")
        elif not command.name.startswith("."):
            _object(session, command, f"{command.name}\n")
    return True


def _object(session: "ConsoleSession", command: Command, text: str) -> None:
    out = session.out
    with out.object(command.name):
        out.pair("command", command.name, text)
        out.pair("description", command.help)
        out.pair("arguments", command.usage)
        out.pair("permission", session.may_run(command.name))
