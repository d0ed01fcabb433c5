"""What every job needs of the Director that runs it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from barque.catalog import Catalog
from barque.config.load import DirectorConfig
from barque.director.client_pool import ClientPool
from barque.director.services import DaemonIdentity
from barque.transport.channel import Channel
from barque.transport.dial import Address, dial
from barque.wire.psk import Identity, ResourceType


class Dial(Protocol):
    """Opens a TCP connection."""

    def __call__(self, address: Address, *, heartbeat: int = 0) -> Channel:
        """Connect; raises ConnectionLostError naming the address."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """The Director, as one job sees it from start to end (a reload does not change it)."""

    config: DirectorConfig
    catalog: Catalog
    identity: DaemonIdentity
    now: Callable[[], float]
    """Unix seconds."""
    clients: ClientPool
    """Connections that clients opened themselves."""
    dial: Dial = dial
    """Opens connections to daemons."""
    running: Callable[[], Collection[int]] = tuple
    """Numbers of the jobs that did not end."""
    debug_level: Callable[[], int] = lambda: 0
    """Up to which level plugins are heard."""

    @property
    def director_name(self) -> str:
        """Name of the Director resource."""
        return self.config.director.name

    @property
    def director_identity(self) -> Identity:
        """Who the Director is for File and Storage Daemons."""
        return Identity(ResourceType.DIRECTOR, self.director_name)
