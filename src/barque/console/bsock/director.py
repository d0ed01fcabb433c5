"""The Director, under the names of ``bareos.bsock``.

Source: console protocol, sections 2.7 to 2.9; console JSON, section 2.
"""

import argparse
import json
from pprint import pprint
from typing import Final

from barque.console.account import DEFAULT_CONSOLE, DIRECTOR_PORT
from barque.console.bsock import exceptions
from barque.console.bsock.arguments import add_director_arguments
from barque.console.bsock.constants import (
    ConnectionType,
    ProtocolMessageIds,
    ProtocolMessages,
    ProtocolVersions,
)
from barque.console.bsock.lowlevel import LowLevel
from barque.console.bsock.password import Password

INVALID_JSON: Final = 2
"""Code of the error object that is made of an answer that is not JSON."""


class DirectorConsole(LowLevel):
    """A console whose calls return text, as bytes."""

    @staticmethod
    def argparser_add_default_command_line_arguments(argparser: argparse.ArgumentParser) -> None:
        """Add the options that lead to a Director."""
        add_director_arguments(argparser)

    def __init__(
        self,
        address: str = "localhost",
        port: int | str = DIRECTOR_PORT,
        timeout: float | None = None,
        dirname: str | None = None,
        name: str = DEFAULT_CONSOLE,
        password: str | Password | None = None,
        protocolversion: int | None = None,
        pam_username: str | None = None,
        pam_password: str | None = None,
        tls_psk_enable: bool = True,
        tls_psk_require: bool = False,
        tls_version: int | None = None,
    ) -> None:
        super().__init__()
        self.pam_username = pam_username
        self.pam_password = pam_password
        self.tls_psk_enable = tls_psk_enable
        self.tls_psk_require = tls_psk_require
        self.tls_version = tls_version
        self.identity_prefix = "R_CONSOLE"
        if protocolversion:
            self.requested_protocol_version = int(protocolversion)
            self.protocol_messages.set_version(self.requested_protocol_version)
        self.connect(address, port, dirname, ConnectionType.DIRECTOR, name, password, timeout)
        self._init_connection()
        self.max_reconnects = 1

    def _finalize_authentication(self) -> None:
        try:
            code, text = self.receive_and_evaluate_response_message()
            if code == ProtocolMessageIds.PamRequired:
                code, text = self._name_person()
            elif self.pam_username or self.pam_password:
                raise exceptions.PamAuthenticationError(
                    "a person was named, but this console does not ask for one"
                )
            self._check(code, ProtocolMessageIds.Ok, text)
            if self.get_protocol_version() >= ProtocolVersions.bareos_18_2:
                code, text = self.receive_and_evaluate_response_message()
                self._check(code, ProtocolMessageIds.InfoMessage, text)
        except exceptions.ConnectionLostError as error:
            raise exceptions.AuthenticationError(f"not admitted: {error}") from None
        self.auth_credentials_valid = True

    def _name_person(self) -> tuple[int, bytes]:
        if not self.pam_username or not self.pam_password:
            raise exceptions.PamAuthenticationError(
                "this console asks for a person: give pam_username and pam_password"
            )
        self.send(ProtocolMessages.pam_user_credentials(self.pam_username, self.pam_password))
        try:
            return self.receive_and_evaluate_response_message()
        except exceptions.ConnectionLostError:
            raise exceptions.PamAuthenticationError("the person was not believed") from None

    @staticmethod
    def _check(code: int, expected: int, text: bytes) -> None:
        if code != expected:
            raise exceptions.AuthenticationError(
                f"expected message {expected}, got {code} {text.decode('utf-8', 'replace')}"
            )

    def _init_connection(self) -> None:
        self._exchange("autodisplay off")

    def call(self, command: str | list[str]) -> object:
        """Return the reply to *command* as bytes; see :meth:`LowLevel.call`."""
        return super().call(command)


class DirectorConsoleJson(DirectorConsole):
    """A console whose calls return Python values."""

    def _init_connection(self) -> None:
        self.call(".api json")
        self.call(".api json compact=yes")

    def call(self, command: str | list[str]) -> object:
        """Return the result of *command*, a dict; None when the Director says nothing.

        Raises JsonRpcErrorReceivedException when the command failed,
        JsonRpcInvalidJsonReceivedException when the answer is not one JSON document.
        """
        document = self.call_fullresult(command)
        if document is None:
            return None
        if "result" in document:
            return document["result"]
        if "error" in document:
            raise exceptions.JsonRpcErrorReceivedException(document)
        raise exceptions.JsonRpcInvalidJsonReceivedException(document)

    def call_fullresult(self, command: str | list[str]) -> dict[str, object] | None:
        """Return the whole document; raises JsonRpcInvalidJsonReceivedException."""
        reply = super().call(command)
        if not isinstance(reply, bytes) or not reply:
            return None
        try:
            document = json.loads(reply.decode())
        except ValueError as error:
            raise exceptions.JsonRpcInvalidJsonReceivedException(
                {"error": {"code": INVALID_JSON, "message": str(error), "data": reply}}
            ) from None
        return document if isinstance(document, dict) else {"result": document}

    def _show_result(self, msg: object) -> None:
        pprint(msg)  # noqa: T203 - a person reads it


class BSock(DirectorConsole):
    """The name of old of :class:`DirectorConsole`."""


class BSockJson(DirectorConsoleJson):
    """The name of old of :class:`DirectorConsoleJson`."""
