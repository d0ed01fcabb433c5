"""Sessions in one call; encrypted or not at all; made anew, but no command twice."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from barque.console import PamCredentials, accounts_in, connect, connect_async
from barque.console.client import Console
from barque.console.conversation import Conversation
from barque.errors import AuthenticationError, ConnectionLostError
from barque.transport.tls import TlsSettings
from barque.wire.framing import Signal
from barque.wire.psk import key_of_password

EOD = Signal.EOD


def test_one_call_gives_a_session(listen: Any, session: Any, scripted: Any) -> None:
    scripted.replies = {b"version": (b"v\n", EOD)}
    port = listen(session).address.port
    with connect("127.0.0.1", "secret", port=port, timeout=20) as console:
        assert console.send_command("version") == "v\n"
        assert console.tls


def test_the_hash_of_a_password_does_as_well(listen: Any, session: Any, scripted: Any) -> None:
    scripted.replies = {b"version": (b"v\n", EOD)}
    hashed = f"[md5]{key_of_password('secret').decode()}"
    port = listen(session).address.port

    async def talk() -> str:
        person = PamCredentials("not", "asked")
        async with await connect_async("127.0.0.1", hashed, port=port, person=person) as console:
            return await console.call("version")

    assert asyncio.run(talk()) == "v\n"


@pytest.mark.parametrize("aio", [False, True])
def test_a_director_without_tls_hears_nothing(listen: Any, aio: bool) -> None:
    heard: list[bytes] = []

    def plain(channel: Any) -> None:
        heard.append(channel._plain.peek(64, None))
        channel._plain.send(memoryview(b"HTTP/1.0 400 Bad Request\r\n\r\n"))

    port = listen(plain).address.port
    with pytest.raises(AuthenticationError, match="TLS handshake"):
        if aio:
            asyncio.run(connect_async("127.0.0.1", "secret", port=port))
        else:
            connect("127.0.0.1", "secret", port=port)
    assert heard[0][:1] == b"\x16"
    assert b"Hello" not in heard[0]


def test_clear_text_is_used_only_when_it_is_asked_for(
    listen: Any, session: Any, scripted: Any
) -> None:
    scripted.tls = False
    scripted.replies = {b"version": (b"v\n", EOD)}
    port = listen(session).address.port
    with connect("127.0.0.1", "secret", port=port, tls=TlsSettings(enable=False)) as console:
        assert console.call("version") == "v\n"
        assert console.tls == ""


def test_a_session_that_ended_between_commands_is_made_anew(
    listen: Any, session: Any, scripted: Any
) -> None:
    scripted.replies = {b"version": (b"v\n", EOD)}
    with Console.connect(listen(scripted.log_in, session)) as console:
        until = time.monotonic() + 20
        while not console.channel.is_closed_by_peer():
            assert time.monotonic() < until
        assert console.call("version") == "v\n"


def test_a_late_answer_is_an_error(listen: Any, scripted: Any) -> None:
    def peer(channel: Any) -> None:
        scripted.log_in(channel)
        channel.receive(20)
        channel.send(b"half of it")
        channel.flush()
        channel.receive(20)

    with Console.connect(listen(peer)) as console:
        console.timeout = 0.05
        with pytest.raises(ConnectionLostError, match="did not answer in time"):
            console.call("slow")


def test_a_person_types_until_quit(talk: Any, scripted: Any, capsys: Any) -> None:
    scripted.replies = {b"restore": (b"Select: ", Signal.SUB_PROMPT), b"exit": (b"ok\n", EOD)}
    typed = iter(["restore", "exit", "exit"])
    prompts: list[str] = []

    def read(prompt: str) -> str:
        prompts.append(prompt)
        return next(typed)

    with talk(scripted) as console:
        console.interactive(read)
    assert prompts == ["*", "", "*"]
    assert capsys.readouterr().out == "Select: ok\n"


def test_a_letter_cut_by_the_end_of_a_frame_stays_whole() -> None:
    conversation = Conversation("dir")
    conversation.sent()
    frames = ("grün".encode()[:3], "grün".encode()[3:], b"\xff", EOD)
    assert "".join(conversation.take(frame) for frame in frames) == "grün\udcff"
    assert not conversation.reading


def test_the_directors_of_a_configuration(tmp_path: Path) -> None:
    path = tmp_path / "bconsole.conf"
    path.write_text(
        "Director { Name = one; Address = a.example; Password = x }\n"
        "Director { Name = two; Address = b.example; Port = 9201; Password = y }\n"
    )
    accounts = accounts_in(path)
    assert {name: str(each.address) for name, each in accounts.items()} == {
        "one": "a.example:9101",
        "two": "b.example:9201",
    }
