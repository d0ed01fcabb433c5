"""Replies end where they end, questions are answered, JSON becomes values."""

from typing import Any

import pytest

from barque.console.client import result_of
from barque.errors import CommandError, ConnectionLostError, RemoteProtocolError
from barque.wire.framing import Signal

EOD, MAIN, SUB = Signal.EOD, Signal.MAIN_PROMPT, Signal.SUB_PROMPT
OK = b'{"jsonrpc":"2.0","id":null,"result":{"jobs":[{"jobid":"1"}]}}'
FAILED = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"failed","data":{"result":{},'
    b'"messages":{"error":["no such client\\n"],"info":["look again\\n"]}}}}'
)


def test_a_reply_is_everything_up_to_the_end_signal(talk: Any, scripted: Any) -> None:
    scripted.replies = {b"list": (b"one\n", Signal.POLL, b"", b"two\n", b"x\0", EOD)}
    with talk(scripted) as console:
        assert console.call("list") == "one\ntwo\nx"
        assert console.call("nothing") == ""
    assert scripted.received[-1] is Signal.TERMINATE


def test_frames_come_as_they_arrive(talk: Any, scripted: Any) -> None:
    scripted.replies = {b"status": (b"a", b"b", EOD)}
    with talk(scripted) as console:
        assert list(console.stream("status")) == ["a", "b"]


def test_a_reply_that_was_left_unread_does_not_disturb_the_next(talk: Any, scripted: Any) -> None:
    scripted.replies = {b"long": (b"a", b"b", b"c", EOD), b"next": (b"d", EOD)}
    with talk(scripted) as console:
        next(console.stream("long"))
        assert console.call("next") == "d"


def test_questions_go_to_the_one_who_answers(talk: Any, scripted: Any) -> None:
    scripted.replies = {
        b"restore": (b"Select item: ", SUB),
        b"5": (b"sure? ", SUB),
        b"yes": (b"done\n", EOD),
    }
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "5" if len(asked) == 1 else "yes"

    with talk(scripted) as console:
        assert console.call("restore", answer) == "Select item: sure? done\n"
    assert asked == ["Select item: ", "sure? "]


def test_questions_nobody_answers_are_cancelled(talk: Any, scripted: Any) -> None:
    scripted.replies = {b"restore": (b"Select item: ", SUB), b".": (b"nothing done.\n", EOD)}
    with talk(scripted) as console:
        assert console.call("restore") == "Select item: nothing done.\n"


def test_json_switches_the_mode_once_and_back_for_text(talk: Any, scripted: Any) -> None:
    scripted.replies = {
        b".api 2": (Signal.CMD_OK, b'{"jsonrpc":"2.0","id":null,"result":{"api":2}}', MAIN),
        b".api 0": (b"api: 0\n", EOD),
        b"list jobs": (Signal.CMD_BEGIN, Signal.CMD_OK, OK[:9], OK[9:], MAIN),
        b"version": (b"v\n", EOD),
    }
    with talk(scripted) as console:
        assert console.json("list jobs") == {"jobs": [{"jobid": "1"}]}
        assert console.json("list jobs") == {"jobs": [{"jobid": "1"}]}
        assert console.call("version") == "v\n"
    commands = [frame for frame in scripted.received if isinstance(frame, bytes)]
    assert commands == [b".api 2", b"list jobs", b"list jobs", b".api 0", b"version"]


def test_a_failed_command_says_why(talk: Any, scripted: Any) -> None:
    scripted.replies = {b".api 2": (MAIN,), b"show client=x": (Signal.CMD_FAILED, FAILED, MAIN)}
    with (
        talk(scripted) as console,
        pytest.raises(CommandError, match=r"^show failed: no such client look again$"),
    ):
        console.json("show client=x")


def test_a_director_that_leaves_is_an_error(talk: Any, scripted: Any) -> None:
    scripted.replies = {b"list": (Signal.TERMINATE,)}
    with talk(scripted) as console:
        with pytest.raises(ConnectionLostError):
            console.call("list")


def test_a_director_that_dies_is_an_error(talk: Any, scripted: Any) -> None:
    with talk(scripted) as console:
        with pytest.raises(ConnectionLostError):
            console.call("quit")


def test_messages_before_the_document_are_not_part_of_it() -> None:
    text = '22-Nov dir JobId 1: {"jsonrpc" is not it\n' + OK.decode()
    assert result_of("messages", text) == {"jobs": [{"jobid": "1"}]}


@pytest.mark.parametrize("text", ["", "hello", '{"jsonrpc": ', "[1]"])
def test_what_is_not_json_is_the_directors_fault(text: str) -> None:
    with pytest.raises(RemoteProtocolError, match="is not JSON"):
        result_of("list jobs", text)


def test_a_failure_without_reason_is_told_as_such() -> None:
    text = '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"failed"}}'
    with pytest.raises(CommandError, match="run failed: no reason given"):
        result_of("run job=x", text)
