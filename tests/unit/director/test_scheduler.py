import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from barque.config.director import Job
from barque.config.run import Run
from barque.director.scheduler import Scheduler, due_between
from barque.domain.job import Level
from barque.errors import JobError
from barque.testing.director_peers import PATIENCE, Site, open_site

EXTRA = """
Schedule { Name = Nightly; Run = Full 1st sun at 21:00; Run = Incremental daily at 23:05; }
Schedule { Name = Hourly; Run = hourly at 0:30; }
Job { Name = nightly; JobDefs = Default; Schedule = Nightly; Priority = 20; }
Job { Name = early; JobDefs = Default; Schedule = Nightly; Priority = 5; }
Job { Name = often; JobDefs = Default; Schedule = Hourly; }
Job { Name = off; JobDefs = Default; Schedule = Hourly; Enabled = no; }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}")


def enabled(job: Job) -> bool:
    return bool(job.enabled)


class Recorder:
    """A scheduler whose jobs are written down."""

    def __init__(self, site: Site, moment: datetime) -> None:
        self.now = moment
        self.started: list[tuple[str, datetime]] = []
        self.levels: list[Level | None] = []
        self.fails: str = ""
        self.scheduler = Scheduler(lambda: site.config, self._start, enabled, lambda: self.now)

    def _start(self, job: Job, run: Run, moment: datetime) -> None:
        if job.name == self.fails:
            raise JobError("no")
        self.started.append((job.name, moment))
        self.levels.append(run.level)


def test_what_is_due(site: Site) -> None:
    found = list(due_between(site.config, at("22 21:00"), at("22 23:30"), enabled))
    assert sorted((due.job.name, due.at) for due in found) == [
        ("early", at("22 23:05")),
        ("nightly", at("22 23:05")),
        ("often", at("22 21:30")),
        ("often", at("22 22:30")),
    ]


def test_the_end_of_the_time_does_not_belong_to_it(site: Site) -> None:
    assert not list(due_between(site.config, at("22 21:01"), at("22 21:30"), enabled))


def test_levels_come_from_the_run(site: Site) -> None:
    recorder = Recorder(site, at("01 21:00"))
    recorder.scheduler.look(at("01 20:59"), at("01 21:01"))
    assert recorder.levels == [Level.FULL, Level.FULL]


def test_jobs_of_one_moment_start_by_priority(site: Site) -> None:
    recorder = Recorder(site, at("22 23:05"))
    recorder.scheduler.look(at("22 23:05"), at("22 23:06"))
    assert [name for name, _ in recorder.started] == ["early", "nightly"]


def test_a_job_that_cannot_start_does_not_stop_the_others(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(site, at("22 23:05"))
    recorder.fails = "early"
    recorder.scheduler.look(at("22 23:05"), at("22 23:06"))
    assert [name for name, _ in recorder.started] == ["nightly"]
    assert "job early could not be scheduled: no" in caplog.text


def test_it_looks_just_after_each_minute(site: Site) -> None:
    recorder = Recorder(site, at("22 23:05"))
    assert recorder.scheduler.next_after(at("22 23:05:00.5")) == at("22 23:06")
    assert recorder.scheduler.next_after(at("22 23:59:59")) == at("23 00:00")


def passes(recorder: Recorder, *moments: str) -> list[str]:
    """Look at each moment in turn, as the thread does."""
    done = recorder.now
    for text in moments:
        now = at(text)
        recorder.now = now
        done = recorder.scheduler.catch_up(done)
    return [f"{name} {moment:%d %H:%M}" for name, moment in recorder.started]


def test_each_minute_starts_what_came_due(site: Site) -> None:
    recorder = Recorder(site, at("22 21:29:10"))
    assert passes(recorder, "22 21:30:00", "22 21:31:00", "22 21:32:00") == ["often 22 21:30"]


def test_a_short_delay_does_not_lose_a_run(site: Site) -> None:
    recorder = Recorder(site, at("22 21:29:50"))
    assert passes(recorder, "22 21:30:40") == ["often 22 21:30"]


def test_runs_that_were_slept_through_are_not_made_up_for(site: Site) -> None:
    recorder = Recorder(site, at("22 21:29:50"))
    assert passes(recorder, "23 09:00:00") == []


def test_a_clock_that_is_set_back_starts_nothing_twice(site: Site) -> None:
    recorder = Recorder(site, at("22 21:29:50"))
    started = passes(
        recorder, "22 21:31:00", "22 21:29:00", "22 21:30:30", "22 21:31:30", "22 22:31:00"
    )
    assert started == ["often 22 21:30", "often 22 22:30"]


def test_the_thread_starts_jobs_and_ends(site: Site) -> None:
    started = threading.Event()
    moments = iter([at("22 21:29:59.9"), at("22 21:30:00.1")])
    last = at("22 21:30:00.2")

    def start(job: Job, run: Run, moment: datetime) -> None:
        del job, run, moment
        started.set()

    scheduler = Scheduler(lambda: site.config, start, enabled, lambda: next(moments, last))
    scheduler.start()
    assert started.wait(PATIENCE)
    scheduler.stop()


@pytest.mark.parametrize(("moment", "starts"), [("22 21:30:58", True), ("22 21:31:00", False)])
def test_what_came_due_just_before_the_director_is_started(
    site: Site, moment: str, starts: bool
) -> None:
    recorder = Recorder(site, at(moment))
    recorder.scheduler.catch_up(recorder.scheduler.beginning())
    assert [name for name, _ in recorder.started] == ["often"] * starts


def test_what_comes_due_while_it_sleeps_is_started_when_it_wakes(site: Site) -> None:
    recorder = Recorder(site, at("22 21:00"))
    recorder.scheduler.look(at("22 21:00"), at("22 21:00") + timedelta(days=1))
    assert len([name for name, _ in recorder.started if name == "often"]) == 24
