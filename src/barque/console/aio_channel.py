"""A connection that carries frames, for asyncio.

Source: console protocol, section 1.
"""

import asyncio
import ssl
from contextlib import suppress
from typing import Final, Self

from barque.console.account import Account
from barque.errors import AuthenticationError, ConnectionLostError
from barque.transport.tls import HANDSHAKE_TIMEOUT, check_certificate, client_context
from barque.wire.framing import Frame, FrameBuffer, Signal, encode_message, encode_signal

CONNECT_TIMEOUT: Final = 30.0
"""Second."""

READ_SIZE: Final = 256 * 1024
"""Byte; what one read asks for."""


class AsyncChannel:
    """One connection. For one task at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, peer: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._inbox = FrameBuffer()
        self.peer = peer
        """Address of the other side, for messages."""

    @classmethod
    async def open(cls, account: Account) -> Self:
        """Connect, with TLS unless the account says otherwise.

        Raises ConnectionLostError when nobody listens, AuthenticationError when the Director does
        not hold the key.
        """
        address = account.address
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                reader, writer = await asyncio.open_connection(address.host, address.port)
        except (OSError, TimeoutError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "no answer in time"
            raise ConnectionLostError(f"cannot connect to {address}: {reason}") from None
        channel = cls(reader, writer, peer=str(address))
        try:
            await channel._start_tls(account)
        except BaseException:
            await channel.close()
            raise
        return channel

    async def _start_tls(self, account: Account) -> None:
        credentials = account.credentials
        settings = credentials.settings
        if not settings.enable:
            return
        context = client_context(credentials.identity, credentials.key, settings)
        try:
            await self._writer.start_tls(context, ssl_handshake_timeout=HANDSHAKE_TIMEOUT)
        except OSError as error:
            reason = getattr(error, "reason", None) or error
            raise AuthenticationError(
                f"TLS handshake with {self.peer} failed ({reason}): "
                "check that name and password are the same on both sides"
            ) from None
        check_certificate(self.peer, self._peer_certificate, settings)

    @property
    def _tls_object(self) -> ssl.SSLObject | None:
        found: ssl.SSLObject | None = self._writer.get_extra_info("ssl_object")
        return found

    @property
    def _peer_certificate(self) -> bytes | None:
        found = self._tls_object
        return found.getpeercert(binary_form=True) if found else None

    @property
    def tls(self) -> str:
        """Cipher and version; empty in the clear."""
        found = self._tls_object
        cipher = found.cipher() if found else None
        return f"{cipher[0]} {found.version()}" if found and cipher else ""

    @property
    def is_closed_by_peer(self) -> bool:
        """Whether the end has come in."""
        return self._reader.at_eof() or self._writer.is_closing()

    async def send(self, payload: bytes) -> None:
        """Send one message; raises ConnectionLostError."""
        await self._write(encode_message(payload))

    async def signal(self, signal: Signal) -> None:
        """Send a signal; raises ConnectionLostError."""
        await self._write(encode_signal(signal))

    async def _write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except (OSError, RuntimeError) as error:
            raise ConnectionLostError(f"connection to {self.peer} lost: {error}") from None

    async def receive(self, timeout: float | None = None) -> Frame:  # noqa: ASYNC109 - seconds are what callers know
        """Return the next message or signal; *timeout* is in seconds, None waits for ever.

        Raises ConnectionLostError when the peer is gone or silent too long, RemoteProtocolError
        when it does not speak frames.
        """
        try:
            async with asyncio.timeout(timeout):
                while (frame := self._inbox.next()) is None:
                    await self._fill()
                return frame
        except TimeoutError:
            raise ConnectionLostError(f"{self.peer} did not answer in time") from None

    async def _fill(self) -> None:
        try:
            data = await self._reader.read(READ_SIZE)
        except OSError as error:
            raise ConnectionLostError(f"connection to {self.peer} lost: {error}") from None
        if not data:
            raise ConnectionLostError(f"{self.peer} closed the connection")
        self._inbox.feed(data)

    async def close(self) -> None:
        """Close; never raises."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
