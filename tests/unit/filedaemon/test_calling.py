"""Connections that the client opens."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.filedaemon.calling import DirectorCaller
from barque.testing.file_peers import PASSWORD, PATIENCE, make_daemon
from barque.transport.channel import Channel
from barque.transport.listen import Listener, receive_hello
from barque.transport.proof import Credentials, challenge_then_answer
from barque.transport.tls import DEFAULT_TLS
from barque.wire.framing import Signal
from barque.wire.hello import HelloClient, HelloDirector
from barque.wire.messages.director_file import StatusPart
from barque.wire.psk import Identity, ResourceType, key_of_password


class CalledDirector:
    """A Director that keeps the connections of clients, and uses them."""

    def __init__(self) -> None:
        self.waiting: list[Channel] = []
        self.arrived = threading.Semaphore(0)
        self.done = threading.Event()
        self.refuse = False
        self.listener = Listener("director", self._take)
        self.port = self.listener.bind([("127.0.0.1", 0)])[0]
        self.listener.start()
        identity = Identity(ResourceType.DIRECTOR, "test-dir")
        self.credentials = Credentials(identity, key_of_password(PASSWORD))

    def _take(self, channel: Channel) -> None:
        channel.timeout = PATIENCE
        hello = receive_hello(channel, lambda _: key_of_password(PASSWORD), DEFAULT_TLS)
        assert isinstance(hello, HelloClient)
        assert hello.name == "test-fd"
        challenge_then_answer(channel, self.credentials)
        if self.refuse:
            channel.send(b"1999 You are not authorized.\n")
            channel.flush()
            self.arrived.release()
            return
        channel.send(b"1000 OK: test-dir Version: 26.0.0 (22 November 2026)\n")
        channel.flush()
        self.waiting.append(channel)
        self.arrived.release()
        self.done.wait(PATIENCE)

    def use(self) -> Channel:
        """Return a waiting connection."""
        assert self.arrived.acquire(timeout=PATIENCE)
        return self.waiting.pop()


@pytest.fixture
def director() -> Iterator[CalledDirector]:
    called = CalledDirector()
    yield called
    called.done.set()
    called.listener.stop()


@pytest.fixture
def caller(director: CalledDirector, tmp_path: Path) -> Iterator[DirectorCaller]:
    daemon = make_daemon(
        tmp_path,
        director=f"Address = 127.0.0.1; Port = {director.port};"
        " ConnectionFromClientToDirector = yes; ConnectionFromDirectorToClient = no;",
    )
    made = DirectorCaller(daemon, daemon.config.directors["test-dir"], interval=0.05)
    made.start()
    yield made
    made.stop()


@pytest.mark.usefixtures("caller")
def test_the_director_uses_a_connection_and_gets_another(director: CalledDirector) -> None:
    for _ in range(2):
        channel = director.use()
        channel.send(StatusPart("current"))
        assert channel.receive_message() == b"2000 OK .status\n"
        assert channel.receive() is Signal.EOD
        channel.signal(Signal.TERMINATE)
        channel.flush()
        assert channel.receive() is Signal.TERMINATE


@pytest.mark.usefixtures("caller")
def test_a_connection_that_the_director_drops_is_opened_again(director: CalledDirector) -> None:
    assert director.arrived.acquire(timeout=PATIENCE)
    director.waiting.pop().abort()
    director.use().abort()


def test_a_refused_client_tries_again(director: CalledDirector, caller: DirectorCaller) -> None:
    director.refuse = True
    assert director.arrived.acquire(timeout=PATIENCE)
    assert director.arrived.acquire(timeout=PATIENCE)


@pytest.mark.usefixtures("caller")
def test_nonsense_on_a_connection_ends_it_and_another_is_opened(director: CalledDirector) -> None:
    channel = director.use()
    channel.send(HelloDirector("test-dir", "26.0.0"))
    assert channel.receive_message() == b"2999 Invalid command\n"
    director.use().abort()
