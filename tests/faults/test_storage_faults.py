"""A fault at every write, question and frame: the job ends, daemon and volumes live on."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.devices.memory import MemoryDevice
from barque.errors import DeviceError, DeviceFullError
from barque.storagedaemon.labelling import ends_with_a_whole_block
from barque.testing.faulty_device import FaultyDevice
from barque.testing.storage_peers import ScriptedFileDaemon
from barque.testing.storage_site import Site

FILES, SIZE = 12, 1000


class Faults:
    """Fails one operation of a device, once."""

    def __init__(self) -> None:
        self.operation = ""
        self.count = -1
        self.error: DeviceError = DeviceError("cannot write: Input/output error")

    def __call__(self, operation: str, _volume: str, _count: int) -> DeviceError | None:
        if operation == self.operation:
            self.count -= 1
            if self.count == -1:
                return self.error
        return None


@pytest.fixture
def disk() -> MemoryDevice:
    return MemoryDevice()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def site(tmp_path: Path, disk: MemoryDevice, faults: Faults) -> Iterator[Site]:
    made = Site(FaultyDevice(disk, faults), tmp_path, patience=2.0)
    yield made
    made.close()


def send_what_goes(file: ScriptedFileDaemon) -> None:
    """Send a session; whatever the daemon does meanwhile."""
    try:
        file.send_files(FILES, SIZE)
    except Exception:  # noqa: BLE001  # the daemon may hang up at any moment
        file.channel.close()


def check_sound(site: Site, disk: MemoryDevice) -> None:
    """Every volume that the catalog offers is whole, and a new job succeeds and can be restored."""
    for name, info in site.catalog.volumes.items():
        if info.status in {"Append", "Full"} and info.size:
            assert len(disk.contents[name]) >= info.size
            assert ends_with_a_whole_block(disk.open_read(name), info.size)
            _, assembler = site.records(name)
            assert len(assembler.lost) <= 1
    director, sent = site.whole_backup(FILES, SIZE)
    assert director.ended is not None
    assert chr(director.ended.status) == "T", director.messages
    _, restored = site.restore(site.bootstrap_of(director, f"1-{FILES}"))
    assert restored == sent
    assert site.daemon.jobs.running() == []
    assert site.daemon.drives.claimed() == {}


@pytest.mark.parametrize("operation", ["open", "append", "sync"])
@pytest.mark.parametrize("count", range(6))
@pytest.mark.parametrize("full", [False, True])
def test_a_device_that_fails_once(
    site: Site, disk: MemoryDevice, faults: Faults, operation: str, count: int, full: bool
) -> None:
    faults.operation, faults.count = operation, count
    if full:
        faults.error = DeviceFullError("cannot write: No space left on device")
    director, file = site.backup()
    thread = director.run_in_background()
    send_what_goes(file)
    thread.join()
    assert director.ended is not None
    if chr(director.ended.status) != "T":
        assert any("cannot" in text for text in director.messages)
    info = site.catalog.volumes.get("Vol-0001")
    if info is not None and info.status == "Append" and info.size:
        assert info.size == len(disk.contents["Vol-0001"])
    faults.operation = ""
    check_sound(site, disk)


@pytest.mark.parametrize("number", range(10))
def test_a_director_that_goes_at_a_question(site: Site, disk: MemoryDevice, number: int) -> None:
    director, file = site.backup()
    asked = 0

    def answer(_question: object) -> None:
        nonlocal asked
        asked += 1
        if asked == number + 1:
            director.channel.close()
            raise EOFError

    def run() -> None:
        try:
            director.run()
        except Exception:  # noqa: BLE001  # it is gone, that is the point
            director.channel.close()

    director.before_answer = answer

    thread = threading.Thread(target=run)
    thread.start()
    send_what_goes(file)
    thread.join()
    for job in site.daemon.jobs.running():
        job.wait_until_released()
    check_sound(site, disk)


@pytest.mark.parametrize("cut", [0, 3, 4, 9, 10, 50, 400, 1100, 1200, 5000, 13_000])
def test_a_file_daemon_that_goes_after_some_bytes(site: Site, disk: MemoryDevice, cut: int) -> None:
    director, file = site.backup()
    thread = director.run_in_background()
    file.open_append()
    data = bytearray()
    for index in range(1, FILES + 1):
        header = b"%d 2 0" % index
        data += len(header).to_bytes(4, "big") + header
        data += SIZE.to_bytes(4, "big") + bytes(SIZE) + b"\xff\xff\xff\xff"
    file.channel.write_raw(bytes(data[:cut]))
    file.channel.flush()
    file.channel.close()
    thread.join()
    assert director.ended is not None
    assert chr(director.ended.status) == "f"
    check_sound(site, disk)
