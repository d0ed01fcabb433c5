"""The version that peers, consoles and reports are shown.

The first three numbers are those of the Bareos that we speak like: peers decide by them what they
may send.
"""

import platform
from typing import Final

from barque import __version__

COMPATIBLE: Final = "26.0.0"
"""Version of Bareos whose protocols we speak."""

VERSION: Final = f"{COMPATIBLE}+barque{__version__}"
"""What we call ourselves; Python's packaging must be able to read it, bareos-restapi compares."""

DATE: Final = "22 November 2026"
"""Date of the release."""

SHORT_DATE: Final = "22Nov26"
"""The same, as it stands beside version numbers."""


def system_name() -> str:
    """Return the operating system in words, such as ``Debian GNU/Linux 12 (bookworm)``."""
    return _release().get("PRETTY_NAME", platform.system())


def distribution() -> tuple[str, str]:
    """Return name and version of the distribution, such as ``debian`` and ``12``."""
    release = _release()
    return release.get("ID", platform.system().lower()), release.get("VERSION_ID", "")


def _release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
