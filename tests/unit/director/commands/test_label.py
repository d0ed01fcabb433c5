"""New Volumes, and new names for purged ones."""

import json

import pytest

from barque.catalog import VolumeRecord
from barque.testing.terminal import Terminal

LINE = "label storage=File1 volume=New-1 pool=Full drive=0"
MOUNT = "Storage/File1 mount FileDev1 drive=0"
MOUNTED = "3906 File device is always mounted.\n"


def find(terminal: Terminal, name: str) -> VolumeRecord | None:
    return terminal.catalog.volumes.find(name)


def test_a_new_volume_is_labelled_kept_and_mounted(terminal: Terminal) -> None:
    said = '3000 OK label. VolFiles=0 VolBytes=202 Volume="New-1" Device="FileDev1" (/x)\n'
    terminal.director.lines = {"Storage/File1 label New-1": [said], MOUNT: [MOUNTED]}
    assert terminal.text(LINE).splitlines() == [
        "Connecting to Storage daemon File1 at 127.0.0.1:9503 ...",
        'Sending label command for Volume "New-1" Slot 0 ...',
        said.rstrip(),
        'Catalog record for Volume "New-1", Slot 0 successfully created.',
        "Requesting to mount FileDev1 ...",
        MOUNTED.rstrip(),
    ]
    (request,) = terminal.director.labels
    assert (request.volume, request.pool, request.media_type) == ("New-1", "Full", "File1")
    volume, pool = find(terminal, "New-1"), terminal.catalog.pools.find("Full")
    assert volume
    assert pool
    assert (volume.vol_status, volume.vol_bytes, volume.enabled) == ("Append", 202, 1)
    assert volume.max_vol_bytes == pool.max_vol_bytes
    assert pool.num_vols == 2


def test_a_volume_that_is_not_labelled_is_not_kept(terminal: Terminal) -> None:
    terminal.director.lines = {"Storage/File1 label New-1": ["3910 Unable to open device\n"]}
    shown = terminal.text(LINE)
    assert "Label command failed for Volume New-1.\n" in shown
    assert shown.endswith("Do not forget to mount the drive!!!\n")
    assert find(terminal, "New-1") is None
    assert "error" in json.loads(terminal.text(LINE, api=2))


def test_it_is_mounted_by_hand_when_automount_is_off(terminal: Terminal) -> None:
    shown = terminal.text("automount off", LINE)
    assert shown.endswith("successfully created.\nDo not forget to mount the drive!!!\n")
    assert MOUNT not in terminal.director.commands


def test_names_are_asked_for_until_one_is_good(terminal: Terminal) -> None:
    frames = terminal.frames("label storage=File1 pool=Full volume=a!b", "/x", "Full-0001", "New-1")
    texts = ["".join(str(f) for f in some if isinstance(f, str)) for some in frames]
    assert 'Illegal character "!" in a volume name.\nEnter new Volume name: ' in texts[0]
    assert texts[1] == 'Volume name can not start with "/".\nEnter new Volume name: '
    assert texts[2] == (
        'Media record for new Volume "Full-0001" already exists.\nEnter new Volume name: '
    )
    assert find(terminal, "New-1")


def test_programs_are_not_asked(terminal: Terminal) -> None:
    answer = json.loads(terminal.text("label storage=File1 volume=Full-0001 pool=Full", api=2))
    assert "already exists" in answer["error"]["data"]["messages"]["error"][0]
    assert json.loads(terminal.text("label", api=2))["result"] == {}


def test_an_unlabelled_record_is_filled_in(terminal: Terminal) -> None:
    storage = terminal.catalog.storages.find("File1")
    assert storage
    terminal.catalog.volumes.create("New-1", 2, "File1", vol_status="Unlabeled")
    assert "successfully created" not in terminal.text(f"{LINE} slot=4")
    volume = find(terminal, "New-1")
    assert volume
    assert (volume.vol_status, volume.vol_bytes, volume.pool_id) == ("Append", 212, 3)
    assert (volume.slot, volume.in_changer, volume.storage_id) == (4, 1, storage.storage_id)


def test_slot_and_drive_of_an_autochanger_are_asked_for(terminal: Terminal) -> None:
    terminal.director.config.storages["File1"].auto_changer = True
    terminal.director.lines = {"Storage/File1 autochanger drives FileDev1": ["drives=2\n"]}
    terminal.text("label storage=File1 volume=New-1 pool=Full", "2", "3")
    (request,) = terminal.director.labels
    assert (request.drive, request.slot) == (1, 3)


def test_a_key_for_the_drive(terminal: Terminal) -> None:
    assert "Generating new hardware encryption key\n" in terminal.text(f"{LINE} encrypt")
    volume = find(terminal, "New-1")
    assert volume
    assert volume.encryption_key == terminal.director.labels[0].encryption_key != ""


# -- relabel ---------------------------------------------------------------------------------------

RELABEL = "relabel storage=File1 oldvolume=Spare-1 volume=New-1 pool=Full"


def purge(terminal: Terminal, name: str) -> None:
    volume = find(terminal, name)
    assert volume
    terminal.catalog.volumes.update(volume.media_id, vol_status="Purged")


def test_a_purged_volume_gets_another_name(terminal: Terminal) -> None:
    purge(terminal, "Spare-1")
    shown = terminal.text(RELABEL)
    assert 'Sending relabel command from "Spare-1" to "New-1" ...\n' in shown
    assert 'Old volume "Spare-1" deleted from catalog.\n' in shown
    assert terminal.director.labels[0].old_volume == "Spare-1"
    assert find(terminal, "Spare-1") is None
    volume = find(terminal, "New-1")
    assert volume
    assert volume.pool_id == 3


@pytest.mark.parametrize(
    ("old", "text"),
    [
        ("Full-0001", "has VolStatus Append. It must be Purged or Recycled before relabeling.\n"),
        ("nosuch", 'Media record for Volume "nosuch" not found.\n'),
    ],
)
def test_a_volume_that_is_needed_keeps_its_name(terminal: Terminal, old: str, text: str) -> None:
    shown = terminal.text(f"relabel storage=File1 oldvolume={old} volume=New-1 pool=Full")
    assert shown.endswith(text)
    assert not terminal.director.labels


def test_a_purged_volume_on_which_jobs_lie_keeps_its_name(terminal: Terminal) -> None:
    purge(terminal, "Full-0001")
    shown = terminal.text("relabel storage=File1 oldvolume=Full-0001 volume=New-1 pool=Full")
    assert shown.endswith('Jobs still lie on Volume "Full-0001": purge it before relabeling.\n')
    assert not terminal.director.labels


def test_the_old_volume_can_be_chosen(terminal: Terminal) -> None:
    purge(terminal, "Spare-2")
    terminal.text("relabel storage=File1 volume=New-1 pool=Scratch", "Spare-2")
    assert find(terminal, "Spare-2") is None
    assert find(terminal, "New-1")


def test_a_refused_relabel_changes_nothing(terminal: Terminal) -> None:
    purge(terminal, "Spare-1")
    terminal.director.lines = {"Storage/File1 label New-1": ["3920 already labeled\n"]}
    assert "Label command failed for Volume New-1.\n" in terminal.text(RELABEL)
    assert find(terminal, "Spare-1")
    assert find(terminal, "New-1") is None
