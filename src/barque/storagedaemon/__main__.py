"""`barque-sd`: the command line of the Storage Daemon.

Source: configuration, section 9.1.
"""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from barque import __version__
from barque.config.load import load_storagedaemon
from barque.devices.device import Device
from barque.devices.file import FileDevice
from barque.errors import BarqueError, ConfigError
from barque.storagedaemon.daemon import StorageDaemon
from barque.storagedaemon.from_config import settings_from
from barque.storagedaemon.settings import DeviceSettings

BAD_CONFIGURATION = 42
"""Exit code for a mistake in the configuration."""
CANNOT_START = 1
"""Exit code when the daemon cannot listen or write where it must."""

log = logging.getLogger(__name__)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="barque-sd", description="The barque Storage Daemon.")
    add = made.add_argument
    add("-c", "--config", metavar="PATH", help="configuration file or directory")
    add("-d", "--debug-level", metavar="LEVEL", type=int, default=0, help="more detail")
    add("--dt", "--debug-timestamps", action="store_true", help="times in debug output")
    add("-f", "--foreground", action="store_true", help="stay in the foreground (always so)")
    add("-g", "--group", metavar="GROUP", help="run as this group")
    add("-i", "--ignore-io-errors", action="store_true", help="accepted; damage is always told")
    add("-m", "--print-kaboom", action="store_true", help="accepted; tracebacks are always logged")
    add("-p", "--pid-file", metavar="FILE", help="write the process id to this file")
    add("-s", "--no-signals", action="store_true", help="do not handle signals (for debugging)")
    add("-t", "--test-config", action="store_true", help="check the configuration and exit")
    add("-u", "--user", metavar="USER", help="run as this user")
    add("-v", "--verbose", action="store_true", help="tell more")
    add("--version", action="version", version=__version__)
    return made


def make_device(settings: DeviceSettings) -> Device:
    """Return what moves the bytes of a Device."""
    return FileDevice(settings.archive_device)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of `barque-sd`."""
    sys.exit(run(parser().parse_args(arguments)))


def run(options: argparse.Namespace) -> int:
    """Run the daemon until a signal ends it; return the exit code."""
    level = logging.DEBUG if options.debug_level > 0 else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s barque-sd: %(message)s")
    try:
        settings = settings_from(load_storagedaemon(options.config))
    except ConfigError as error:
        print(f"barque-sd: CONFIG ERROR: {error}", file=sys.stderr)  # noqa: T201  # a program
        return BAD_CONFIGURATION
    if options.test_config:
        return 0
    daemon = StorageDaemon(settings, make_device, time.time)
    stopped = threading.Event()
    if not options.no_signals:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
    try:
        ports = daemon.start()
    except BarqueError as error:
        print(f"barque-sd: {error}", file=sys.stderr)  # noqa: T201  # a program
        return CANNOT_START
    log.info("%s listens on %s", settings.name, ", ".join(str(port) for port in ports))
    if options.pid_file:
        _write_pid(options.pid_file)
    stopped.wait()
    daemon.stop()
    return 0


def _write_pid(path: str) -> None:
    Path(path).write_text(f"{os.getpid()}\n", encoding="ascii")


if __name__ == "__main__":
    main()
