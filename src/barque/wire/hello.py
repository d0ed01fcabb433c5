"""The first message of every connection, and the replies to it.

Source: daemon protocol, sections 2.1 and 2.2; console protocol, section 2.4.
"""

import re
from dataclasses import dataclass
from typing import Final

from barque.wire.message import Message
from barque.wire.psk import Identity, ResourceType
from barque.wire.template import to_text, unbash

FD_PROTOCOL_VERSION: Final = 54
"""What our File Daemon says of itself: it knows getSecureEraseCmd."""

WIRE_VERSION: Final = "26.0.0"
"""Version that hellos carry; peers decide by it what they may send."""

VERSION_TLS_FIRST: Final = 1802
"""Consoles from 18.2 on (major * 100 + minor) start TLS before the hello."""


@dataclass(frozen=True)
class HelloDirector(
    Message, line='Hello Director {name:name} calling[ Version="{version:quoted}"]\n'
):
    """Director → File Daemon or Storage Daemon."""

    name: str
    version: str | None = None

    @property
    def identity(self) -> Identity:
        """Who says hello."""
        return Identity(ResourceType.DIRECTOR, self.name)


class _JobHello:
    """A hello that names a job, whose key proves it."""

    job: str

    @property
    def identity(self) -> Identity:
        """Who says hello."""
        return Identity(ResourceType.JOB, self.job)


@dataclass(frozen=True)
class HelloStartJob(
    _JobHello, Message, line='Hello Start Job {job:name}[ Version="{version:quoted}"]\n'
):
    """File Daemon → Storage Daemon: the data of a job."""

    job: str
    version: str | None = None


@dataclass(frozen=True)
class HelloStartStorageJob(
    _JobHello, Message, line='Hello Start Storage Job {job:name}[ Version="{version:quoted}"]\n'
):
    """Storage Daemon → Storage Daemon: replication."""

    job: str
    version: str | None = None


@dataclass(frozen=True)
class HelloStorageCalling(
    _JobHello,
    Message,
    line='Hello Storage calling Start Job {job:name}[ Version="{version:quoted}"]\n',
):
    """Storage Daemon → passive File Daemon."""

    job: str
    version: str | None = None


@dataclass(frozen=True)
class HelloClient(
    Message,
    line="Hello Client {name:name}[ FdProtocolVersion={protocol:int}] calling"
    '[ Version="{version:quoted}"]\n',
):
    """File Daemon → Director: a connection that the Director may use later."""

    name: str
    protocol: int | None = None
    version: str | None = None

    @property
    def identity(self) -> Identity:
        """Who says hello."""
        return Identity(ResourceType.CLIENT, self.name)


@dataclass(frozen=True)
class HelloConsole:
    """Console → Director."""

    name: str
    version: str = ""
    """As written; empty for consoles before 18.2 and python-bareos with protocol 12.4."""

    @property
    def identity(self) -> Identity:
        """Who says hello."""
        return Identity(ResourceType.CONSOLE, self.name)

    @property
    def tls_first(self) -> bool:
        """Whether the console is of a version that starts with TLS."""
        found = re.match(r"(\d{1,6})\.(\d{1,6})", self.version)
        return found is not None and int(found[1]) * 100 + int(found[2]) >= VERSION_TLS_FIRST

    def encode(self) -> bytes:
        """Return the frame's payload."""
        name = self.name.replace(" ", "\x01")
        version = f" calling version {self.version}" if self.version else " calling"
        return f"Hello {name}{version}\n".encode()


type Hello = (
    HelloDirector
    | HelloStartJob
    | HelloStartStorageJob
    | HelloStorageCalling
    | HelloClient
    | HelloConsole
)
"""Every first message."""

_CONSOLE: Final = re.compile(
    rb"^Hello (?!Client |Storage |Director |Start )([^ \n]{1,127}) calling(?: version ([^ \n]+))?"
)


def decode_hello(data: bytes) -> Hello | None:
    """Return the hello in *data*, or None when it is none."""
    for kind in (
        HelloStorageCalling,
        HelloStartStorageJob,
        HelloStartJob,
        HelloDirector,
        HelloClient,
    ):
        message = kind.match(data)
        if message is not None:
            return message
    found = _CONSOLE.match(data)
    if found is None:
        return None
    return HelloConsole(unbash(to_text(found[1])), to_text(found[2] or b""))


@dataclass(frozen=True)
class FileHelloOk(Message, line="2000 OK Hello {protocol:int}\n"):
    """File Daemon → Director."""

    protocol: int = FD_PROTOCOL_VERSION


@dataclass(frozen=True)
class StorageHelloOk(Message, line="3000 OK Hello\n"):
    """Storage Daemon → Director."""


@dataclass(frozen=True)
class FileHelloRefused(Message, line="2999 Authentication failed.\n"):
    """File Daemon → Director."""


@dataclass(frozen=True)
class StorageHelloRefused(Message, line="3999 No go\n"):
    """Storage Daemon → Director."""


@dataclass(frozen=True)
class DirectorHelloOk(Message, line="1000 OK: {rest:rest}\n"):
    """Director → File Daemon that dialled it, and → consoles before 18.2."""

    rest: str


@dataclass(frozen=True)
class DirectorHelloRefused(Message, line="1999 You are not authorized.\n"):
    """Director → File Daemon that dialled it, and → consoles before 18.2."""
