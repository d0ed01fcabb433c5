"""Slows down those who guess passwords, without shutting anybody out.

After some failures from one address every further connection from there waits a while before it
is heard, and few may wait at a time.
"""

import ipaddress
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Final

FAILURES: Final = 10
"""Failed logins from one address within the window, from which on its connections wait."""
WINDOW: Final = 60.0
"""s; a failure is forgotten after this time."""
DELAY: Final = 5.0
"""s; how long a connection waits."""
WAITING: Final = 50
"""Connections of one address that may wait at the same time; more are hung up on."""
ADDRESSES: Final = 10_000
"""Addresses that are remembered; the longest silent one is forgotten first."""
_NETWORK_6: Final = 64
"""Bits of an IPv6 address that belong to one customer."""


class GuessGuard:
    """Remembers from where logins failed."""

    def __init__(
        self, clock: Callable[[], float], pause: Callable[[float], object], *, delay: float = DELAY
    ) -> None:
        """*clock* returns seconds that only grow; *pause* waits some seconds."""
        self._clock = clock
        self._pause = pause
        self._delay = delay
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note_failure(self, host: str) -> None:
        """Remember that a login from *host* failed."""
        with self._lock:
            place = _place(host)
            times = self._failures.setdefault(place, deque(maxlen=FAILURES))
            times.append(self._clock())
            self._failures.move_to_end(place)
            if len(self._failures) > ADDRESSES:
                self._failures.popitem(last=False)

    def admit(self, host: str) -> bool:
        """Return whether a connection may be heard; waits first, where many logins failed."""
        place = _place(host)
        with self._lock:
            if not self._is_suspect(place):
                return True
            if self._waiting[place] >= WAITING:
                return False
            self._waiting[place] += 1
        try:
            self._pause(self._delay)
        finally:
            with self._lock:
                self._waiting[place] -= 1
                if not self._waiting[place]:
                    del self._waiting[place]
        return True

    def _is_suspect(self, place: str) -> bool:
        times = self._failures.get(place)
        return times is not None and len(times) == FAILURES and self._clock() - times[0] < WINDOW


def _place(host: str) -> str:
    """Return what is counted together: an IPv4 address, or the network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _NETWORK_6), strict=False))
