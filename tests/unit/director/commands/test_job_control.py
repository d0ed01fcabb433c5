"""Cancelling, awaiting and repeating jobs."""

import pytest

from barque.director.services import RunningJob
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.terminal import Terminal


def running(
    number: int, name: str = "backup-tree", status: JobStatus = JobStatus.RUNNING
) -> RunningJob:
    return RunningJob(
        JobId(number),
        f"{name}.2026-11-22_19.00.00_{number}",
        name,
        JobType.BACKUP,
        Level.FULL,
        status,
        client="alpha-fd",
        storage="File1",
    )


@pytest.fixture
def busy(terminal: Terminal) -> Terminal:
    terminal.director.running += [
        running(20),
        running(21, "backup-ai", JobStatus.WAIT_START_TIME),
        running(22, status=JobStatus.CREATED),
    ]
    return terminal


def left(terminal: Terminal) -> list[int]:
    return [job.job_id for job in terminal.director.running]


def test_nothing_runs(terminal: Terminal) -> None:
    assert terminal.text("cancel all yes") == "No Jobs running.\n"


@pytest.mark.parametrize(
    ("line", "stay"),
    [
        ("cancel jobid=20", [21, 22]),
        ("cancel jobid=20 jobid=22", [21]),
        ("cancel job=backup-ai", [20, 22]),
        ("cancel ujobid=backup-tree.2026-11-22_19.00.00_22", [20, 21]),
        ("cancel all yes", []),
        ("cancel state=created yes", [20, 21]),
        ("cancel state=waiting yes", [20, 22]),
        ("cancel state=running yes", [21, 22]),
        ("cancel state=blocked yes", [20, 21, 22]),
        ("cancel state=nosuch yes", [20, 21, 22]),
    ],
)
def test_jobs_that_go(busy: Terminal, line: str, stay: list[int]) -> None:
    busy.frames(line)
    assert left(busy) == stay


def test_a_question_comes_first(busy: Terminal) -> None:
    busy.frames("cancel all", "no")
    assert left(busy) == [20, 21, 22]
    busy.frames("cancel", "2")
    assert left(busy) == [20, 22]


def test_a_job_that_does_not_run(busy: Terminal) -> None:
    assert "JobId 99 is not running." in busy.text("cancel jobid=99")
    assert "Job nosuch is not running." in busy.text("cancel job=nosuch")


def test_other_peoples_jobs_stay(busy: Terminal) -> None:
    text = busy.text("cancel jobid=21", console="operator")
    assert "Unauthorized command from this console." in text
    busy.frames("cancel all yes", console="operator")
    assert left(busy) == [21]


def test_one_storage_is_told(terminal: Terminal) -> None:
    terminal.director.lines["Storage/File1 cancel Job=7"] = ["3000 JobId=7 marked\n"]
    assert terminal.text("cancel storage=File1 jobid=7") == "3000 JobId=7 marked\n"
    assert "Missing jobid" in terminal.text("cancel storage=File1")
    assert "not a number" in terminal.text("cancel storage=File1 jobid=x")
    assert "Failed to connect" in terminal.text("cancel storage=File1 jobid=8")


def test_waiting(busy: Terminal) -> None:
    assert busy.text("wait jobid=1") == "JobId=1\nJobStatus=OK (T)\n"
    assert "JobId=20" in busy.text("wait jobname=backup-tree")
    assert busy.text("wait ujobid=nosuch") == "ERR: Job was not found\n"
    assert busy.text("wait mount timeout=1") == "Wait on mount timed out\n"
    busy.frames("wait")
    assert not left(busy)


def fail(terminal: Terminal, *job_ids: int) -> None:
    for job_id in job_ids:
        terminal.catalog.jobs.update(job_id, job_status="f")


def names(terminal: Terminal) -> list[str]:
    return [request.job.name for request in terminal.director.runs]


def test_one_job_again(terminal: Terminal) -> None:
    assert "Job queued. JobId=17\n" in terminal.text("rerun jobid=1 yes")
    [request] = terminal.director.runs
    assert (request.job.name, request.level) == ("backup-tree", Level.FULL)
    assert request.client
    assert request.client.name == "alpha-fd"


def test_a_copy_job_again(terminal: Terminal) -> None:
    terminal.frames("rerun jobid=9 yes")
    [request] = terminal.director.runs
    assert request.job.name == "copy-full"
    assert request.pool is request.job.pool
    assert request.next_pool


def test_failed_jobs_again(terminal: Terminal) -> None:
    fail(terminal, 1, 8, 16)
    text = terminal.text("rerun since_jobid=2 until_jobid=12 yes")
    assert "The following ids were selected for rerun:\n8\n" in text
    assert names(terminal) == ["backup-ai"]
    terminal.frames("rerun days=1", "yes", "yes", "yes", "yes")
    terminal.frames("rerun hours=1", "no")
    assert names(terminal) == ["backup-ai", "backup-tree", "backup-ai", "backup-ai"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("rerun", "Please specify jobid, since_jobid, hours or days"),
        ("rerun jobid=1,x yes", 'Specified jobid "x" is not valid'),
        ("rerun jobid=1 since_jobid=2 yes", "Please specify either jobid or since_jobid"),
        ("rerun jobid=1 days=2 yes", "Please specify either jobid or a timeframe"),
        ("rerun days=1 yes", "No jobids with the specified options were found."),
    ],
)
def test_what_is_not_repeated(terminal: Terminal, line: str, text: str) -> None:
    assert text in terminal.text(line)
    assert not terminal.director.runs


def test_other_kinds_of_jobs_are_not_repeated(terminal: Terminal) -> None:
    assert terminal.text("rerun jobid=6 yes") == "rerunning jobid 6\n"
    assert not terminal.director.runs
