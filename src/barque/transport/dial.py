"""Opening connections: TCP, TLS, hello, and the proof of the password on both sides.

Source: daemon protocol, section 2.
"""

import secrets
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from barque.errors import AuthenticationError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.tls import DEFAULT_TLS, TlsSettings, connect_tls
from barque.wire.cram_md5 import AUTH_FAILED, AUTH_OK, Challenge, respond, verify
from barque.wire.framing import Signal
from barque.wire.message import Message, shorten
from barque.wire.psk import Identity

CHALLENGE_TIMEOUT: Final = 180.0
"""Second; for each message of the authentication."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to, and from where."""

    host: str
    port: int
    source: str = ""
    """SourceAddress; empty lets the system choose."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are for this peer, and the secret that we share."""

    identity: Identity
    key: bytes = field(repr=False)
    """ASCII; see :mod:`barque.wire.psk`."""
    settings: TlsSettings = DEFAULT_TLS

    def without_tls(self) -> "Credentials":
        """Return the same without TLS: it is on already, or not wanted."""
        return replace(self, settings=replace(self.settings, enable=False))


def dial(address: Address, *, timeout: float = 30.0, heartbeat: int = 0) -> Channel:
    """Open a TCP connection; raises ConnectionLostError naming the address."""
    source = (address.source, 0) if address.source else None
    try:
        sock = socket.create_connection((address.host, address.port), timeout, source)
    except OSError as error:
        reason = error.strerror or error
        raise ConnectionLostError(f"cannot connect to {address}: {reason}") from None
    keep_alive(sock, heartbeat)
    return Channel(sock, peer=str(address))


def keep_alive(sock: socket.socket, heartbeat: int) -> None:
    """Let the system notice dead peers; *heartbeat* in seconds, 0 leaves its default."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if heartbeat:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, heartbeat)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, heartbeat)


def introduce(channel: Channel, hello: Message, credentials: Credentials) -> None:
    """Start TLS (unless the settings forbid it), say *hello* and authenticate both ways.

    The peer's answer to the hello, where it gives one, is the next message.
    """
    if credentials.settings.enable:
        connect_tls(channel, credentials.identity, credentials.key, credentials.settings)
    channel.send(hello)
    answer_then_challenge(channel, credentials)


def answer_then_challenge(channel: Channel, credentials: Credentials) -> None:
    """Authenticate as the side that connected: it is challenged first."""
    _answer(channel, credentials)
    _challenge(channel, credentials)


def challenge_then_answer(channel: Channel, credentials: Credentials) -> None:
    """Authenticate as the side that was connected to: it challenges first."""
    _challenge(channel, credentials)
    _answer(channel, credentials)


def _answer(channel: Channel, credentials: Credentials) -> None:
    challenge = Challenge.decode(_expect(channel))
    own = credentials.identity.qualified
    if challenge.name == own and not own.startswith("R_STORAGE"):
        raise AuthenticationError(f"{channel.peer} sent our own challenge back")
    channel.send(respond(credentials.key, challenge))
    reply = _expect(channel)
    if reply != AUTH_OK:
        raise AuthenticationError(
            f"{channel.peer} refused our name or password ({shorten(reply)}): "
            "they must be the same on both sides"
        )


def _challenge(channel: Channel, credentials: Credentials) -> None:
    policy = 2 if channel.tls else credentials.settings.policy
    text = f"<{secrets.randbits(31)}.{int(time.time())}@{credentials.identity.qualified}>"
    challenge = Challenge(text, policy)
    channel.send(challenge.encode())
    if not verify(credentials.key, challenge, _expect(channel)):
        channel.send(AUTH_FAILED)
        channel.flush()
        raise AuthenticationError(
            f"{channel.peer} does not know the password of {credentials.identity.name}"
        )
    channel.send(AUTH_OK)
    channel.flush()


def _expect(channel: Channel) -> bytes:
    frame = channel.receive(CHALLENGE_TIMEOUT)
    if isinstance(frame, Signal):
        raise AuthenticationError(
            f"{channel.peer} hung up during authentication: "
            "check that name and password are the same on both sides"
        )
    return frame
