"""Two sides of a real loopback connection: TLS-PSK, clear text, and everything that goes wrong."""

import queue
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from barque.errors import AuthenticationError, BarqueError, ConnectionLostError
from barque.transport.channel import Channel
from barque.transport.dial import Address, dial, introduce
from barque.transport.listen import Listener, receive_hello
from barque.transport.proof import Credentials, challenge_then_answer
from barque.transport.tls import DEFAULT_TLS, TlsSettings
from barque.wire.hello import FileHelloOk, Hello, HelloConsole, HelloDirector, HelloStartJob
from barque.wire.message import Message
from barque.wire.psk import Identity, ResourceType, key_of_password

KEY = key_of_password("the password")
DIRECTOR = Identity(ResourceType.DIRECTOR, "dir 1")
CLEAR = TlsSettings(enable=False)


@contextmanager
def daemon() -> Iterator[tuple[Address, "queue.Queue[tuple[Hello, str] | BarqueError]"]]:
    seen: queue.Queue[tuple[Hello, str] | BarqueError] = queue.Queue()

    def handle(channel: Channel) -> None:
        try:
            hello = receive_hello(
                channel, lambda who: KEY if who == DIRECTOR else None, DEFAULT_TLS
            )
            challenge_then_answer(
                channel, Credentials(Identity(ResourceType.CLIENT, "fd"), KEY, CLEAR)
            )
        except BarqueError as error:
            seen.put(error)
            return
        channel.send(FileHelloOk())
        channel.flush()
        seen.put((hello, channel.tls))

    listener = Listener("test", handle)
    (port,) = listener.bind([("127.0.0.1", 0)])
    listener.start()
    try:
        yield Address("127.0.0.1", port), seen
    finally:
        listener.stop()


def call(address: Address, hello: Message, credentials: Credentials) -> bytes:
    with dial(address) as channel:
        introduce(channel, hello, credentials)
        return channel.receive_message(5)


@pytest.mark.parametrize("settings", [DEFAULT_TLS, CLEAR], ids=["tls", "clear"])
def test_both_sides_know_each_other(settings: TlsSettings) -> None:
    with daemon() as (address, seen):
        reply = call(
            address, HelloDirector("dir 1", "26.0.0"), Credentials(DIRECTOR, KEY, settings)
        )
        result = seen.get(timeout=5)
    assert reply == b"2000 OK Hello 54\n"
    assert isinstance(result, tuple)
    assert result[0] == HelloDirector("dir 1", "26.0.0")
    assert ("TLS" in result[1]) is settings.enable


@pytest.mark.parametrize("settings", [DEFAULT_TLS, CLEAR], ids=["tls", "clear"])
def test_a_wrong_password_is_refused_on_both_sides(settings: TlsSettings) -> None:
    with daemon() as (address, seen):
        wrong = Credentials(DIRECTOR, key_of_password("wrong"), settings)
        with pytest.raises(AuthenticationError, match="password"):
            call(address, HelloDirector("dir 1"), wrong)
        assert isinstance(seen.get(timeout=5), AuthenticationError)


def test_an_unknown_name_is_refused_in_the_handshake() -> None:
    stranger = Identity(ResourceType.DIRECTOR, "stranger")
    with daemon() as (address, seen):
        with pytest.raises(AuthenticationError, match="handshake"):
            call(address, HelloDirector("stranger"), Credentials(stranger, KEY))
        assert isinstance(seen.get(timeout=5), AuthenticationError)


@pytest.mark.parametrize("hello", [HelloDirector("other"), HelloStartJob("dir 1")])
def test_the_hello_must_name_whom_the_key_proved(hello: Message) -> None:
    with daemon() as (address, seen):
        with pytest.raises((AuthenticationError, ConnectionLostError)):
            call(address, hello, Credentials(DIRECTOR, KEY))
        error = seen.get(timeout=5)
    assert isinstance(error, AuthenticationError)
    assert "proved to be" in str(error)


@pytest.mark.parametrize(
    "noise", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01garbage....", b"\0\0\0\5nope!"]
)
def test_noise_ends_the_connection_and_nothing_else(noise: bytes) -> None:
    with daemon() as (address, seen):
        with socket.create_connection((address.host, address.port)) as sock:
            sock.sendall(noise)
            sock.shutdown(socket.SHUT_WR)
            assert isinstance(seen.get(timeout=5), BarqueError)
        reply = call(address, HelloDirector("dir 1"), Credentials(DIRECTOR, KEY))
    assert reply == b"2000 OK Hello 54\n"


def test_our_own_challenge_is_not_answered() -> None:
    """A peer that reflects challenges must not get our proof of the password."""
    from barque.wire.cram_md5 import Challenge

    with daemon() as (address, _), dial(address) as channel:
        channel.send(HelloDirector("dir 1"))
        challenge = Challenge.decode(channel.receive_message(5))
        assert challenge.name == "R_CLIENT::fd"


def test_a_taken_port_is_named() -> None:
    with daemon() as (address, _):
        with pytest.raises(ConnectionLostError, match=f":{address.port}.*in use"):
            Listener("second", lambda _: None).bind([(address.host, address.port)])


def test_nobody_listens() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    with pytest.raises(ConnectionLostError, match=f"127.0.0.1:{port}"):
        dial(Address("127.0.0.1", port))


def test_a_console_says_hello_like_everybody() -> None:
    hello = HelloConsole("*UserAgent*", "26.0.0")
    assert hello.identity.encode() == "R_CONSOLE\x1e*UserAgent*"
