"""Connecting to File Daemons and Storage Daemons on behalf of a job or a console.

Source: daemon protocol, sections 2 and 2.7; the messages: job semantics, section 9.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from barque.config.director import Client, Storage
from barque.director.client_pool import WaitingClient
from barque.director.job_context import JobContext
from barque.errors import AuthenticationError, BarqueError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.dial import Address, Credentials, introduce
from barque.transport.tls import TlsSettings, settings_of
from barque.wire.hello import (
    WIRE_VERSION,
    FileHelloOk,
    HelloDirector,
    StorageHelloOk,
)
from barque.wire.message import Message, shorten

RETRY: Final = 10.0
"""Second; pause between attempts to reach a daemon."""

HELLO_TIMEOUT: Final = 180.0
"""Second; for the answer to our hello."""

type Tell = Callable[[str], None]
"""Writes an information message into the job's log."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A daemon that answered our hello."""

    channel: Channel
    protocol: int = 0
    """FD protocol version; 0 for a Storage Daemon."""
    waiting: WaitingClient | None = None
    """The client's own connection that is being used."""

    def release(self) -> None:
        """Say that the connection is not needed any more (after closing it)."""
        if self.waiting is not None:
            self.waiting.done.set()


def _credentials(context: JobContext, password: str, settings: TlsSettings) -> Credentials:
    return Credentials(context.director_identity, password.encode(), settings)


def reach_storage(
    context: JobContext,
    storage: Storage,
    tell: Tell,
    *,
    patience: float,
    cancelled: threading.Event | None = None,
) -> Reached:
    """Connect to a Storage Daemon; raises BarqueError naming it after *patience* seconds."""
    address = Address(storage.address, int(storage.port), context.config.director.source_address)
    credentials = _credentials(context, storage.password.md5_hex, settings_of(storage))
    channel = _dial(context, address, credentials, "Storage daemon", patience, cancelled)
    _hello(channel, StorageHelloOk, f'Storage daemon "{storage.name}" at {address}')
    tell(f"Connected Storage daemon at {address}, encryption: {channel.tls or 'None'}")
    tell(f" Encryption: {channel.tls or 'None'}")
    return Reached(channel)


def reach_client(
    context: JobContext,
    client: Client,
    tell: Tell,
    *,
    patience: float,
    cancelled: threading.Event | None = None,
) -> Reached:
    """Connect to a File Daemon, or use a connection that it opened; raises BarqueError."""
    credentials = _credentials(context, client.password.md5_hex, settings_of(client))
    waiting = None
    if client.connection_from_client_to_director:
        dials = client.connection_from_director_to_client
        waiting = context.clients.take(client.name, 0.0 if dials else patience)
        if waiting is None and not dials:
            raise ConnectionLostError(
                f'Client "{client.name}" did not connect within {patience:.0f} s, '
                "and ConnectionFromDirectorToClient = no forbids to dial it"
            )
    if waiting is not None:
        channel = waiting.channel
        tell(f"Using Client Initiated Connection ({client.name}).")
        introduce(channel, _our_hello(context), credentials.without_tls())
    else:
        address = Address(client.address, int(client.port), context.config.director.source_address)
        tell("Probing client protocol... (result will be saved until config reload)")
        channel = _dial(context, address, credentials, "Client", patience, cancelled)
        tell(f"Connected Client: {client.name} at {address}, encryption: {channel.tls or 'None'}")
        tell("   Handshake: Immediate TLS " if channel.tls else "   Handshake: Cleartext")
        tell(f" Encryption: {channel.tls or 'None'}")
    reply = _hello(channel, FileHelloOk, f'Client "{client.name}"')
    return Reached(channel, reply.protocol, waiting)


def _our_hello(context: JobContext) -> HelloDirector:
    return HelloDirector(context.director_name, WIRE_VERSION)


def _dial(
    context: JobContext,
    address: Address,
    credentials: Credentials,
    what: str,
    patience: float,
    cancelled: threading.Event | None,
) -> Channel:
    """Dial until it works, *patience* runs out, or the job is cancelled."""
    deadline = time.monotonic() + patience
    heartbeat = int(context.config.director.heartbeat_interval)
    while True:
        try:
            channel = context.dial(address, heartbeat=heartbeat)
            return _introduce(channel, context, credentials, address, heartbeat)
        except ConnectionLostError as error:
            left = deadline - time.monotonic()
            if left <= 0:
                raise ConnectionLostError(
                    f"{what} at {address} cannot be reached ({error}): "
                    "check that it runs, and Address and Port in the configuration"
                ) from None
            if cancelled is not None and cancelled.wait(min(RETRY, left)):
                raise ConnectionLostError(f"cancelled while connecting to {address}") from None
            if cancelled is None:
                time.sleep(min(RETRY, left))


def _introduce(
    channel: Channel,
    context: JobContext,
    credentials: Credentials,
    address: Address,
    heartbeat: int,
) -> Channel:
    hello = _our_hello(context)
    try:
        introduce(channel, hello, credentials)
    except AuthenticationError:
        channel.close()
        settings = credentials.settings
        if settings.require or not settings.enable:
            raise
    except BarqueError:
        channel.close()
        raise
    else:
        return channel
    # TLS is wanted but not required: the daemon may know clear text only
    channel = context.dial(address, heartbeat=heartbeat)
    introduce(channel, hello, credentials.without_tls())
    return channel


def _hello[Reply: Message](channel: Channel, reply: type[Reply], who: str) -> Reply:
    answer = channel.receive_message(HELLO_TIMEOUT)
    found = reply.match(answer)
    if found is None:
        channel.close()
        raise AuthenticationError(
            f"{who} refused the Director ({shorten(answer)}): "
            "name and password must be the same on both sides"
        )
    return found
