"""What is in an autochanger."""

import json

import pytest

from barque.director.services import Slot
from barque.testing.terminal import Terminal

PLACES = [
    Slot("drive", 0, "Full-0001", loaded=1, full=True),
    Slot("drive", 1),
    Slot("slot", 1),
    Slot("slot", 2, "Incr-0002", full=True),
    Slot("slot", 3, "Unknown-1", full=True),
    Slot("slot", 4),
    Slot("import_slot", 5, "Spare-1", full=True),
]
LINE = "status storage=File1 slots"


@pytest.fixture
def changer(terminal: Terminal) -> Terminal:
    storage = terminal.director.config.storages["File1"]
    storage.auto_changer = True
    terminal.director.places = PLACES
    volumes = terminal.catalog.volumes
    for name, slot in (("Full-0001", 1), ("Incr-0002", 2)):
        record = volumes.find(name)
        assert record
        volumes.update(record.media_id, slot=slot, in_changer=1)
    return terminal


def test_a_table_for_people(changer: Terminal) -> None:
    rows = [line for line in changer.text(LINE).splitlines() if "|" in line]
    assert len({len(row) for row in rows}) == 1
    assert [row[:24].strip() for row in rows[2:]] == [
        "1%|        Full-0001",
        "2 |        Incr-0002",
        "3*|        Unknown-1",
        "4*|                ?",
        "5@|          Spare-1",
    ]


@pytest.mark.parametrize(
    ("slots", "shown"), [("1", "1"), ("1-2,4", "124"), ("5", "5"), ("1,1", "1")]
)
def test_some_slots(changer: Terminal, slots: str, shown: str) -> None:
    rows = changer.text(f"{LINE}={slots}").splitlines()[2:]
    assert "".join(row[4] for row in rows) == shown


@pytest.mark.parametrize("slots", ["6", "0", "2-1", "-1", "x", "1-", "1.5"])
def test_slots_that_are_not_there(changer: Terminal, slots: str) -> None:
    assert "Slot" in changer.text(f"{LINE}={slots}") or "slot" in changer.text(f"{LINE}={slots}")


def test_records_for_programs(changer: Terminal) -> None:
    rows = changer.text(LINE, api=1).splitlines()
    assert rows[:2] == ["D|0|1|Full-0001", "D|1||"]
    assert rows[2].startswith("S|1|1|Full-0001|11575|Append|File1|Full|")
    assert rows[4] == "S|3|0|Unknown-1|?|?|?|?|0|0"
    assert rows[5] == "S|4||||||||"
    assert rows[6].startswith("I|5|")


def test_objects_for_programs(changer: Terminal) -> None:
    contents = json.loads(changer.text(LINE, api=2))["result"]["contents"]
    assert contents[0] == {
        "type": "drive",
        "slotnr": 0,
        "content": "full",
        "loaded": 1,
        "volname": "Full-0001",
    }
    assert contents[1] == {"type": "drive", "slotnr": 1, "content": "empty"}
    assert contents[2]["mr_volname"] == "Full-0001"
    assert contents[5] == {"type": "slot", "slotnr": 4, "content": "empty"}
    assert contents[6]["type"] == "import_slot"


def test_an_empty_changer(changer: Terminal) -> None:
    changer.director.places = []
    assert changer.text(LINE).endswith("No slots in changer to scan.\n")
    changer.director.places = [Slot("slot", 1)]
    assert changer.text(LINE).endswith("No Volumes found, or no barcodes.\n")
