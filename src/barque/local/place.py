"""Where an installation on one machine lies.

Below one folder: the configuration in the layout of Bareos, the working directory with the
catalog, the volumes and the logs.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DIRECTORY_VARIABLE: Final = "BARQUE_DIR"
"""Environment variable that names the folder."""

PORT_BASE: Final = 9101
"""Port of the Director; File Daemon and Storage Daemon have the next two."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one installation."""

    root: Path
    """Absolute."""

    @property
    def console(self) -> Path:
        """Configuration of the console."""
        return self.root / "bconsole.conf"

    @property
    def director_resources(self) -> Path:
        """Folder with a folder for each type of resource of the Director."""
        return self.root / "bareos-dir.d"

    @property
    def working(self) -> Path:
        """WorkingDirectory of all three daemons; holds the catalog."""
        return self.root / "working"

    @property
    def volumes(self) -> Path:
        """Archive directory of the Storage Daemon."""
        return self.root / "volumes"

    @property
    def logs(self) -> Path:
        """What the Messages resources append to."""
        return self.root / "log"

    @property
    def restored(self) -> Path:
        """Where a restore goes when nothing else is said."""
        return self.root / "restored"

    @property
    def lock(self) -> Path:
        """Held by the supervisor while it runs."""
        return self.working / "barque-up.lock"

    @property
    def exists(self) -> bool:
        """Whether there is an installation."""
        return self.console.is_file()


def place_of(directory: str | os.PathLike[str] | None = None) -> Place:
    """Return the place that *directory* names, or ``$BARQUE_DIR``, or the usual one.

    The usual one is ``barque`` in the user's data folder (``~/.local/share``); for root it is
    ``/var/lib/barque``.
    """
    chosen = directory or os.environ.get(DIRECTORY_VARIABLE) or _usual()
    return Place(Path(chosen).expanduser().absolute())


def _usual() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/barque")
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data) / "barque"
