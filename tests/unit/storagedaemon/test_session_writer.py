"""Spooling, checkpoints, pieces, heartbeats: what a session does besides writing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from barque.devices.memory import MemoryDevice
from barque.errors import DeviceError
from barque.formats.block import FilledBlock
from barque.storagedaemon.data_spool import DataSpool
from barque.storagedaemon.heartbeat import Heartbeat
from barque.testing.storage_site import DRIVE, Site
from barque.wire.framing import Signal

type MakeSite = Callable[..., Site]


def filled(letter: bytes, size: int = 100, index: int = 1) -> FilledBlock:
    return FilledBlock(bytearray(letter * 200), size, index, index + 1)


def test_the_spool_gives_back_what_it_took(tmp_path: Path) -> None:
    spool = DataSpool(tmp_path / "spool", 0)
    for number in range(1, 4):
        assert spool.add(filled(b"x", 50 + number, number), bytearray(b"a" * number))
    back = list(spool.take())
    assert [(b.size, b.first_index, bytes(b.buffer[: b.size]), bytes(a)) for b, a in back] == [
        (50 + n, n, b"x" * (50 + n), b"a" * n) for n in range(1, 4)
    ]
    assert spool.size == 0
    assert list(spool.take()) == []
    spool.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_full_spool_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = DataSpool(tmp_path / "spool", 150)
    assert spool.add(filled(b"x"), bytearray())
    assert not spool.add(filled(b"y"), bytearray())
    assert len(list(spool.take())) == 1

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    assert not spool.add(filled(b"z"), bytearray())
    spool.discard()


def test_a_spool_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="nosuch/spool"):
        DataSpool(tmp_path / "nosuch" / "spool", 0)


@pytest.mark.parametrize("limit", [0, 10_000])
def test_spooled_data_is_written_in_one_go(make_site: MakeSite, tmp_path: Path, limit: int) -> None:
    site = make_site(MemoryDevice(), drive=replace(DRIVE, maximum_job_spool_size=limit))
    director, file = site.backup(spool_data=True)
    thread = director.run_in_background()
    sent = file.send_files(20, 2000)
    thread.join()
    assert director.ended is not None
    assert chr(director.ended.status) == "T"
    despoolings = [text for text in director.messages if "Despooling" in text]
    assert len(despoolings) == 1 if not limit else len(despoolings) > 3
    _, records = site.restore(site.bootstrap_of(director, "1-20"))
    assert records == sent
    assert list(tmp_path.iterdir()) == []


def test_long_jobs_are_told_in_pieces(make_site: MakeSite) -> None:
    site = make_site(MemoryDevice(), drive=replace(DRIVE, maximum_file_size=20_000))
    director, sent = site.whole_backup(40, 2000)
    assert len(director.media) >= 4
    ends = [piece.end_block for piece in director.media]
    starts = [piece.start_block for piece in director.media]
    assert starts[1:] == [end + 1 for end in ends[:-1]]
    assert director.media[-1].last_index == 40
    _, records = site.restore(site.bootstrap_of(director, "11-30"))
    assert records == [entry for entry in sent if 11 <= entry[0] <= 30]


def test_checkpoints_let_the_catalog_follow(make_site: MakeSite, disk: MemoryDevice) -> None:
    site = make_site(disk, checkpoint_interval=1e-9)
    director, _ = site.whole_backup(20, 1000)
    assert director.questions.count("UpdateFileList") > 3
    assert director.questions.count("UpdateJobRecord") > 3
    assert site.catalog.volumes["Vol-0001"].size == len(disk.contents["Vol-0001"])
    assert len(director.media) > 3


def test_a_limit_below_one_block_is_explained(make_site: MakeSite) -> None:
    site = make_site(MemoryDevice())
    site.catalog.maximum_size = 1000
    director, file = site.backup()
    thread = director.run_in_background()
    file.open_append()
    file.send_stream(1, 2, b"x" * 5000)
    file.channel.flush()
    thread.join()
    assert any("raise Maximum Volume Bytes" in text for text in director.messages)
    assert len(site.catalog.volumes) == 1


def test_hearts_beat_until_it_is_over(site: Site) -> None:
    director = site.director()
    far = site.connect()
    beats: list[Signal] = []

    class Channel:
        def signal(self, signal: Signal) -> None:
            beats.append(signal)

        def flush(self) -> None:
            pass

    with Heartbeat(Channel(), 0.001):  # type: ignore[arg-type]  # all that it needs
        while len(beats) < 3:
            pass
    count = len(beats)
    with Heartbeat(Channel(), 0):  # type: ignore[arg-type]
        assert len(beats) == count
    assert set(beats) == {Signal.HEARTBEAT}
    assert director.channel is not far


def test_a_second_job_may_end_while_the_first_waits_for_a_volume(make_site: MakeSite) -> None:
    site = make_site(MemoryDevice(), patience=20.0)
    site.catalog.maximum_size = 12_000
    site.catalog.new_volumes = 1
    pairs = [site.backup("Dev1"), site.backup("Dev1")]
    threads = [director.run_in_background() for director, _ in pairs]
    (first, file1), (second, file2) = pairs
    ticket2 = file2.open_append()
    file2.send_stream(1, 2, b"y" * 5000)
    file2.channel.flush()
    while "R" not in second.statuses[2:]:
        pass
    file1.open_append()
    file1.send_stream(1, 2, b"x" * 50_000)
    file1.channel.flush()
    while "m" not in first.statuses:
        pass
    site.director().texts(b"cancel Job=job.1\n")
    threads[0].join()
    assert first.ended is not None
    assert chr(first.ended.status) == "A"
    site.catalog.new_volumes = 5
    file2.end_append(ticket2)
    threads[1].join()
    assert second.ended is not None
    assert chr(second.ended.status) == "T"
