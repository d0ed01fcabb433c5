"""Who a console is, and to which Director it belongs.

Source: console protocol, section 2.1.
"""

from dataclasses import dataclass, replace
from typing import Final

from barque.transport.dial import Address
from barque.transport.proof import Credentials
from barque.transport.tls import DEFAULT_TLS, TlsSettings, key_only
from barque.wire.psk import Identity, ResourceType, key_of_password

DEFAULT_CONSOLE: Final = "*UserAgent*"
"""Name of the console that proves the Director's own password, and may do everything."""

DIRECTOR_PORT: Final = 9101
"""TCP."""


@dataclass(frozen=True, slots=True)
class Account:
    """One console at one Director."""

    director: str
    """Name of the Director's resource, for messages."""
    address: Address
    credentials: Credentials
    heartbeat: int = 0
    """Second; 0 leaves the system's default."""

    @property
    def name(self) -> str:
        """Name of the console."""
        return self.credentials.identity.name


def with_key_only(account: Account) -> Account:
    """Return the account for a Director that shows a certificate instead of using the key."""
    credentials = account.credentials
    settings = key_only(credentials.settings)
    return replace(account, credentials=replace(credentials, settings=settings))


def account(
    director: str,
    address: Address,
    key: bytes,
    *,
    console: str = DEFAULT_CONSOLE,
    settings: TlsSettings = DEFAULT_TLS,
    heartbeat: int = 0,
) -> Account:
    """Return the account of *console*; *key* is the hashed password, 32 ASCII digits."""
    identity = Identity(ResourceType.CONSOLE, console)
    return Account(director, address, Credentials(identity, key, settings), heartbeat)


def account_of(
    address: str,
    password: str,
    *,
    port: int = DIRECTOR_PORT,
    name: str = DEFAULT_CONSOLE,
    tls: TlsSettings = DEFAULT_TLS,
) -> Account:
    """Return the account of the console *name*; *password* is clear, or ``[md5]`` and its hash."""
    hashed = password.removeprefix("[md5]")
    key = hashed.encode() if hashed != password else key_of_password(password)
    return account(address, Address(address, port), key, console=name, settings=tls)
