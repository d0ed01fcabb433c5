from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from barque.catalog.pools import PoolRecord
from barque.catalog.volumes import VolumeRecord
from barque.director.volume_selection import VolumeSelection, VolumeWish, expiry
from barque.testing.director_peers import NOW, Site, open_site

DAY = 86400


@dataclass
class Volumes:
    """The Pool Full of a site, and a search in it."""

    site: Site
    said: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)
    """Volumes that were pruned, or tried to."""
    prune_gives: list[str] = field(default_factory=list)
    """Names of Volumes that pruning makes Purged."""

    @property
    def pool(self) -> PoolRecord:
        record = self.site.catalog.pools.find("Full")
        assert record is not None
        return record

    def set_pool(self, **fields: object) -> None:
        self.site.catalog.pools.update(self.pool.pool_id, **fields)

    def add(self, name: str, status: str = "Append", pool: str = "Full", **fields: object) -> int:
        record = self.site.catalog.pools.find(pool)
        assert record is not None
        given = {"media_type": "File", "enabled": 1, "recycle": 1, **fields}
        media_type = str(given.pop("media_type"))
        return self.site.catalog.volumes.create(
            name, record.pool_id, media_type, vol_status=status, **given
        )

    def get(self, name: str) -> VolumeRecord:
        record = self.site.catalog.volumes.find(name)
        assert record is not None
        return record

    def prune(self, volume: VolumeRecord) -> bool:
        self.pruned.append(volume.volume_name)
        if volume.volume_name not in self.prune_gives:
            return False
        return self.site.catalog.volumes.mark_purged(volume.media_id)

    purge = prune

    def find(self, index: int = 1, *unwanted: str, **switches: Any) -> str:
        selection = VolumeSelection(
            self.site.catalog, self.site.now, self.said.append, pruning=self, **switches
        )
        found = selection.find(VolumeWish(self.pool.pool_id, "File", index, unwanted))
        return found.volume_name if found else ""

    def look(self) -> str:
        selection = VolumeSelection(self.site.catalog, self.site.now, self.said.append)
        found = selection.look(VolumeWish(self.pool.pool_id, "File"))
        return found.volume_name if found else ""


@pytest.fixture
def volumes(tmp_path: Path) -> Iterator[Volumes]:
    with open_site(tmp_path) as site:
        made = Volumes(site)
        made.set_pool(label_format="*")
        yield made


def test_the_last_written_volume_is_appended_to(volumes: Volumes) -> None:
    volumes.add("old", last_written=100)
    volumes.add("new", last_written=200)
    volumes.add("fresh")
    assert volumes.find() == "new"
    assert [volumes.find(index) for index in (1, 2, 3, 4)] == ["new", "old", "fresh", ""]


def test_what_the_storage_daemon_cannot_use_is_passed_over(volumes: Volumes) -> None:
    volumes.add("one", last_written=200)
    volumes.add("two", last_written=100)
    assert volumes.find(1, "one") == "two"
    assert volumes.find(1, "one", "two") == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"enabled": 0},
        {"enabled": 2},
        {"media_type": "Tape"},
        {"status": "Full"},
        {"status": "Used"},
        {"status": "Error"},
        {"status": "Read-Only"},
        {"status": "Disabled"},
        {"status": "Archive"},
        {"status": "Cleaning"},
        {"status": "Busy"},
        {"pool": "Incremental"},
        {"status": "Purged", "recycle": 0},
        {"status": "Recycle", "recycle": 0},
    ],
)
def test_what_may_not_be_written_is_not_found(volumes: Volumes, fields: dict[str, object]) -> None:
    volumes.add("v", **fields)  # type: ignore[arg-type]  # names of columns
    assert volumes.find() == ""


def test_unlabelled_volumes_come_after_those_with_data(volumes: Volumes) -> None:
    volumes.add("blank", "Unlabeled")
    volumes.add("started", last_written=5)
    assert [volumes.find(), volumes.find(1, "started")] == ["started", "blank"]


@pytest.mark.parametrize("status", ["Recycle", "Purged"])
def test_the_oldest_free_volume_is_recycled(volumes: Volumes, status: str) -> None:
    volumes.add("late", status, last_written=200)
    volumes.add("early", status, last_written=100, vol_jobs=3, vol_bytes=999)
    assert volumes.find() == "early"
    record = volumes.get("early")
    assert (record.vol_status, record.vol_jobs, record.vol_bytes) == ("Recycle", 0, 1)
    assert record.recycle_count == 1
    assert volumes.said == ['Recycled volume "early"']


def test_pruning_comes_before_scratch_and_new_volumes(volumes: Volumes) -> None:
    volumes.set_pool(label_format="New-")
    volumes.add("spare", pool="Scratch")
    volumes.add("full", "Full", last_written=100)
    volumes.add("younger", "Full", last_written=200)
    volumes.add("older", "Used", last_written=50)
    volumes.prune_gives = ["full"]
    assert volumes.find(auto_prune=True) == "full"
    assert volumes.pruned == ["older", "full"]


def test_without_autoprune_nothing_is_pruned(volumes: Volumes) -> None:
    volumes.add("full", "Full", last_written=100)
    volumes.prune_gives = ["full"]
    assert volumes.find() == ""
    assert volumes.pruned == []


def test_what_is_pruned_but_may_not_be_recycled_stays(volumes: Volumes) -> None:
    volumes.add("kept", "Full", last_written=50, recycle=0)
    volumes.add("taken", "Full", last_written=100)
    volumes.prune_gives = ["kept", "taken"]
    assert volumes.find(auto_prune=True) == "taken"


def test_a_volume_that_moves_to_its_recycle_pool_is_not_taken_from_there(volumes: Volumes) -> None:
    other = volumes.site.catalog.pools.find("Differential")
    assert other is not None
    volumes.add("moves", "Full", last_written=50, recycle_pool_id=other.pool_id)
    volumes.add("stays", "Full", last_written=100)
    volumes.prune_gives = ["moves", "stays"]
    assert volumes.find(auto_prune=True) == "stays"
    assert volumes.get("moves").pool_id == other.pool_id


def test_a_volume_that_comes_back_from_elsewhere_is_pruned(volumes: Volumes) -> None:
    volumes.add(
        "lent", "Full", pool="Differential", last_written=50, recycle_pool_id=volumes.pool.pool_id
    )
    volumes.prune_gives = ["lent"]
    assert volumes.find(auto_prune=True) == "lent"
    assert volumes.get("lent").pool_id == volumes.pool.pool_id


def test_a_volume_from_scratch_takes_over_the_limits_of_its_new_pool(volumes: Volumes) -> None:
    volumes.set_pool(max_vol_jobs=7, vol_retention=77)
    volumes.add("spare", pool="Scratch", max_vol_jobs=1)
    assert volumes.find() == "spare"
    record = volumes.get("spare")
    assert record.pool_id == volumes.pool.pool_id
    assert (record.max_vol_jobs, record.vol_retention) == (7, 77)
    assert volumes.said == ["Using Volume \"spare\" from 'Scratch' pool."]


def test_the_pool_may_name_its_own_scratch(volumes: Volumes) -> None:
    other = volumes.site.catalog.pools.find("Differential")
    assert other is not None
    volumes.set_pool(scratch_pool_id=other.pool_id)
    volumes.add("spare", pool="Scratch")
    volumes.add("mine", pool="Differential")
    assert volumes.find() == "mine"


def test_a_recycled_volume_comes_from_scratch_like_others(volumes: Volumes) -> None:
    volumes.add("spare", "Purged", pool="Scratch")
    assert volumes.find() == "spare"
    assert volumes.get("spare").vol_status == "Recycle"


def test_a_pool_that_is_full_gets_no_more_volumes(volumes: Volumes) -> None:
    volumes.set_pool(label_format="New-", max_vols=1)
    volumes.add("full", "Full")
    volumes.add("spare", pool="Scratch")
    assert volumes.find() == ""


def test_a_new_volume_is_named_after_the_highest_number(volumes: Volumes) -> None:
    volumes.set_pool(label_format="New-", max_vol_bytes=1000)
    volumes.add("full", "Full")
    volumes.add("New-0003", "Error")
    assert volumes.find() == "New-0004"
    record = volumes.get("New-0004")
    assert (record.vol_status, record.max_vol_bytes) == ("Unlabeled", 1000)
    assert volumes.said == ['Created new Volume "New-0004" in catalog.']
    assert volumes.find() == "New-0004"


def test_a_taken_name_is_passed_over(volumes: Volumes) -> None:
    volumes.set_pool(label_format="New-")
    volumes.add("New-0002", "Full")
    assert volumes.find() == "New-0003"


def test_nothing_is_forced_unless_the_pool_allows_it(volumes: Volumes) -> None:
    volumes.add("full", "Full", last_written=1)
    assert volumes.find() == ""


def test_the_oldest_volume_is_purged_by_force(volumes: Volumes) -> None:
    volumes.add("new", "Full", last_written=200)
    volumes.add("old", "Full", last_written=100)
    volumes.add("kept", "Full", last_written=50, recycle=0)
    volumes.prune_gives = ["new", "old", "kept"]
    assert volumes.find(purge_oldest=True) == "old"
    assert volumes.said == ['Purging oldest volume "old"', 'Recycled volume "old"']


def test_a_volume_in_use_is_passed_over_when_the_oldest_is_purged(volumes: Volumes) -> None:
    volumes.add("new", "Full", last_written=200)
    volumes.add("busy", "Full", last_written=100)
    volumes.prune_gives = ["new"]
    assert volumes.find(purge_oldest=True) == "new"


def test_the_oldest_volume_is_pruned_where_that_is_allowed(volumes: Volumes) -> None:
    volumes.add("old", "Full", last_written=100)
    assert volumes.find(recycle_oldest=True) == ""
    volumes.prune_gives = ["old"]
    assert volumes.find(recycle_oldest=True) == "old"


def test_a_volume_at_its_limit_is_closed_and_the_next_one_taken(volumes: Volumes) -> None:
    volumes.add("done", last_written=200, vol_jobs=3, max_vol_jobs=3)
    volumes.add("next", last_written=100)
    assert volumes.find() == "next"
    assert volumes.get("done").vol_status == "Used"
    assert volumes.said == ['Max Volume jobs=3 exceeded. Marking Volume "done" as Used.']


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, None),
        ({"max_vol_bytes": 1000, "vol_bytes": 999}, None),
        ({"max_vol_bytes": 1000, "vol_bytes": 1000}, ("Full", "Max Volume bytes=1,000")),
        ({"max_vol_jobs": 1}, ("Used", "Max Volume jobs=1")),
        ({"max_vol_files": 2, "vol_files": 2}, ("Used", "Max Volume files=2")),
        ({"vol_use_duration": DAY, "first_written": NOW - DAY + 1}, None),
        (
            {"vol_use_duration": DAY, "first_written": NOW - DAY},
            ("Used", "Max configured use duration=86,400 sec."),
        ),
        ({"max_vol_bytes": 1, "vol_bytes": 9, "max_vol_jobs": 1}, ("Full", "Max Volume bytes=1")),
        ({"max_vol_jobs": 1, "vol_jobs": 0}, None),
        ({"max_vol_jobs": 1, "vol_status": "Recycle"}, None),
    ],
)
def test_expiry(volumes: Volumes, fields: dict[str, int], verdict: tuple[str, str] | None) -> None:
    volumes.add("v", vol_jobs=1)
    record = replace(volumes.get("v"), **fields)  # type: ignore[arg-type]  # names of fields
    assert expiry(record, int(NOW)) == verdict


def test_looking_changes_nothing(volumes: Volumes) -> None:
    volumes.set_pool(label_format="New-")
    assert volumes.look() == ""
    volumes.add("free", "Purged")
    assert volumes.look() == "free"
    assert volumes.get("free").vol_status == "Purged"
    volumes.add("blank", "Unlabeled")
    assert volumes.look() == "blank"


def test_a_pool_that_is_gone_has_no_volume(volumes: Volumes) -> None:
    selection = VolumeSelection(volumes.site.catalog, volumes.site.now, volumes.said.append)
    assert selection.find(VolumeWish(99, "File")) is None  # type: ignore[arg-type]  # a number


def test_an_autochanger_gives_what_it_holds(volumes: Volumes) -> None:
    storage = volumes.site.catalog.storages.ensure("File", auto_changer=True)
    volumes.add("shelf", last_written=200)
    volumes.add("inside", last_written=100, in_changer=1, storage_id=storage.storage_id, slot=3)
    selection = VolumeSelection(volumes.site.catalog, volumes.site.now, volumes.said.append)
    wish = VolumeWish(volumes.pool.pool_id, "File", changer=storage.storage_id)
    found = selection.find(wish)
    assert found is not None
    assert found.volume_name == "inside"


def test_what_is_on_the_shelf_comes_before_a_new_volume(volumes: Volumes) -> None:
    volumes.set_pool(label_format="New-")
    storage = volumes.site.catalog.storages.ensure("File", auto_changer=True)
    volumes.add("shelf", last_written=200)
    selection = VolumeSelection(volumes.site.catalog, volumes.site.now, volumes.said.append)
    wish = VolumeWish(volumes.pool.pool_id, "File", changer=storage.storage_id)
    found = selection.find(wish)
    assert found is not None
    assert found.volume_name == "shelf"
