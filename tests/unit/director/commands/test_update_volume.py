"""The menu of ``update volume``, and all Volumes of Pools."""

import pytest

from barque.catalog import VolumeRecord
from barque.testing.terminal import Terminal

LINE = "update volume=Full-0001"


def volume(terminal: Terminal) -> VolumeRecord:
    found = terminal.catalog.volumes.find("Full-0001")
    assert found
    return found


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        (("1", "3"), "vol_status", "Disabled"),
        (("2", "1 week"), "vol_retention", 604_800),
        (("3", "2 hours"), "vol_use_duration", 7200),
        (("4", "5"), "max_vol_jobs", 5),
        (("5", "6"), "max_vol_files", 6),
        (("6", "1k"), "max_vol_bytes", 1024),
        (("7", "no"), "recycle", 0),
        (("8", "4"), "slot", 4),
        (("9", "yes"), "in_changer", 1),
        (("10", "1"), "vol_files", 1),
        (("10", "5", "yes"), "vol_files", 5),
        (("10", "5", "no"), "vol_files", 0),
        (("11", "Incremental"), "pool_id", 2),
        (("15", "archived"), "enabled", 2),
        (("16", "1"), "recycle_pool_id", 1),
        (("17", "None"), "action_on_purge", 0),
        (("18", "1"), "storage_id", 1),
    ],
)
def test_each_choice(terminal: Terminal, typed: tuple[str, ...], field: str, value: object) -> None:
    shown = "".join(str(part) for frames in terminal.frames(LINE, *typed) for part in frames)
    assert 'Updating Volume "Full-0001"\n' in shown
    assert getattr(volume(terminal), field) == value


def test_the_menu_comes_back_until_it_is_done(terminal: Terminal) -> None:
    assert terminal.text(LINE, "7", "no", "19") == "Selection terminated.\n"
    assert "Parameters to modify:\n" in terminal.text(LINE, "2", "nonsense")


def test_volumes_of_all_pools(terminal: Terminal) -> None:
    before = volume(terminal)
    terminal.catalog.volumes.update(before.media_id, max_vol_jobs=9)
    shown = terminal.text("update volume fromallpools")
    assert len(shown.splitlines()) == 5
    assert volume(terminal) == before


@pytest.mark.parametrize(
    "lines", [("update volume allfrompool=Full",), (LINE, "13", "3"), (LINE, "12"), (LINE, "14")]
)
def test_volumes_of_one_pool(terminal: Terminal, lines: tuple[str, ...]) -> None:
    before = volume(terminal)
    terminal.catalog.volumes.update(before.media_id, max_vol_jobs=9)
    assert 'olume defaults updated from "Full" Pool record.\n' in terminal.text(*lines)
    assert volume(terminal) == before


def test_a_pool_that_is_not_there(terminal: Terminal) -> None:
    assert terminal.text("update volume allfrompool=nosuch") == (
        'Could not find Pool "nosuch": ERR=Pool record not found in Catalog.\n'
    )


def test_pools_of_others_stay_as_they_are(terminal: Terminal) -> None:
    shown = terminal.text("update volume fromallpools", console="operator")
    assert {line.split('"')[1] for line in shown.splitlines()} == {"Full", "Incremental"}
