"""Proving the password on both sides, step by step, without a socket.

A step is a payload to send, or how long (seconds) to wait for a frame, which is sent in.
Source: console protocol, section 2.5.
"""

import secrets
import time
from collections.abc import Generator
from typing import Final

from barque.errors import AuthenticationError
from barque.transport.dial import Credentials
from barque.wire.cram_md5 import AUTH_FAILED, AUTH_OK, Challenge, respond, verify
from barque.wire.framing import Frame, Signal
from barque.wire.message import shorten

CHALLENGE_TIMEOUT: Final = 180.0
"""Second; for each message of the authentication."""

type Steps[Result] = Generator[bytes | float, Frame | None, Result]
"""A dialogue: yields what to do next, is sent the frames that came, returns its result."""


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
    if challenge.name == credentials.identity.qualified:
        raise AuthenticationError(f"{peer} sent our own challenge back")
    yield respond(credentials.key, challenge)
    reply = yield from expect(CHALLENGE_TIMEOUT, peer)
    if reply != AUTH_OK:
        raise AuthenticationError(
            f"{peer} refused our name or password ({shorten(reply)}): "
            "they must be the same on both sides"
        )


def challenge_director(credentials: Credentials, peer: str, *, encrypted: bool) -> Steps[None]:
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
