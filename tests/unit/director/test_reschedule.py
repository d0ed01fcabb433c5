from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.job_state import ActiveJob
from barque.director.reschedule import again, renew, say_when
from barque.domain.job import JobStatus
from barque.testing.director_peers import NOW, Site, open_site

EXTRA = """
Job { Name = stubborn; JobDefs = Default; RescheduleOnError = yes; RescheduleInterval = 90;
  RescheduleTimes = 2; }
Job { Name = endless; JobDefs = Default; RescheduleOnError = yes; RescheduleInterval = 5;
  RescheduleTimes = 0; }
Job { Name = restore-again; Type = Restore; JobDefs = Default; RescheduleOnError = yes; }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def ended(
    site: Site, name: str = "stubborn", status: JobStatus = JobStatus.FATAL_ERROR
) -> ActiveJob:
    job = site.job(name)
    job.set_status(status)
    return job


@pytest.mark.parametrize(
    ("status", "again_or_not"),
    [
        (JobStatus.FATAL_ERROR, True),
        (JobStatus.ERROR_TERMINATED, True),
        (JobStatus.NON_FATAL_ERROR, True),
        (JobStatus.CANCELED, False),
        (JobStatus.TERMINATED, False),
        (JobStatus.WARNINGS, False),
    ],
)
def test_which_ends_are_tried_again(site: Site, status: JobStatus, again_or_not: bool) -> None:
    assert (again(ended(site, status=status), NOW) is not None) is again_or_not


def test_only_backups_that_want_it(site: Site) -> None:
    assert again(ended(site, "small"), NOW) is None
    assert again(ended(site, "restore-again"), NOW) is None


def test_the_number_of_times(site: Site) -> None:
    job = ended(site)
    job.tries = 1
    assert again(job, NOW) is not None
    job.tries = 2
    assert again(job, NOW) is None
    endless = ended(site, "endless")
    endless.tries = 1000
    assert again(endless, NOW) is not None


def test_the_time_and_the_record(site: Site) -> None:
    job = ended(site)
    found = again(job, NOW)
    assert found is not None
    assert (found.at, found.same_record) == (NOW + 90, True)
    job.totals.storage_bytes = 1
    found = again(job, NOW)
    assert found is not None
    assert not found.same_record


def test_it_is_told(site: Site) -> None:
    job = ended(site)
    found = again(job, NOW)
    assert found is not None
    say_when(job, found, site.now)
    assert f"Rescheduled Job {job.unique_name} at 22-Nov-2026 " in site.log.text
    assert " to re-run in 90 seconds (22-Nov-2026 " in site.log.text


def test_a_renewed_job_is_like_new(site: Site) -> None:
    job = ended(site)
    job.totals.errors = 3
    job.client_status = JobStatus.ERROR_TERMINATED
    job.storage_connected = True
    job.ended.set()
    renew(job, NOW + 90)
    assert job.status is JobStatus.CREATED
    assert job.tries == 1
    assert job.scheduled_at == NOW + 90
    assert job.totals.errors == 0
    assert job.client_status is None
    assert not job.storage_connected
    assert not job.ended.is_set()
