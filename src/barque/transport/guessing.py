"""Slows down those who guess passwords, without shutting anybody out.

A failed login is answered after a pause.  While many of them pause at the same time, all further
connections from their address wait a while before they are heard, and few may wait: more
connections guess no faster.
"""

import ipaddress
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

FAILURES: Final = 10
"""Failed logins of one address that pause at the same time, from which on its others wait."""
DELAY: Final = 5.0
"""s; how long a connection waits."""
WAITING: Final = 50
"""Connections of one address that may wait at the same time; more are hung up on."""
_NETWORK_6: Final = 64
"""Bits of an IPv6 address that belong to one customer."""


class GuessGuard:
    """Knows from where logins fail just now."""

    def __init__(self, pause: Callable[[float], object]) -> None:
        """*pause* waits some seconds."""
        self._pause = pause
        self._failing: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def failing(self, host: str) -> Iterator[None]:
        """Count a failed login from *host* while its answer is held back."""
        with self._counted(self._failing, _place(host)):
            yield

    def admit(self, host: str) -> bool:
        """Return whether a connection may be heard; waits first, where many logins fail."""
        place = _place(host)
        if self._failing[place] < FAILURES:
            return True
        if self._waiting[place] >= WAITING:
            return False
        with self._counted(self._waiting, place):
            self._pause(DELAY)
        return True

    @contextmanager
    def _counted(self, counter: Counter[str], place: str) -> Iterator[None]:
        with self._lock:
            counter[place] += 1
        try:
            yield
        finally:
            with self._lock:
                counter[place] -= 1
                if not counter[place]:
                    del counter[place]


def _place(host: str) -> str:
    """Return what is counted together: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _NETWORK_6), strict=False))
