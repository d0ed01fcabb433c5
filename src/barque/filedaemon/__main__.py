"""`barque-fd`: argument line, configuration, and the wiring of the File Daemon."""

import argparse
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress

from barque.config import filedaemon as resources
from barque.config.load import FileDaemonConfig, load_filedaemon
from barque.daemon.options import daemon_parser, parse_options
from barque.daemon.process import Program, run_command, run_program
from barque.filedaemon.calling import DirectorCaller
from barque.filedaemon.daemon import FileDaemon
from barque.transport.listen import Listener


class ListeningFileDaemon:
    """The File Daemon and its port."""

    def __init__(self, config: FileDaemonConfig, options: argparse.Namespace) -> None:
        self._config = config
        self._daemon = FileDaemon(
            config, backup_only=options.backup_only, restore_only=options.restore_only
        )
        self._listener = Listener(
            config.client.name,
            self._daemon.serve,
            heartbeat=config.client.heartbeat_interval,
        )
        self._callers = [
            DirectorCaller(self._daemon, director)
            for director in config.directors.values()
            if director.connection_from_client_to_director
        ]

    def start(self) -> list[int]:
        """Listen; raises BarqueError."""
        _allow_many_files()
        addresses = self._config.client.addresses
        ports = self._listener.bind((address.host, int(address.port)) for address in addresses)
        self._listener.start()
        for caller in self._callers:
            caller.start()
        return ports

    def stop(self) -> None:
        """End every job and connection."""
        self._daemon.cancel_all()
        for caller in self._callers:
            caller.stop()
        self._listener.stop()

    def reload(self) -> bool:
        """Leave the configuration as it is: a File Daemon reads it once."""
        return True


def _allow_many_files() -> None:
    """Let the walk of deep trees hold as many directories open as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _load(path: str | None) -> FileDaemonConfig:
    return load_filedaemon(path, run_command=run_command)


def _working_directory(config: FileDaemonConfig) -> str:
    return config.client.working_directory


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of ``barque-fd``."""
    parser = daemon_parser("barque-fd", "The barque File Daemon: saves and restores files.")
    parser.add_argument("-b", "--backup-only", action="store_true", help="refuse restores")
    parser.add_argument("-r", "--restore-only", action="store_true", help="refuse backups")
    parser.add_argument(
        "-k", "--keep-readall", action="store_true", help="keep only the right to read everything"
    )
    options = parse_options(parser, arguments)
    program = Program(
        "bareos-fd", resources.RESOURCES, _load, ListeningFileDaemon, _working_directory
    )
    sys.exit(run_program(program, options))


if __name__ == "__main__":
    main()
