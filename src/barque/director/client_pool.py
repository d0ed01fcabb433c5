"""Connections that File Daemons opened and that wait for the Director to use them.

Source: daemon protocol, section 2.7, "Client initiated".
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from barque.director.services import ConnectedClient
from barque.transport.channel import Channel

CANCEL_CHECK: Final = 0.5
"""Second; how often a job that waits for a client looks whether it was cancelled."""


@dataclass
class WaitingClient:
    """One idle connection."""

    name: str
    channel: Channel
    protocol_version: int
    connected_at: float
    done: threading.Event
    """Set when the connection was used up; its thread waits for that."""


class ClientPool:
    """Idle connections by the name of the client."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._waiting: list[WaitingClient] = []
        self._changed = threading.Condition()
        self._known: set[str] = set()
        self._addresses: dict[str, str] = {}

    def is_known(self, name: str) -> bool:
        """Tell whether the client was reached since the configuration was read."""
        return name in self._known

    def remember(self, name: str) -> None:
        """Keep that the client was reached."""
        self._known.add(name)

    def address_of(self, name: str, configured: str) -> str:
        """Return where the client is: as consoles said, or as *configured*."""
        return self._addresses.get(name, configured)

    def set_address(self, name: str, address: str) -> None:
        """Look for the client at another address."""
        self._addresses[name] = address

    def forget(self) -> None:
        """Reach every client for the first time again, where the configuration says."""
        self._known.clear()
        self._addresses.clear()

    def offer(self, name: str, channel: Channel, protocol_version: int) -> WaitingClient:
        """Add a connection; whoever offers it waits on ``done`` before closing it."""
        waiting = WaitingClient(name, channel, protocol_version, self._now(), threading.Event())
        with self._changed:
            self._waiting.append(waiting)
            self._changed.notify_all()
        return waiting

    def take(
        self, name: str, timeout: float, cancelled: threading.Event | None = None
    ) -> WaitingClient | None:
        """Return a connection of the client *name*, waiting for one up to *timeout* seconds.

        Returns None when the time is over, or soon after *cancelled* is set.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while (found := self._find(name)) is None:
                left = deadline - time.monotonic()
                if left <= 0 or (cancelled is not None and cancelled.is_set()):
                    return None
                self._changed.wait(min(left, CANCEL_CHECK))
            self._waiting.remove(found)
            return found

    def withdraw(self, waiting: WaitingClient) -> None:
        """Forget a connection that its client closed."""
        with self._changed:
            if waiting in self._waiting:
                self._waiting.remove(waiting)

    def _find(self, name: str) -> WaitingClient | None:
        return next((one for one in self._waiting if one.name == name), None)

    def connected(self) -> list[ConnectedClient]:
        """Return what ``status director`` lists."""
        with self._changed:
            return [
                ConnectedClient(one.name, one.protocol_version, True, one.connected_at)
                for one in self._waiting
            ]
