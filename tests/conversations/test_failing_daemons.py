"""A job whose daemons fail: at every command, in every way; and jobs that are cancelled."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from barque.director.daemon_calls import DaemonCalls
from barque.director.job_runner import run_job
from barque.director.job_state import ActiveJob
from barque.director.jobs import both_ends
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import (
    HANG_UP,
    PATIENCE,
    SILENCE,
    Item,
    Raw,
    ScriptedDaemon,
    Site,
    Step,
    open_site,
)
from barque.wire.framing import Signal

EXTRA = """
Job { Name = scripted; JobDefs = Default; Accurate = yes; FdPluginOptions = "python:x=y";
  SdPluginOptions = "a:b"; MaximumBandwidth = 1 mb/s;
  ClientRunBeforeJob = "/bin/true"; ClientRunAfterJob = "/bin/true"; }
"""

BOOTSTRAP = """Storage="File"
Volume="Full-0001"
MediaType="File"
VolSessionId=1
VolSessionTime=1795371903
VolAddr=205-921623
FileIndex=1-3
Count=3
"""

CLIENT_STEPS = (
    b"JobId=",
    b"level = full",
    b"fileset",
    b"pluginoptions",
    b"getSecureEraseCmd",
    b"setbandwidth=",
    b"Run OnSuccess",
    b"RunBeforeNow",
    b"storage ",
    b"backup ",
)
STORAGE_STEPS = (b"JobId=", b"pluginoptions", b"getSecureEraseCmd", b"use storage=", b"run")

FAILURES: dict[str, list[Item]] = {
    "dies": [HANG_UP],
    "leaves": [Signal.TERMINATE],
    "refuses": [b"2999 Invalid command\n"],
    "sends no frames": [Raw(b"\x7f\xff\xff\xffGET / HTTP/1.0\r\n")],
    "sends an unknown message": [b"Hello\n"],
    "sends a bad message": [b"Jmsg no sense at all"],
    "sends bad attributes": [b"UpdCat Job=x FileAttributes \0\0\0\1"],
    "sends nothing but signals": [Signal.EOD, Signal.TERMINATE],
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(both_ends, "GRACE", 0.5)
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def finish(site: Site, job: ActiveJob) -> None:
    started = time.monotonic()
    run_job(job, site.context, lambda _: "")
    assert time.monotonic() - started < PATIENCE / 2
    site.settle()


def check_failure(site: Site, job: ActiveJob) -> None:
    assert job.status in {JobStatus.FATAL_ERROR, JobStatus.ERROR_TERMINATED}, site.log.text
    assert "Fatal error: " in site.log.text
    assert "Traceback" not in site.log.text
    assert "*** Backup Error ***" in site.log.text
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert record.job_status == job.status
    assert site.log.closed is job.status


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("step", CLIENT_STEPS)
def test_the_file_daemon_fails(site: Site, step: bytes, failure: str) -> None:
    site.client.replies[step] = FAILURES[failure]
    job = site.job("scripted", Level.FULL)
    finish(site, job)
    check_failure(site, job)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("step", STORAGE_STEPS)
def test_the_storage_daemon_fails(site: Site, step: bytes, failure: str) -> None:
    site.storage.replies[step] = FAILURES[failure]
    site.client.replies[b"backup "] = [b"2000 OK backup\n", SILENCE]
    job = site.job("scripted", Level.FULL)
    finish(site, job)
    check_failure(site, job)


@pytest.mark.parametrize("daemon", ["client", "storage"])
@pytest.mark.parametrize("items", [[HANG_UP], [Raw(b"\xff\xff\xff\xff")], [b"Go away.\n"]])
def test_a_daemon_fails_at_the_hello(site: Site, daemon: str, items: list[Item]) -> None:
    getattr(site, daemon).on_hello = items
    job = site.job("scripted", Level.FULL)
    site.clock += 1
    finish(site, job)
    check_failure(site, job)


@pytest.mark.parametrize("daemon", ["client", "storage"])
def test_a_daemon_with_another_password_is_told_from_one_that_is_gone(
    site: Site, daemon: str
) -> None:
    getattr(site, daemon).password = "other"
    job = site.job()
    finish(site, job)
    check_failure(site, job)
    assert "they must be the same on both sides" in site.log.text


def test_a_client_that_cannot_be_reached_ends_the_job_as_an_error(site: Site) -> None:
    site.config.director.__dict__["fd_connect_timeout"] = 0.1
    site.unreachable.add(9632)
    job = site.job()
    finish(site, job)
    assert job.status is JobStatus.ERROR_TERMINATED
    assert 'Client "bareos-fd" at 127.0.0.1:9632 cannot be reached' in site.log.text
    assert "  FD termination status:  Error\n" in site.log.text
    assert "  SD termination status:  \n" in site.log.text


def test_a_lost_client_lets_the_storage_daemon_tell_what_is_on_the_volume(site: Site) -> None:
    """Its answer to cancel is the end of the job, with everything that belongs to it."""
    told = threading.Event()

    def until_told(_daemon: ScriptedDaemon, _channel: object) -> bool:
        return told.wait(PATIENCE)

    def tell(_daemon: ScriptedDaemon, _channel: object) -> bool:
        told.set()
        return True

    site.storage.replies[b"run"] = [
        Step(until_told),
        b"3099 Job x end JobStatus=65 JobFiles=2 JobBytes=222 JobErrors=0\n",
        Signal.EOD,
    ]
    site.storage.replies[b"cancel "] = [Step(tell), *site.storage.replies[b"cancel "]]
    site.client.replies[b"backup "] = [b"2000 OK backup\n", HANG_UP]
    job = site.job()
    finish(site, job)
    check_failure(site, job)
    assert job.status is JobStatus.FATAL_ERROR
    assert f"cancel Job={job.unique_name}\n".encode() in site.storage.commands
    assert job.totals.storage_bytes == 222
    assert 'Client "bareos-fd" ended without a job status' in site.log.text


def test_a_lost_storage_daemon_lets_the_file_daemon_end(site: Site) -> None:
    told = threading.Event()

    def tell(_daemon: ScriptedDaemon, _channel: object) -> bool:
        told.set()
        return True

    site.client.replies[b"backup "] = [
        b"2000 OK backup\n",
        Step(lambda _daemon, _channel: told.wait(PATIENCE)),
        b"2800 End Job TermCode=65 JobFiles=1 ReadBytes=9 JobBytes=9 Errors=1 VSS=0 Encrypt=0\n",
        Signal.TERMINATE,
    ]
    site.client.replies[b"cancel "] = [
        Step(tell),
        *site.client.replies[b"cancel "],
    ]
    site.storage.replies[b"run"] = [b"3010 Job x start\n", HANG_UP]
    job = site.job()
    finish(site, job)
    check_failure(site, job)
    assert job.status is JobStatus.FATAL_ERROR
    assert 'Storage daemon "File" ended without a job status' in site.log.text
    assert job.totals.files == 1


def test_a_storage_daemon_that_ends_badly_ends_the_job_badly(site: Site) -> None:
    site.storage.replies[b"run"] = [
        b"Jmsg Job=x type=3 level=1 bareos-sd JobId 1: Fatal error: no space left on device\n",
        b"3099 Job x end JobStatus=102 JobFiles=0 JobBytes=0 JobErrors=1\n",
        Signal.EOD,
    ]
    site.client.replies[b"backup "] = [b"2000 OK backup\n", SILENCE]
    job = site.job()
    finish(site, job)
    check_failure(site, job)
    assert "no space left on device" in site.log.text
    assert "  SD termination status:  Fatal Error\n" in site.log.text


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (b"84", JobStatus.TERMINATED),
        (b"87", JobStatus.TERMINATED),
        (b"69", JobStatus.ERROR_TERMINATED),
        (b"102", JobStatus.FATAL_ERROR),
        (b"65", JobStatus.ERROR_TERMINATED),
        (b"73", JobStatus.INCOMPLETE),
        (b"33", JobStatus.ERROR_TERMINATED),
    ],
)
def test_the_end_that_the_file_daemon_reports(site: Site, code: bytes, status: JobStatus) -> None:
    site.client.replies[b"backup "] = [
        b"2000 OK backup\n",
        b"2800 End Job TermCode=%s JobFiles=3 ReadBytes=3 JobBytes=3 Errors=0 VSS=0 "
        b"Encrypt=0\n" % code,
        Signal.TERMINATE,
    ]
    job = site.job()
    finish(site, job)
    assert job.status is status, site.log.text


def test_warnings_and_errors_of_daemons_make_a_job_one_with_warnings(site: Site) -> None:
    end = site.client.replies[b"backup "]
    site.client.replies[b"backup "] = [
        b"Jmsg Job=x type=5 level=1 bareos-fd JobId 1: Warning: something\n",
        *end,
    ]
    job = site.job()
    finish(site, job)
    assert job.status is JobStatus.WARNINGS
    assert "Backup OK -- with warnings" in site.log.text


CANCELS = [("client", step) for step in CLIENT_STEPS] + [
    ("storage", step) for step in STORAGE_STEPS
]


@pytest.mark.parametrize(("daemon", "step"), CANCELS)
def test_a_cancelled_job_ends_wherever_it_stands(site: Site, daemon: str, step: bytes) -> None:
    """The daemon answers nothing more: connections are cut after the grace."""
    waiting: ScriptedDaemon = getattr(site, daemon)
    waiting.replies[step] = [SILENCE]
    if daemon == "storage":
        site.client.replies[b"backup "] = [b"2000 OK backup\n", SILENCE]
    job = site.job("scripted", Level.FULL)
    cancel_while(site, job, waiting.silent)
    assert job.status is JobStatus.CANCELED, site.log.text
    assert "Backup Canceled" in site.log.text
    record = site.catalog.jobs.get(job.job_id)
    assert record is not None
    assert record.job_status == "A"


def cancel_while(site: Site, job: ActiveJob, moment: threading.Event) -> None:
    def cancel() -> None:
        assert moment.wait(PATIENCE)
        job.cancelled.set()
        job.set_status(JobStatus.CANCELED)
        DaemonCalls(site.context).cancel(job)
        job.abort_links()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    finish(site, job)
    canceller.join(PATIENCE)
    assert not canceller.is_alive()


@pytest.mark.parametrize("daemon", ["client", "storage"])
def test_a_job_can_be_cancelled_while_a_daemon_does_not_answer_the_hello(
    site: Site, daemon: str
) -> None:
    waiting: ScriptedDaemon = getattr(site, daemon)
    never = threading.Event()
    waiting.on_hello = [SILENCE, Step(lambda _daemon, _channel: never.wait(0.5))]
    job = site.job()
    cancel_while(site, job, waiting.silent)
    assert job.status is JobStatus.CANCELED, site.log.text


def test_a_job_can_be_cancelled_while_it_tries_to_reach_a_daemon(site: Site) -> None:
    tried = threading.Event()
    dial = site.dial

    def refuse(address: object, *, heartbeat: int = 0) -> object:
        tried.set()
        return dial(address, heartbeat=heartbeat)  # type: ignore[arg-type]

    site.__dict__["dial"] = refuse
    site.unreachable.add(9633)
    job = site.job()
    cancel_while(site, job, tried)
    assert job.status is JobStatus.CANCELED


def restore(site: Site, change: Callable[[], None]) -> ActiveJob:
    change()
    path = site.directory / "some.bsr"
    path.write_text(BOOTSTRAP)
    job = site.job("RestoreFiles", bootstrap=str(path))
    finish(site, job)
    return job


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    "step", [b"JobId=", b"getSecureEraseCmd", b"storage ", b"restore ", b"endrestore"]
)
def test_the_file_daemon_fails_in_a_restore(site: Site, step: bytes, failure: str) -> None:
    job = restore(site, lambda: site.client.replies.update({step: FAILURES[failure]}))
    assert job.status is JobStatus.FATAL_ERROR, site.log.text
    assert "*** Restore Error ***" in site.log.text


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    "step", [b"JobId=", b"getSecureEraseCmd", b"use storage=", b"bootstrap", b"run"]
)
def test_the_storage_daemon_fails_in_a_restore(site: Site, step: bytes, failure: str) -> None:
    site.client.replies[b"restore "] = [b"2000 OK restore\n", SILENCE]
    job = restore(site, lambda: site.storage.replies.update({step: FAILURES[failure]}))
    assert job.status is JobStatus.FATAL_ERROR, site.log.text
    assert "*** Restore Error ***" in site.log.text


def test_an_older_file_daemon_ends_the_restore_at_once(site: Site) -> None:
    end = site.client.replies[b"endrestore"]
    job = restore(
        site, lambda: site.client.replies.update({b"restore ": [b"2000 OK restore\n", *end]})
    )
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert b"endrestore" not in site.client.commands


def test_a_restore_that_misses_files_ends_with_warnings(site: Site) -> None:
    end = b"2800 End Job TermCode=84 JobFiles=2 ReadBytes=3 JobBytes=3 Errors=0 VSS=0 Encrypt=0\n"
    job = restore(
        site, lambda: site.client.replies.update({b"endrestore": [end, Signal.TERMINATE]})
    )
    assert job.status is JobStatus.WARNINGS
    assert "Warning: File count mismatch: expected=3 , restored=2" in site.log.text
