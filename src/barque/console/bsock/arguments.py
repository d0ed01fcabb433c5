"""Options that programs written for ``bareos.bsock`` share.

Their values stand in names that begin with ``BAREOS_``; what follows is the name of a parameter.
"""

import argparse
import ssl
from collections.abc import Sequence
from pprint import pformat
from typing import Final

from barque.console.account import DEFAULT_CONSOLE, DIRECTOR_PORT
from barque.console.bsock.constants import ProtocolVersions

PREFIX: Final = "BAREOS_"


class ArgumentParser(argparse.ArgumentParser):
    """The parser that ``bareos.util.argparse`` offers."""

    def format_values(self) -> str:
        """Return the options as they are set."""
        return pformat(vars(self.parse_args()))


class ArgParserTlsVersionAction(argparse.Action):
    """Keeps the number of the named TLS version."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        """See :class:`argparse.Action`."""
        del parser, option_string
        setattr(
            namespace, self.dest, TlsVersionParser().get_protocol_version_from_string(str(values))
        )


class TlsVersionParser:
    """Names of TLS versions that can be asked for."""

    def __init__(self) -> None:
        self.tls_version_options = {
            "v1": "PROTOCOL_TLSv1",
            "v1.1": "PROTOCOL_TLSv1_1",
            "v1.2": "PROTOCOL_TLSv1_2",
        }

    def add_argument(self, argparser: "argparse._ActionsContainer") -> None:
        """Add the option to *argparser*."""
        argparser.add_argument(
            "--tls-version",
            action=ArgParserTlsVersionAction,
            choices=sorted(self.tls_version_options),
            dest=f"{PREFIX}tls_version",
            help="Do not use a newer version of TLS.",
        )

    def get_protocol_version_from_string(self, tls_version: str | None) -> int | None:
        """Return the constant of :mod:`ssl`, or None."""
        name = self.tls_version_options.get((tls_version or "").lower())
        return None if name is None else getattr(ssl, name, None)

    def get_protocol_versions(self) -> list[str]:
        """Return the names."""
        return list(self.tls_version_options)


def parameters(args: argparse.Namespace) -> dict[str, object]:
    """Return the parameters that the options in *args* stand for."""
    return {
        key.removeprefix(PREFIX): value
        for key, value in vars(args).items()
        if key.startswith(PREFIX) and value is not None
    }


def add_director_arguments(argparser: argparse.ArgumentParser) -> None:
    """Add what leads to a Director."""
    group = argparser.add_argument_group(title="Bareos Director connection options")
    group.add_argument(
        "--name",
        default=DEFAULT_CONSOLE,
        dest=f"{PREFIX}name",
        help='Name of the console. Default: "%(default)s".',
    )
    _add_password(group, "Password of the console.")
    _add_place(group, DIRECTOR_PORT, "Director")
    group.add_argument(
        "--timeout", type=int, dest=f"{PREFIX}timeout", help="How long connecting may take (s)."
    )
    group.add_argument(
        "--protocolversion",
        type=int,
        choices=sorted({0} | {version.value for version in ProtocolVersions}),
        default=ProtocolVersions.last.value,
        dest=f"{PREFIX}protocolversion",
        help="Version of the console protocol, 0 for any. Default: %(default)s.",
    )
    group.add_argument(
        "--pam-username", dest=f"{PREFIX}pam_username", help="Name of a person, for PAM."
    )
    group.add_argument(
        "--pam-password", dest=f"{PREFIX}pam_password", help="Password of a person, for PAM."
    )
    _add_tls(group)


def add_file_daemon_arguments(argparser: argparse.ArgumentParser) -> None:
    """Add what leads to a File Daemon."""
    argparser.add_argument(
        "--name",
        required=True,
        dest=f"{PREFIX}name",
        help="Name of the Director resource in the File Daemon.",
    )
    _add_password(argparser, "Password of that resource.")
    _add_place(argparser, 9102, "File Daemon")
    _add_tls(argparser)


def _add_password(group: "argparse._ActionsContainer", text: str) -> None:
    group.add_argument("-p", "--password", required=True, dest=f"{PREFIX}password", help=text)


def _add_place(group: "argparse._ActionsContainer", port: int, what: str) -> None:
    group.add_argument(
        "--port", default=port, dest=f"{PREFIX}port", help=f"Port of the {what}. Default: {port}."
    )
    group.add_argument(
        "--address",
        default="localhost",
        dest=f"{PREFIX}address",
        help=f"Address of the {what}. Default: %(default)s.",
    )


def _add_tls(group: "argparse._ActionsContainer") -> None:
    group.add_argument(
        "--tls-psk-require",
        action="store_true",
        dest=f"{PREFIX}tls_psk_require",
        help="Never connect in the clear.",
    )
    TlsVersionParser().add_argument(group)
