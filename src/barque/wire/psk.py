"""Identities and keys of TLS with pre-shared keys.

Identity: ``R_<TYPE>``, byte 0x1E, name.
Key: the 32 lower-case hex digits of MD5(password) as ASCII.
Source: daemon protocol, section 2.3.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SEPARATOR: Final = "\x1e"


class ResourceType(StrEnum):
    """Who may connect; the words are those of identities and challenges."""

    DIRECTOR = "R_DIRECTOR"
    CLIENT = "R_CLIENT"
    STORAGE = "R_STORAGE"
    CONSOLE = "R_CONSOLE"
    JOB = "R_JOB"


@dataclass(frozen=True, slots=True)
class Identity:
    """A kind of peer and its name."""

    type: ResourceType
    name: str

    def encode(self) -> str:
        """Return the identity as TLS carries it."""
        return f"{self.type}{SEPARATOR}{self.name}"

    @property
    def qualified(self) -> str:
        """The name inside challenges: ``R_DIRECTOR::name``, blanks as 0x01."""
        return f"{self.type}::{self.name.replace(' ', chr(1))}"

    @classmethod
    def decode(cls, text: str) -> "Identity | None":
        """Return the identity in *text*, or None when it is none of ours."""
        kind, _, name = text.partition(SEPARATOR)
        name = name.partition(SEPARATOR)[0]
        try:
            return cls(ResourceType(kind), name) if name else None
        except ValueError:
            return None


def key_of_password(password: str) -> bytes:
    """Return the key of a clear password: 32 ASCII bytes."""
    return hashlib.md5(password.encode()).hexdigest().encode()
