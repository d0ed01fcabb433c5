from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from barque.director.plan import next_volume, request_of, scheduled_runs
from barque.director.services import ScheduledRun
from barque.domain.job import Level
from barque.testing.director_peers import Site, open_site

EXTRA = """
Schedule { Name = Varied;
  Run = Full Pool = Differential Storage = File2 Priority = 3 SpoolData = yes Accurate = yes mon at 1:00;
  Run = Level = Differential FullPool = Full DifferentialPool = Full tue at 2:00;
  Run = Incremental Messages = Standard wed at 3:00;
}
Job { Name = varied; JobDefs = Default; Schedule = Varied; }
Job { Name = restores; Type = Restore; JobDefs = Default; Schedule = Varied; }
"""

MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001 - schedules are in local time


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def runs(site: Site, days: int = 6, name: str = "varied") -> list[ScheduledRun]:
    found = scheduled_runs(site.config, lambda job: job.name == name, MONDAY, days)
    return list(found)


def test_runs_come_in_their_order(site: Site) -> None:
    assert [run.level for run in runs(site)] == [
        Level.FULL,
        Level.DIFFERENTIAL,
        Level.INCREMENTAL,
    ]
    assert len(runs(site, days=0)) == 1
    assert runs(site)[0].at == MONDAY.replace(hour=1).timestamp()


def test_overrides_are_shown(site: Site) -> None:
    full, differential, incremental = runs(site)
    assert full.overrides == {
        "level": "Full",
        "pool": "Differential",
        "storage": "File2",
        "priority": 3,
        "spooldata": True,
        "accurate": True,
    }
    assert full.priority == 3
    assert full.pool is site.config.pools["Differential"]
    assert full.storage is site.config.storages["File2"]
    assert differential.pool is site.config.pools["Incremental"]
    assert incremental.overrides == {"level": "Incremental", "messages": "Standard"}
    assert incremental.pool is site.config.pools["Incremental"]


def test_a_restore_writes_nothing(site: Site) -> None:
    assert {(run.pool, run.storage) for run in runs(site, name="restores")} == {(None, None)}


def test_the_request_says_where_the_pool_comes_from(site: Site) -> None:
    job = site.config.jobs["varied"]
    assert job.schedule is not None
    full, differential, incremental = job.schedule.run
    assert request_of(job, full, MONDAY).pool_source == "Run Pool override"
    request = request_of(job, differential, MONDAY)
    assert (request.pool_source, request.when) == ("Run DiffPool override", MONDAY.timestamp())
    assert request_of(job, incremental, MONDAY).pool is None


def test_the_next_volume_is_told_without_making_one(site: Site) -> None:
    run = runs(site)[2]
    assert next_volume(run, site.catalog, site.now) == ""
    pool = site.catalog.pools.find("Incremental")
    assert pool is not None
    site.catalog.volumes.create("Inc-1", pool.pool_id, "File", enabled=1)
    assert next_volume(run, site.catalog, site.now) == "Inc-1"


def test_a_job_that_writes_nothing_has_no_next_volume(site: Site) -> None:
    assert next_volume(runs(site, name="restores")[0], site.catalog, site.now) == ""
