"""Emptying purged Volumes."""

import json

import pytest

from barque.testing.terminal import Terminal

LINE = "truncate volstatus=Purged"


def purge(terminal: Terminal, name: str, **fields: object) -> int:
    volume = terminal.catalog.volumes.find(name)
    assert volume
    fields = {"vol_status": "Purged", "vol_bytes": 100_000, **fields}
    terminal.catalog.volumes.update(volume.media_id, **fields)
    return volume.media_id


def test_a_purged_volume_is_emptied(terminal: Terminal) -> None:
    media_id = purge(terminal, "Spare-1")
    shown = terminal.text(f"{LINE} volume=Spare-1 yes")
    assert "|       5 | Spare-1    | Scratch | File1   |" in shown
    assert 'Sending relabel command from "Spare-1" to "Spare-1" ...\n' in shown
    assert shown.endswith("The volume 'Spare-1' has been truncated.\n")
    (request,) = terminal.director.labels
    assert (request.volume, request.old_volume) == ("Spare-1", "Spare-1")
    volume = terminal.catalog.volumes.get(media_id)
    assert volume
    assert (volume.vol_bytes, volume.vol_status, volume.pool_id) == (212, "Purged", 1)


def test_it_is_asked_first_and_programs_must_confirm(terminal: Terminal) -> None:
    purge(terminal, "Spare-1")
    assert terminal.text(LINE).endswith("Truncate listed volumes (yes/no)? ")
    assert terminal.text(LINE, "no") == ""
    answer = json.loads(terminal.text(LINE, api=2))
    assert answer["error"]["data"]["result"]["volumes"][0]["volumename"] == "Spare-1"
    assert not terminal.director.labels


@pytest.mark.parametrize(
    "fields", [{"vol_status": "Used"}, {"vol_bytes": 64_512}, {"recycle": 0}, {"enabled": 0}]
)
def test_other_volumes_are_left_alone(terminal: Terminal, fields: dict[str, object]) -> None:
    purge(terminal, "Spare-1", **fields)
    assert terminal.text(f"{LINE} yes") == "No results to list.\n"
    assert json.loads(terminal.text(f"{LINE} yes", api=2))["result"] == {
        "volumes": [],
        "meta": {"range": {"filtered": 0}},
    }


def test_a_volume_on_which_jobs_lie_is_left_alone(terminal: Terminal) -> None:
    purge(terminal, "Full-0001")
    shown = terminal.text(f"{LINE} yes")
    assert shown.endswith('Jobs still lie on Volume "Full-0001", it is not emptied.\n')
    assert not terminal.director.labels


def test_volumes_are_selected_by_pool_and_storage(terminal: Terminal) -> None:
    purge(terminal, "Spare-1")
    purge(terminal, "Incr-old")
    terminal.text(f"{LINE} pool=Incremental storage=File1 drive=0 yes")
    assert [request.volume for request in terminal.director.labels] == ["Incr-old"]


def test_volumes_of_two_storages_are_too_much(terminal: Terminal) -> None:
    purge(terminal, "Spare-1")
    purge(terminal, "Spare-2", storage_id=1)
    assert "Selected volumes are from different storages." in terminal.text(f"{LINE} yes")
    assert not terminal.director.labels


def test_storages_that_are_gone(terminal: Terminal) -> None:
    purge(terminal, "Spare-1", storage_id=77)
    assert "Spare-1" in terminal.text(f"{LINE} yes")
    assert not terminal.director.labels


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("truncate", "missing parameter"),
        ("truncate volume=Spare-1 yes", "required parameter 'volstatus' missing"),
        ("truncate volstatus=Used", "Invalid parameter. 'volstatus' must be 'Purged'."),
        (f"{LINE} now=yes", "Invalid parameter."),
        (f"{LINE} volume yes", "Invalid parameter."),
        (f"{LINE} volume=Spare-1 volume=Spare-2 yes", "Invalid parameter."),
        (f"{LINE} drive=x yes", "Drive number must be integer but was : x"),
    ],
)
def test_a_line_that_is_not_quite_right(terminal: Terminal, line: str, fault: str) -> None:
    purge(terminal, "Spare-1")
    shown = terminal.text(line)
    assert shown.startswith(fault)
    assert "USAGE: truncate volstatus=Purged [storage=<storage>]" in shown
    assert not terminal.director.labels
    assert json.loads(terminal.text(line, api=2))["error"]["data"]["messages"] == {}
