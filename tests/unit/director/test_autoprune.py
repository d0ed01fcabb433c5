from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from barque.catalog.volumes import VolumeRecord
from barque.director.autoprune import VolumePruning, configured_in, prune_after
from barque.domain.job import Level
from barque.testing.catalog import DAY, make_job
from barque.testing.director_peers import Site, open_site

EXTRA = """
Client { Name = pruned-fd; Address = 127.0.0.1; Password = secret; AutoPrune = yes;
  JobRetention = 10 days; FileRetention = 5 days; }
JobDefs { Name = Pruned; JobDefs = Default; Client = pruned-fd; Pool = Kept;
  FullBackupPool = Kept; IncrementalBackupPool = Kept; }
Pool { Name = Kept; PoolType = Backup; }
Pool { Name = Short; PoolType = Backup; JobRetention = 2 days; FileRetention = 1 days; }
Job { Name = prunes; JobDefs = Pruned; }
Job { Name = short; JobDefs = Pruned; Pool = Short; FullBackupPool = Short; }
Job { Name = by-job; JobDefs = Default; PruneJobs = yes; }
Job { Name = files; JobDefs = Default; PruneFiles = yes; }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        opened.clock = 100.0 * DAY
        yield opened


def old_job(site: Site, day: int, level: str = "F", pool: str = "Kept", files: int = 1) -> int:
    job_id = make_job(site.catalog, level, day, client="pruned-fd", files=files, volume="")
    record = site.catalog.pools.find(pool)
    assert record is not None
    site.catalog.jobs.update(job_id, pool_id=record.pool_id)
    return job_id


def jobs(site: Site) -> set[int]:
    return {job.job_id for job in site.catalog.jobs.get_many(range(1, 50))}


def after(site: Site, name: str) -> str:
    job = site.job(name, Level.FULL)
    prune_after(job, site.context)
    return site.log.text.replace(f"bareos-dir JobId {job.job_id}: ", "")


def test_jobs_and_files_of_the_client_are_pruned(site: Site) -> None:
    gone, without_files, kept = old_job(site, 80), old_job(site, 92), old_job(site, 99)
    text = after(site, "prunes")
    assert "Begin pruning Jobs older than 10 days .\n" in text
    assert "Pruned 1 Job for client pruned-fd from catalog.\n" in text
    assert "Begin pruning Files.\n" in text
    assert "Pruned Files from 1 Jobs for client pruned-fd from catalog.\n" in text
    assert text.endswith("End auto prune.\n")
    assert {without_files, kept} <= jobs(site)
    assert gone not in jobs(site)
    purged = [job.purged_files for job in site.catalog.jobs.get_many([without_files, kept])]
    assert purged == [1, 0]


def test_the_retention_of_the_pool_comes_first(site: Site) -> None:
    gone, other = old_job(site, 97, pool="Short"), old_job(site, 97)
    after(site, "short")
    assert gone not in jobs(site)
    assert other in jobs(site)


def test_jobs_that_run_stay(site: Site) -> None:
    running = old_job(site, 80)
    job = site.job("prunes", Level.FULL)
    context = site.context.__class__(
        **{name: getattr(site.context, name) for name in site.context.__dataclass_fields__}
        | {"running": lambda: [running]}
    )
    prune_after(job, context)
    assert running in jobs(site)


def test_nothing_to_prune_is_said(site: Site) -> None:
    text = after(site, "prunes")
    assert "No Jobs found to prune.\n" in text
    assert "No Files found to prune.\n" in text


@pytest.mark.parametrize(
    ("name", "says", "keeps_quiet"),
    [("by-job", "Begin pruning Jobs", "Files"), ("files", "Begin pruning Files", "Jobs older")],
)
def test_the_job_may_ask_for_one_of_both(
    site: Site, name: str, says: str, keeps_quiet: str
) -> None:
    text = after(site, name)
    assert says in text
    assert keeps_quiet not in text


def test_by_default_nothing_is_pruned(site: Site) -> None:
    assert after(site, "small") == ""


def test_a_job_without_a_client(site: Site) -> None:
    job = site.job("prunes", Level.FULL)
    job.client = None
    prune_after(job, site.context)
    assert "prun" not in site.log.text


def test_what_is_configured(site: Site) -> None:
    known = configured_in(site.config)
    assert known("small", "Small", "bareos-fd")
    assert not known("gone", "Small", "bareos-fd")
    assert not known("small", "Gone", "bareos-fd")
    assert not known("small", "Small", "gone-fd")


@dataclass
class Shelf:
    """A full Volume with two jobs, on day 10 and on day 90, whose retention is 30 days."""

    site: Site
    running: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.old = make_job(self.site.catalog, "F", 10)
        self.new = make_job(self.site.catalog, "I", 90)
        self.site.catalog.volumes.update(
            self.volume.media_id, vol_status="Full", vol_retention=30 * DAY
        )
        self.pruning = VolumePruning(
            self.site.catalog, self.site.now, self.said.append, lambda: self.running
        )

    @property
    def volume(self) -> VolumeRecord:
        record = self.site.catalog.volumes.find("V")
        assert record is not None
        return record


@pytest.fixture
def shelf(site: Site) -> Shelf:
    return Shelf(site)


def test_expired_jobs_go_and_the_others_keep_the_volume(shelf: Shelf) -> None:
    assert not shelf.pruning.prune(shelf.volume)
    assert jobs(shelf.site) == {shelf.new}
    assert shelf.volume.vol_status == "Full"
    assert shelf.said == [
        'Volume "V" has Volume Retention of 2592000 sec. and has 1 jobs that will be pruned',
        f"Purging the following 1 JobIds: {shelf.old}",
    ]


def test_a_volume_without_jobs_is_free(shelf: Shelf) -> None:
    shelf.site.clock = 200.0 * DAY
    assert shelf.pruning.prune(shelf.volume)
    assert shelf.volume.vol_status == "Purged"
    assert shelf.said[-1] == (
        'There are no more Jobs associated with Volume "V". Marking it purged.'
    )
    assert shelf.pruning.prune(shelf.volume)


def test_an_archived_volume_is_not_pruned(shelf: Shelf) -> None:
    shelf.site.clock = 200.0 * DAY
    shelf.site.catalog.volumes.update(shelf.volume.media_id, enabled=2)
    assert not shelf.pruning.prune(shelf.volume)
    assert len(jobs(shelf.site)) == 2


def test_running_jobs_keep_their_volume(shelf: Shelf) -> None:
    shelf.running = [shelf.new]
    shelf.site.clock = 200.0 * DAY
    assert not shelf.pruning.prune(shelf.volume)
    assert jobs(shelf.site) == {shelf.new}
    assert not shelf.pruning.purge(shelf.volume)
    assert shelf.pruning.is_in_use(shelf.volume)


def test_purging_does_not_look_at_the_age(shelf: Shelf) -> None:
    assert shelf.pruning.purge(shelf.volume)
    assert jobs(shelf.site) == set()
    assert shelf.volume.vol_status == "Purged"
