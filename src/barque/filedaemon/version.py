"""What the daemon says about itself."""

import platform
from typing import Final

from barque import __version__
from barque.wire.hello import WIRE_VERSION

VERSION: Final = f"{WIRE_VERSION}~barque{__version__}"
"""Version of the protocol that is spoken, and of the program."""

DATE: Final = "22 November 2026"
"""Day of the release."""


def system() -> str:
    """Return the name of the operating system with its version."""
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return f"{platform.system()} {platform.release()}"


def distribution() -> str:
    """Return the short name of the operating system."""
    try:
        return platform.freedesktop_os_release().get("ID", "linux")
    except OSError:
        return platform.system().lower()
