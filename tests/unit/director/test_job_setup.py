import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from barque.director.job_setup import (
    catalog_resource_of,
    pool_for,
    since_time,
    storage_for,
    unique_name,
)
from barque.director.services import RestoreSelection, RunRequest
from barque.domain.ids import FileIndex, JobId
from barque.domain.job import JobType, Level
from barque.errors import JobError
from barque.testing.director_peers import NOW, Site, open_site

EXTRA = """
Catalog { Name = Other; DbDriver = sqlite3; DbName = other; DbUser = x; }
Catalog { Name = Third; DbDriver = sqlite3; DbName = third; DbUser = x; }
Pool { Name = With; PoolType = Backup; Storage = File2; Catalog = Other; }
Client { Name = with-fd; Address = 127.0.0.1; Password = x; Catalog = Third;
  MaximumBandwidthPerJob = 5 kb/s; }
Job { Name = plain; Type = Backup; Level = Full; Client = with-fd; FileSet = Small;
  Storage = File; Messages = Standard; Pool = Differential; }
Job { Name = own-catalog; JobDefs = Default; Catalog = Other; }
Job { Name = levels; JobDefs = Default; VirtualFullBackupPool = With; }
Job { Name = limited; JobDefs = Default; MaximumBandwidth = 1 mb/s; Accurate = yes;
  SpoolData = yes; }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def request(site: Site, name: str, level: Level = Level.FULL) -> RunRequest:
    return RunRequest(site.config.jobs[name], level)


def test_names_are_unique_and_without_blanks() -> None:
    first, second = unique_name("a job", NOW), unique_name("a job", NOW)
    stamp = time.strftime("%Y-%m-%d_%H.%M.%S", time.localtime(NOW))
    assert first.startswith(f"a_job.{stamp}_")
    assert int(second.rsplit("_", 1)[1]) == int(first.rsplit("_", 1)[1]) + 1
    assert len(unique_name("x" * 127, NOW)) <= 127


@pytest.mark.parametrize(
    ("name", "changes", "catalog", "source"),
    [
        ("small", {}, "MyCatalog", "Client resource"),
        ("plain", {}, "Third", "Client resource"),
        ("own-catalog", {}, "Other", "Job resource"),
        ("own-catalog", {"pool": "With"}, "Other", "Pool resource"),
    ],
)
def test_where_the_catalog_comes_from(
    site: Site, name: str, changes: dict[str, str], catalog: str, source: str
) -> None:
    asked = request(site, name)
    if "pool" in changes:
        asked = replace(asked, pool=site.config.pools[changes["pool"]])
    found, said = catalog_resource_of(asked, site.config.catalogs["MyCatalog"])
    assert (found.name, said) == (catalog, source)


def test_a_catalog_that_was_asked_for(site: Site) -> None:
    third = site.config.catalogs["Third"]
    asked = replace(request(site, "own-catalog"), catalog=third)
    assert catalog_resource_of(asked, site.config.catalogs["MyCatalog"]) == (third, "command line")


@pytest.mark.parametrize(
    ("level", "pool", "source"),
    [
        (Level.FULL, "Full", "Job FullPool override"),
        (Level.INCREMENTAL, "Incremental", "Job IncPool override"),
        (Level.DIFFERENTIAL, "Differential", "Job DiffPool override"),
        (Level.VIRTUAL_FULL, "With", "Job VFullPool override"),
        (Level.NONE, "Incremental", "Job resource"),
    ],
)
def test_each_level_has_its_pool(site: Site, level: Level, pool: str, source: str) -> None:
    choice = pool_for(level, site.config.jobs["levels"], request(site, "levels"))
    assert choice.pool is site.config.pools[pool]
    assert choice.source == source


def test_the_job_s_pool_where_the_level_has_none(site: Site) -> None:
    choice = pool_for(Level.FULL, site.config.jobs["plain"], request(site, "plain"))
    assert (choice.pool, choice.source) == (site.config.pools["Differential"], "Job resource")


def test_a_pool_that_was_asked_for_comes_first(site: Site) -> None:
    pool = site.config.pools["Scratch"]
    asked = replace(request(site, "levels"), pool=pool)
    assert pool_for(Level.FULL, asked.job, asked).source == "command line"
    scheduled = replace(asked, pool_source="Run FullPool override")
    assert pool_for(Level.FULL, asked.job, scheduled).source == "Run FullPool override"


def test_the_storage_of_the_pool_wins_over_that_of_the_job(site: Site) -> None:
    job, asked = site.config.jobs["small"], request(site, "small")
    own, other = site.config.storages["File"], site.config.storages["File2"]
    assert storage_for(site.config.pools["Full"], job, asked) == (own, "Job resource")
    assert storage_for(site.config.pools["With"], job, asked) == (other, "Pool resource")
    given = replace(asked, storage=own)
    assert storage_for(site.config.pools["With"], job, given) == (own, "command line")


def test_a_job_takes_over_what_its_resource_says(site: Site) -> None:
    job = site.job("limited", Level.FULL, comment="hello")
    assert job.bandwidth == 1_000_000
    assert (job.accurate, job.spool_data, job.comment) == (True, True, "hello")
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert (record.job_status, record.comment, record.sched_time) == ("C", "hello", NOW)
    assert site.job("plain").bandwidth == 5_000


def test_a_request_may_say_otherwise(site: Site) -> None:
    job = site.job("limited", accurate=False, spool_data=False, priority=3, when=NOW + 60)
    assert (job.accurate, job.spool_data, job.priority) == (False, False, 3)
    assert job.scheduled_at == NOW + 60


def test_levels_are_raised_with_a_message(site: Site) -> None:
    job = site.job("small")
    assert (job.level, job.level_note) == (Level.FULL, " (upgraded from Incremental)")
    assert "No prior Full backup Job record found.\n" in site.log.text


def test_a_time_that_was_asked_for(site: Site) -> None:
    job = site.job("small", since="2026-01-02 03:04:05")
    assert job.level is Level.INCREMENTAL
    assert job.level_note == ", since=2026-01-02 03:04:05"
    assert job.since == time.mktime((2026, 1, 2, 3, 4, 5, 0, 0, -1))


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01 00:00:00", "2026-01-01", ""])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(JobError, match="is no time"):
        since_time(text)


def test_a_restore_has_no_level_and_no_pool_of_its_own(site: Site) -> None:
    job = site.job("RestoreFiles", where="/there", replace="never", regex_where="!a!b!")
    assert (job.type, job.level, job.pool_id) == (JobType.RESTORE, Level.NONE, 0)
    assert (job.where, job.replace, job.regex_where) == ("/there", "never", "!a!b!")


def test_a_restore_knows_its_jobs(site: Site) -> None:
    selection = RestoreSelection({JobId(5): [(FileIndex(1), FileIndex(2))]}, count=2)
    job = site.job("RestoreFiles", selection=selection, bootstrap="x")
    assert job.source_jobs == (5,)
    assert job.totals.expected_files == 2


def test_a_pool_that_the_catalog_does_not_know(site: Site) -> None:
    pool = site.catalog.pools.find("Full")
    assert pool is not None
    site.catalog.pools.update(pool.pool_id, name="gone")
    with pytest.raises(JobError, match='no Pool "Full"'):
        site.job("small")
    record = site.catalog.jobs.get(1)
    assert record is not None
    assert record.job_status == "f"
    assert site.log.closed is not None
