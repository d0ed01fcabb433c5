"""`barque-dir`: argument line, configuration, and the wiring of the Director."""

import argparse
import sys
from collections.abc import Sequence

from barque.catalog import open_catalog
from barque.config import director as resources
from barque.config.lexer import Source
from barque.config.load import DirectorConfig, load_director
from barque.daemon.options import daemon_parser, parse_options
from barque.daemon.process import Program, run_command, run_program
from barque.daemon.version import DATE, VERSION, distribution, system_name
from barque.director.catalog_sync import source_for
from barque.director.console_server import ConsoleServer
from barque.director.director import RunningDirector
from barque.director.services import DaemonIdentity
from barque.transport.listen import Listener


class DirectorDaemon:
    """The Director and its port."""

    def __init__(self, config: DirectorConfig, path: str | None) -> None:
        identity = DaemonIdentity(
            VERSION, DATE, system_name(), *distribution(), "barque: AGPL-3.0-or-later"
        )
        self._director = RunningDirector(config, identity, load=lambda added: _load(path, added))
        self._server = ConsoleServer(self._director)
        self._listener = Listener(
            config.director.name,
            self._server.serve,
            heartbeat=int(config.director.heartbeat_interval),
        )

    def start(self) -> list[int]:
        """Open the catalog, listen, run jobs; raises BarqueError."""
        director = self._director.config.director
        addresses = [(address.host, int(address.port)) for address in director.addresses]
        ports = self._listener.bind(addresses)
        self._director.start()
        self._listener.start()
        return ports

    def stop(self) -> None:
        """End."""
        self._listener.stop()
        self._director.stop()

    def reload(self) -> bool:
        """Read the configuration again."""
        return self._director.reload()


def _load(path: str | None, added: Sequence[Source] = ()) -> DirectorConfig:
    return load_director(path, run_command=run_command, added=added)


def _make(config: DirectorConfig, options: argparse.Namespace) -> DirectorDaemon:
    if options.test_config:
        for resource in config.catalogs.values():
            source = source_for(resource, _working_directory(config))
            open_catalog(source, create=True).close()
    return DirectorDaemon(config, options.config)


def _working_directory(config: DirectorConfig) -> str:
    return config.director.working_directory


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of ``barque-dir``."""
    parser = daemon_parser("barque-dir", "The barque Director: runs jobs and holds the catalog.")
    options = parse_options(parser, arguments)
    program = Program("bareos-dir", resources.RESOURCES, _load, _make, _working_directory)
    sys.exit(run_program(program, options))


if __name__ == "__main__":
    main()
