"""Connections under the names of ``bareos.bsock``: messages, replies, logging in.

Source: console protocol, sections 1 and 2.
"""

import argparse
import logging
import re
import select
import socket
import ssl
import struct
import sys
from contextlib import suppress
from typing import Final

from barque.console.bsock import exceptions
from barque.console.bsock.arguments import parameters
from barque.console.bsock.constants import (
    ConnectionType,
    Constants,
    ProtocolMessages,
    ProtocolVersions,
)
from barque.console.bsock.password import Password
from barque.errors import AuthenticationError, BarqueError, KeyUnusedError
from barque.transport.proof import Credentials, Steps, challenge_peer, prove_password
from barque.transport.tls import TlsSettings, check_certificate, client_context, key_only
from barque.wire.framing import MAX_PACKET, encode_message
from barque.wire.psk import Identity, ResourceType

RECEIVE_TIMEOUT: Final = 10
"""Second; of one read. A reply may take as long as it likes."""

_NUMBERED: Final = rb"^(\d\d\d\d)[ \x1e](.*)$"

_TLS_VERSIONS: Final = {
    "PROTOCOL_TLSv1": "TLSv1",
    "PROTOCOL_TLSv1_1": "TLSv1.1",
    "PROTOCOL_TLSv1_2": "TLSv1.2",
}
"""Constant of ssl → TlsProtocol."""


class LowLevel:
    """A connection to a daemon; programs use the classes that derive from it.

    One thing differs from the original on purpose: when TLS fails, the connection fails. Clear
    text is used only by those who ask for it with ``tls_psk_enable=False``.
    """

    def __init__(self) -> None:
        self.logger = logging.getLogger()
        """Programs set its level."""
        self.status: int | None = None
        """The last signal that ended a reply."""
        self.address: str | None = None
        self.timeout: float | None = 30
        """Second; how long connecting may take."""
        self.password: Password | None = None
        self.pam_username: str | None = None
        self.pam_password: str | None = None
        self.port: int | None = None
        self.dirname: str | None = None
        self.name = ""
        self.socket: socket.socket | None = None
        """Has a method ``cipher`` when the connection is encrypted."""
        self.auth_credentials_valid = False
        self.max_reconnects = 0
        self.tls_psk_enable = True
        self.tls_psk_require = False
        self.tls_version: int | None = None
        self.connection_type: int | None = None
        self.requested_protocol_version: int | None = None
        self.protocol_messages = ProtocolMessages()
        self.identity_prefix = "R_NONE"
        self.receive_buffer = b""

    def __del__(self) -> None:
        self.close()

    @staticmethod
    def argparser_get_bareos_parameter(args: argparse.Namespace) -> dict[str, object]:
        """Return the parameters of the constructor that stand in *args*."""
        return parameters(args)

    # Connecting

    def connect(
        self,
        address: str,
        port: int | str,
        dirname: str | None,
        connection_type: int,
        name: str | None = None,
        password: str | Password | None = None,
        timeout: float | None = None,
    ) -> bool:
        """Connect and log in; returns True.

        Raises ConnectionError, AuthenticationError or PamAuthenticationError.
        """
        self.address = address
        self.port = int(port)
        self.dirname = dirname or address
        self.timeout = timeout or self.timeout
        self.connection_type = connection_type
        self.name = name or ""
        if password is None:
            raise exceptions.ConnectionError("the parameter password is missing")
        self.password = password if isinstance(password, Password) else Password(password)
        return self._connect()

    def _connect(self) -> bool:
        if self.tls_psk_require and not self.tls_psk_enable:
            raise exceptions.ConnectionError("TLS-PSK is required, but not enabled")
        self._dial()
        if self.tls_psk_enable:
            self._start_tls()
        try:
            return self.auth()
        except exceptions.PamAuthenticationError:
            self.close()
            raise
        except exceptions.AuthenticationError:
            self.close()
            if not self._may_use_old_protocol():
                raise
        self.logger.warning("login failed; trying the protocol of version 12.4")
        self.protocol_messages.set_version(ProtocolVersions.bareos_12_4)
        self._dial()
        return self.auth()

    def _may_use_old_protocol(self) -> bool:
        """Whether the caller gave up TLS, and left the version of the protocol to us."""
        return (
            self.connection_type == ConnectionType.DIRECTOR
            and not self.tls_psk_enable
            and self.requested_protocol_version is None
            and self.get_protocol_version() > ProtocolVersions.bareos_12_4
        )

    def _dial(self) -> None:
        self.status = None
        self.receive_buffer = b""
        try:
            self.socket = socket.create_connection((self.address, self.port), self.timeout)
        except OSError as error:
            raise exceptions.ConnectionError(
                f"cannot connect to {self.address}, port {self.port}: {error.strerror or error}"
            ) from None

    def _start_tls(self) -> None:
        settings = TlsSettings(protocol=self._tls_protocol())
        try:
            self._shake_hands(settings)
        except KeyUnusedError:
            self.close()
            self._dial()
            self._shake_hands(key_only(settings))

    def _shake_hands(self, settings: TlsSettings) -> None:
        """Encrypt the connection; raises KeyUnusedError when the peer shows a certificate."""
        assert self.socket is not None
        credentials = self._credentials
        try:
            context = client_context(credentials.identity, credentials.key, settings)
            secure = context.wrap_socket(self.socket)
            self.socket = secure
            check_certificate(str(self.address), secure.getpeercert(binary_form=True), settings)
        except KeyUnusedError:
            raise
        except (OSError, BarqueError) as error:
            self.close()
            reason = getattr(error, "reason", None) or error
            raise exceptions.AuthenticationError(
                f"TLS handshake with {self.address}, port {self.port} failed ({reason}): check "
                "name and password; tls_psk_enable=False connects in the clear"
            ) from None

    def _tls_protocol(self) -> str:
        for name, protocol in _TLS_VERSIONS.items():
            if self.tls_version is not None and self.tls_version == getattr(ssl, name, None):
                return protocol
        return ""

    @property
    def _credentials(self) -> Credentials:
        assert self.password is not None
        identity = Identity(ResourceType(self.identity_prefix), self.name)
        enabled = TlsSettings(enable=False)
        return Credentials(identity, self.password.md5(), enabled)

    def get_tls_psk_identity(self) -> bytes:
        """Return whom TLS is told we are."""
        return f"{self.identity_prefix}{Constants.record_separator}{self.name}".encode()

    @staticmethod
    def is_tls_psk_available() -> bool:
        """Whether this Python has TLS-PSK: always."""
        return ssl.HAS_PSK

    def get_protocol_version(self) -> int:
        """Return the version of the protocol that is spoken."""
        return self.protocol_messages.get_version()

    def get_cipher(self) -> tuple[str, str, int] | None:
        """Return name, TLS version and bits of the cipher; None in the clear."""
        return self.socket.cipher() if isinstance(self.socket, ssl.SSLSocket) else None

    # Logging in

    def auth(self) -> bool:
        """Log in on the open connection; returns True.

        Raises AuthenticationError.
        """
        kind = self.connection_type or ConnectionType.DIRECTOR
        self.send(self.protocol_messages.hello(self.name, type=kind))
        encrypted = self.get_cipher() is not None
        try:
            self._follow(prove_password(self._credentials, str(self.address)))
            steps = challenge_peer(self._credentials, str(self.address), encrypted=encrypted)
            self._follow(steps)
        except (
            AuthenticationError,
            exceptions.SignalReceivedException,
            exceptions.ConnectionLostError,
        ) as error:
            self.close()
            raise exceptions.AuthenticationError(str(error)) from None
        self._finalize_authentication()
        return self.auth_credentials_valid

    def _follow(self, steps: Steps[None]) -> None:
        step = next(steps)
        with suppress(StopIteration):
            while True:
                if isinstance(step, bytes):
                    self.send(step)
                    step = next(steps)
                else:
                    step = steps.send(bytes(self.recv()))

    def _finalize_authentication(self) -> None:
        self.auth_credentials_valid = True

    def _init_connection(self) -> None:
        """Say what is said on every new connection."""

    def receive_and_evaluate_response_message(self) -> tuple[int, bytes]:
        """Return number and text of the next message of a login."""
        message = self.recv_msg(_NUMBERED)
        found = re.search(_NUMBERED, message, re.DOTALL)
        if found is None:
            raise exceptions.AuthenticationError(f"expected a numbered message, got {message!r}")
        return int(found[1]), found[2]

    # Commands

    def call(self, command: str | list[str]) -> object:
        """Return the reply (bytes) to *command*, which may be a list of its words.

        Raises ConnectionLostError when the daemon goes away.
        """
        return self._exchange(command if isinstance(command, str) else " ".join(command))

    def send_command(self, command: str | list[str]) -> object:
        """Do what :meth:`call` does, under its name of old."""
        return self.call(command)

    def _exchange(self, command: str) -> bytes:
        try:
            self.send(command.encode())
            return self.recv_msg(None)
        except exceptions.ConnectionLostError:
            self.reconnect()
            raise

    def reconnect(self) -> bool:
        """Connect once more, for the calls to come; returns whether it worked."""
        self.close()
        if self.max_reconnects <= 0:
            return False
        self.max_reconnects -= 1
        try:
            self._connect()
            self._init_connection()
        except exceptions.Error as error:
            self.logger.warning("cannot connect again: %s", error)
            return False
        return True

    def interactive(self) -> bool:
        """Let a person type commands; returns whether ``exit`` or ``quit`` was typed."""
        while self.is_connected():
            try:
                command = self._get_input()
            except EOFError:
                return False
            if command in {"exit", "quit"}:
                return True
            try:
                self._show_result(self.call(command))
            except exceptions.JsonRpcErrorReceivedException as error:
                print(error)  # noqa: T201 - a person reads it
        return True

    def _get_input(self) -> str:
        return input(">>")

    def _show_result(self, msg: object) -> None:
        text = msg.decode("utf-8", "replace") if isinstance(msg, bytes) else str(msg)
        sys.stdout.write(text)
        if text and not text.endswith("\n"):
            sys.stdout.write("\n")

    # Messages

    def send(self, msg: bytes | bytearray) -> None:
        """Send one message; a connection that broke is noticed by the next receive."""
        try:
            self._open_socket().sendall(encode_message(bytes(msg)))
        except OSError as error:
            self.logger.warning("connection to %s lost: %s", self.address, error)
            self.close()

    def recv_bytes(self, length: int, timeout: float = RECEIVE_TIMEOUT) -> bytes:
        """Return *length* bytes.

        Raises ConnectionLostError at the end of the connection, TimeoutError when nothing came.
        """
        source = self._open_socket()
        source.settimeout(timeout)
        data = b""
        while len(data) < length:
            try:
                piece = source.recv(length - len(data))
            except TimeoutError:
                if not data:
                    raise
                continue
            except OSError as error:
                piece = b""
                self.logger.warning("connection to %s lost: %s", self.address, error)
            if not piece:
                self.close()
                raise exceptions.ConnectionLostError(f"{self.address} closed the connection")
            data += piece
        return data

    def recv(self) -> bytearray:
        """Return the next message; raises SignalReceivedException for a signal."""
        header = self._header()
        if header <= 0:
            raise exceptions.SignalReceivedException(header)
        return self.recv_submsg(header)

    def recv_submsg(self, length: int) -> bytearray:
        """Return the *length* bytes of a message whose header was read."""
        return bytearray(self._patiently(length))

    def recv_msg(self, regex: bytes | None = rb"^\d\d\d\d OK.*$") -> bytes:
        """Return all messages up to the signal that ends a reply.

        What matches *regex* ends the reply as well; what follows it is kept for the next call.
        """
        while True:
            header = self._header()
            if header <= 0:
                self.status = header
                if self.is_end_of_message(header):
                    reply, self.receive_buffer = self.receive_buffer, b""
                    return reply
                continue
            line = self.receive_buffer.rfind(b"\n") + 1
            self.receive_buffer += self._patiently(header)
            found = regex and re.search(regex, self.receive_buffer[line:], re.DOTALL)
            if found:
                end = line + found.end()
                reply, self.receive_buffer = self.receive_buffer[:end], self.receive_buffer[end:]
                return reply

    def _header(self) -> int:
        (header,) = struct.unpack("!i", self._patiently(4))
        if header > MAX_PACKET:
            self.close()
            raise exceptions.ConnectionLostError(f"{self.address} does not speak this protocol")
        return int(header)

    def _patiently(self, length: int) -> bytes:
        while True:
            with suppress(TimeoutError):
                return self.recv_bytes(length)

    def is_end_of_message(self, data: int) -> bool:
        """Whether the signal *data* ends a reply."""
        return not self.is_connected() or data in {
            Constants.BNET_EOD,
            Constants.BNET_TERMINATE,
            Constants.BNET_MAIN_PROMPT,
            Constants.BNET_SUB_PROMPT,
        }

    def is_connected(self) -> bool:
        """Whether the daemon has not said goodbye."""
        return self.status != Constants.BNET_TERMINATE

    def has_data(self) -> bool:
        """Whether something can be read."""
        source = self._open_socket()
        if isinstance(source, ssl.SSLSocket) and source.pending():
            return True
        return bool(select.select([source], [], [], 0.1)[0])

    def _open_socket(self) -> socket.socket:
        if self.socket is not None:
            return self.socket
        if self.auth_credentials_valid:
            raise exceptions.ConnectionLostError("there is no connection any more")
        raise exceptions.ConnectionLostError("there is no connection yet")

    def close(self) -> None:
        """Close; never raises."""
        if self.socket is not None:
            self.socket.close()
        self.socket = None
