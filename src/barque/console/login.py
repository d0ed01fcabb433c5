"""Logging in to a Director: connection, TLS, hello, passwords, PAM and the welcome.

Source: console protocol, sections 2.3 to 2.8.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from barque.console.account import Account
from barque.console.pam import PamAnswers
from barque.errors import AuthenticationError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.dial import dial
from barque.transport.proof import Steps, challenge_peer, expect, follow, prove_password
from barque.transport.tls import connect_tls
from barque.wire.hello import WIRE_VERSION, HelloConsole
from barque.wire.message import shorten
from barque.wire.template import to_text

WELCOME_TIMEOUT: Final = 30.0
"""Second; for each of the messages that follow the passwords."""

RETRY_INTERVAL: Final = 0.5
"""Second; between two attempts to reach a Director that does not listen yet."""

SEPARATOR: Final = "\x1e"
"""Between the fields of a numbered message."""

OK: Final = 1000
"""The console is logged in."""
PAM_REQUIRED: Final = 1001
"""The Director asks for the name and password of a person."""
INFO: Final = 1002
"""Texts for the person; follows OK."""

type PamSource = Callable[[str], PamAnswers]
"""Says who answers for a person; is told the cipher of the connection, empty in the clear."""

_NUMBERED: Final = re.compile(r"(\d{4})[ \x1e](.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a Director says to a console that has logged in."""

    text: str
    """``1000 OK: name Version: version (date)``."""
    info: str
    """Lines about the program and the console."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A message that begins with a number."""

    number: int
    fields: tuple[str, ...]

    @property
    def text(self) -> str:
        """The fields, joined by blanks."""
        return " ".join(self.fields)


def decode_numbered(data: bytes) -> Numbered:
    """Return the numbered message in *data*; raises AuthenticationError when it is none."""
    found = _NUMBERED.fullmatch(to_text(data).rstrip("\0"))
    if found is None:
        raise AuthenticationError(f"expected a numbered message, got «{shorten(data)}»")
    return Numbered(int(found[1]), tuple(found[2].split(SEPARATOR)))


def encode_numbered(number: int, *fields: str) -> bytes:
    """Return the payload of a numbered message."""
    text = SEPARATOR.join((str(number), *fields))
    return text.encode("utf-8", "surrogateescape")


def reach(account: Account, *, patience: float = 0.0) -> Channel:
    """Connect to the Director; *patience* is how long (seconds) to try again.

    Raises ConnectionLostError when nobody listens there.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return dial(account.address, heartbeat=account.heartbeat)
        except ConnectionLostError:
            if time.monotonic() + RETRY_INTERVAL > deadline:
                raise
        time.sleep(RETRY_INTERVAL)


def log_in(channel: Channel, account: Account, pam: PamSource | None = None) -> Welcome:
    """Prove who we are and return the Director's welcome.

    *pam* is asked for a person's name and password when the Director wants them.
    Raises AuthenticationError when one side is not who it claims to be.
    """
    credentials = account.credentials
    if credentials.settings.enable:
        connect_tls(channel, credentials.identity, credentials.key, credentials.settings)
    return follow(channel, login_steps(account, channel.tls, pam))


def login_steps(account: Account, tls: str, pam: PamSource | None) -> Steps[Welcome]:
    """Log in on a connection whose TLS, if any, is up already; returns the welcome.

    Raises AuthenticationError when one side is not who it claims to be.
    """
    yield HelloConsole(account.name, WIRE_VERSION).encode()
    where = str(account.address)
    yield from prove_password(account.credentials, where)
    yield from challenge_peer(account.credentials, where, encrypted=bool(tls))
    reply = yield from _numbered(account)
    if reply.number == PAM_REQUIRED:
        if pam is None:
            raise AuthenticationError(
                f"console {account.name} needs a user name and a password (PAM): "
                "give a credentials file"
            )
        yield from pam(tls).steps()
        reply = yield from _numbered(account)
    if reply.number != OK:
        raise AuthenticationError(f"Director {account.director} refused: {reply.text.strip()}")
    info = yield from _numbered(account)
    return Welcome(f"{reply.number} {reply.text}".rstrip("\n"), info.text.rstrip("\n"))


def _numbered(account: Account) -> Steps[Numbered]:
    try:
        frame = yield from expect(WELCOME_TIMEOUT, f"Director {account.director}")
    except ConnectionLostError as error:
        raise AuthenticationError(
            f"Director {account.director} closed the connection after the password of console "
            f"{account.name} was checked ({error}): it may not know this console, or have too "
            "many of them"
        ) from None
    return decode_numbered(frame)
