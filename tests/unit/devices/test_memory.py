"""The memory device runs full when told so."""

import pytest

from barque.devices.memory import MemoryDevice
from barque.errors import DeviceError, DeviceFullError


def test_the_capacity_is_a_limit() -> None:
    device = MemoryDevice(10)
    volume = device.open_append("V", create=True)
    volume.append(b"12345678")
    with pytest.raises(DeviceFullError):
        volume.append(b"123")
    assert device.contents["V"] == b"12345678"
    assert device.free_space() == 2


def test_a_reader_cannot_append() -> None:
    device = MemoryDevice()
    device.open_append("V", create=True).close()
    with pytest.raises(DeviceError, match="reading only"):
        device.open_read("V").append(b"x")
