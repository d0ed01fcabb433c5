"""Proving the password on both sides, step by step, and over a channel.

A step is a payload to send, or how long (seconds) to wait for a frame, which is sent in.
Source: daemon protocol, section 2; console protocol, section 2.5.
"""

import secrets
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from barque.errors import AuthenticationError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.tls import DEFAULT_TLS, TlsSettings
from barque.wire.cram_md5 import AUTH_FAILED, AUTH_OK, Challenge, respond, verify
from barque.wire.framing import Frame, Signal
from barque.wire.message import shorten
from barque.wire.psk import Identity

CHALLENGE_TIMEOUT: Final = 180.0
"""Second; for each message of the authentication."""

type Steps[Result] = Generator[bytes | float, Frame | None, Result]
"""A dialogue: yields what to do next, is sent the frames that came, returns its result."""


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


def expect(timeout: float, who: str) -> Steps[bytes]:
    """Return the next message; raises AuthenticationError when *who* sends a signal instead."""
    frame = yield timeout
    if frame is None or isinstance(frame, Signal):
        raise AuthenticationError(
            f"{who} hung up during authentication: "
            "check that name and password are the same on both sides"
        )
    return frame


def prove_password(credentials: Credentials, peer: str) -> Steps[None]:
    """Answer the challenge of *peer*; raises AuthenticationError when it is not content."""
    challenge = Challenge.decode((yield from expect(CHALLENGE_TIMEOUT, peer)))
    own = credentials.identity.qualified
    if challenge.name == own and not own.startswith("R_STORAGE"):
        raise AuthenticationError(f"{peer} sent our own challenge back")
    yield respond(credentials.key, challenge)
    reply = yield from expect(CHALLENGE_TIMEOUT, peer)
    if reply != AUTH_OK:
        raise AuthenticationError(
            f"{peer} refused our name or password ({shorten(reply)}): "
            "they must be the same on both sides"
        )


def challenge_peer(credentials: Credentials, peer: str, *, encrypted: bool) -> Steps[None]:
    """Challenge *peer*; raises AuthenticationError when it does not know our password."""
    policy = 2 if encrypted else credentials.settings.policy
    text = f"<{secrets.randbits(31)}.{int(time.time())}@{credentials.identity.qualified}>"
    challenge = Challenge(text, policy)
    yield challenge.encode()
    response = yield from expect(CHALLENGE_TIMEOUT, peer)
    if not verify(credentials.key, challenge, response):
        yield AUTH_FAILED
        raise AuthenticationError(
            f"{peer} does not know the password of {credentials.identity.name}"
        )
    yield AUTH_OK


def answer_then_challenge(channel: Channel, credentials: Credentials) -> None:
    """Authenticate as the side that connected: it is challenged first."""
    _answer(channel, credentials)
    _challenge(channel, credentials)


def challenge_then_answer(channel: Channel, credentials: Credentials) -> None:
    """Authenticate as the side that was connected to: it challenges first."""
    _challenge(channel, credentials)
    _answer(channel, credentials)


def _answer(channel: Channel, credentials: Credentials) -> None:
    follow(channel, prove_password(credentials, channel.peer))


def _challenge(channel: Channel, credentials: Credentials) -> None:
    follow(channel, challenge_peer(credentials, channel.peer, encrypted=bool(channel.tls)))


def follow[Result](channel: Channel, steps: Steps[Result]) -> Result:
    """Take *steps* over *channel*; raises what they raise, once all that they sent is under way."""
    try:
        step = next(steps)
        while True:
            if isinstance(step, bytes):
                channel.send(step)
                step = next(steps)
            else:
                step = _receive(channel, steps, step)
    except StopIteration as end:
        channel.flush()
        result: Result = end.value
        return result
    except AuthenticationError:
        with suppress(ConnectionLostError):
            channel.flush()
        raise


def _receive[Result](channel: Channel, steps: Steps[Result], timeout: float) -> bytes | float:
    try:
        frame = channel.receive(timeout)
    except ConnectionLostError as error:
        return steps.throw(error)
    return steps.send(frame)
