"""The File Daemon, under the names of ``bareos.bsock``: who calls is taken for a Director."""

import argparse
import shlex

from barque.console.bsock import exceptions
from barque.console.bsock.arguments import add_file_daemon_arguments
from barque.console.bsock.constants import ConnectionType, ProtocolMessageIds
from barque.console.bsock.lowlevel import LowLevel
from barque.console.bsock.password import Password


class FileDaemon(LowLevel):
    """A connection to a File Daemon."""

    @staticmethod
    def argparser_add_default_command_line_arguments(argparser: argparse.ArgumentParser) -> None:
        """Add the options that lead to a File Daemon."""
        add_file_daemon_arguments(argparser)

    def __init__(
        self,
        address: str = "localhost",
        port: int | str = 9102,
        dirname: str | None = None,
        name: str | None = None,
        password: str | Password | None = None,
        tls_psk_enable: bool = True,
        tls_psk_require: bool = False,
        tls_version: int | None = None,
    ) -> None:
        super().__init__()
        self.tls_psk_enable = tls_psk_enable
        self.tls_psk_require = tls_psk_require
        self.tls_version = tls_version
        self.identity_prefix = "R_DIRECTOR"
        self.connect(address, port, dirname, ConnectionType.FILEDAEMON, name, password)
        self._init_connection()

    def _finalize_authentication(self) -> None:
        code, text = self.receive_and_evaluate_response_message()
        if code != ProtocolMessageIds.FdOk:
            raise exceptions.AuthenticationError(f"not admitted: {code} {text!r}")
        self.auth_credentials_valid = True

    def call(self, command: str | list[str]) -> object:
        """Return the reply to *command* as bytes; blanks inside of words travel as 0x01."""
        words = command if isinstance(command, list) else shlex.split(command)
        self.send(" ".join(word.replace(" ", "\x01") for word in words).encode())
        return self.recv_msg()
