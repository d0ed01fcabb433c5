from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from barque.director.duplicates import Verdict, judge
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import NOW, Site, open_site

EXTRA = """
JobDefs { Name = Once; JobDefs = Default; AllowDuplicateJobs = no; }
Job { Name = refuse; JobDefs = Once; }
Job { Name = queued; JobDefs = Once; CancelQueuedDuplicates = yes; }
Job { Name = running; JobDefs = Once; CancelRunningDuplicates = yes; }
Job { Name = lower; JobDefs = Once; CancelLowerLevelDuplicates = yes; }
Job { Name = admin; Type = Admin; JobDefs = Once; CancelLowerLevelDuplicates = yes; }
Job { Name = always; JobDefs = Once; AllowDuplicateJobs = yes; AlwaysIncremental = yes;
  AlwaysIncrementalJobRetention = 1 day; Accurate = yes; }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


@dataclass(frozen=True)
class Case:
    name: str
    other_status: JobStatus
    other_cancelled: bool
    level: Level = Level.FULL
    other_level: Level = Level.FULL


FULL, DIFF, INCR = Level.FULL, Level.DIFFERENTIAL, Level.INCREMENTAL
RUNNING, CREATED = JobStatus.RUNNING, JobStatus.CREATED

CASES = (
    Case("refuse", RUNNING, False),
    Case("refuse", CREATED, False),
    Case("queued", RUNNING, False),
    Case("queued", CREATED, True),
    Case("queued", JobStatus.WAIT_JOB_RESOURCE, True),
    Case("queued", JobStatus.WAIT_CLIENT_RESOURCE, True),
    Case("queued", JobStatus.WAIT_STORE_RESOURCE, True),
    Case("queued", JobStatus.WAIT_PRIORITY, True),
    Case("queued", JobStatus.WAIT_MAX_JOBS, True),
    Case("queued", JobStatus.WAIT_START_TIME, True),
    Case("queued", JobStatus.WAIT_MOUNT, False),
    Case("running", RUNNING, True),
    Case("running", CREATED, True),
    Case("lower", RUNNING, True, FULL, INCR),
    Case("lower", RUNNING, True, FULL, DIFF),
    Case("lower", RUNNING, True, DIFF, INCR),
    Case("lower", RUNNING, False, FULL, FULL),
    Case("lower", RUNNING, False, INCR, INCR),
    Case("lower", RUNNING, False, DIFF, FULL),
    Case("lower", RUNNING, False, INCR, FULL),
    Case("lower", RUNNING, False, INCR, DIFF),
    Case("lower", RUNNING, False, Level.VIRTUAL_FULL, INCR),
    Case("admin", RUNNING, False, FULL, INCR),
)


def make(site: Site, name: str, level: Level = Level.FULL, **fields: object) -> ActiveJob:
    job = site.job(name, Level.FULL, **fields)
    job.level = level
    return job


@pytest.mark.parametrize("case", CASES, ids=str)
def test_which_job_gives_way(site: Site, case: Case) -> None:
    other = make(site, case.name, case.other_level)
    other.set_status(case.other_status)
    job = make(site, case.name, case.level)
    verdict = judge(job, [other, job])
    if case.other_cancelled:
        assert verdict.cancel is other
        assert not verdict.refused
    else:
        assert verdict.cancel is None
        assert verdict.refused == "JobId 1 already running. Duplicate job not allowed."


def test_a_job_whose_end_is_known_gives_no_way(site: Site) -> None:
    first, second = site.job("refuse"), site.job("refuse")
    assert judge(second, [first, second]).refused
    first.ended_at = NOW
    assert judge(second, [first, second]) == Verdict()


def test_duplicates_are_allowed_by_default(site: Site) -> None:
    jobs = [make(site, "small"), make(site, "small")]
    assert judge(jobs[1], jobs).refused == ""


def test_jobs_of_other_names_do_not_matter(site: Site) -> None:
    assert judge(make(site, "refuse"), [make(site, "running")]).refused == ""


def test_the_check_can_be_switched_off_for_one_run(site: Site) -> None:
    first = make(site, "refuse")
    second = make(site, "refuse", ignore_duplicates=True)
    assert judge(second, [first]).refused == ""
    third = make(site, "refuse")
    assert judge(third, [second]).refused == ""
    assert judge(third, [second, first]).refused.startswith("JobId 1 ")


def test_the_same_data_is_not_merged_twice_at_a_time(site: Site) -> None:
    first = make(site, "always", Level.VIRTUAL_FULL, ignore_duplicates=True)
    second = make(site, "always", Level.VIRTUAL_FULL, ignore_duplicates=True)
    assert judge(second, [first]).refused == (
        'JobId 1 already running. Duplicate consolidation job of Client "bareos-fd" and FileSet '
        '"Small" not allowed.'
    )
    second.fileset = None
    assert judge(second, [first]).refused == ""
    assert judge(make(site, "always"), [first]).refused == ""
