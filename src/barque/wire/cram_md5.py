"""CRAM-MD5 as Bareos does it: two flavours of base64, both ways, challenges with a name inside.

Source: daemon protocol, section 2.5; console protocol, section 2.5 (with the test vectors).
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

from barque.errors import AuthenticationError
from barque.wire.message import shorten
from barque.wire.template import to_bytes, to_text

ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""Digits of the base64 of Bareos, which are the usual ones."""

AUTH_OK: Final = b"1000 OK auth\n"
AUTH_FAILED: Final = b"1999 Authorization failed.\n"

_CHALLENGE: Final = re.compile(
    rb"^auth cram-md5(?P<standard>c?) (?P<text><\d+\.\d+@[^ \n]*>)(?: ssl=(?P<policy>\d+))?"
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What one side asks the other to prove."""

    text: str
    """``<random.time@name>``, angle brackets included."""
    policy: int | None = None
    """The sender's ``ssl=`` value; None when it sent none."""
    standard: bool = False
    """Whether the answer is wanted in standard base64."""

    @property
    def name(self) -> str:
        """The qualified name inside the challenge."""
        return self.text.partition("@")[2].removesuffix(">")

    def encode(self) -> bytes:
        """Return the frame's payload."""
        keyword = "cram-md5c" if self.standard else "cram-md5"
        return to_bytes(f"auth {keyword} {self.text} ssl={self.policy or 0}\n")

    @classmethod
    def decode(cls, data: bytes) -> "Challenge":
        """Return the challenge in *data*; raises AuthenticationError when it is something else."""
        found = _CHALLENGE.match(data)
        if found is None:
            raise AuthenticationError(f"expected a challenge, the peer answered «{shorten(data)}»")
        policy = None if found["policy"] is None else int(found["policy"][:9])
        return cls(to_text(found["text"]), policy, bool(found["standard"]))


def bareos_base64(data: bytes) -> bytes:
    """Return *data* in the base64 that plain ``cram-md5`` wants.

    A byte >= 0x80 sets all bits that are still pending, and the last digit is not shifted left.
    """
    digits = bytearray()
    bits = pending = 0
    for byte in data:
        if pending and byte >= 0x80:
            bits = (1 << pending) - 1
        bits = (bits << 8) | byte
        pending += 8
        while pending >= 6:
            pending -= 6
            digits.append(ALPHABET[(bits >> pending) & 63])
        bits &= (1 << pending) - 1
    if pending:
        digits.append(ALPHABET[bits])
    return bytes(digits)


def standard_base64(data: bytes) -> bytes:
    """Return *data* in standard base64 without padding."""
    return base64.b64encode(data).rstrip(b"=")


def _digest(key: bytes, challenge: str) -> bytes:
    return hmac.new(key, to_bytes(challenge), hashlib.md5).digest()


def respond(key: bytes, challenge: Challenge) -> bytes:
    """Return the payload that answers *challenge*, its trailing NUL included."""
    encode = standard_base64 if challenge.standard else bareos_base64
    return encode(_digest(key, challenge.text)) + b"\0"


def verify(key: bytes, challenge: Challenge, response: bytes) -> bool:
    """Return whether *response* answers *challenge*, in either flavour of base64."""
    digest = _digest(key, challenge.text)
    given = response.rstrip(b"\0\n")
    flavours = (bareos_base64(digest), standard_base64(digest))
    return any(hmac.compare_digest(given, flavour) for flavour in flavours)
