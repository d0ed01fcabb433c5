"""Storage Daemons for the tests of this directory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from barque.devices.device import Device
from barque.devices.memory import MemoryDevice
from barque.testing.storage_site import Site


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(device: Device, **options: object) -> Site:
        made.append(Site(device, tmp_path, **options))  # type: ignore[arg-type]  # passed on
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def disk() -> MemoryDevice:
    return MemoryDevice()


@pytest.fixture
def site(make_site: Callable[..., Site], disk: MemoryDevice) -> Site:
    return make_site(disk)
