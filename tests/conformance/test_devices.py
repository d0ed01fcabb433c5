"""Every device keeps the same promises."""

from collections.abc import Callable
from pathlib import Path

import pytest

from barque.devices.device import Device
from barque.devices.file import FileDevice
from barque.devices.memory import MemoryDevice
from barque.errors import DeviceError, VolumeNotFoundError
from barque.testing.faulty_device import FaultyDevice

type Make = Callable[[Path], Device]

MAKERS: dict[str, Make] = {
    "file": lambda path: FileDevice(str(path)),
    "memory": lambda _: MemoryDevice(),
    "faulty": lambda path: FaultyDevice(FileDevice(str(path)), lambda *_: None),
}


@pytest.fixture(params=list(MAKERS))
def device(request: pytest.FixtureRequest, tmp_path: Path) -> Device:
    return MAKERS[request.param](tmp_path)


def test_what_is_appended_can_be_read(device: Device) -> None:
    volume = device.open_append("Vol1", create=True)
    volume.append(b"hello ")
    volume.append(memoryview(b"world"))
    volume.sync()
    assert volume.size() == 11
    reader = device.open_read("Vol1")
    assert reader.read_at(6, 100) == b"world"
    assert reader.read_at(2, 3) == b"llo"
    assert reader.read_at(50, 5) == b""
    reader.close()
    volume.close()
    assert device.volumes() == ["Vol1"]


def test_appending_goes_on_where_the_volume_ended(device: Device) -> None:
    for part in (b"ab", b"cd"):
        volume = device.open_append("Vol1", create=True)
        volume.append(part)
        volume.close()
    assert device.open_read("Vol1").read_at(0, 10) == b"abcd"


def test_truncating_cuts_the_end(device: Device) -> None:
    volume = device.open_append("Vol1", create=True)
    volume.append(b"abcdef")
    volume.truncate(2)
    volume.append(b"x")
    assert volume.read_at(0, 10) == b"abx"


def test_a_missing_volume_is_named(device: Device) -> None:
    with pytest.raises(VolumeNotFoundError, match="nosuch"):
        device.open_read("nosuch")
    with pytest.raises(VolumeNotFoundError, match="nosuch"):
        device.open_append("nosuch")
    assert device.volumes() == []


def test_two_writers_of_a_volume_are_refused(device: Device) -> None:
    first = device.open_append("Vol1", create=True)
    with pytest.raises(DeviceError, match="another writer"):
        device.open_append("Vol1")
    first.close()
    first.close()
    device.open_append("Vol1").close()


@pytest.mark.parametrize("name", ["", "a/b", "..", ".", "a\0b"])
def test_names_that_are_no_volume_are_refused(device: Device, name: str) -> None:
    with pytest.raises(DeviceError, match="cannot name a volume"):
        device.open_append(name, create=True)


def test_free_space_is_a_number_or_unknown(device: Device) -> None:
    space = device.free_space()
    assert space is None or space >= 0
