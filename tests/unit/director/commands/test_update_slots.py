"""The catalog learns what is in an autochanger."""

import pytest

from barque.director.services import Slot
from barque.testing.terminal import Terminal

LINE = "update slots storage=File1"
PLACES = [
    Slot("drive", 0),
    Slot("slot", 1, "Full-0001", full=True),
    Slot("slot", 2, "Unknown-1", full=True),
    Slot("slot", 3, full=True),
    Slot("slot", 4),
]


@pytest.fixture
def changer(terminal: Terminal) -> Terminal:
    terminal.director.config.storages["File1"].auto_changer = True
    terminal.director.places = PLACES
    terminal.director.lines = {
        "Storage/File1 autochanger slots FileDev1": ["slots=5\n"],
        "Storage/File1 autochanger drives FileDev1": ["drives=1\n"],
    }
    incremental = terminal.catalog.volumes.find("Incr-0002")
    assert incremental
    terminal.catalog.volumes.update(incremental.media_id, slot=4, in_changer=1)
    return terminal


def place(terminal: Terminal, name: str) -> tuple[int, int]:
    volume = terminal.catalog.volumes.find(name)
    assert volume
    return volume.slot, volume.in_changer


def test_what_is_found_is_noted(changer: Terminal) -> None:
    shown = changer.text(LINE)
    assert shown.splitlines()[1:] == [
        'Device "FileDev1" has 5 slots.',
        "Connecting to Storage daemon File1 at 127.0.0.1:9503 ...",
        'Catalog record for Volume "Full-0001" updated to reference slot 1.',
        'Volume "Unknown-1" not found in catalog. Slot=2 InChanger set to zero.',
        "No VolName for Slot=3 InChanger set to zero.",
        "No VolName for Slot=4 InChanger set to zero.",
    ]
    assert place(changer, "Full-0001") == (1, 1)
    assert place(changer, "Incr-0002") == (0, 0)
    assert 'Volume "Full-0001" is up to date.\n' in changer.text(LINE)


def test_only_some_slots(changer: Terminal) -> None:
    changer.text("update slots=1-3 storage=File1 enabled=no")
    assert place(changer, "Full-0001") == (1, 1)
    assert place(changer, "Incr-0002") == (4, 1)
    volume = changer.catalog.volumes.find("Full-0001")
    assert volume
    assert volume.enabled == 0


def test_labels_may_be_read_instead_of_barcodes(changer: Terminal) -> None:
    for slot, name in ((1, "Diff-0003"), (2, "Full-0001"), (3, "")):
        key = f"Storage/File1 readlabel FileDev1 Slot={slot} drive=0"
        changer.director.lines[key] = [f"3001 Volume={name} Slot={slot}\n" if name else "3902\n"]
    changer.text(f"{LINE} scan")
    assert place(changer, "Diff-0003") == (1, 1)
    assert place(changer, "Full-0001") == (2, 1)


def test_no_slots(changer: Terminal) -> None:
    changer.director.lines["Storage/File1 autochanger slots FileDev1"] = ["3998 no changer\n"]
    assert changer.text(LINE).splitlines()[1:] == [
        "3998 no changer",
        'Device "FileDev1" has 0 slots.',
        "No slots in changer to scan.",
    ]
    changer.director.lines.clear()
    assert "Failed to connect to Storage daemon.\n" in changer.text(f"{LINE} drive=0")


def test_nothing_found(changer: Terminal) -> None:
    changer.director.places = [Slot("slot", 1)]
    assert changer.text(LINE).endswith("No Volumes found to update, or no barcodes.\n")
    assert changer.text(f"{LINE} enabled=maybe").endswith("yes, no, or archived\n")
