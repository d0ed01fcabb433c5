from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.job_state import RANK, ActiveJob
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import NOW, Site, open_site
from barque.wire.messages.job import MessageType


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened


@pytest.fixture
def job(site: Site) -> ActiveJob:
    made = site.job("small", Level.FULL)
    site.log.lines.clear()
    return made


def test_a_status_gives_way_only_to_a_higher_one(job: ActiveJob) -> None:
    for old in JobStatus:
        for new in JobStatus:
            job.reset_status()
            job.set_status(old)
            job.set_status(new)
            mine, other = RANK.get(old, 0), RANK.get(new, 0)
            assert job.status is (new if other > mine or mine == other == 0 else old)


@pytest.mark.parametrize(
    ("kind", "word", "errors", "warnings", "status"),
    [
        (MessageType.INFO, "", 0, 0, JobStatus.CREATED),
        (MessageType.WARNING, "Warning: ", 0, 1, JobStatus.CREATED),
        (MessageType.ERROR, "Error: ", 1, 0, JobStatus.CREATED),
        (MessageType.FATAL, "Fatal error: ", 1, 0, JobStatus.FATAL_ERROR),
        (MessageType.SECURITY, "Security violation: ", 0, 0, JobStatus.CREATED),
    ],
)
def test_messages_count(
    site: Site,
    job: ActiveJob,
    kind: MessageType,
    word: str,
    errors: int,
    warnings: int,
    status: JobStatus,
) -> None:
    job.say(kind, "something", NOW)
    assert site.log.text == f"bareos-dir JobId {job.job_id}: {word}something\n"
    assert (job.totals.errors, job.totals.warnings, job.status) == (errors, warnings, status)


def test_a_report_makes_nothing_worse(site: Site, job: ActiveJob) -> None:
    job.say_report(MessageType.ERROR, "report\n", NOW)
    assert job.totals.errors == 0
    assert "Error: report\n" in site.log.text


class Wire:
    def __init__(self) -> None:
        self.cut = 0

    def abort(self) -> None:
        self.cut += 1


def test_connections_are_cut_together(job: ActiveJob) -> None:
    wires = [Wire(), Wire(), Wire()]
    for wire in wires:
        job.link(wire)
        job.link(wire)
    job.unlink(wires[1])
    job.unlink(wires[1])
    job.abort_links()
    assert [wire.cut for wire in wires] == [1, 0, 1]


def test_a_cancelled_job_opens_no_more_connections(job: ActiveJob) -> None:
    job.cancelled.set()
    wire = Wire()
    job.link(wire)
    assert wire.cut == 1


def test_the_end(job: ActiveJob) -> None:
    assert not job.finished
    assert not job.failed
    job.set_status(JobStatus.DIFFERENCES)
    assert job.finished
    assert not job.failed
    job.set_status(JobStatus.CANCELED)
    assert job.failed
    job.ended.set()
    job.reset_status()
    assert job.status is JobStatus.CREATED
    assert not job.ended.is_set()
