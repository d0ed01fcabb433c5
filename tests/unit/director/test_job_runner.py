"""From a job's turn to its report; the conversations with daemons have tests of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from barque.director import job_runner
from barque.director.job_context import JobContext
from barque.director.job_runner import run_job
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, JobType, Level
from barque.errors import CatalogError, ConnectionLostError, JobError
from barque.testing.director_peers import NOW, Site, open_site

EXTRA = """
Job { Name = scripted; Type = Admin; JobDefs = Default;
  RunBeforeJob = "echo before %n"; RunAfterJob = "echo after %e"; RunAfterFailedJob = "echo bad %e"; }
Job { Name = refusing; Type = Admin; JobDefs = Default; RunBeforeJob = "exit 1";
  RunAfterFailedJob = "echo sorry"; }
Job { Name = copy; Type = Copy; JobDefs = Default; SelectionType = PoolUncopiedJobs;
  NextPool = Full; }
"""

type Body = Callable[[ActiveJob, JobContext], None]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def run(site: Site, name: str = "nothing", **fields: object) -> ActiveJob:
    job = site.job(name, **fields)  # type: ignore[arg-type]  # fields of RunRequest
    run_job(job, site.context, lambda command: f"did {command}\n")
    return job


def with_body(monkeypatch: pytest.MonkeyPatch, body: Body, kind: JobType = JobType.ADMIN) -> None:
    monkeypatch.setitem(job_runner.BODIES, kind, body)


def status_in_catalog(site: Site, job: ActiveJob) -> str:
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    return record.job_status


def test_an_admin_job(site: Site) -> None:
    job = run(site)
    assert job.status is JobStatus.TERMINATED
    assert status_in_catalog(site, job) == "T"
    assert f"Start Admin JobId 1, Job={job.unique_name}\n" in site.log.text
    assert "  Termination:            Admin OK\n" in site.log.text
    assert site.log.closed is JobStatus.TERMINATED
    assert job.ended.is_set()


def test_the_times_in_the_catalog(site: Site) -> None:
    job = run(site)
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert record.sched_time == record.start_time == record.end_time == record.job_tdate == NOW


def test_scripts_run_before_and_after(site: Site) -> None:
    run(site, "scripted")
    lines = site.log.text
    assert 'shell command: run BeforeJob "echo before scripted"\n' in lines
    assert "BeforeJob: before scripted\n" in lines
    assert "AfterJob: after OK\n" in lines
    assert "bad" not in lines
    assert lines.index("Termination:") < lines.index("AfterJob: after")


def test_a_script_that_refuses_ends_the_job_before_it_began(site: Site) -> None:
    job = run(site, "refusing")
    assert job.status is JobStatus.ERROR_TERMINATED
    assert "returned non-zero status=1. ERR=Child exited with code 1" in site.log.text
    assert "Start Admin" not in site.log.text
    assert "AfterJob: sorry\n" in site.log.text
    assert "*** Admin Error ***" in site.log.text


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (JobError("no such thing"), JobStatus.FATAL_ERROR, "Fatal error: no such thing\n"),
        (JobError("a script", status="E"), JobStatus.ERROR_TERMINATED, "Fatal error: a script\n"),
        (ConnectionLostError("gone"), JobStatus.FATAL_ERROR, "Fatal error: gone\n"),
        (CatalogError("full"), JobStatus.FATAL_ERROR, "Fatal error: full\n"),
        (ZeroDivisionError("a bug"), JobStatus.FATAL_ERROR, "ZeroDivisionError: a bug\n"),
    ],
)
def test_failures(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: JobStatus,
    told: str,
) -> None:
    def fail(job: ActiveJob, context: JobContext) -> None:
        raise error

    with_body(monkeypatch, fail)
    job = run(site)
    assert job.status is status
    assert told in site.log.text
    assert status_in_catalog(site, job) == status
    assert "*** Admin Error ***" in site.log.text
    assert job.ended.is_set()


def test_what_is_decided_again_may_fail(site: Site) -> None:
    def fail() -> None:
        raise JobError("the Pool is gone")

    job = site.job("nothing")
    run_job(job, site.context, lambda _: "", prepare=fail)
    assert job.status is JobStatus.FATAL_ERROR
    assert "the Pool is gone" in site.log.text


def test_a_job_that_was_cancelled_before_its_turn(site: Site) -> None:
    job = site.job("scripted")
    job.cancelled.set()
    job.set_status(JobStatus.CANCELED)
    run_job(job, site.context, lambda _: "")
    assert job.status is JobStatus.CANCELED
    assert "BeforeJob" not in site.log.text
    assert "  Termination:            Admin Canceled\n" in site.log.text
    assert "AfterJob: bad Canceled\n" in site.log.text


def test_a_cancelled_job_is_not_an_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def cancelled(job: ActiveJob, context: JobContext) -> None:
        job.cancelled.set()
        raise ConnectionLostError("cut")

    with_body(monkeypatch, cancelled)
    job = run(site)
    assert job.status is JobStatus.CANCELED
    assert "The job was canceled: cut\n" in site.log.text
    assert "Fatal error" not in site.log.text


def test_a_catalog_that_is_gone_is_told_and_the_job_ends(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close(job: ActiveJob, context: JobContext) -> None:
        context.catalog.close()

    with_body(monkeypatch, close)
    job = run(site)
    assert job.status is JobStatus.FATAL_ERROR
    assert "the end of the job could not be recorded" in site.log.text
    assert job.ended.is_set()


@pytest.mark.parametrize("kind", ["errors", "warnings", "storage_errors"])
def test_errors_make_warnings_of_success_but_not_of_admin_jobs(
    site: Site, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def count(job: ActiveJob, context: JobContext) -> None:
        setattr(job.totals, kind, 1)

    for body_of in (JobType.BACKUP, JobType.ADMIN):
        with_body(monkeypatch, count, body_of)
    assert run(site, "small", level=Level.FULL).status is JobStatus.WARNINGS
    assert run(site).status is JobStatus.TERMINATED


def test_kinds_that_cannot_be_run_say_so(site: Site) -> None:
    job = run(site, "copy")
    assert job.status is JobStatus.FATAL_ERROR
    assert "not supported by this version" in site.log.text


def test_a_backup_starts_in_a_later_second_than_the_last_one_ended(site: Site) -> None:
    first = run(site, "small", level=Level.FULL)
    site.settle()
    second = run(site, "small", level=Level.FULL)
    site.settle()
    assert second.started_at == first.ended_at + 1
    assert site.catalog.chains.job_ids(first.client_id, first.fileset_id, int(NOW) + 5) == [
        second.job_id
    ]


def test_a_clock_that_was_ahead_holds_nothing_up(site: Site) -> None:
    site.clock += 1000
    run(site, "small", level=Level.FULL)
    site.clock -= 1000
    assert run(site, "small", level=Level.FULL).started_at == NOW
    site.settle()
