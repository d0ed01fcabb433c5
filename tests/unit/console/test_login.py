"""Logging in: TLS, passwords, welcome; and what is said when it fails."""

from typing import Any

import pytest

from barque.console.login import decode_numbered, encode_numbered, log_in, reach
from barque.console.pam import PamCredentials, PamDialogue
from barque.errors import AuthenticationError, ConnectionLostError
from barque.transport.dial import Address
from barque.wire.framing import Signal
from barque.wire.psk import key_of_password


def test_the_welcome_is_what_the_director_says(
    serve: Any, scripted: Any, secret_account: Any
) -> None:
    channel = serve(scripted.log_in)
    welcome = log_in(channel, secret_account)
    assert channel.tls.endswith("TLSv1.3")
    assert welcome.text == "1000 OK: dir Version: 26.0.0 (today)"
    assert welcome.info == "line one\nline two"


def test_a_wrong_password_is_told(serve: Any, scripted: Any, secret_account: Any) -> None:
    scripted.password = key_of_password("other")
    with pytest.raises(AuthenticationError, match="name and password"):
        log_in(serve(scripted.log_in), secret_account)


def test_a_director_that_closes_after_the_password_is_told(
    serve: Any, scripted: Any, secret_account: Any
) -> None:
    scripted.greeting = ()
    with pytest.raises(AuthenticationError, match="may not know this console"):
        log_in(serve(scripted.log_in), secret_account)


@pytest.mark.parametrize("greeting", [(Signal.TERMINATE,), (b"1999\x1eno",), (b"what?",)])
def test_a_refusal_is_told(
    serve: Any, scripted: Any, secret_account: Any, greeting: tuple[bytes | Signal]
) -> None:
    scripted.greeting = greeting
    with pytest.raises(AuthenticationError):
        log_in(serve(scripted.log_in), secret_account)


def test_a_person_is_named_from_known_credentials(
    serve: Any, scripted: Any, secret_account: Any
) -> None:
    seen: list[bytes] = []

    def peer(channel: Any) -> None:
        scripted.greeting = (b"1001\x1e",)
        scripted.log_in(channel)
        seen.append(channel.receive(20))
        channel.send(b"1000\x1eOK: dir")
        channel.send(b"1002\x1ehello alice")
        channel.flush()

    channel = serve(peer)
    welcome = log_in(channel, secret_account, lambda _: PamCredentials("alice", "pw"))
    assert welcome.info == "hello alice"
    assert seen == [b"4002\x1ealice\x1epw"]


def test_a_person_answers_the_questions_of_pam(
    serve: Any, scripted: Any, secret_account: Any
) -> None:
    seen: list[bytes] = []

    def peer(channel: Any) -> None:
        scripted.greeting = (b"1001\x1e",)
        scripted.log_in(channel)
        seen.append(channel.receive(20))
        for style, prompt in ((b"\2", b"login: \0"), (b"\1", b"Password: \0")):
            channel.send(style)
            channel.send(prompt)
            seen.append(channel.receive(20))
        for frame in (b"\0", b"\0", b"1000\x1eOK: dir", b"1002\x1ein"):
            channel.send(frame)
        channel.flush()

    asked: list[tuple[str, bool]] = []

    def ask(text: str, shown: bool) -> str:
        asked.append((text, shown))
        return f"answer {len(asked)}"

    assert log_in(serve(peer), secret_account, lambda _: PamDialogue(ask)).info == "in"
    assert asked == [("login: ", True), ("Password: ", False)]
    assert seen == [b"4001\x1e", b"answer 1", b"answer 2"]


def test_a_person_is_needed_but_nobody_is_there(
    serve: Any, scripted: Any, secret_account: Any
) -> None:
    scripted.greeting = (b"1001\x1e",)
    with pytest.raises(AuthenticationError, match="needs a user name and a password"):
        log_in(serve(scripted.log_in), secret_account)


def test_nobody_listens(secret_account: Any, unused_port: int) -> None:
    from dataclasses import replace

    nowhere = replace(secret_account, address=Address("127.0.0.1", unused_port))
    with pytest.raises(ConnectionLostError, match=f"127.0.0.1:{unused_port}: Connection refused"):
        reach(nowhere)


def test_numbered_messages_round_trip() -> None:
    message = decode_numbered(encode_numbered(1002, "a", "b c") + b"\0")
    assert (message.number, message.fields, message.text) == (1002, ("a", "b c"), "a b c")
