"""Connections that this daemon opens for a job, instead of waiting for the peer.

Source: daemon protocol, sections 5.4 and 5.8.
"""

from barque.errors import BarqueError
from barque.storagedaemon.settings import StorageSettings
from barque.transport.channel import Channel
from barque.transport.dial import Address, dial, introduce
from barque.transport.proof import Credentials
from barque.transport.tls import TlsSettings
from barque.wire.message import Message
from barque.wire.psk import Identity, ResourceType

CONNECT_TIMEOUT = 60.0
"""Second; to connect to the other daemon."""


def call_for_job(
    settings: StorageSettings,
    address: Address,
    *,
    job: str,
    key: str,
    hello: Message,
    tls_policy: int,
) -> Channel:
    """Connect and prove that we know the *key* of *job*; *tls_policy* 0 is clear text.

    Raises ProtocolError, AuthenticationError.
    """
    channel = dial(address, timeout=CONNECT_TIMEOUT, heartbeat=settings.heartbeat_interval)
    tls = settings.tls if tls_policy else TlsSettings(enable=False, require=False)
    credentials = Credentials(Identity(ResourceType.JOB, job), key.encode(), tls)
    try:
        introduce(channel, hello, credentials)
    except BarqueError:
        channel.close()
        raise
    return channel
