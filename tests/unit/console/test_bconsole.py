"""The program's options, and its exit codes."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from barque.console import bconsole
from barque.console.client import Console
from barque.console.login import Welcome
from barque.errors import ConnectionLostError
from barque.wire.framing import Signal

TWO = """
Director { Name = a; Address = a.example; Password = "x" }
Director { Name = b; Address = b.example; Password = "y"; Port = 9999 }
"""

type Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "bconsole.conf"
    path.write_text(TWO)
    return path


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def start(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            bconsole.main([str(each) for each in arguments])
        out, err = capfdbinary.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, out.decode(), err.decode()

    return start


def test_directors_are_listed(run: Run, config: Path) -> None:
    assert run("-c", config, "-l") == (0, "a\nb\n", "")


def test_a_good_configuration_is_no_news(run: Run, config: Path) -> None:
    assert run("-c", config, "-t") == (0, "", "")


def test_a_mistake_is_told_with_its_place(run: Run, config: Path) -> None:
    config.write_text(TWO + "Director { Nmae = c }\n")
    code, _, err = run("-c", config, "-t")
    assert code == 42
    assert f"{config}:4" in err
    assert 'Keyword "Nmae" not permitted' in err


def test_a_wrong_command_line_has_its_own_code(run: Run) -> None:
    assert run("--nosuch")[0] == 41
    assert run("-c", "/no/such/path")[0] == 41
    assert run("-u", "0")[0] == 41


def test_the_configuration_is_printed_so_that_it_can_be_read(
    run: Run, config: Path, tmp_path: Path
) -> None:
    _, text, _ = run("-c", config, "--xc")
    again = tmp_path / "again.conf"
    again.write_text(text)
    assert run("-c", again, "--xc") == (0, text, "")


def test_the_schema_is_json(run: Run) -> None:
    import json

    code, text, _ = run("--xs")
    assert code == 0
    assert set(json.loads(text)["resource"]["bconsole"]) == {"Console", "Director"}


def test_an_unknown_director_is_told(run: Run, config: Path) -> None:
    code, out, _ = run("-c", config, "-D", "c")
    assert (code, out) == (1, "Can't find c in Director list\n")


def test_the_director_can_be_picked(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["x", "3", "2"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr(
        bconsole, "run", lambda choice, *_, **__: choice.account.address.port - 9990
    )
    code, out, _ = run("-c", config)
    assert code == 9
    assert out.startswith(
        "Available Directors:\n 1:  a at a.example:9101\n 2:  b at b.example:9999\n"
    )
    assert out.count("You must enter a number between 1 and 2") == 2


def test_a_session_prints_what_the_original_prints(
    run: Run,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    serve: Any,
    scripted: Any,
    tmp_path: Path,
) -> None:
    scripted.replies = {b"version": (b"v 1\n", Signal.EOD)}
    welcome = Welcome("1000 OK: dir Version: 1 (today)", "line one\nline two")
    channel = serve(scripted.answer)
    monkeypatch.setattr(Console, "connect", lambda *_, **__: Console(channel, welcome))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"version\n")))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".bconsolerc").write_text("@echo hello\n")
    code, out, _ = run("-c", config, "-D", "b")
    assert code == 0
    assert out == (
        "Connecting to Director b.example:9999\n"
        " Encryption: None\n"
        "1000 OK: dir Version: 1 (today)\n"
        "line one\nline two\n"
        "\nEnter a period (.) to cancel a command.\n"
        "@echo hello\nhello \n"
        "version\nv 1\n"
    )
    assert scripted.received == [b"version", Signal.TERMINATE]


def test_a_director_that_is_not_there_is_told(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionLostError("cannot connect to a.example:9101: Connection refused")

    monkeypatch.setattr(Console, "connect", refuse)
    code, out, _ = run("-c", config, "-D", "a")
    assert code == 1
    assert out.endswith(
        "cannot connect to a.example:9101: Connection refused\n"
        "Failed to connect to Director. Giving up.\n"
    )
