"""The Directors of a configuration, each with the console that is to be used there.

Source: configuration, section 8; console protocol, section 2.1.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from barque.config.console import Console, Director
from barque.config.load import ConsoleConfig
from barque.console.account import DEFAULT_CONSOLE, Account, account
from barque.errors import BarqueError, ConfigError
from barque.transport.dial import Address
from barque.transport.tls import settings_of

DIRECTORY_VARIABLE: Final = "BARQUE_DIR"
"""Environment variable with the folder that ``barque init`` made."""


class NoSuchDirectorError(BarqueError):
    """The configuration has no Director of that name, or none was picked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A Director, and what bconsole needs to know for it."""

    account: Account
    history: Path | None = None
    """File with the lines of earlier sessions; None for the usual place."""
    history_length: int = 100
    """Lines."""


def default_path() -> str | None:
    """Return where the configuration is looked for without ``-c``; None for the system's place."""
    return os.environ.get(DIRECTORY_VARIABLE) or None


def choices_of(config: ConsoleConfig) -> list[Choice]:
    """Return one choice for each Director, in the order of the configuration.

    Raises ConfigError when there is none, or one without any password.
    """
    directors = list(config.directors.values())
    if not directors:
        raise ConfigError(
            "No Director resource defined: without one it is not known whom to talk to"
        )
    return [_choice(director, list(config.consoles.values())) for director in directors]


def _choice(director: Director, consoles: Sequence[Console]) -> Choice:
    console = _console_for(director, consoles)
    secured = console or director
    if not secured.password:
        raise ConfigError(
            f'Director "{director.name}" has no Password, and there is no Console resource'
        )
    return Choice(
        account(
            director.name,
            Address(director.address or "localhost", director.port),
            secured.password.md5_hex.encode(),
            console=console.name if console else DEFAULT_CONSOLE,
            settings=settings_of(secured),
            heartbeat=director.heartbeat_interval or (console.heartbeat_interval if console else 0),
        ),
        Path(console.history_file) if console and console.history_file else None,
        console.history_length if console else 100,
    )


def _console_for(director: Director, consoles: Sequence[Console]) -> Console | None:
    """The console that names this Director, else one that names none, else the first."""
    for console in consoles:
        if console.director == director.name:
            return console
    for console in consoles:
        if not console.director:
            return console
    return consoles[0] if consoles else None
