"""Making an installation: folders, resources, passwords.

Never overwrites anything, so that it may run again: what is missing is added.
"""

import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from barque.errors import BarqueError
from barque.local.place import Place
from barque.local.resources import Setup, resources

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700


class InstallationError(BarqueError):
    """The folder cannot become, or is not, an installation."""


@dataclass(frozen=True, slots=True)
class Made:
    """What :func:`initialise` did."""

    created: list[Path]
    """Files that are new; empty when there was an installation already."""


def initialise(place: Place, *, port_base: int, home: str | None = None) -> Made:
    """Make an installation at *place*; leaves an existing one as it is.

    Raises InstallationError when the folder cannot be written.
    """
    if place.exists:
        return Made([])
    setup = Setup(place, port_base, short_host_name(), home or str(Path.home()))
    try:
        return _write(place, setup)
    except OSError as error:
        raise InstallationError(
            f"cannot write the installation: {error.filename}: {error.strerror}"
        ) from None


def _write(place: Place, setup: Setup) -> Made:
    if place.root.is_dir() and any(place.root.iterdir()):
        raise InstallationError(
            f"{place.root} exists, is not empty and has no bconsole.conf: choose another folder"
        )
    for folder in (place.root, place.working, place.volumes, place.logs):
        _make_folder(folder)
    created = []
    for name, text in resources(setup):
        path = place.root / name
        _make_folder(path.parent.parent)
        _make_folder(path.parent)
        write_private(path, text)
        created.append(path)
    return Made(created)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
        folder.chmod(PRIVATE_FOLDER)


def write_private(path: Path, text: str) -> None:
    """Create the file *path*, for our eyes only; raises FileExistsError when it exists."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def short_host_name() -> str:
    """Return the machine's name without its domain, as a resource may be called."""
    name = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname().partition(".")[0])
    return name.strip("-")[:100] or "localhost"
