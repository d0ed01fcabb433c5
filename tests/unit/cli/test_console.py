"""``barque console``: what the command line wants carried out."""

import io
import json
from pathlib import Path
from typing import Any, Self

import pytest

from barque.cli.app import main
from barque.console import Console
from barque.errors import CommandError


class Told:
    """A session that answers everything but ``bad``."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def call(self, command: str) -> str:
        self.calls.append(command)
        return f"did {command}\n"

    def json(self, command: str) -> dict[str, str]:
        self.calls.append(command)
        if command == "bad":
            raise CommandError("bad failed: no")
        return {"did": command}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


@pytest.fixture
def told(monkeypatch: Any) -> Told:
    """The session that is opened."""
    told = Told()
    monkeypatch.setattr(Console, "connect", lambda *_, **__: told)
    return told


@pytest.fixture
def run(told: Told, tmp_path: Path, capsys: Any) -> Any:
    """Runs ``barque console`` with one Director; returns exit code and output."""
    path = tmp_path / "bconsole.conf"
    path.write_text("Director { Name = one; Address = 127.0.0.1; Port = 9; Password = x }\n")

    def start(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            main(["console", "--config", str(path), *arguments])
        return int(end.value.code or 0), capsys.readouterr().out

    return start


def test_commands_of_the_line(run: Any, told: Told) -> None:
    assert run("-c", "one", "-c", "two") == (0, "did one\ndid two\n")


def test_a_file_of_commands(run: Any, told: Told, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("# a remark\n\none\n")
    assert run("-f", str(script)) == (0, "did one\n")
    assert run("-f", str(tmp_path / "missing"))[0] == 1


def test_json_is_one_line_for_each_command(run: Any, told: Told) -> None:
    code, out = run("--json", "-c", "one", "-c", "bad")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"did": "one"},
        {"error": "bad failed: no"},
    ]
    assert code == 1


def test_json_of_what_is_piped_in(run: Any, told: Told, monkeypatch: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("one\ntwo\n"))
    code, out = run("--json")
    assert (code, len(out.splitlines()), told.calls) == (0, 2, ["one", "two"])


def test_an_unknown_director_is_told(run: Any) -> None:
    assert run("-D", "two", "-c", "x")[0] == 1
