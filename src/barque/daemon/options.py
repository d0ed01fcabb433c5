"""The argument line of the daemons, with the options of the originals.

Source: configuration, section 9.1.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from barque.daemon.version import VERSION

BAD_ARGUMENTS: Final = 41
"""Exit code for a mistake on the argument line."""

OLD_FORMS: Final = frozenset({"-xc", "-xs", "-dt"})
"""Options that had one dash once and are not taken for something else now."""


class OptionParser(argparse.ArgumentParser):
    """Ends with the exit code of the originals when the line is wrong."""

    def error(self, message: str) -> NoReturn:
        """Print the complaint and leave."""
        print(f"{self.prog}: {message}\nTry {self.prog} --help.", file=sys.stderr)  # noqa: T201 - a program
        sys.exit(BAD_ARGUMENTS)


def daemon_parser(program: str, description: str) -> OptionParser:
    """Return a parser with the options that every daemon has."""
    parser = OptionParser(prog=program, description=description, add_help=False)
    add = parser.add_argument
    add("-h", "-?", "--help", action="help", help="show this text and exit")
    add("--version", action="version", version=VERSION, help="show the version and exit")
    add("-c", "--config", metavar="PATH", help="configuration file or directory")
    add("-d", "--debug-level", metavar="LEVEL", type=int, default=0, help="more detail in the log")
    add("--dt", "--debug-timestamps", action="store_true", help="times in the log (always there)")
    add("-f", "--foreground", action="store_true", help="stay in the foreground")
    add("-g", "--group", metavar="GROUP", help="run as this group; needs root")
    add("-m", "--print-kaboom", action="store_true", help="tracebacks go to the log (always so)")
    add("-p", "--pid-file", metavar="FILE", help="write the process id to this file")
    add("-s", "--no-signals", action="store_true", help="do not handle signals")
    add("-t", "--test-config", action="store_true", help="check the configuration and exit")
    add("-u", "--user", metavar="USER", help="run as this user; needs root")
    add("-v", "--verbose", action="count", default=0, help="tell more")
    add(
        "--xc",
        "--export-config",
        dest="export_config",
        nargs="*",
        metavar="TYPE [NAME]",
        help="print the configuration, or one type, or one resource, and exit",
    )
    add(
        "--xs",
        "--export-schema",
        dest="export_schema",
        action="store_true",
        help="print the schema",
    )
    return parser


def parse_options(parser: OptionParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options of *arguments* (None: of this process); leaves with 41 on a mistake."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if OLD_FORMS & set(given):
        parser.error(
            "The -xc and -xs options have changed.\nUse --xc and --xs as given in the help."
        )
    options = parser.parse_args(given)
    if options.pid_file and options.foreground:
        parser.error("--pid-file excludes --foreground")
    if options.pid_file and options.test_config:
        parser.error("--pid-file excludes --test-config")
    if (options.user or options.group) and os.geteuid() != 0:
        # on standard output, where scripts look for it
        print(  # noqa: T201 - a program
            f"{parser.prog}: The commandline options indicate to run as specified user/group, "
            "but program was not started with required root privileges."
        )
        sys.exit(1)
    if options.config is not None and not os.path.exists(options.config):  # noqa: PTH110 - as typed
        parser.error(f"--config: Path does not exist: {options.config}")
    return options
