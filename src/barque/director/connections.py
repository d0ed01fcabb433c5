"""Connecting to File Daemons and Storage Daemons on behalf of a job or a console.

Source: daemon protocol, sections 2 and 2.7; the messages: job semantics, section 9.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from barque.config.director import Client, Storage
from barque.director.client_pool import WaitingClient
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.errors import AuthenticationError, BarqueError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.dial import Address, introduce
from barque.transport.proof import Credentials
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
    job: ActiveJob | None = None,
) -> Reached:
    """Connect to a Storage Daemon; raises BarqueError naming it after *patience* seconds."""
    address = Address(storage.address, int(storage.port), context.config.director.source_address)
    credentials = _credentials(context, storage.password.md5_hex, settings_of(storage))
    channel = _dial(context, address, credentials, "Storage daemon", patience, job)
    _hello(channel, StorageHelloOk, f'Storage daemon "{storage.name}" at {address}', job)
    tell(f"Connected Storage daemon at {address}, encryption: {channel.tls or 'None'}")
    tell(f" Encryption: {channel.tls or 'None'}")
    return Reached(channel)


def reach_client(
    context: JobContext,
    client: Client,
    tell: Tell,
    *,
    patience: float,
    job: ActiveJob | None = None,
) -> Reached:
    """Connect to a File Daemon, or use a connection that it opened; raises BarqueError.

    A client that may do both is dialled when it is not waiting, and waited for when that fails.
    """
    if client.connection_from_client_to_director:
        reached = _use_waiting(context, client, tell, 0.0, job)
        if reached is not None:
            return reached
    if client.connection_from_director_to_client:
        try:
            return _dial_client(context, client, tell, patience, job)
        except ConnectionLostError:
            if not client.connection_from_client_to_director:
                raise
    reached = _use_waiting(context, client, tell, patience, job)
    if reached is None:
        raise ConnectionLostError(
            f'Client "{client.name}" did not connect to the Director within {patience:.0f} s: '
            "check ConnectionFromClientToDirector in its configuration, and its log"
        )
    return reached


def _dial_client(
    context: JobContext, client: Client, tell: Tell, patience: float, job: ActiveJob | None
) -> Reached:
    known = context.clients.is_known(client.name)
    if not known:
        tell("Probing client protocol... (result will be saved until config reload)")
    host = context.clients.address_of(client.name, client.address)
    address = Address(host, int(client.port), context.config.director.source_address)
    credentials = _credentials(context, client.password.md5_hex, settings_of(client))
    channel = _dial(context, address, credentials, f'Client "{client.name}"', patience, job)
    reply = _hello(channel, FileHelloOk, f'Client "{client.name}"', job)
    context.clients.remember(client.name)
    tell(f"Connected Client: {client.name} at {address}, encryption: {channel.tls or 'None'}")
    way = "Immediate TLS" if channel.tls else "Cleartext"
    tell(f"{' ' if known else '   '}Handshake: {way} ")
    tell(f" Encryption: {channel.tls or 'None'}")
    return Reached(channel, reply.protocol)


def _use_waiting(
    context: JobContext, client: Client, tell: Tell, patience: float, job: ActiveJob | None
) -> Reached | None:
    """Return a connection that the client opened, or None when none came in *patience* seconds."""
    cancelled = job.cancelled if job else None
    while (waiting := context.clients.take(client.name, patience, cancelled)) is not None:
        if waiting.channel.is_closed_by_peer():
            # it went away while it waited: another one may be there
            waiting.channel.close()
            waiting.done.set()
            continue
        if job is not None:
            job.link(waiting.channel)
        # both sides know each other since the client dialled: commands follow, no second hello
        tell(f"Using Client Initiated Connection ({client.name}).")
        tell(f" Encryption: {waiting.channel.tls or 'None'}")
        return Reached(waiting.channel, waiting.protocol_version, waiting)
    return None


def _our_hello(context: JobContext) -> HelloDirector:
    return HelloDirector(context.director_name, WIRE_VERSION)


def _dial(
    context: JobContext,
    address: Address,
    credentials: Credentials,
    what: str,
    patience: float,
    job: ActiveJob | None,
) -> Channel:
    """Dial until it works, *patience* runs out, or the job is cancelled."""
    deadline = time.monotonic() + patience
    heartbeat = int(context.config.director.heartbeat_interval)
    while True:
        try:
            return _introduce(context, credentials, address, heartbeat, job)
        except ConnectionLostError as error:
            left = deadline - time.monotonic()
            if left <= 0:
                raise ConnectionLostError(
                    f"{what} at {address} cannot be reached ({error}): "
                    "check that it runs, and Address and Port in the configuration"
                ) from None
            if job is None:
                time.sleep(min(RETRY, left))
            elif job.cancelled.wait(min(RETRY, left)):
                raise ConnectionLostError(f"cancelled while connecting to {address}") from None


def _introduce(
    context: JobContext,
    credentials: Credentials,
    address: Address,
    heartbeat: int,
    job: ActiveJob | None,
) -> Channel:
    """Dial and prove who we are; in clear text too, where TLS is wanted but not required."""
    settings = credentials.settings
    try:
        return _introduced(context, credentials, address, heartbeat, job)
    except AuthenticationError:
        if settings.require or not settings.enable:
            raise
    return _introduced(context, credentials.without_tls(), address, heartbeat, job)


def _introduced(
    context: JobContext,
    credentials: Credentials,
    address: Address,
    heartbeat: int,
    job: ActiveJob | None,
) -> Channel:
    channel = context.dial(address, heartbeat=heartbeat)
    if job is not None:
        job.link(channel)
    try:
        introduce(channel, _our_hello(context), credentials)
    except BarqueError:
        _drop(channel, job)
        raise
    return channel


def _drop(channel: Channel, job: ActiveJob | None) -> None:
    if job is not None:
        job.unlink(channel)
    channel.close()


def _hello[Reply: Message](
    channel: Channel, reply: type[Reply], who: str, job: ActiveJob | None
) -> Reply:
    """Return the answer to our hello."""
    try:
        answer = channel.receive_message(HELLO_TIMEOUT)
    except BarqueError as error:
        _drop(channel, job)
        raise ConnectionLostError(f"{who} did not answer the Director's hello: {error}") from None
    found = reply.match(answer)
    if found is None:
        _drop(channel, job)
        raise AuthenticationError(
            f"{who} refused the Director ({shorten(answer)}): "
            "name and password must be the same on both sides"
        )
    return found
