"""Bad input gives a line that names the thing; the daemons live on and nothing is lost."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from barque.local.place import Place
from barque.testing.daemons import Daemons, running, said
from barque.testing.trees import differences, read_tree

pytestmark = pytest.mark.slow

NOISE = (
    b"",
    b"\0",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    b"\x7f\xff\xff\xff" + b"A" * 5000,
    b"\xff\xff\xff\xfc" * 50,
    b"\0\0\0\x0aHello Bob\n",
    b"\0\0\0\x25Hello Director bareos-dir calling\n\0\0\0",
    b"\0\0\0\x19Hello *UserAgent* calling\n\0\0\0\x01",
)


def make_data(folder: Path) -> Path:
    folder.mkdir()
    for number in range(40):
        (folder / f"file-{number:02}").write_bytes(os.urandom(100_000))
    return folder


def log_of(daemons: Daemons, outcome: Any) -> str:
    with daemons.console() as console:
        return said(console, outcome)


def flip(volume: Path, offset: int) -> None:
    with volume.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 0xFF]))


def test_noise_on_every_port(daemons: Any, tmp_path: Path) -> None:
    for daemon in daemons.supervisor.daemons:
        for noise in NOISE:
            with socket.create_connection((daemon.address, daemon.port), 10) as sock:
                sock.sendall(noise)
    data = make_data(tmp_path / "data")
    assert daemons.backup(data).status == "T"
    _, where = daemons.restore(data, tmp_path / "restored")
    assert differences(read_tree(data), read_tree(where)) == []


def test_a_damaged_block_is_named_and_the_rest_comes_back(daemons: Any, tmp_path: Path) -> None:
    data = make_data(tmp_path / "data")
    assert daemons.backup(data).status == "T"
    [volume] = list(daemons.place.volumes.iterdir())
    flip(volume, volume.stat().st_size // 2)
    outcome, where = daemons.restore(data, tmp_path / "restored")
    text = log_of(daemons, outcome)
    assert outcome.status not in {"T", "W"}, text
    assert "checksum" in text
    assert volume.name in text
    whole = [path for path in where.iterdir() if (data / path.name).exists()]
    assert len(whole) >= 20
    for path in whole:
        assert path.read_bytes() == (data / path.name).read_bytes()


def test_a_truncated_volume_is_named_and_not_appended_to(daemons: Any, tmp_path: Path) -> None:
    data = make_data(tmp_path / "data")
    assert daemons.backup(data).status == "T"
    [volume] = list(daemons.place.volumes.iterdir())
    os.truncate(volume, volume.stat().st_size - 1000)
    size = volume.stat().st_size
    later = daemons.backup(data, "Full")
    text = log_of(daemons, later)
    assert later.usable, text
    assert volume.name in text
    assert volume.stat().st_size == size
    _, where = daemons.restore(data, tmp_path / "restored")
    assert differences(read_tree(data), read_tree(where)) == []


def test_an_archive_directory_that_is_none(place: Place, tmp_path: Path) -> None:
    data = make_data(tmp_path / "data")
    place.volumes.rmdir()
    place.volumes.write_text("not a directory")
    with running(place) as daemons:
        with daemons.console() as console:
            job_id = daemons.start_backup(console, data)
            reply = ""
            while str(place.volumes) not in reply:
                reply = console.call(f"list joblog jobid={job_id}")
            console.call(f"cancel jobid={job_id} yes")
        place.volumes.unlink()
        place.volumes.mkdir()
        later = daemons.backup(data)
        assert later.usable, log_of(daemons, later)
        _, where = daemons.restore(data, tmp_path / "restored")
    assert differences(read_tree(data), read_tree(where)) == []
