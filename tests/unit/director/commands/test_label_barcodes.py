"""Labelling all Volumes of an autochanger."""

import pytest

from barque.director.services import Slot
from barque.testing.terminal import Terminal

LINE = "label barcodes storage=File1 pool=Full drive=0"


@pytest.fixture
def changer(terminal: Terminal) -> Terminal:
    terminal.director.config.storages["File1"].auto_changer = True
    terminal.director.places = [
        Slot("drive", 0),
        Slot("slot", 1, "New-1", full=True),
        Slot("slot", 2, "Full-0001", full=True),
        Slot("slot", 3, "CLN-1", full=True),
        Slot("slot", 4),
        Slot("slot", 5, "a%b", full=True),
        Slot("slot", 6, "New-6", full=True),
    ]
    terminal.director.lines = {"Storage/File1 autochanger slots FileDev1": ["slots=6\n"]}
    return terminal


def test_what_is_new_is_labelled(changer: Terminal) -> None:
    shown = changer.text(f"{LINE} yes")
    assert "Slot  Volume\n==============\n   1  New-1\n   2  Full-0001\n" in shown
    assert [request.volume for request in changer.director.labels] == ["New-1", "New-6"]
    assert 'Media record for Slot 2 Volume "Full-0001" already exists.\n' in shown
    assert 'Slot 5: Illegal character "%" in a volume name.\n' in shown
    for name, slot, status in (
        ("New-1", 1, "Append"),
        ("Full-0001", 2, "Append"),
        ("CLN-1", 3, "Cleaning"),
        ("New-6", 6, "Append"),
    ):
        volume = changer.catalog.volumes.find(name)
        assert volume
        assert (volume.slot, volume.in_changer, volume.vol_status) == (slot, 1, status)


def test_it_is_asked_first(changer: Terminal) -> None:
    shown = changer.text(LINE)
    assert shown.endswith("Do you want to label these Volumes? (yes|no): ")
    changer.text(LINE, "no")
    assert not changer.director.labels


def test_only_some_slots(changer: Terminal) -> None:
    changer.text(f"{LINE} slots=6 yes encrypt")
    (request,) = changer.director.labels
    assert request.volume == "New-6"
    assert request.encryption_key


def test_a_cleaning_tape_that_is_known(changer: Terminal) -> None:
    changer.catalog.volumes.create("CLN-1", 3, "File1")
    changer.text(f"{LINE} slots=3 yes")
    volume = changer.catalog.volumes.find("CLN-1")
    assert volume
    assert (volume.vol_status, volume.media_type) == ("Cleaning", "")


def test_a_full_pool_takes_no_cleaning_tape(changer: Terminal) -> None:
    pool = changer.catalog.pools.find("Full")
    assert pool
    changer.catalog.pools.update(pool.pool_id, max_vols=1)
    assert changer.text(f"{LINE} slots=3 yes").endswith("Maximum pool Volumes=1 reached.\n")
    assert changer.catalog.volumes.find("CLN-1") is None


def test_an_empty_autochanger(changer: Terminal) -> None:
    changer.director.places = [Slot("slot", 1)]
    assert changer.text(LINE).endswith("No Volumes found to label, or no barcodes.\n")
    changer.director.lines.clear()
    assert "No slots in changer to scan.\n" in changer.text(LINE)
