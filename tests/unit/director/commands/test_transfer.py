"""Volumes go from slot to slot."""

import pytest

from barque.director.services import Slot
from barque.testing.terminal import Terminal

PLACES = [
    Slot("drive", 0, "Full-0001", loaded=1, full=True),
    Slot("slot", 1),
    Slot("slot", 2, "Incr-0002", full=True),
    Slot("slot", 3),
    Slot("import_slot", 4, "Spare-1", full=True),
    Slot("import_slot", 5),
]
COUNT = "Storage/File1 autochanger slots FileDev1"


class Lines(dict[str, list[str]]):
    """Every transfer works."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or "transfer" in str(key) or "release" in str(key)

    def __missing__(self, key: str) -> list[str]:
        return ["3308 Successfully transferred volume.\n" if "transfer" in key else "3022 ok\n"]


@pytest.fixture
def changer(terminal: Terminal) -> Terminal:
    terminal.director.config.storages["File1"].auto_changer = True
    terminal.director.places = PLACES
    terminal.director.lines = Lines({COUNT: ["slots=5\n"]})
    for name, slot in (("Full-0001", 1), ("Incr-0002", 2)):
        record = terminal.catalog.volumes.find(name)
        assert record
        terminal.catalog.volumes.update(record.media_id, slot=slot, in_changer=1, storage_id=2)
    return terminal


def moves(terminal: Terminal) -> list[str]:
    kept = [c for c in terminal.director.commands if "transfer" in c or "release" in c]
    return [command.removeprefix("Storage/File1 ").strip() for command in kept]


def place(terminal: Terminal, name: str) -> tuple[int, int]:
    volume = terminal.catalog.volumes.find(name)
    assert volume
    return volume.slot, volume.in_changer


def test_everything_at_the_door_is_let_in(changer: Terminal) -> None:
    changer.text("import storage=File1")
    assert moves(changer) == ["autochanger transfer FileDev1 4 3"]
    assert place(changer, "Spare-1") == (3, 1)


def test_a_volume_in_a_drive_is_put_back_before_it_leaves(changer: Terminal) -> None:
    changer.text("export storage=File1 volume=Full-0001")
    assert moves(changer) == [
        "release FileDev1 drive=0",
        "autochanger transfer FileDev1 1 5",
    ]
    assert place(changer, "Full-0001") == (0, 0)


def test_slots_are_named(changer: Terminal) -> None:
    changer.text("move storage=File1 srcslots=2 dstslots=3")
    assert moves(changer) == ["autochanger transfer FileDev1 2 3"]
    assert place(changer, "Incr-0002") == (3, 1)


def test_a_transfer_that_fails(changer: Terminal) -> None:
    changer.director.lines["Storage/File1 autochanger transfer FileDev1 2 3 "] = ["3996 no\n"]
    shown = changer.text("move storage=File1 srcslots=2 dstslots=3")
    assert shown.endswith("Failed to move volume from source slot 2 to destination slot 3\n")
    assert place(changer, "Incr-0002") == (2, 1)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("move srcslots=2", "Cannot perform a move operation without source and/or"),
        ("move srcslots=1-2 dstslots=3", "doesn't fit into destination slot selection.\n"),
        ("move srcslots=2 dstslots=2-3", "destination slot selection overlap.\n"),
        ("move srcslots=3 dstslots=1", "Deselecting slot 3 doesn't have wanted status.\n"),
        ("export", "Cannot perform an export operation without source slot selection\n"),
        ("export srcslots=4", "Not all slots in source selection are normal slots and filled.\n"),
        ("export srcslots=1-2", "Not enough free export slots available to export 2 volumes\n"),
        ("export srcslots=2 dstslots=3", "are export slots and empty.\n"),
        ("export volume=nosuch", "No volume named nosuch in changer or in selected"),
        ("export volume=a%b", "Skipping illegal volumename a%b.\n"),
        ("import srcslots=2", "Not all slots in source selection are import slots and filled.\n"),
        ("import srcslots=4 dstslots=5", "are normal slots and empty.\n"),
    ],
)
def test_what_cannot_be_moved(changer: Terminal, line: str, text: str) -> None:
    assert text in changer.text(f"{line} storage=File1")
    assert moves(changer) == []


def test_nothing_at_the_door(changer: Terminal) -> None:
    changer.director.places = [Slot("slot", 1), Slot("import_slot", 5)]
    assert changer.text("import storage=File1").endswith("Nothing to do\n")
    changer.director.places = []
    assert changer.text("import storage=File1").endswith("No Volumes found, or no barcodes.\n")
    changer.director.lines[COUNT] = ["3998 not an autochanger\n"]
    assert changer.text("import storage=File1").endswith("No slots in changer.\n")


def test_labels_may_be_read_first(changer: Terminal) -> None:
    for slot, name in ((1, "Diff-0003"), (2, "Full-0001"), (4, "Spare-2")):
        key = f"Storage/File1 readlabel FileDev1 Slot={slot} drive=0"
        changer.director.lines[key] = [f"3001 Volume={name} Slot={slot}\n"]
    changer.text("export storage=File1 scan drive=0 volume=Full-0001")
    assert moves(changer) == ["autochanger transfer FileDev1 2 5"]
