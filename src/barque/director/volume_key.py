"""Keys with which tape drives encrypt a Volume.

Source: console commands, section 6.6; configuration, KeyEncryptionKey.
"""

import base64
import secrets
from typing import TYPE_CHECKING, Final

from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.config.director import Director

_LENGTH: Final = 32


def new_volume_key(director: "Director") -> str:
    """Return a new key as the catalog keeps it: 32 random bytes in base64 without padding.

    Raises CommandError when the Director is to wrap keys, which this one cannot.
    """
    if director.key_encryption_key.value:
        raise CommandError(
            "KeyEncryptionKey is set, but keys of Volumes cannot be wrapped:"
            " remove that directive, or do not ask for encryption."
        )
    return base64.b64encode(secrets.token_bytes(_LENGTH)).rstrip(b"=").decode()
