"""The life of a daemon's process, with a daemon that only keeps notes.

What forks, or takes signals, is a process of its own.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from barque.config import filedaemon
from barque.config.load import FileDaemonConfig, load_filedaemon
from barque.daemon.options import daemon_parser, parse_options
from barque.daemon.process import CANNOT_START, Program, run_command, run_program
from barque.errors import BarqueError, ConfigError

PATIENCE = 20.0

CONFIG = """
Client { Name = here-fd; WorkingDirectory = %s; }
Director { Name = here-dir; Password = secret; }
Messages { Name = Standard; director = here-dir = all; }
"""

SCRIPT = """
import signal, sys, threading
from barque.config import filedaemon
from barque.config.load import load_filedaemon
from barque.daemon.options import daemon_parser, parse_options
from barque.daemon.process import Program, run_program
from barque.errors import BarqueError, ConnectionLostError

class Daemon:
    def start(self):
        if {fails!r}:
            raise ConnectionLostError("the port is taken")
        print("started", flush=True)
        return [4711]
    def stop(self):
        with open({notes!r}, "a") as file:
            file.write("stopped\\n")
    def reload(self):
        with open({notes!r}, "a") as file:
            file.write("reloaded\\n")
        return True

program = Program("bareos-fd", filedaemon.RESOURCES, load_filedaemon, lambda c, o: Daemon(),
                  lambda c: c.client.working_directory)
options = parse_options(daemon_parser("test", "test"), None)
sys.exit(run_program(program, options))
"""


class Quiet:
    """A daemon that must not be started."""

    def start(self) -> list[int]:
        raise AssertionError

    def stop(self) -> None:
        raise AssertionError

    def reload(self) -> bool:
        raise AssertionError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "bareos-fd.conf"
    file.write_text(CONFIG % tmp_path)
    return file


def run(path: Path, *arguments: str, fails: BarqueError | None = None) -> int:
    def make(config: FileDaemonConfig, options: argparse.Namespace) -> Quiet:
        del config, options
        if fails:
            raise fails
        return Quiet()

    program = Program(
        "bareos-fd",
        filedaemon.RESOURCES,
        load_filedaemon,
        make,
        lambda config: config.client.working_directory,
    )
    line = ["-c", str(path), *arguments]
    return run_program(program, parse_options(daemon_parser("barque-fd", "x"), line))


def test_a_configuration_is_tested(path: Path) -> None:
    assert run(path, "-t") == 0


def test_mistakes_in_a_configuration_are_shown(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_text("Client { Name = x; NoSuchThing = 1; }\n")
    assert run(path, "-t") == 42
    assert "NoSuchThing" in capsys.readouterr().out


def test_what_the_daemon_itself_refuses(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(path, "-t", fails=BarqueError("no catalog")) == CANNOT_START
    assert run(path, "-t", fails=ConfigError("bad", exit_code=42)) == 42
    assert capsys.readouterr().err == "bareos-fd: no catalog\nbareos-fd: bad\n"


def test_the_schema_needs_no_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    program = Program(
        "bareos-fd", filedaemon.RESOURCES, load_filedaemon, lambda *_: Quiet(), lambda _: "/"
    )
    options = parse_options(daemon_parser("barque-fd", "x"), ["--xs"])
    assert run_program(program, options) == 0
    assert json.loads(capsys.readouterr().out)["component"] == "bareos-fd"


def test_the_whole_configuration_is_exported(
    path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(path, "--xc") == 0
    text = capsys.readouterr().out
    assert 'Name = "here-fd"' in text
    again = tmp_path / "again.conf"
    again.write_text(text)
    assert load_filedaemon(again).client.name == "here-fd"


def test_one_type_or_one_resource_is_exported(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(path, "--xc", "director") == 0
    assert 'Name = "here-dir"' in capsys.readouterr().out
    assert run(path, "--xc", "Director", "here-dir") == 0
    assert "here-fd" not in capsys.readouterr().out
    assert run(path, "--xc", "director", "") == 0
    assert 'Name = "here-dir"' in capsys.readouterr().out


@pytest.mark.parametrize("wanted", [["Nonsense"], ["Director", "nobody"]])
def test_what_cannot_be_exported(
    path: Path, capsys: pytest.CaptureFixture[str], wanted: list[str]
) -> None:
    assert run(path, "--xc", *wanted) == CANNOT_START
    assert wanted[-1] in capsys.readouterr().err


def test_an_included_command(tmp_path: Path) -> None:
    assert run_command("echo Name = x") == "Name = x\n"
    with pytest.raises(ConfigError, match="the included command failed"):
        run_command("exit 3")


class Spawned:
    """A daemon of its own process."""

    def __init__(self, directory: Path, *, fails: bool = False) -> None:
        self.directory = directory
        self.notes = directory / "notes"
        self.script = directory / "daemon.py"
        self.script.write_text(textwrap.dedent(SCRIPT.format(notes=str(self.notes), fails=fails)))
        (directory / "bareos-fd.conf").write_text(CONFIG % directory)

    def line(self, *arguments: str) -> list[str]:
        config = str(self.directory / "bareos-fd.conf")
        return [sys.executable, str(self.script), "-c", config, *arguments]

    def wait_for(self, what: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def noted(self, word: str) -> bool:
        return self.notes.exists() and word in self.notes.read_text()


@contextmanager
def in_foreground(spawned: Spawned, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        spawned.line("-f", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_daemon_in_good_order(tmp_path: Path, number: int) -> None:
    spawned = Spawned(tmp_path)
    with in_foreground(spawned) as process:
        process.send_signal(signal.SIGHUP)
        spawned.wait_for(lambda: spawned.noted("reloaded"))
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
    assert spawned.notes.read_text() == "reloaded\nstopped\n"


@pytest.mark.slow
def test_without_signals_they_do_what_they_always_do(tmp_path: Path) -> None:
    spawned = Spawned(tmp_path)
    with in_foreground(spawned, "-s") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == -signal.SIGTERM
    assert not spawned.notes.exists()


@pytest.mark.slow
def test_the_background(tmp_path: Path) -> None:
    """The first process ends when the daemon serves; the pid file names the second."""
    spawned = Spawned(tmp_path)
    pid_file = tmp_path / "daemon.pid"
    done = subprocess.run(
        spawned.line("-p", str(pid_file)), capture_output=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    pid = int(pid_file.read_text())
    try:
        assert os.getsid(pid) == pid
        log = tmp_path / "bareos-fd.log"
        spawned.wait_for(lambda: log.exists() and "listens on 4711" in log.read_text())
        assert log.stat().st_mode & 0o777 == 0o600
    finally:
        os.kill(pid, signal.SIGTERM)
    spawned.wait_for(lambda: spawned.noted("stopped") and not pid_file.exists())


@pytest.mark.slow
def test_a_daemon_that_cannot_start_says_so_before_it_is_in_the_background(tmp_path: Path) -> None:
    spawned = Spawned(tmp_path, fails=True)
    done = subprocess.run(spawned.line(), capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == CANNOT_START
    assert done.stderr == b"bareos-fd: the port is taken\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("WorkingDirectory = ", "WorkingDirectory = /no/where; #"), b"cannot be written"),
        ((), b"Cannot open pid file. /no/where/x.pid ERR="),
    ],
)
def test_places_that_cannot_be_written(
    tmp_path: Path, change: tuple[str, ...], told: bytes
) -> None:
    spawned = Spawned(tmp_path)
    if change:
        path = tmp_path / "bareos-fd.conf"
        path.write_text(
            path.read_text().replace(f"{change[0]}{tmp_path};", "WorkingDirectory = /no/where;")
        )
    arguments = () if change else ("-p", "/no/where/x.pid")
    done = subprocess.run(
        spawned.line(*arguments), capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == CANNOT_START
    assert told in done.stderr


@pytest.mark.slow
def test_a_user_that_does_not_exist(tmp_path: Path) -> None:
    if os.geteuid():
        return
    spawned = Spawned(tmp_path)
    for option in ("-u", "-g"):
        done = subprocess.run(
            spawned.line("-f", option, "nobody-at-all"),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == CANNOT_START
        assert b"nobody-at-all" in done.stdout
