"""VirtualFull: what may be merged, what comes of it, and what a failure leaves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.job_runner import run_job
from barque.director.job_state import ActiveJob
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, Level
from barque.errors import JobError
from barque.testing.director_peers import HANG_UP, Item, Site, open_site
from barque.wire.framing import Signal

EXTRA = """
Pool { Name = Virtual; PoolType = Backup; Storage = File; LabelFormat = "V-"; }
Pool { Name = Nowhere; PoolType = Backup; }
Pool { Name = Far; PoolType = Backup; Storage = File2; }
JobDefs { Name = Merging; JobDefs = Default; NextPool = Virtual; Accurate = yes; }
Job { Name = merged; JobDefs = Merging; }
Job { Name = careless; JobDefs = Default; NextPool = Virtual; }
Job { Name = no-next; JobDefs = Default; }
Job { Name = no-storage; JobDefs = Default; NextPool = Nowhere; }
Job { Name = far; JobDefs = Default; NextPool = Far; }
Job { Name = always; JobDefs = Merging; AlwaysIncremental = yes;
  AlwaysIncrementalJobRetention = 1 day; }
"""

LSTAT = "P4A JEjo IGk B A A A D BAA I BrAy9v BrAy9u BrAy9u A A C"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def backup(site: Site, name: str, level: Level, *files: tuple[int, bytes]) -> JobId:
    """Record a backup with *files* on a Volume of its own."""
    job = site.job(name, Level.FULL)
    site.catalog.jobs.update(
        job.job_id,
        job_status="T",
        level=level,
        start_time=int(site.clock),
        end_time=int(site.clock) + 1,
        job_tdate=int(site.clock) + 1,
        file_set_id=job.fileset_id,
        job_files=len(files),
        vol_session_id=job.job_id,
        vol_session_time=5,
    )
    with site.catalog.attributes(job.job_id) as batch:
        for index, file in files:
            batch.add(index, b"/srv/", file, LSTAT)
    media_id = site.catalog.volumes.create(f"Vol-{job.job_id}", job.pool_id, "File", enabled=1)
    site.catalog.job_media.create(
        job.job_id,
        media_id,
        first_index=1,
        last_index=max((index for index, _ in files), default=1),
        start_file=0,
        end_file=0,
        start_block=200,
        end_block=900,
    )
    site.clock += 10
    return job.job_id


def run(site: Site, name: str, **request: object) -> ActiveJob:
    job = site.job(name, Level.VIRTUAL_FULL, **request)
    run_job(job, site.context, lambda _: "")
    site.settle()
    return job


def chain(site: Site, name: str = "merged") -> tuple[JobId, JobId]:
    full = backup(site, name, Level.FULL, (1, b"a"), (2, b"b"), (3, b"c"))
    return full, backup(site, name, Level.INCREMENTAL, (1, b"b"), (0, b"c"))


def test_the_newest_version_of_each_file_is_read(site: Site) -> None:
    chain(site)
    job = run(site, "merged")
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert "Consolidating JobIds 1,2 containing 2 files\n" in site.log.text
    wanted = [line for line in site.storage.heard if isinstance(line, bytes)]
    assert wanted.count(b"FileIndex=1\n") == 2
    assert site.client.connections == 0


def test_the_merge_stands_where_the_last_job_stood(site: Site) -> None:
    _, last = chain(site)
    job = run(site, "merged")
    mine, old = site.catalog.jobs.get_many([last, job.job_id])[::-1]
    assert (mine.level, mine.job_files, mine.job_bytes) == ("F", 3, 333)
    assert (mine.start_time, mine.end_time, mine.job_tdate) == (
        old.start_time,
        old.end_time,
        old.job_tdate,
    )
    assert mine.real_end_time == site.clock
    pool = site.catalog.pools.get(mine.pool_id)
    assert pool is not None
    assert pool.name == "Virtual"
    assert "Joblevel was set to joblevel of first consolidated job: Full\n" in site.log.text


def test_without_accurate_it_is_no_full(site: Site) -> None:
    chain(site, "careless")
    job = run(site, "careless")
    assert job.status is JobStatus.WARNINGS
    assert "Warning: This Job is not an Accurate backup so is not equivalent" in site.log.text


def test_a_consolidation_takes_the_place_of_its_jobs(site: Site) -> None:
    full, incremental = chain(site, "always")
    job = run(site, "always", source_jobs=(full, incremental))
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert f"Replicating deleted files from jobids 1,2 to jobid {job.job_id}\n" in site.log.text
    assert f"purged JobIds 1,2 as they were consolidated into Job {job.job_id}\n" in site.log.text
    assert not site.catalog.jobs.get_many([full, incremental])


def test_the_level_is_that_of_the_first_job(site: Site) -> None:
    _, incremental = chain(site, "always")
    second = backup(site, "always", Level.INCREMENTAL, (1, b"d"))
    job = run(site, "always", source_jobs=(incremental, second))
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert record.level == "I"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("merged", "No previous Jobs found.\n"),
        ("always", "Cannot run always incremental job at level VirtualFull with no jobid list."),
        ("far", "belong to different Storage Daemons\n"),
    ],
)
def test_what_cannot_be_merged(site: Site, name: str, told: str) -> None:
    job = run(site, name)
    assert job.status is JobStatus.FATAL_ERROR
    assert told in site.log.text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no-next", 'No Next Pool specification found in Pool "Incremental".'),
        ("no-storage", 'No Storage specification found in Next Pool "Nowhere".'),
    ],
)
def test_there_must_be_a_place_to_write_to(site: Site, name: str, told: str) -> None:
    with pytest.raises(JobError, match=told):
        run(site, name)
    assert told in site.log.text


def test_jobs_that_are_gone(site: Site) -> None:
    full, _ = chain(site)
    run(site, "merged", source_jobs=(full, JobId(77)))
    assert "Error: JobId 77 is not present in the catalog\n" in site.log.text
    assert "Fatal error: Jobs missing from catalog. Cannot continue.\n" in site.log.text


def test_jobs_without_files(site: Site) -> None:
    chain(site)
    empty = backup(site, "merged", Level.INCREMENTAL)
    run(site, "merged", source_jobs=(empty,))
    assert f"Error: No files were found in the jobids {empty}\n" in site.log.text
    assert "Fatal error: Could not create bootstrap file\n" in site.log.text


def test_jobs_whose_files_are_gone(site: Site) -> None:
    full, _ = chain(site)
    site.catalog.retention.purge_files([full])
    run(site, "merged")
    assert f"Error: Files for JobId {full} have been purged from the catalog\n" in site.log.text
    assert "At least one job's files were pruned from the catalog.\n" in site.log.text


FAILURES: dict[str, list[Item]] = {
    "dies": [HANG_UP],
    "leaves": [Signal.TERMINATE],
    "refuses": [b"3999 No\n"],
    "ends badly": [
        b"3010 Job x start\n",
        b"3099 Job x end JobStatus=102 JobFiles=0 JobBytes=0 JobErrors=1\n",
        Signal.EOD,
    ],
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("step", [b"JobId=", b"bootstrap", b"use storage=", b"run"])
def test_the_storage_daemon_fails(site: Site, step: bytes, failure: str) -> None:
    """The jobs that were to be merged stay as they are."""
    sources = chain(site, "always")
    site.storage.replies[step] = FAILURES[failure]
    job = run(site, "always", source_jobs=sources)
    assert job.status is JobStatus.FATAL_ERROR, site.log.text
    assert len(site.catalog.jobs.get_many(sources)) == 2
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert record.job_status == "f"
    assert not list(site.directory.glob("*.bsr"))
