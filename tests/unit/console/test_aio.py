"""The asyncio client does what the blocking one does."""

import asyncio
import threading
from contextlib import suppress
from typing import Any

import pytest

from barque.console import AsyncConsole, PamCredentials
from barque.errors import AuthenticationError, CommandError, ConnectionLostError
from barque.wire.framing import Signal
from barque.wire.psk import key_of_password

EOD, MAIN, SUB = Signal.EOD, Signal.MAIN_PROMPT, Signal.SUB_PROMPT
OK = b'{"jsonrpc":"2.0","id":null,"result":{"jobs":[{"jobid":"1"}]}}'
FAILED = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"failed","data":{"result":{},'
    b'"messages":{"error":["no such client\\n"]}}}}'
)


def test_text_questions_and_json(listen: Any, session: Any, scripted: Any) -> None:
    scripted.replies = {
        b"list": (b"one\n", Signal.POLL, b"tw", b"o\n", EOD),
        b"restore": (b"Select: ", SUB),
        b"5": (b"done\n", EOD),
        b".api 2": (OK, MAIN),
        b"list jobs": (Signal.CMD_BEGIN, OK[:20], OK[20:], MAIN),
        b"bad": (FAILED, MAIN),
    }

    async def later(question: str) -> str:
        assert question == "Select: "
        await asyncio.sleep(0)
        return "5"

    async def talk() -> None:
        async with await AsyncConsole.connect(listen(session)) as console:
            assert console.tls.endswith("TLSv1.3")
            assert console.welcome.info == "line one\nline two"
            assert await console.call("list") == "one\ntwo\n"
            assert [text async for text in console.stream("list")] == ["one\n", "tw", "o\n"]
            assert await console.call("restore", later) == "Select: done\n"
            assert await console.send_command("restore") == "Select: "
            assert await console.json("list jobs") == {"jobs": [{"jobid": "1"}]}
            with pytest.raises(CommandError, match="bad failed: no such client"):
                await console.json("bad")

    asyncio.run(talk())
    assert scripted.received[-1] is Signal.TERMINATE


def test_a_late_answer_is_an_error_and_does_not_disturb_the_next(
    listen: Any, scripted: Any
) -> None:
    given_up = threading.Event()

    def peer(channel: Any) -> None:
        scripted.log_in(channel)
        assert channel.receive(20) == b"slow"
        channel.send(b"half")
        channel.flush()
        given_up.wait(20)
        channel.send(b"late")
        channel.signal(EOD)
        assert channel.receive(20) == b"next"
        channel.send(b"in time")
        channel.signal(EOD)
        channel.flush()

    async def talk() -> None:
        async with await AsyncConsole.connect(listen(peer)) as console:
            with pytest.raises(ConnectionLostError, match="in time"):
                await console.call("slow", timeout=0.05)
            given_up.set()
            assert await console.call("next") == "in time"

    asyncio.run(talk())


def test_a_session_that_ended_between_commands_is_made_anew(
    listen: Any, session: Any, scripted: Any
) -> None:
    scripted.replies = {b"version": (b"v\n", EOD)}

    async def talk() -> None:
        console = await AsyncConsole.connect(listen(scripted.log_in, session))
        with suppress(ConnectionLostError):
            await console.channel.receive(20)
        assert await console.call("version") == "v\n"
        await console.close()

    asyncio.run(talk())


def test_a_command_whose_reply_breaks_off_is_not_sent_again(
    listen: Any, session: Any, scripted: Any
) -> None:
    async def talk() -> None:
        async with await AsyncConsole.connect(listen(session)) as console:
            with pytest.raises(ConnectionLostError, match="closed the connection"):
                await console.call("quit")

    asyncio.run(talk())
    assert scripted.received == [b"quit"]


def test_a_wrong_password_is_told(listen: Any, session: Any, scripted: Any) -> None:
    scripted.password = key_of_password("other")
    with pytest.raises(AuthenticationError, match="name and password"):
        asyncio.run(AsyncConsole.connect(listen(session)))


def test_a_person_logs_in(listen: Any, scripted: Any) -> None:
    def peer(channel: Any) -> None:
        scripted.greeting = (b"1001\x1e",)
        scripted.log_in(channel)
        assert channel.receive(20) == b"4002\x1ealice\x1epw"
        channel.send(b"1000\x1eOK: dir")
        channel.send(b"1002\x1ehello alice")
        channel.flush()

    async def talk() -> str:
        person = PamCredentials("alice", "pw")
        console = await AsyncConsole.connect(listen(peer), pam=lambda _tls: person)
        await console.close()
        return console.welcome.info

    assert asyncio.run(talk()) == "hello alice"


def test_nobody_listens(secret_account: Any, unused_port: int) -> None:
    from dataclasses import replace

    from barque.transport.dial import Address

    nowhere = replace(secret_account, address=Address("127.0.0.1", unused_port))
    with pytest.raises(ConnectionLostError, match="cannot connect to"):
        asyncio.run(AsyncConsole.connect(nowhere))
