"""Asking a daemon something on behalf of a console, and saying when it does not answer."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from barque.errors import BarqueError

if TYPE_CHECKING:
    from barque.config.director import Client, Storage
    from barque.director.services import Answer
    from barque.director.session import ConsoleSession


def ask_storage(
    session: "ConsoleSession",
    storage: "Storage",
    command: str,
    *,
    dots: str = " ...",
    hidden: re.Pattern[str] | None = None,
) -> "Answer | None":
    """Send *command* to a Storage Daemon and show its answer; None when there is none.

    Lines that *hidden* matches are for the Director alone.
    """
    announce_storage(session, storage, dots=dots)
    return answer_of(
        session,
        "Storage daemon",
        lambda: session.director.storage_command(storage, command),
        hidden=hidden,
    )


def ask_client(session: "ConsoleSession", client: "Client", command: str) -> "Answer | None":
    """Send *command* to a File Daemon and show its answer; None when there is none."""
    announce_client(session, client)
    return answer_of(session, "Client", lambda: session.director.client_command(client, command))


def announce_storage(session: "ConsoleSession", storage: "Storage", *, dots: str = " ...") -> None:
    """Say that a Storage Daemon is asked."""
    place = f"{storage.address}:{storage.port}"
    session.out.plain(f"Connecting to Storage daemon {storage.name} at {place}{dots}\n")


def announce_client(session: "ConsoleSession", client: "Client") -> None:
    """Say that a File Daemon is asked."""
    session.out.plain(f"Connecting to Client {client.name} at {client.address}:{client.port}\n")


def answer_of(
    session: "ConsoleSession",
    daemon: str,
    ask: "Callable[[], Answer]",
    *,
    hidden: re.Pattern[str] | None = None,
) -> "Answer | None":
    """Show what *ask* brings; None, and the reason among the messages, when it fails.

    Lines that *hidden* matches are not shown.
    """
    try:
        answer = ask()
    except BarqueError as error:
        not_reached(session, daemon, error)
        return None
    for text in answer.lines:
        if hidden is None or not hidden.match(text):
            session.out.plain(text)
    return answer


def relay(session: "ConsoleSession", daemon: str, lines: Iterator[str]) -> bool:
    """Show *lines* as they come; False when the daemon fails."""
    while True:
        try:
            text = next(lines, None)
        except BarqueError as error:
            not_reached(session, daemon, error)
            return False
        if text is None:
            return True
        session.out.plain(text)


def not_reached(session: "ConsoleSession", daemon: str, error: BarqueError) -> None:
    """Say that a daemon did not answer; the reason is among the messages."""
    session.director.warn(f"{daemon}: {error}\n")
    session.out.error(f"Failed to connect to {daemon}.\n")


def bashed(name: str) -> str:
    """Return a name as daemons read it: blanks become 0x01."""
    return name.replace(" ", "\x01")


def device_of(storage: "Storage") -> str:
    """Return the name of a Storage's first device, as daemons read it."""
    return bashed(storage.device[0]) if storage.device else ""
