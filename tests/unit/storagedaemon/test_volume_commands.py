"""What a Director may do with devices and volumes, word for word."""

import logging
from pathlib import Path

import pytest

from barque.devices.memory import MemoryDevice
from barque.storagedaemon.labelling import NewLabel, write_label
from barque.storagedaemon.volume_reader import read_label
from barque.testing.storage_site import Site

LABEL = b"label %s VolumeName=%s PoolName=Pool MediaType=File Slot=0 drive=0 MinBlocksize=0 MaxBlocksize=0"


def label(device: bytes = b"Changer", volume: bytes = b"Lab1") -> bytes:
    return LABEL % (device, volume)


def test_label_makes_a_volume(site: Site, disk: MemoryDevice) -> None:
    text = site.director().texts(label())
    size = len(disk.contents["Lab1"])
    assert (
        text == f'3000 OK label. VolFiles=0 VolBytes={size} Volume="Lab1" Device="Dev1" (memory)\n'
    )
    found = read_label(disk.open_read("Lab1"))
    assert (found.volume, found.pool, found.media_type) == ("Lab1", "Pool", "File")


def test_label_never_overwrites(site: Site, disk: MemoryDevice) -> None:
    director = site.director()
    director.texts(label())
    before = bytes(disk.contents["Lab1"])
    assert director.texts(label()).startswith("3920 Cannot label Volume because it is already")
    disk.contents["Tar"] = bytearray(b"a tar archive perhaps" * 100)
    assert director.texts(label(volume=b"Tar")).startswith("3913 Cannot label Volume. ")
    assert disk.contents["Lab1"] == before
    assert disk.contents["Tar"] == b"a tar archive perhaps" * 100


def test_label_on_what_is_no_device(site: Site) -> None:
    text = site.director().texts(label(b"NoSuch"))
    assert text == '3999 Device "NoSuch" not found or could not be opened.\n'


def test_label_on_a_full_device(make_site: object) -> None:
    site = make_site(MemoryDevice(10))  # type: ignore[operator]
    text = site.director().texts(label())
    assert text.startswith("3914 Failed to label Volume (no media)")


def test_relabel_gives_a_new_name(site: Site, disk: MemoryDevice) -> None:
    director = site.director()
    director.texts(label())
    text = director.texts(
        b"relabel Changer OldName=Lab1 NewName=Lab2 PoolName=Pool MediaType=File Slot=0 drive=0"
        b" MinBlocksize=0 MaxBlocksize=0"
    )
    assert text.startswith("3000 OK label. VolFiles=0 VolBytes=")
    assert disk.contents["Lab1"] == b""
    assert read_label(disk.open_read("Lab2")).volume == "Lab2"


def test_relabel_under_the_same_name_empties_the_volume(site: Site, disk: MemoryDevice) -> None:
    site.whole_backup()
    director = site.director()
    text = director.texts(
        b"relabel Dev1 OldName=Vol-0001 NewName=Vol-0001 PoolName=Pool MediaType=File Slot=0"
        b" drive=0 MinBlocksize=0 MaxBlocksize=0"
    )
    assert f"VolBytes={len(disk.contents['Vol-0001'])} " in text
    assert read_label(disk.open_read("Vol-0001")).volume == "Vol-0001"


def test_volumes_in_use_are_not_labelled(site: Site, disk: MemoryDevice) -> None:
    first, file = site.backup()
    thread = first.run_in_background()
    ticket = file.open_append()
    file.send_stream(1, 2, b"x" * 9000)
    file.channel.flush()
    while not site.daemon.drives.claimed():
        pass
    (name,) = site.daemon.drives.claimed()
    text = site.director().texts(
        b"relabel Dev2 OldName=%s NewName=%s PoolName=Pool MediaType=File Slot=0 drive=0"
        b" MinBlocksize=0 MaxBlocksize=0" % (name.encode(), name.encode())
    )
    assert text.startswith("3937 Device")
    assert site.director().texts(b"unmount Dev1 drive=0").startswith("3937 Device")
    assert site.director().texts(b"release Dev1 drive=0").startswith("3937 Device")
    file.end_append(ticket)
    thread.join()


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (b"mount Changer drive=0", '3906 File device "Dev1" (memory) is always mounted.\n'),
        (b"unmount Changer drive=1", '3901 Device ""Dev2" (memory)" is already unmounted.\n'),
        (b"release Dev1 drive=0", '3921 Device ""Dev1" (memory)" already released.\n'),
        (b"mount x drive=0", '3999 Device "x" not found or could not be opened.\n'),
        (b"autochanger drives Changer drive=0", "drives=2\n"),
        (b"autochanger slots Changer drive=0", "slots=0\n"),
        (b"autochanger list Changer drive=0", ""),
        (b"autochanger list Dev1 drive=0", '3998 Device "Dev1" is not an autochanger.\n'),
    ],
)
def test_answers_about_devices(site: Site, command: bytes, answer: str) -> None:
    assert site.director().texts(command) == answer


def test_readlabel_names_the_last_volume(site: Site) -> None:
    director = site.director()
    assert director.texts(b"readlabel Dev1 Slot=0 drive=0").startswith("3902 Cannot mount Volume")
    site.whole_backup()
    assert director.texts(b"readlabel Dev1 Slot=0 drive=0") == "3001 Volume=Vol-0001 Slot=0\n"


def test_setdevice_takes_a_device_out_of_the_choice(site: Site) -> None:
    director = site.director()
    reply = director.command(b"setdevice device=Dev1 autoselect=0")
    assert reply == b"3000 OK setdevice=Dev1 autoselect=0\n"
    site.whole_backup()
    assert site.director().texts(b"readlabel Dev2 Slot=0 drive=0").startswith("3001 Volume=Vol")


def test_setdebug_answers_with_the_trace_file(site: Site) -> None:
    reply = site.director().command(b"setdebug=0 trace=0 timestamp=1")
    assert reply.startswith(b"3000 OK setdebug=0 trace=0 timestamp=1 tracefile=")


def test_a_trace_file_is_written_while_it_is_wanted(site: Site) -> None:
    director = site.director()
    trace = Path(site.daemon.settings.working_directory) / f"{site.daemon.settings.name}.trace"
    log = logging.getLogger("barque.storagedaemon")
    reply = director.command(b"setdebug=100 trace=1 timestamp=0")
    log.debug("seen")
    director.command(b"setdebug=0 trace=0 timestamp=0")
    log.warning("not seen")
    assert reply == b"3000 OK setdebug=100 trace=1 timestamp=0 tracefile=%b\n" % bytes(trace)
    assert "barque.storagedaemon: seen\n" in trace.read_text()
    assert "not seen" not in trace.read_text()


def test_a_label_that_another_program_wrote_is_left_alone(site: Site, disk: MemoryDevice) -> None:
    file = disk.open_append("Old", create=True)
    write_label(file, NewLabel("Old", "P", "Backup", "File"), 0)
    file.append(b"something behind the label")
    file.close()
    before = bytes(disk.contents["Old"])
    assert site.director().texts(label(volume=b"Old")).startswith("3920")
    assert disk.contents["Old"] == before
