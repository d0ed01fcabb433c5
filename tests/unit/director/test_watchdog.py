import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director import watchdog
from barque.director.job_state import ActiveJob
from barque.director.watchdog import (
    RUN_SCHEDULE_TIME,
    RUN_TIME,
    START_DELAY,
    WAIT_TIME,
    WAITING,
    Watchdog,
    overdue,
)
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import NOW, PATIENCE, Site, open_site

EXTRA = """
Job { Name = delay; JobDefs = Default; MaxStartDelay = 60; }
Job { Name = schedule; JobDefs = Default; MaxRunSchedTime = 60; }
Job { Name = waits; JobDefs = Default; MaxWaitTime = 60; }
Job { Name = runs; JobDefs = Default; MaxRunTime = 60; FullMaxRuntime = 100;
  DifferentialMaxRuntime = 30; }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def running(site: Site, name: str, level: Level = Level.FULL) -> ActiveJob:
    job = site.job(name, Level.FULL)
    job.level = level
    job.running_since = NOW
    job.set_status(JobStatus.RUNNING)
    return job


def test_a_job_without_limits_may_take_its_time(site: Site) -> None:
    assert overdue(running(site, "small"), NOW + 1e9) == ""


def test_the_start(site: Site) -> None:
    job = site.job("delay")
    assert overdue(job, NOW + 60) == ""
    assert overdue(job, NOW + 61) == START_DELAY
    job.running_since = NOW + 1
    assert overdue(job, NOW + 1000) == ""


def test_the_time_since_the_schedule(site: Site) -> None:
    job = running(site, "schedule")
    assert overdue(job, NOW + 60) == ""
    assert overdue(job, NOW + 61) == RUN_SCHEDULE_TIME


def test_the_schedule_may_say_otherwise(site: Site) -> None:
    job = site.job("schedule", max_run_sched_time=500)
    assert overdue(job, NOW + 61) == ""
    assert overdue(job, NOW + 501) == RUN_SCHEDULE_TIME


@pytest.mark.parametrize(
    ("level", "limit"),
    [(Level.FULL, 60), (Level.DIFFERENTIAL, 30), (Level.INCREMENTAL, 60)],
)
def test_the_run_time(site: Site, level: Level, limit: int) -> None:
    job = running(site, "runs", level)
    assert overdue(job, NOW + limit - 1) == ""
    assert overdue(job, NOW + limit) == RUN_TIME


def test_a_job_that_did_not_start_does_not_run_too_long(site: Site) -> None:
    assert overdue(site.job("runs"), NOW + 1000) == ""


def test_jobs_that_end_anyway_are_left_alone(site: Site) -> None:
    job = running(site, "runs")
    job.cancelled.set()
    assert overdue(job, NOW + 1000) == ""
    ended = running(site, "runs")
    ended.set_status(JobStatus.FATAL_ERROR)
    assert overdue(ended, NOW + 1000) == ""


@pytest.mark.parametrize("status", sorted(WAITING))
def test_waiting_is_summed_up(site: Site, status: JobStatus) -> None:
    job = running(site, "waits")
    ended: list[tuple[int, str]] = []
    dog = Watchdog(lambda: [job], lambda which, why: ended.append((which.job_id, why)), site.now)
    for state, seconds in [(status, 30), (JobStatus.RUNNING, 1000), (status, 29)]:
        job.set_status(state)
        site.clock += seconds
        dog.look()
    assert not ended
    site.clock += 1
    dog.look()
    assert ended == [(job.job_id, WAIT_TIME)]


def test_a_clock_that_is_set_back_does_not_matter(site: Site) -> None:
    job = running(site, "waits")
    job.set_status(JobStatus.WAIT_MEDIA)
    dog = Watchdog(lambda: [job], lambda *_: None, site.now)
    site.clock -= 5000
    dog.look()
    assert job.waited == 0


def test_one_job_that_cannot_be_ended_does_not_save_the_others(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = [running(site, "runs"), running(site, "runs")]
    ended: list[int] = []

    def end(job: ActiveJob, reason: str) -> None:
        ended.append(job.job_id)
        raise OSError(reason)

    dog = Watchdog(lambda: jobs, end, site.now)
    site.clock += 1000
    dog.look()
    assert len(ended) == 2
    assert "could not be ended" in caplog.text


def test_the_thread_looks_and_ends(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "INTERVAL", 0.01)
    looked = threading.Event()

    def jobs() -> list[ActiveJob]:
        looked.set()
        return []

    dog = Watchdog(jobs, lambda *_: None, site.now)
    dog.start()
    assert looked.wait(PATIENCE)
    dog.stop()
