"""The commands that people type, as processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from barque.config.load import load_director
from barque.local.place import Place
from barque.local.ports import is_open
from barque.testing.daemons import wait_until

pytestmark = pytest.mark.slow


def barque(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "barque", *arguments],
        env=os.environ | {"BARQUE_DIR": str(place.root)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def up(place: Place) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "barque", "up", str(place.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as output:
        try:
            for line in output:
                if line.startswith("ready:"):
                    break
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            output.read()
            process.wait(60)


def ports_of(place: Place) -> list[int]:
    first = load_director(place.root).director.addresses[0].port
    assert isinstance(first, int)
    return [first, first + 1, first + 2]


def nobody_listens(place: Place) -> bool:
    return not any(is_open("127.0.0.1", port) for port in ports_of(place))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_up_ends_cleanly(place: Place, number: signal.Signals) -> None:
    with up(place) as process:
        assert all(is_open("127.0.0.1", port) for port in ports_of(place))
        process.send_signal(number)
        assert process.wait(60) == 0
    assert nobody_listens(place)


def test_a_supervisor_that_is_killed_leaves_no_daemon(place: Place) -> None:
    with up(place) as process:
        process.kill()
        process.wait(60)
        wait_until(lambda: nobody_listens(place))


def test_two_supervisors_are_one_too_many(place: Place) -> None:
    with up(place) as process:
        second = barque(place, "up")
    assert second.returncode == 1
    assert second.stderr == (
        f"barque: barque up runs already for {place.root} (process {process.pid})\n"
    )


def test_the_everyday_commands(place: Place, tmp_path: Path) -> None:
    data = tmp_path / "some data"
    data.mkdir()
    (data / "file").write_text("hello\n")
    with up(place):
        first = barque(place, "backup", str(data), "--report")
        assert first.returncode == 0, first.stderr
        assert "Termination:            Backup OK" in first.stdout
        assert "Full backup OK: 2 files" in first.stdout
        (data / "file").write_text("changed\n")
        second = barque(place, "backup", str(data))
        assert "Incremental backup OK" in second.stdout
        listed = barque(place, "ls", str(data))
        assert f"{data}/file" in listed.stdout
        assert barque(place, "ls").stdout == f"{data}\n"
        restored = barque(place, "restore", "--to", str(tmp_path / "to"), str(data / "file"))
        assert restored.returncode == 0, restored.stderr
        jobs = barque(place, "jobs").stdout
        assert "Incremental" in jobs
        assert "Restore" in jobs
        status = barque(place, "status").stdout
        assert "running jobs: none" in status
        missing = barque(place, "restore", str(tmp_path / "never"))
        assert missing.returncode == 1
        assert missing.stderr.startswith(f"barque: there is no backup of {tmp_path}/never")
    assert (tmp_path / "to" / data.relative_to("/") / "file").read_text() == "changed\n"


def test_a_file_that_cannot_be_read_is_a_warning(place: Place, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "good").write_text("x")
    (data / "void").mkdir()
    conf = place.director_resources / "fileset" / "Home.conf"
    conf.write_text(conf.read_text().replace(str(tmp_path / "home"), str(data)))
    text = conf.read_text()
    conf.write_text(text.replace('File = "', f'File = "{tmp_path}/nowhere"\n    File = "', 1))
    with up(place):
        done = barque(place, "backup")
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"{tmp_path}/nowhere" in done.stderr
    assert "Full backup OK, with warnings" in done.stdout
