"""Keys for drives that encrypt."""

import base64

import pytest

from barque.config.director import Director
from barque.config.password import Password
from barque.director.volume_key import new_volume_key
from barque.errors import CommandError


def test_a_key_is_32_bytes_and_never_the_same() -> None:
    director = Director(name="dir")
    first, second = new_volume_key(director), new_volume_key(director)
    assert first != second
    assert len(base64.b64decode(first + "=")) == 32


def test_keys_cannot_be_wrapped() -> None:
    director = Director(name="dir", key_encryption_key=Password("secret", clear=True))
    with pytest.raises(CommandError, match="KeyEncryptionKey"):
        new_volume_key(director)
