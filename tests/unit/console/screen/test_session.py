"""The loop at the keyboard, with a Director of a few lines."""

import io
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console as Terminal

from barque.console.client import Console
from barque.console.login import Welcome
from barque.console.screen.session import Session
from barque.wire.framing import Signal

EOD, SUB, MAIN = Signal.EOD, Signal.SUB_PROMPT, Signal.MAIN_PROMPT


@pytest.fixture
def type_in(serve: Any, scripted: Any, tmp_path: Path) -> Any:
    """Types keys; returns what was printed."""

    def start(keys: str) -> str:
        written = io.StringIO()
        console = Console(serve(scripted.answer), Welcome("1000 OK", ""))
        terminal = Terminal(file=written, width=80, height=20)
        with create_pipe_input() as source, console:
            source.send_text(keys)
            session = Session(
                console,
                terminal,
                tmp_path / "history",
                director="dir",
                source=source,
                output=DummyOutput(),
            )
            session.run()
        return written.getvalue()

    return start


def commands(scripted: Any) -> list[Any]:
    return [frame for frame in scripted.received if isinstance(frame, bytes)]


def test_commands_questions_and_quit(type_in: Any, scripted: Any, tmp_path: Path) -> None:
    scripted.replies = {
        b"version": (b"v 1\n", EOD),
        b"restore": (b"1: one\nSelect: ", SUB),
        b"exit": (b"chosen\n", EOD),
    }
    assert type_in("version\rrestore\rexit\rquit\rversion\r") == "v 1\n1: one\nchosen\n"
    assert commands(scripted) == [b"version", b"restore", b"exit"]
    assert "version" in (tmp_path / "history").read_text()


def test_ctrl_c_cancels_a_question_and_ctrl_d_leaves(type_in: Any, scripted: Any) -> None:
    scripted.replies = {b"restore": (b"Select: ", SUB), b".": (b"nothing done\n", EOD)}
    assert type_in("restore\r\x03\x03\x04") == "nothing done\n"


def test_json_and_the_pager(type_in: Any, scripted: Any) -> None:
    scripted.replies = {
        b".api 2": (MAIN,),
        b"list jobs": (b'{"jsonrpc":"2.0","id":null,"result":{"jobs":[]}}', MAIN),
        b"bad": (
            b'{"jsonrpc":"2.0","id":null,"error":{"data":{"messages":{"error":["no"]}}}}',
            MAIN,
        ),
    }
    said = type_in("json list jobs\rjson bad\rpager off\rquit\r")
    assert '"jobs": []' in said
    assert "bad failed: no\npager is off\n" in said


def test_at_commands_are_local(type_in: Any, scripted: Any, capfdbinary: Any) -> None:
    type_in("@echo hello\rquit\r")
    assert commands(scripted) == []


def test_the_tree(type_in: Any, scripted: Any) -> None:
    prompt = (b"$ ", SUB)
    entry = b"-rw-r--r--,1,0(root),0(root),5,2026-11-22 21:18:08, ,/file\n"
    scripted.replies = {
        b"restore": (Signal.START_RTREE, b"cwd is: /\n", *prompt),
        b'cd "/"': (b"cwd is: /\n", *prompt),
        b".dir": (entry, *prompt),
        b"estimate": (b"1 total files\n", *prompt),
        b'mark "/file"': (b"1 file newly marked.\n", *prompt),
        b"done": (Signal.END_RTREE, b"OK\n", EOD),
    }
    said = type_in("restore\rtree\r dquit\r")
    assert b'mark "/file"' in commands(scripted)
    assert commands(scripted)[-1] == b"done"
    assert said == "cwd is: /\nType tree for a full screen to mark files on.\nOK\n"


def test_a_director_that_goes_away_ends_the_session(type_in: Any, scripted: Any) -> None:
    scripted.replies = {b"list": (Signal.TERMINATE,)}
    assert "ended the session" in type_in("list\rlist\r")
    assert commands(scripted) == [b"list"]


def test_a_file_of_commands(type_in: Any, scripted: Any, tmp_path: Path) -> None:
    path = tmp_path / "script"
    path.write_text("version\n")
    scripted.replies = {b"version": (b"v 1\n", EOD)}
    said = type_in(f"@input {path}\rquit\r")
    assert said in {"*version\nv 1\n", ""}  # root may not
