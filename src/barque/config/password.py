"""Passwords: hashed where the field hashes them, and never printed by accident.

Source: configuration, sections 2 (MD5PASSWORD, CLEARPASSWORD, AUTOPASSWORD) and 2.3.
"""

import hashlib
import re
from dataclasses import dataclass, field

from barque.errors import ConfigError

PREFIX = "[md5]"
HIDDEN = "****************"
"""What a console without the right to see passwords gets."""

_HEX = re.compile(r"[0-9A-Fa-f]*")


@dataclass(frozen=True, slots=True)
class Password:
    """A password; false when none is set."""

    value: str = field(default="", repr=False)
    """32 hexadecimal digits, or the clear text where *clear* is true."""
    clear: bool = False
    """True for passwords that have to be sent as they are (catalog, NDMP, encryption keys)."""

    @property
    def md5_hex(self) -> str:
        """32 hexadecimal digits: the shared secret of the authentication."""
        return _md5(self.value) if self.clear else self.value

    def show(self) -> str:
        """Return it as it stands in a configuration: with its prefix when it is hashed."""
        return self.value if self.clear else PREFIX + self.value

    def __bool__(self) -> bool:
        return bool(self.value)


NO_PASSWORD = Password()
"""Where none is set."""


def parse_password(text: str, *, clear: bool, required: bool, resource: str) -> Password:
    """Return the password that *text* means: clear text, or ``[md5]`` and the hash.

    Raises ConfigError for a hash that is none, and for an empty password that is *required*.
    """
    if clear:
        if required and not text:
            raise ConfigError(f'Empty Password not allowed in Resource "{resource}" not allowed.')
        return Password(text, clear=True)
    if text.startswith(PREFIX):
        digits = text.removeprefix(PREFIX)
        if required and digits == _md5(""):
            raise ConfigError(f'Empty Password not allowed in Resource "{resource}"')
        if len(digits) != 32:
            raise ConfigError(
                f"md5 password does not have the right size; expected: 32, got: {len(digits)}"
            )
        if illegal := _HEX.sub("", digits):
            raise ConfigError(
                f"md5 password contains non hexadecimal characters, e.g. '{illegal[0]}'"
            )
        return Password(digits)
    if required and not text:
        raise ConfigError(f'Empty Password not allowed in Resource "{resource}"')
    return Password(_md5(text))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
