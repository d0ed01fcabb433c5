"""`barque-sd`: argument line, configuration, and the wiring of the Storage Daemon."""

import argparse
import sys
import time
from collections.abc import Sequence

from barque.config import storagedaemon as resources
from barque.config.load import StorageDaemonConfig, load_storagedaemon
from barque.daemon.options import daemon_parser, parse_options
from barque.daemon.process import Program, run_command, run_program
from barque.devices.device import Device
from barque.devices.file import FileDevice
from barque.storagedaemon.daemon import StorageDaemon
from barque.storagedaemon.from_config import settings_from
from barque.storagedaemon.settings import DeviceSettings


def make_device(settings: DeviceSettings) -> Device:
    """Return what moves the bytes of a Device."""
    return FileDevice(settings.archive_device)


def _make(config: StorageDaemonConfig, _options: argparse.Namespace) -> StorageDaemon:
    return StorageDaemon(settings_from(config), make_device, time.time)


def _load(path: str | None) -> StorageDaemonConfig:
    return load_storagedaemon(path, run_command=run_command)


def _working_directory(config: StorageDaemonConfig) -> str:
    return config.storage.working_directory


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of `barque-sd`."""
    parser = daemon_parser("barque-sd", "The barque Storage Daemon: keeps volumes.")
    parser.add_argument(
        "-i", "--ignore-io-errors", action="store_true", help="accepted; damage is always told"
    )
    options = parse_options(parser, arguments)
    program = Program("bareos-sd", resources.RESOURCES, _load, _make, _working_directory)
    sys.exit(run_program(program, options))


if __name__ == "__main__":
    main()
