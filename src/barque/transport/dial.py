"""Opening connections: TCP, TLS, hello, and then the proof of the password.

Source: daemon protocol, section 2.
"""

import socket
from contextlib import suppress
from dataclasses import dataclass

from barque.errors import ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.proof import Credentials, answer_then_challenge
from barque.transport.tls import connect_tls
from barque.wire.message import Message


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to, and from where."""

    host: str
    port: int
    source: str = ""
    """SourceAddress; empty lets the system choose."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


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
