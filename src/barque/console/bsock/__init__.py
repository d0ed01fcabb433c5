"""A drop-in for ``bareos.bsock``: programs written for python-bareos run with barque.

    import barque.console.bsock as bsock

    director = bsock.DirectorConsoleJson(address="localhost", password="secret")
    director.call("list jobs")["jobs"]

Programs that import ``bareos.bsock`` run unchanged with ``python -m barque.console.bsock
program.py ARGUMENTS``, or after :func:`install`.
"""

from barque.console.bsock.alias import install
from barque.console.bsock.arguments import TlsVersionParser
from barque.console.bsock.constants import (
    ConnectionType,
    Constants,
    ProtocolMessageIds,
    ProtocolMessages,
    ProtocolVersions,
)
from barque.console.bsock.director import BSock, BSockJson, DirectorConsole, DirectorConsoleJson
from barque.console.bsock.exceptions import (
    AuthenticationError,
    ConnectionError,  # noqa: A004 - its name in the field
    ConnectionLostError,
    Error,
    JsonRpcErrorReceivedException,
    JsonRpcInvalidJsonReceivedException,
    PamAuthenticationError,
    SignalReceivedException,
    SocketEmptyHeader,
)
from barque.console.bsock.filedaemon import FileDaemon
from barque.console.bsock.lowlevel import LowLevel
from barque.console.bsock.password import Password

__all__ = [
    "AuthenticationError",
    "BSock",
    "BSockJson",
    "ConnectionError",
    "ConnectionLostError",
    "ConnectionType",
    "Constants",
    "DirectorConsole",
    "DirectorConsoleJson",
    "Error",
    "FileDaemon",
    "JsonRpcErrorReceivedException",
    "JsonRpcInvalidJsonReceivedException",
    "LowLevel",
    "PamAuthenticationError",
    "Password",
    "ProtocolMessageIds",
    "ProtocolMessages",
    "ProtocolVersions",
    "SignalReceivedException",
    "SocketEmptyHeader",
    "TlsVersionParser",
    "install",
]
