"""Sessions for programs, in one call."""

from collections.abc import Mapping
from pathlib import Path

from barque.config.load import load_console
from barque.console.account import DEFAULT_CONSOLE, DIRECTOR_PORT, Account, account_of
from barque.console.aio import AsyncConsole
from barque.console.choice import choices_of
from barque.console.client import Console
from barque.console.login import PamSource
from barque.console.pam import PamCredentials
from barque.transport.tls import DEFAULT_TLS, TlsSettings


def connect(
    address: str,
    password: str,
    *,
    port: int = DIRECTOR_PORT,
    name: str = DEFAULT_CONSOLE,
    tls: TlsSettings = DEFAULT_TLS,
    person: PamCredentials | None = None,
    timeout: float | None = None,
) -> Console:
    """Return a session of the console *name*.

    *person* is who logs in at a console that asks PAM; *timeout* (seconds) is how long a reply may
    take. The connection is encrypted unless *tls* says ``TlsSettings(enable=False)``.
    Raises ConnectionLostError when nobody answers, AuthenticationError when a password or name is
    wrong.
    """
    account = account_of(address, password, port=port, name=name, tls=tls)
    console = Console.connect(account, pam=_source(person))
    console.timeout = timeout
    return console


async def connect_async(
    address: str,
    password: str,
    *,
    port: int = DIRECTOR_PORT,
    name: str = DEFAULT_CONSOLE,
    tls: TlsSettings = DEFAULT_TLS,
    person: PamCredentials | None = None,
    timeout: float | None = None,  # noqa: ASYNC109 - the same call as the blocking client's
) -> AsyncConsole:
    """Return a session for asyncio; see :func:`connect`."""
    account = account_of(address, password, port=port, name=name, tls=tls)
    console = await AsyncConsole.connect(account, pam=_source(person))
    console.timeout = timeout
    return console


def _source(person: PamCredentials | None) -> PamSource | None:
    return None if person is None else lambda _tls: person


def accounts_in(path: str | Path | None = None) -> Mapping[str, Account]:
    """Return the Directors of a ``bconsole.conf`` by name; without *path*, the system's.

    Raises ConfigError.
    """
    config = load_console(None if path is None else str(path))
    return {choice.account.director: choice.account for choice in choices_of(config)}
