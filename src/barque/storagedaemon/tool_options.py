"""The options that the volume tools share, as the original tools have them.

Source: command lines of bls and bextract.
"""

import argparse
import fnmatch
import sys
from dataclasses import dataclass, field
from pathlib import Path

from barque.config.load import load_storagedaemon
from barque.errors import BarqueError, ConfigError
from barque.formats.bootstrap import Bootstrap
from barque.storagedaemon.from_config import settings_from
from barque.storagedaemon.volume_source import (
    VolumeSource,
    find_source,
    read_bootstrap,
)


@dataclass(slots=True)
class NameFilter:
    """Which files a tool looks at: lists of names, directories and patterns."""

    include: list[str] = field(default_factory=list)
    """One of these must match; empty: all names."""
    exclude: list[str] = field(default_factory=list)
    """None of these may match."""

    def wants(self, name: str) -> bool:
        """Tell whether the file *name* passes."""
        if self.include and not any(_covers(entry, name) for entry in self.include):
            return False
        return not any(_covers(entry, name) for entry in self.exclude)


def _covers(entry: str, name: str) -> bool:
    if any(letter in entry for letter in "*?["):
        return fnmatch.fnmatchcase(name, entry)
    base = entry.rstrip("/")
    return name in {entry, base} or name.startswith(f"{base}/")


def common_parser(program: str, description: str) -> argparse.ArgumentParser:
    """Return a parser with the options of every volume tool."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    add = parser.add_argument
    add("-b", "--parse-bootstrap", metavar="FILE", help="read only what this bootstrap names")
    add("-c", "--config", metavar="PATH", help="configuration of the Storage Daemon")
    add("-D", "--director", metavar="NAME", help="Director whose keys are to be used")
    add("-d", "--debug-level", metavar="LEVEL", type=int, default=0, help="more detail for experts")
    add("-dt", "--debug-timestamps", action="store_true", help=argparse.SUPPRESS)
    add("-e", "--exclude", metavar="FILE", help="file with names that are left out")
    add("-i", "--include-list", metavar="FILE", help="file with names that are taken")
    add("-p", "--ignore-errors", action="store_true", help="go on behind damage")
    add("-v", "--verbose", action="count", default=0, help="tell more; twice: still more")
    add("-V", "--volumes", metavar="VOL1|VOL2", default="", help="names of the volumes")
    return parser


def name_filter(options: argparse.Namespace) -> NameFilter:
    """Read the files of -i and -e; raises ConfigError when one cannot be read."""
    return NameFilter(_lines(options.include_list), _lines(options.exclude))


def _lines(path: str | None) -> list[str]:
    if path is None:
        return []
    try:
        text = Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise ConfigError(f"cannot read the list {path}: {error.strerror}") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def bootstrap_of(options: argparse.Namespace) -> Bootstrap | None:
    """Read the bootstrap of -b, if one is given."""
    return read_bootstrap(options.parse_bootstrap) if options.parse_bootstrap else None


def source_of(
    options: argparse.Namespace, argument: str, bootstrap: Bootstrap | None
) -> VolumeSource:
    """Find the volumes that a device argument means."""
    wanted = [name for name in options.volumes.split("|") if name]
    return find_source(argument, wanted, bootstrap, lambda: _configured_devices(options.config))


def _configured_devices(path: str | None) -> dict[str, str]:
    """Return the Devices of the configuration; none when no configuration is to be found."""
    try:
        settings = settings_from(load_storagedaemon(path))
    except ConfigError:
        if path is not None:
            raise
        return {}
    found = {device.name: device.archive_device for device in settings.devices.values()}
    for name, members in settings.autochangers.items():
        found.setdefault(name, found[members[0]])
    return found


def complain(program: str, error: BarqueError) -> None:
    """Print an error as the single line that it is."""
    print(f"{program}: {error}", file=sys.stderr)  # noqa: T201  # it is a command-line tool
