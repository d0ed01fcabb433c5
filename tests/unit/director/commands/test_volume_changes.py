"""What may be changed of a Volume."""

import pytest

from barque.catalog import VolumeRecord
from barque.testing.terminal import Terminal


def volume(terminal: Terminal, name: str = "Full-0001") -> VolumeRecord:
    found = terminal.catalog.volumes.find(name)
    assert found
    return found


@pytest.mark.parametrize(
    ("words", "text", "field", "value"),
    [
        ("volstatus=used", "New Volume status is: Used\n", "vol_status", "Used"),
        ('volretention="10 days"', "New retention period is: 10 days \n", "vol_retention", 864_000),
        ("voluse=3h", "New use duration is: 3 hours \n", "vol_use_duration", 10_800),
        ("maxvoljobs=7", "New max jobs is: 7\n", "max_vol_jobs", 7),
        ("maxvolfiles=8", "New max files is: 8\n", "max_vol_files", 8),
        ("maxvolbytes=9g", "New Max bytes is: 9663676416\n", "max_vol_bytes", 9_663_676_416),
        ("recycle=no", "New Recycle flag is: no\n", "recycle", 0),
        ("inchanger=yes", "New InChanger flag is: yes\n", "in_changer", 1),
        ("slot=3", "New Slot is: 3\n", "slot", 3),
        ("pool=Incremental", "New Pool is: Incremental\n", "pool_id", 2),
        ("enabled=archived", "New Enabled is: 2\n", "enabled", 2),
        ("enabled=no", "New Enabled is: 0\n", "enabled", 0),
        ("recyclepool=Scratch", "New RecyclePool is: Scratch\n", "recycle_pool_id", 1),
        ("recyclepool=", "New RecyclePool is: *None*\n", "recycle_pool_id", 0),
        ("actiononpurge=none", "New ActionOnPurge is: None\n", "action_on_purge", 0),
        ("actiononpurge=Truncate", "New ActionOnPurge is: Truncate\n", "action_on_purge", 1),
        ("storage=File2", "", "storage_id", 1),
    ],
)
def test_a_field(terminal: Terminal, words: str, text: str, field: str, value: object) -> None:
    assert terminal.text(f"update volume=Full-0001 {words}") == text
    assert getattr(volume(terminal), field) == value


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("volstatus=Purged", "Invalid VolStatus specified: Purged\n"),
        ("volretention=long", "Invalid retention period specified: long\n"),
        ("voluse=long", "Invalid use duration specified: long\n"),
        ("maxvoljobs=-1", "Invalid max. jobs specification: -1\n"),
        ("maxvolfiles=99999999999", "Invalid max. files specification: 99999999999\n"),
        ("maxvolbytes=big", "Invalid max. bytes specification: big\n"),
        ("recycle=maybe", "Invalid value. It must be YES or NO.\n"),
        ("slot=101", "Invalid slot, it must be between 0 and MaxVols=100\n"),
        ("enabled=maybe", "Invalid Enabled value, it must be yes, no, or archived\n"),
        ("encrypt=maybe", "Valid values for Encrypt are yes/no/rotate\n"),
        ("encrypt=no", "No encryption key for volume 'Full-0001' configured.\n"),
        ("encrypt=rotate", "No encryption key for volume 'Full-0001' configured.\n"),
    ],
)
def test_values_that_make_no_sense(terminal: Terminal, words: str, text: str) -> None:
    before = volume(terminal)
    assert terminal.text(f"update volume=Full-0001 {words}") == text
    assert volume(terminal) == before


def test_one_mistake_does_not_hold_up_the_rest(terminal: Terminal) -> None:
    shown = terminal.text("update volume=Full-0001 volstatus=No recycle=no maxvoljobs=3")
    assert shown.splitlines() == [
        "Invalid VolStatus specified: No",
        "New max jobs is: 3",
        "New Recycle flag is: no",
    ]


def test_a_volume_takes_the_rules_of_its_pool_again(terminal: Terminal) -> None:
    before = volume(terminal)
    terminal.catalog.volumes.update(before.media_id, max_vol_bytes=1, vol_retention=1)
    shown = terminal.text("update volume=Full-0001 frompool=yes enabled=no")
    assert shown == 'Volume defaults updated from "Full" Pool record.\n'
    assert volume(terminal) == before


def test_a_key_is_made_kept_and_taken_away(terminal: Terminal) -> None:
    made = "Generated new encryption key for volume 'Spare-1' in catalog.\n"
    assert terminal.text("update volume=Spare-1 encrypt=yes") == made
    key = volume(terminal, "Spare-1").encryption_key
    assert len(key) == 43
    assert "already configured" in terminal.text("update volume=Spare-1 encrypt=yes")
    assert "requires volstatus=Purged" in terminal.text("update volume=Spare-1 encrypt=rotate")
    assert volume(terminal, "Spare-1").encryption_key == key
    terminal.catalog.volumes.update(volume(terminal, "Spare-1").media_id, vol_status="Purged")
    assert terminal.text("update volume=Spare-1 encrypt=rotate").endswith(made)
    assert volume(terminal, "Spare-1").encryption_key not in {key, ""}
    assert "Removed encryption key" in terminal.text("update volume=Spare-1 encrypt=no")
    assert volume(terminal, "Spare-1").encryption_key == ""


def test_only_one_volume_is_in_a_slot(terminal: Terminal) -> None:
    terminal.text("update volume=Full-0001 slot=3 inchanger=no")
    terminal.text("update volume=Full-0001 inchanger=yes")
    terminal.text("update volume=Diff-0003 slot=3")
    terminal.text("update volume=Diff-0003 inchanger=yes")
    assert (volume(terminal).slot, volume(terminal).in_changer) == (0, 0)
    assert volume(terminal, "Diff-0003").slot == 3
