from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.catalog.source import SQLiteSource
from barque.director.catalog_sync import source_for, synchronise
from barque.testing.director_peers import Site, open_site

EXTRA = """
Pool { Name = Linked; PoolType = Backup; NextPool = Full; RecyclePool = Scratch;
  ScratchPool = Scratch; LabelFormat = "L-"; MaximumVolumes = 7; MaximumVolumeJobs = 3;
  VolumeUseDuration = 1 day; AutoPrune = no; Recycle = no; }
Pool { Name = Elsewhere; PoolType = Backup; Catalog = Other; }
Catalog { Name = Other; DbDriver = sqlite3; DbName = other; DbUser = x; }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def test_the_catalog_s_place(site: Site, tmp_path: Path) -> None:
    source = source_for(site.catalog_resource, tmp_path)
    assert isinstance(source, SQLiteSource)
    assert source.path.parent == tmp_path


def test_records_are_made_and_linked(site: Site) -> None:
    pools = {pool.name: pool for pool in site.catalog.pools.all()}
    linked = pools["Linked"]
    assert (linked.max_vols, linked.max_vol_jobs, linked.vol_use_duration) == (7, 3, 86400)
    assert (linked.auto_prune, linked.recycle, linked.label_format) == (0, 0, "L-")
    assert linked.recycle_pool_id == linked.scratch_pool_id == pools["Scratch"].pool_id
    assert site.catalog.clients.find("bareos-fd") is not None
    assert "Elsewhere" not in pools


def test_a_second_time_changes_what_changed(site: Site) -> None:
    before = {pool.name: pool.pool_id for pool in site.catalog.pools.all()}
    site.config.pools["Linked"].__dict__["maximum_volumes"] = 9
    synchronise(site.catalog, site.config, site.catalog_resource)
    after = {pool.name: pool for pool in site.catalog.pools.all()}
    assert {name: pool.pool_id for name, pool in after.items()} == before
    assert after["Linked"].max_vols == 9
