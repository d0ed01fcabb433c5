"""What the system says is translated, and half-written blocks are cut off."""

import os
from pathlib import Path

import pytest

from barque.devices.file import FileDevice
from barque.errors import DeviceError, DeviceFullError


def test_a_missing_archive_directory_is_named(tmp_path: Path) -> None:
    device = FileDevice(str(tmp_path / "nosuch"))
    for action in (device.volumes, device.free_space):
        with pytest.raises(DeviceError, match="nosuch"):
            action()


def test_a_full_disk_leaves_the_volume_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = FileDevice(str(tmp_path)).open_append("Vol1", create=True)
    volume.append(b"good")
    room = [3]

    def pwrite(descriptor: int, data: memoryview, offset: int) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        count = min(room[0], len(data))
        room[0] -= count
        return os.write(descriptor, data[:count]) if os.lseek(descriptor, offset, 0) >= 0 else 0

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(DeviceFullError, match="No space left"):
        volume.append(b"too much")
    assert (tmp_path / "Vol1").read_bytes() == b"good"


def test_a_directory_is_no_volume(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    device = FileDevice(str(tmp_path))
    assert device.volumes() == []
    with pytest.raises(DeviceError, match="sub"):
        device.open_append("sub")


def test_short_reads_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Vol1").write_bytes(b"0123456789")
    real = os.pread
    monkeypatch.setattr(os, "pread", lambda fd, size, at: real(fd, min(size, 3), at))
    assert FileDevice(str(tmp_path)).open_read("Vol1").read_at(1, 8) == b"12345678"
