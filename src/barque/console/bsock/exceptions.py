"""What goes wrong, under the names that programs written for ``bareos.exceptions`` catch."""

from collections.abc import Mapping

from barque.console.bsock.constants import Constants
from barque.errors import BarqueError


class Error(BarqueError):
    """Anything that this module reports."""


class ConnectionError(Error):  # noqa: A001 - its name in the field
    """No connection came about."""


class ConnectionLostError(Error):
    """The connection was there, and is gone."""


class SocketEmptyHeader(Error):  # noqa: N818 - its name in the field
    """Instead of a message nothing came; programs catch it, ours is ConnectionLostError."""


class AuthenticationError(ConnectionError):
    """A name or a password is wrong, on one of the two sides."""


class PamAuthenticationError(AuthenticationError):
    """The Director asks for a person, or does not believe the one who was named."""


class SignalReceivedException(Error):  # noqa: N818 - its name in the field
    """A signal came where a message was expected."""

    def __init__(self, signal: int) -> None:
        super().__init__(f"{Constants.get_description(signal)} ({signal})")
        self.signal = signal
        """Its number, below zero."""


class JsonRpcErrorReceivedException(Error):  # noqa: N818 - its name in the field
    """The Director answered with an error object."""

    def __init__(self, jsondata: Mapping[str, object]) -> None:
        super().__init__(f"{_part(jsondata, 'error', 'message') or ''}: {_errors(jsondata)}")
        self.jsondata = jsondata
        """The whole document."""


class JsonRpcInvalidJsonReceivedException(JsonRpcErrorReceivedException):
    """The Director's answer was not one JSON document."""

    def __init__(self, jsondata: Mapping[str, object]) -> None:
        message = _part(jsondata, "error", "message") or ""
        data = _part(jsondata, "error", "data")
        Error.__init__(self, f"{message}: {'' if data is None else data}")
        self.jsondata = jsondata


def _part(value: object, *path: str) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _errors(jsondata: Mapping[str, object]) -> str:
    texts = _part(jsondata, "error", "data", "messages", "error")
    if isinstance(texts, list):
        return "".join(str(text) for text in texts)
    return str(jsondata)
