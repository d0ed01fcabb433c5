import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from barque.director.job_queue import JobQueue
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus
from barque.testing.director_peers import PATIENCE, Site, open_site

EXTRA = """
Client { Name = other-fd; Address = 127.0.0.1; Port = 9700; Password = secret;
  MaximumConcurrentJobs = 10; }
Storage { Name = Narrow; Address = 127.0.0.1; Port = 9701; Password = secret; Device = d;
  MediaType = m; MaximumConcurrentJobs = 10; MaximumConcurrentReadJobs = 1; }
JobDefs { Name = Other; JobDefs = Default; Client = other-fd; MaximumConcurrentJobs = 10; }
Job { Name = a; JobDefs = Other; }
Job { Name = b; JobDefs = Other; }
Job { Name = single; JobDefs = Other; MaximumConcurrentJobs = 1; }
Job { Name = mixed; JobDefs = Other; AllowMixedPriority = yes; }
Job { Name = narrow; JobDefs = Other; Storage = Narrow; Pool = Differential; }
Job { Name = read; Type = Restore; JobDefs = Other; Storage = Narrow; Pool = Differential; }
"""


@dataclass
class Body:
    """A job that runs until it is told to end."""

    job: ActiveJob
    started: threading.Event = field(default_factory=threading.Event)
    end: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        self.started.set()
        assert self.end.wait(PATIENCE)


class Harness:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.limit = 10
        self.queue = JobQueue(lambda: self.limit, site.now)
        self.bodies: list[Body] = []

    def put(self, name: str, *, priority: int = 10, not_before: float = 0.0) -> Body:
        job = self.site.job(name, priority=priority)
        body = Body(job)
        self.bodies.append(body)
        self.queue.put(job, body, not_before=not_before)
        return body

    def close(self) -> None:
        for body in self.bodies:
            body.end.set()
            body.job.cancelled.set()
        self.queue.wake()
        self.queue.wait_for(None, PATIENCE)
        self.queue.stop()


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    with open_site(tmp_path, EXTRA) as site:
        harness = Harness(site)
        harness.queue.start()
        yield harness
        harness.close()


def runs(body: Body) -> bool:
    return body.started.wait(PATIENCE)


def waits(body: Body, status: JobStatus) -> bool:
    """The queue looked at the job and let it wait."""
    deadline = time.monotonic() + PATIENCE
    while body.job.status is not status and time.monotonic() < deadline:
        time.sleep(0.005)
    return body.job.status is status and not body.started.is_set()


def ended(harness: Harness, body: Body) -> bool:
    body.end.set()
    return harness.queue.wait_for(body.job.job_id, PATIENCE)


def test_jobs_run_side_by_side(harness: Harness) -> None:
    assert all(runs(body) for body in [harness.put("a"), harness.put("a"), harness.put("b")])


def test_the_limit_of_the_director(harness: Harness) -> None:
    harness.limit = 1
    first, second = harness.put("a"), harness.put("b")
    assert runs(first)
    assert waits(second, JobStatus.WAIT_MAX_JOBS)
    assert ended(harness, first)
    assert runs(second)


def test_a_higher_limit_counts_after_a_reload(harness: Harness) -> None:
    harness.limit = 1
    first, second = harness.put("a"), harness.put("b")
    assert runs(first)
    assert waits(second, JobStatus.WAIT_MAX_JOBS)
    harness.limit = 2
    harness.queue.wake()
    assert runs(second)


def test_a_job_that_runs_once_at_a_time(harness: Harness) -> None:
    first, second, other = harness.put("single"), harness.put("single"), harness.put("a")
    assert runs(first)
    assert waits(second, JobStatus.WAIT_JOB_RESOURCE)
    assert runs(other)
    assert ended(harness, first)
    assert runs(second)


def test_the_limit_of_the_client(harness: Harness) -> None:
    first, second = harness.put("small"), harness.put("RestoreFiles")
    assert runs(first)
    assert waits(second, JobStatus.WAIT_CLIENT_RESOURCE)
    assert ended(harness, first)
    assert runs(second)


def test_the_limit_of_the_storage(harness: Harness) -> None:
    storage = harness.site.config.storages["File"]
    storage.__dict__["maximum_concurrent_jobs"] = 1
    first, second = harness.put("a"), harness.put("b")
    assert runs(first)
    assert waits(second, JobStatus.WAIT_STORE_RESOURCE)
    assert ended(harness, first)
    assert runs(second)


def test_the_limit_of_readers_does_not_count_writers(harness: Harness) -> None:
    writer, reader, second = harness.put("narrow"), harness.put("read"), harness.put("read")
    assert runs(writer)
    assert runs(reader)
    assert waits(second, JobStatus.WAIT_STORE_RESOURCE)
    assert ended(harness, reader)
    assert runs(second)


def test_the_smaller_priority_runs_first(harness: Harness) -> None:
    harness.limit = 1
    first = harness.put("a")
    assert runs(first)
    late, early = harness.put("a", priority=20), harness.put("a", priority=5)
    assert ended(harness, first)
    assert runs(early)
    assert waits(late, JobStatus.WAIT_MAX_JOBS)


def test_jobs_of_one_priority_run_in_the_order_in_which_they_came(harness: Harness) -> None:
    harness.limit = 1
    bodies = [harness.put("a") for _ in range(4)]
    for body in bodies:
        assert runs(body)
        assert sum(one.started.is_set() for one in bodies) == bodies.index(body) + 1
        assert ended(harness, body)


def test_another_priority_waits_and_nothing_behind_it_starts(harness: Harness) -> None:
    first = harness.put("a", priority=10)
    assert runs(first)
    second = harness.put("a", priority=11)
    assert waits(second, JobStatus.WAIT_PRIORITY)
    third = harness.put("nothing", priority=12)
    harness.queue.wake()
    assert not third.started.wait(0.05)
    assert ended(harness, first)
    assert runs(second)


def test_a_smaller_number_waits_too_unless_all_allow_mixed_priorities(harness: Harness) -> None:
    first = harness.put("mixed", priority=10)
    assert runs(first)
    assert runs(harness.put("mixed", priority=5))
    assert waits(harness.put("mixed", priority=15), JobStatus.WAIT_PRIORITY)


def test_one_job_that_forbids_mixed_priorities_is_enough(harness: Harness) -> None:
    first = harness.put("a", priority=10)
    assert runs(first)
    assert waits(harness.put("mixed", priority=5), JobStatus.WAIT_PRIORITY)


def test_a_job_for_later_waits_for_its_time(harness: Harness) -> None:
    later = harness.put("a", not_before=harness.site.clock + 60)
    assert waits(later, JobStatus.WAIT_START_TIME)
    assert runs(harness.put("a", priority=99))
    harness.site.clock += 60
    later.job.priority = 99
    harness.queue.wake()
    assert runs(later)


def test_a_job_for_later_keeps_its_status_when_the_director_is_busy(harness: Harness) -> None:
    harness.limit = 1
    assert runs(harness.put("a"))
    later = harness.put("a", not_before=harness.site.clock + 60)
    busy = harness.put("a")
    assert waits(busy, JobStatus.WAIT_MAX_JOBS)
    assert later.job.status is JobStatus.WAIT_START_TIME


def test_a_cancelled_job_ends_at_once_whatever_it_waits_for(harness: Harness) -> None:
    harness.limit = 1
    assert runs(harness.put("a"))
    waiting = [harness.put("a"), harness.put("a", not_before=harness.site.clock + 1e6)]
    for body in waiting:
        body.job.cancelled.set()
        body.job.set_status(JobStatus.CANCELED)
    harness.queue.wake()
    assert all(runs(body) for body in waiting)


def test_jobs_are_found_until_they_ended(harness: Harness) -> None:
    body = harness.put("a")
    assert harness.queue.find(body.job.job_id) is body.job
    assert runs(body)
    assert [job.job_id for job in harness.queue.jobs()] == [body.job.job_id]
    assert not harness.queue.wait_for(None, 0.01)
    assert ended(harness, body)
    assert harness.queue.find(body.job.job_id) is None
    assert harness.queue.wait_for(None, 0.01)


def test_a_body_that_raises_frees_what_it_used(harness: Harness) -> None:
    job = harness.site.job("single")
    raised = threading.Event()

    def fail() -> None:
        raised.set()
        raise ZeroDivisionError

    harness.queue.put(job, fail)
    assert raised.wait(PATIENCE)
    assert harness.queue.wait_for(job.job_id, PATIENCE)
    assert runs(harness.put("single"))
