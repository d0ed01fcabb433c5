"""A plugin of the Storage Daemon refuses a step, or hears of an error: nothing else is harmed."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.devices.memory import MemoryDevice
from barque.errors import DeviceError
from barque.plugins.child import abi
from barque.plugins.observers import COUNTED
from barque.testing.faulty_device import FaultyDevice
from barque.testing.storage_peers import ScriptedDirector, ScriptedFileDaemon
from barque.testing.storage_site import Site

PLUGIN = """
import os
import bareossd
options = {}
def load_bareos_plugin(d):
    return bareossd.RegisterEvents(list(range(1, 25)))
def parse_plugin_definition(d):
    options.update(part.split('=') for part in d.split(':') if part)
    return bareossd.bRC_OK
def handle_plugin_event(event):
    with open(options['log'], 'a') as log:
        log.write('%d\\n' % event)
    return int(options['rc']) if event == int(options['event']) else bareossd.bRC_OK
"""

FILES, SIZE = 6, 1000

VETOES = {
    "DeviceReserve": "a plugin refused to reserve a device",
    "VolumeUnload": "A plugin refused to load volume",
    "VolumeLoad": "A plugin refused to load volume",
    "DeviceOpen": "a plugin refused to open device",
    "DeviceMount": "a plugin refused to mount device",
    "LabelWrite": "a plugin refused to label volume",
    "SetupRecordTranslation": "Unable to setup device for this job: a plugin refused",
    "WriteRecordTranslation": "a plugin refused a record",
}
HARMLESS = (
    "JobStart", "JobEnd", "DeviceUnmount", "DeviceClose", "DeviceRelease",
)  # fmt: skip
"""Events whose answer changes nothing."""


def number(name: str) -> int:
    return int(abi.SD_EVENTS[f"bsdEvent{name}"])


class Errors:
    """Lets reads or appends fail while it is on."""

    operation = ""

    def __call__(self, operation: str, _volume: str, _count: int) -> DeviceError | None:
        if operation == self.operation:
            return DeviceError("cannot do it: Input/output error")
        return None


@pytest.fixture
def errors() -> Errors:
    return Errors()


@pytest.fixture
def site(tmp_path: Path, errors: Errors) -> Iterator[Site]:
    (tmp_path / "sdplug.py").write_text(PLUGIN)
    made = Site(FaultyDevice(MemoryDevice(), errors), tmp_path, patience=0.3)
    yield made
    made.close()


def with_plugin(site: Site, folder: Path, event: int, code: int = abi.RC_ERROR) -> ScriptedDirector:
    """Run a backup with the plugin, which answers *event* with *code*."""
    director, file = site.backup()
    definition = f"python3:module_path={folder}:module_name=sdplug"
    text = f"{definition}:log={folder}/log:event={event}:rc={code}"
    assert director.command(b"pluginoptions " + text.encode()) == b"2000 OK plugin options\n"
    thread = director.run_in_background()
    send_what_goes(file)
    thread.join()
    assert director.ended is not None
    return director


def send_what_goes(file: ScriptedFileDaemon) -> None:
    try:
        file.send_files(FILES, SIZE)
    except Exception:  # noqa: BLE001  # the daemon may hang up at any moment
        file.channel.close()


def heard(folder: Path) -> list[int]:
    return [int(line) for line in (folder / "log").read_text().split()]


def check_that_the_daemon_lives_on(site: Site) -> None:
    director, sent = site.whole_backup(FILES, SIZE)
    assert director.ended is not None
    assert chr(director.ended.status) == "T", director.messages
    _, restored = site.restore(site.bootstrap_of(director, f"1-{FILES}"))
    assert restored == sent
    assert site.daemon.drives.claimed() == {}


@pytest.mark.parametrize("name", VETOES)
@pytest.mark.parametrize("code", ["Error", "Stop", "Skip"])
def test_a_refused_step_ends_the_job(site: Site, tmp_path: Path, name: str, code: str) -> None:
    refused = int(abi.RETURN_CODES[f"bRC_{code}"])
    director = with_plugin(site, tmp_path, number(name), refused)
    assert director.ended is not None
    assert chr(director.ended.status) == "f"
    assert any(VETOES[name] in text for text in director.messages), director.messages
    assert heard(tmp_path)[-1] == number("JobEnd")
    check_that_the_daemon_lives_on(site)


@pytest.mark.parametrize("name", ["LabelRead", "LabelVerified"])
def test_a_label_that_is_refused_ends_the_job(site: Site, tmp_path: Path, name: str) -> None:
    director = with_plugin(site, tmp_path, number(name))
    assert director.ended is not None
    assert chr(director.ended.status) == "f"
    check_that_the_daemon_lives_on(site)


@pytest.mark.parametrize("name", HARMLESS)
def test_answers_that_change_nothing(site: Site, tmp_path: Path, name: str) -> None:
    director = with_plugin(site, tmp_path, number(name))
    assert director.ended is not None
    assert chr(director.ended.status) == "T", director.messages


def test_an_error_of_writing_is_an_event(site: Site, tmp_path: Path, errors: Errors) -> None:
    assert site.whole_backup(FILES, SIZE)[0].ended is not None
    errors.operation = "append"
    director = with_plugin(site, tmp_path, 0)
    errors.operation = ""
    assert director.ended is not None
    assert chr(director.ended.status) == "f"
    assert number("WriteError") in heard(tmp_path)
    check_that_the_daemon_lives_on(site)


def test_plugins_of_a_job_that_never_runs_end_with_its_connection(
    site: Site, tmp_path: Path
) -> None:
    director, _, _ = site.job()
    text = f"python3:module_path={tmp_path}:module_name=sdplug:log={tmp_path}/log:event=0:rc=0"
    before = COUNTED["sd"]
    director.command(f"pluginoptions {text}".encode())
    assert COUNTED["sd"] == before + 1
    director.channel.close()
    deadline = time.monotonic() + 20
    while COUNTED["sd"] > before:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert heard(tmp_path) == [number("JobStart"), number("JobEnd")]


def test_damage_that_is_read_is_an_event(site: Site, tmp_path: Path) -> None:
    director, _ = site.whole_backup(FILES, SIZE)
    device = site.device
    assert isinstance(device, FaultyDevice)
    assert isinstance(device.inner, MemoryDevice)
    device.inner.contents["Vol-0001"][600] ^= 0xFF
    text = f"python3:module_path={tmp_path}:module_name=sdplug:log={tmp_path}/log:event=0:rc=0"
    reader, _ = site.restore(site.bootstrap_of(director, f"1-{FILES}"), text)
    assert reader.ended is not None
    assert chr(reader.ended.status) == "E"
    assert number("ReadError") in heard(tmp_path)
