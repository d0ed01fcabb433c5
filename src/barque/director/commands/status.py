"""``status`` and ``.status``: which status of what.

Source: console commands, section 5.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.commands import status_director, status_scheduler, status_slots, subscriptions
from barque.director.selection import choose
from barque.errors import BarqueError, CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from barque.config.director import Client, Storage
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_MENU: Final = ("Director", "Storage", "Client", "Scheduler", "All")
_WRONG: Final = "1900 Bad .status command, wrong argument."


def status(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Show the status that the first argument asks for, or that is chosen."""
    if not line.arguments:
        return _choose(session, line)
    word = line.arguments[0].keyword.lower()
    if word == "all":
        _everything(session, line)
    elif word == "client":
        _client(session, resources.named_client(session, line))
    elif word.startswith("sched"):
        status_scheduler.show(session, line)
    elif word.startswith("sub"):
        subscriptions.show(session, line)
    elif word.startswith("conf"):
        _configuration(session, line)
    elif word.startswith("dir"):
        status_director.show(session, line)
    elif line.has("slots"):
        status_slots.show(session, line)
    else:
        _storage(session, resources.named_storage(session, line))
    return True


def _choose(session: "ConsoleSession", line: "CommandLine") -> bool:
    item = choose(session, "", "Status available for:\n", "Select daemon type for status", _MENU)
    match _MENU[item]:
        case "Director":
            status_director.show(session, line)
        case "Storage":
            _storage(session, resources.choose(session, resources.STORAGE))
        case "Client":
            _client(session, resources.choose(session, resources.CLIENT))
        case "Scheduler":
            status_scheduler.show(session, line)
        case _:
            _everything(session, line)
    return True


def for_programs(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Show one part of a status."""
    if not line.arguments:
        raise CommandError("1900 Bad .status command, missing arguments.", plain=True)
    words = [argument.keyword for argument in line.arguments]
    part = words[1] if len(words) > 1 else ""
    match words[0].lower():
        case "dir":
            show = _PARTS.get(part.lower())
            if show is None:
                raise CommandError(_WRONG, plain=True)
            show(session, line)
        case "client":
            client = resources.named_client(session, line)
            _client(session, client, part if len(words) == 2 else "")
        case "storage":
            storage = resources.named_storage(session, line)
            _storage(session, storage, part if len(words) == 2 else "")
        case _:
            raise CommandError(_WRONG, plain=True)
    return True


_PARTS: Final["dict[str, Callable[[ConsoleSession, CommandLine], None]]"] = {
    "current": status_director.current,
    "last": status_director.last,
    "header": status_director.header,
    "scheduled": status_director.scheduled,
    "running": status_director.running,
    "terminated": status_director.terminated,
}


def memory(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Show the head of the Director's status."""
    status_director.header(session, line)
    return True


def _client(session: "ConsoleSession", client: "Client", option: str = "") -> None:
    if not session.director.is_enabled(client):
        session.out.plain(f'Client "{client.name}" is disabled; skipping status call\n')
        return
    place = f"{client.address}:{client.port}"
    lines = session.director.client_status(client, option)
    _relay(session, f"Client {client.name}", place, lines)


def _storage(session: "ConsoleSession", storage: "Storage", option: str = "") -> None:
    place = f"{storage.address}:{storage.port}"
    lines = session.director.storage_status(storage, option)
    _relay(session, f"Storage daemon {storage.name}", place, lines)


def _relay(session: "ConsoleSession", daemon: str, place: str, lines: Iterator[str]) -> None:
    """Send what a daemon says as it comes. A person reads why there is no answer in messages."""
    out = session.out
    if not session.api:
        out.plain(f"Connecting to {daemon} at {place}\n")
    while True:
        try:
            text = next(lines, None)
        except BarqueError as error:
            session.director.warn(f"{daemon} at {place}: {error}\n")
            out.plain(f"\nFailed to connect to {daemon}.\n====\n")
            return
        if text is None:
            return
        out.plain(text)


def _everything(session: "ConsoleSession", line: "CommandLine") -> None:
    """Show the Director's status, then that of each daemon once."""
    status_director.show(session, line)
    seen = set()
    for storage in resources.permitted(session, resources.STORAGE):
        if (place := (storage.address, storage.port)) not in seen:
            seen.add(place)
            _storage(session, storage)
    seen.clear()
    for client in resources.permitted(session, resources.CLIENT):
        if (place := (client.address, client.port)) not in seen:
            seen.add(place)
            _client(session, client)


def _configuration(session: "ConsoleSession", line: "CommandLine") -> None:
    if not session.may_run("configure"):
        session.out.error(
            f"{line.name} {line.arguments[0].keyword}: is an invalid command or needs access right"
            ' to the "configure" command.\n'
        )
        return
    warnings = session.director.config.warnings
    if not warnings:
        session.out.plain("No deprecated configuration settings detected.\n")
        return
    session.out.plain("Deprecated configuration settings detected:\n")
    for warning in warnings:
        session.out.plain(f" * {warning}\n")
