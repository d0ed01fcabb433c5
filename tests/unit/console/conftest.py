"""A Director of a few lines: it logs consoles in and answers from a script."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from barque.console.account import DEFAULT_CONSOLE, Account, account
from barque.console.client import Console
from barque.console.login import Welcome
from barque.errors import BarqueError
from barque.transport.channel import Channel
from barque.transport.dial import Address
from barque.transport.listen import receive_hello
from barque.transport.proof import Credentials, challenge_then_answer
from barque.transport.tls import DEFAULT_TLS, TlsSettings
from barque.wire.framing import Frame, Signal
from barque.wire.psk import Identity, ResourceType, key_of_password

KEY = key_of_password("secret")

WELCOME: Sequence[Frame] = (
    b"1000\x1eOK: dir Version: 26.0.0 (today)",
    b"1002\x1eline one\nline two",
)


@dataclass
class ScriptedDirector:
    """Answers each command with the frames that the script holds for it."""

    replies: dict[bytes, Sequence[Frame]] = field(default_factory=dict)
    greeting: Sequence[Frame] = WELCOME
    password: bytes = KEY
    tls: bool = True
    received: list[Frame] = field(default_factory=list)

    def log_in(self, channel: Channel) -> None:
        """Be the Director's side of a login."""
        settings = DEFAULT_TLS if self.tls else TlsSettings(enable=False)
        receive_hello(channel, lambda _identity: self.password, settings)
        own = Credentials(Identity(ResourceType.DIRECTOR, "dir"), self.password, settings)
        challenge_then_answer(channel, own)
        for frame in self.greeting:
            put(channel, frame)
        channel.flush()

    def answer(self, channel: Channel) -> None:
        """Answer commands until the console leaves."""
        while True:
            frame = channel.receive(20)
            self.received.append(frame)
            if frame is Signal.TERMINATE or frame == b"quit":
                return
            assert isinstance(frame, bytes)
            for reply in self.replies.get(frame, (Signal.EOD,)):
                put(channel, reply)


def put(channel: Channel, frame: Frame) -> None:
    if isinstance(frame, Signal):
        channel.signal(frame)
    else:
        channel.send(frame)


@pytest.fixture
def scripted() -> ScriptedDirector:
    return ScriptedDirector()


type Serve = Callable[[Callable[[Channel], None]], Channel]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Runs a peer in a thread; returns our end of the connection to it."""
    threads: list[threading.Thread] = []
    channels: list[Channel] = []

    def start(peer: Callable[[Channel], None]) -> Channel:
        ours, theirs = socket.socketpair()
        far = Channel(theirs, peer="console")

        def work() -> None:
            with suppress(BarqueError):
                peer(far)
            far.close()

        thread = threading.Thread(target=work)
        thread.start()
        threads.append(thread)
        near = Channel(ours, peer="director")
        near.timeout = 20
        channels.append(near)
        return near

    yield start
    for channel in channels:
        channel.close()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def secret_account() -> Account:
    return account("dir", Address("localhost", 9101), KEY, console=DEFAULT_CONSOLE)


type Listen = Callable[..., Account]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Lets a peer answer connections on a port; returns the account that leads there."""
    threads: list[threading.Thread] = []

    def start(*peers: Callable[[Channel], None]) -> Account:
        server = socket.create_server(("127.0.0.1", 0))
        server.settimeout(20)

        def work() -> None:
            with server:
                for peer in peers:
                    channel = Channel(server.accept()[0], peer="console")
                    with suppress(BarqueError):
                        peer(channel)
                    channel.close()

        thread = threading.Thread(target=work)
        thread.start()
        threads.append(thread)
        return account("dir", Address("127.0.0.1", server.getsockname()[1]), KEY)

    yield start
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def session(scripted: ScriptedDirector) -> Callable[[Channel], None]:
    """A peer that logs a console in and answers it."""

    def peer(channel: Channel) -> None:
        scripted.log_in(channel)
        scripted.answer(channel)

    return peer


type Talk = Callable[[ScriptedDirector], Console]


@pytest.fixture
def talk(serve: Serve) -> Talk:
    """A console that is logged in already."""
    return lambda director: Console(serve(director.answer), Welcome("1000 OK", ""))


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
