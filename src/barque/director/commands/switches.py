"""Commands that change the Director itself until its next reload.

Source: console commands, section 6.8.
"""

from typing import TYPE_CHECKING

from barque.director import resources
from barque.director.commands.simple import ask_on_or_off
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


def set_address(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """Look for the client of the console's name at the address of this console."""
    name = session.console.name
    if not name:
        raise CommandError("No corresponding client found.")
    client = resources.find(session, resources.CLIENT, name)
    if client is None:
        raise CommandError(f'Client "{name}" not found.')
    session.director.set_address(client, session.peer.peer)
    session.out.plain(f'Client "{name}" address set to {session.peer.peer}\n')
    return True


def trace(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Write debug messages to a file, or not."""
    session.director.set_debug(trace=ask_on_or_off(session, line) != "off")
    return True
