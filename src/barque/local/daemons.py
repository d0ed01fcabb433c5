"""The three daemons of an installation, as programs to start."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from barque.config.addresses import ListenAddress
from barque.config.load import load_director, load_filedaemon, load_storagedaemon
from barque.local.place import Place

EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared, not bound
"""Addresses that mean all, and where to knock instead."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """One program, and where it listens."""

    title: str
    """What people call it."""
    short: str
    """Prefix of its lines in the log."""
    command: Sequence[str]
    """Module and arguments."""
    address: str
    """Where to connect to it."""
    port: int


def daemons_of(place: Place) -> list[Daemon]:
    """Return the daemons in the order in which they start: the Director last.

    Raises ConfigError when a configuration is not valid.
    """
    storage = load_storagedaemon(place.root).storage.addresses
    client = load_filedaemon(place.root).client.addresses
    director = load_director(place.root).director.addresses
    return [
        _daemon("Storage Daemon", "sd", "barque.storagedaemon", place, storage),
        _daemon("File Daemon", "fd", "barque.filedaemon", place, client),
        _daemon("Director", "dir", "barque.director", place, director),
    ]


def _daemon(
    title: str, short: str, module: str, place: Place, addresses: Sequence[ListenAddress]
) -> Daemon:
    first = addresses[0]
    port = first.port if isinstance(first.port, int) else socket.getservbyname(first.port)
    command = (module, "-f", "-c", str(place.root))
    return Daemon(title, short, command, EVERYWHERE.get(first.host, first.host), port)
