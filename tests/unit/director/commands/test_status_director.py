"""The Director's status: what runs, what ended, who dialled in."""

import json

import pytest

from barque.director.services import ConnectedClient, RunningJob, TerminatedJob
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.terminal import Terminal


def running(status: str, job_type: JobType = JobType.BACKUP, comment: str = "") -> RunningJob:
    return RunningJob(
        JobId(17),
        "backup-tree.2026-11-22_19.00.00_03",
        "backup-tree",
        job_type,
        Level.INCREMENTAL,
        JobStatus(status),
        client="alpha-fd",
        storage="File1",
        scheduled_at=1893456000.0,
        started_at=1795375000.0,
        files=3,
        bytes=40,
        errors=2,
        comment=comment,
    )


@pytest.mark.parametrize(
    ("status", "doing"),
    [
        ("R", "is running"),
        ("C", "is waiting execution"),
        ("F", "is waiting on Client alpha-fd"),
        ("S", 'is waiting on Storage "File1"'),
        ("t", "is waiting for its start time at 01-Jan-30 00:00"),
        ("p", "is waiting for higher priority jobs to finish"),
        ("M", "is waiting for a mount request"),
        ("m", "is waiting for an appendable Volume"),
        ("q", "is in unknown state q"),
    ],
)
def test_what_a_job_does(terminal: Terminal, status: str, doing: str) -> None:
    terminal.director.running.append(running(status))
    assert f"    17 Increme  backup-tree.2026-11-22_19.00.00_03 {doing}\n" in terminal.text(
        ".status dir running"
    )


def test_a_comment_has_a_line_of_its_own(terminal: Terminal) -> None:
    terminal.director.running.append(running("R", comment="before the move"))
    assert "               before the move               \n" in terminal.text("status dir")
    record = terminal.text(".status dir running", api=1)
    assert record.endswith("\tis running\tbefore\x01the\x01move\n")


def test_running_jobs_for_programs(terminal: Terminal) -> None:
    terminal.director.running.append(running("R", JobType.RESTORE, "why"))
    [job] = json.loads(terminal.text(".status dir running", api=2))["result"]["running"]
    assert job == {
        "jobid": 17,
        "name": "backup-tree.2026-11-22_19.00.00_03",
        "level": "      ",
        "type": "Restore",
        "status": "is running",
        "start_time": "22-Nov-26 19:16",
        "files": 3,
        "bytes": 40,
        "comment": "why",
    }


def test_jobs_in_short(terminal: Terminal) -> None:
    assert terminal.text(".status dir last") == "1000 OK .status\n"
    terminal.director.running.append(running("R"))
    terminal.director.terminated.append(
        TerminatedJob(
            JobId(16), "backup-ai.x", JobType.BACKUP, Level.FULL, JobStatus.FATAL_ERROR, errors=4
        )
    )
    assert terminal.text(".status dir current").endswith("JobId=17 JobStatus=R JobErrors=2\n")
    assert terminal.text(".status dir last").endswith("JobId=16 JobStatus=f JobErrors=4\n")
    assert terminal.text(".status dir last", console="operator") == "1000 OK .status\n"


def test_other_peoples_jobs_are_not_shown(terminal: Terminal) -> None:
    job = running("R")
    terminal.director.running.append(
        RunningJob(JobId(18), "backup-ai.x", "backup-ai", job.type, job.level, job.status)
    )
    assert "backup-ai" not in terminal.text(".status dir running", console="operator")


def test_nothing_ended(terminal: Terminal) -> None:
    assert terminal.text(".status dir terminated") == "No Terminated Jobs.\n"
    answer = json.loads(terminal.text(".status dir terminated", api=2))
    assert answer["result"] == {"terminated": []}


def test_clients_that_dialled_in(terminal: Terminal) -> None:
    terminal.director.clients.append(
        ConnectedClient("gamma-fd", 54, authenticated=True, connected_at=1795375000.0)
    )
    row = f"{'22-Nov-26 19:16':<20}{54:<20}{1:<20}{'gamma-fd':<40}\n"
    assert row in terminal.text("status dir")
    answer = json.loads(terminal.text("status dir", api=2))
    assert answer["result"]["client-connection"] == [
        {
            "connecttime": "22-Nov-26 19:16",
            "protocol_version": 54,
            "authenticated": True,
            "name": "gamma-fd",
        }
    ]


@pytest.mark.parametrize(
    ("days", "jobs"), [("0", 0), ("1", 4), ("501", 4), ("-1", 4), ("nonsense", 0), ("99999999", 4)]
)
def test_days_ahead(terminal: Terminal, days: str, jobs: int) -> None:
    text = terminal.text(f"status dir days={days}")
    assert text.count("23-Nov-26") == jobs


def test_jobs_that_are_switched_off_do_not_start(terminal: Terminal) -> None:
    terminal.frames("disable job=backup-tree")
    assert "backup-tree" not in terminal.text(".status dir scheduled")
