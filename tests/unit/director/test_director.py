"""The whole Director, with daemons that follow a script."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from barque.catalog import Catalog, open_catalog
from barque.config.report import EXIT_START
from barque.config.run import Run
from barque.director import director as module
from barque.director.catalog_sync import source_for
from barque.director.director import RunningDirector
from barque.director.job_runner import BODIES
from barque.director.job_starter import JobStarter, default_request
from barque.director.services import Answer, ConsoleIdentity, LabelRequest, RunRequest
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.errors import BarqueError, ConfigError, JobError
from barque.testing.director_peers import (
    HANG_UP,
    IDENTITY,
    PATIENCE,
    SILENCE,
    Item,
    Site,
    Step,
    open_site,
)
from barque.wire.framing import Signal
from barque.wire.messages.job import MessageType

EXTRA = """
Job { Name = once; JobDefs = Default; AllowDuplicateJobs = no; }
Job { Name = newest; JobDefs = Default; AllowDuplicateJobs = no; CancelRunningDuplicates = yes;
  MaximumConcurrentJobs = 2; }
Job { Name = stubborn; JobDefs = Default; RescheduleOnError = yes; RescheduleInterval = 30; }
Job { Name = brief; JobDefs = Default; MaxRunTime = 60; }
Job { Name = cloning; JobDefs = Default; Run = "nothing"; }
Job { Name = on-connect; Type = Admin; JobDefs = Default; RunOnIncomingConnectInterval = 1 hour; }
Job { Name = prepared; JobDefs = Default; ClientRunBeforeJob = "freeze"; }
Job { Name = lost-pool; JobDefs = Default; Pool = Scratch; FullBackupPool = Scratch; }
"""


@dataclass
class Whole:
    """A Director and its site."""

    site: Site
    director: RunningDirector

    @property
    def catalog(self) -> Catalog:
        return self.director.catalog(next(iter(self.director.config.catalogs.values())))

    def run(self, name: str, **fields: object) -> JobId:
        job = self.director.config.jobs[name]
        request = RunRequest(job=job, level=job.level or Level.NONE, **fields)  # type: ignore[arg-type]  # named by the test
        return self.director.run_job(request, ConsoleIdentity())

    def wait(self, job_id: JobId | None = None) -> None:
        assert self.director.wait_for_jobs(job_id, PATIENCE)

    def status(self, job_id: int) -> str:
        record = self.catalog.jobs.get(job_id)
        assert record is not None
        return record.job_status

    def log(self, job_id: int) -> str:
        """The log; its lines reach the catalog a moment later."""
        rows = self.catalog.query(f"SELECT logtext FROM log WHERE jobid = {job_id} ORDER BY logid")
        return "".join(str(row[0]) for row in rows.rows)

    def until(self, what: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def running(self, job_id: JobId) -> JobStatus:
        return next(job.status for job in self.director.running_jobs() if job.job_id == job_id)


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whole]:
    monkeypatch.setattr(module, "CANCEL_GRACE", 0.5)
    with open_site(tmp_path, EXTRA) as site:
        site.catalog.close()
        director = RunningDirector(
            site.config, IDENTITY, load=lambda *_: site.config, now=site.now, dial=site.dial
        )
        director.start()
        yield Whole(site, director)
        director.stop()
        site.settle()


def hold(whole: Whole) -> threading.Event:
    """Let backups run until the event is set, or they are cancelled."""
    event = threading.Event()
    end = whole.site.client.replies[b"backup "]

    def until_set(_daemon: object, _channel: object) -> bool:
        return event.wait(PATIENCE)

    def let_go(_daemon: object, _channel: object) -> bool:
        event.set()
        return True

    whole.site.client.replies[b"cancel "].insert(0, Step(let_go))
    items: list[Item] = [b"2000 OK backup\n", SILENCE, Step(until_set), *end[2:]]
    whole.site.client.replies[b"backup "] = items
    return event


def test_a_job_runs_and_is_remembered(whole: Whole) -> None:
    job_id = whole.run("small")
    whole.wait(job_id)
    assert whole.status(job_id) == "T"
    [ended] = whole.director.terminated_jobs()
    assert (ended.job_id, ended.status, ended.files) == (job_id, JobStatus.TERMINATED, 3)
    assert whole.director.jobs_run == 1
    assert "Termination:            Backup OK" in whole.log(job_id)


def test_a_job_is_running_while_its_client_runs_a_script(whole: Whole) -> None:
    seen: list[JobStatus] = []

    def look(_daemon: object, _channel: object) -> bool:
        seen.extend(job.status for job in whole.director.running_jobs())
        return True

    whole.site.client.replies[b"RunBeforeNow"].insert(0, Step(look))
    whole.wait(whole.run("prepared"))
    assert seen == [JobStatus.RUNNING]


def test_a_backup_that_ended_well_becomes_browsable(whole: Whole) -> None:
    def has_cache(job_id: JobId) -> int:
        record = whole.catalog.jobs.get(job_id)
        assert record is not None
        return record.has_cache

    replies = whole.site.storage.replies
    replies[b"run"], good = [b"3010 Job x start\n", HANG_UP], replies[b"run"]
    failed = whole.run("small")
    whole.wait(failed)
    replies[b"run"] = good
    job_id = whole.run("small")
    whole.until(lambda: has_cache(job_id) == 1)
    assert (whole.status(failed), has_cache(failed)) == ("f", 0)
    assert (whole.status(job_id), has_cache(job_id)) == ("T", 1)


def test_a_running_job_is_shown(whole: Whole) -> None:
    event = hold(whole)
    job_id = whole.run("small", comment="hello")
    assert whole.site.client.silent.wait(PATIENCE)
    [shown] = whole.director.running_jobs()
    assert (shown.job_id, shown.name, shown.comment) == (job_id, "small", "hello")
    assert (shown.status, shown.level) == (JobStatus.RUNNING, Level.FULL)
    assert (shown.client, shown.storage, shown.pool) == ("bareos-fd", "File", "Full")
    assert not whole.director.wait_for_jobs(job_id, 0.01)
    event.set()
    whole.wait()


def test_a_job_is_cancelled_at_its_daemons(whole: Whole) -> None:
    hold(whole)
    whole.site.storage.replies[b"run"] = [b"3010 Job x start\n", SILENCE]
    job_id = whole.run("small")
    assert whole.site.client.silent.wait(PATIENCE)
    answer = whole.director.cancel_job(job_id)
    assert answer.lines == [
        '3000 JobId=1 Job="x" marked to be canceled.\n',
        "2001 Job x marked to be canceled.\n",
    ]
    whole.wait(job_id)
    assert whole.status(job_id) == "A"
    assert not whole.director.cancel_job(job_id).ok


def test_a_job_whose_end_is_recorded_is_not_cancelled_while_plugins_hear_of_it(
    whole: Whole,
) -> None:
    event = hold(whole)
    job_id = whole.run("small")
    assert whole.site.client.silent.wait(PATIENCE)
    job = whole.director.queue.find(job_id)
    assert job is not None
    job.ended_at = whole.site.clock
    assert not whole.director.cancel_job(job_id).ok
    assert (job.status, job.cancelled.is_set()) == (JobStatus.RUNNING, False)
    job.ended_at = 0.0
    event.set()
    whole.wait()


def test_a_job_for_later_says_so_and_can_be_cancelled(whole: Whole) -> None:
    job_id = whole.run("small", when=whole.site.clock + 3600)
    whole.until(lambda: whole.running(job_id) is JobStatus.WAIT_START_TIME)
    [shown] = whole.director.running_jobs()
    assert (shown.started_at, shown.scheduled_at) == (whole.site.clock, whole.site.clock + 3600)
    whole.director.cancel_job(job_id)
    whole.wait(job_id)
    assert whole.status(job_id) == "A"
    assert "waiting 3600 seconds for scheduled start time.\n" in whole.log(job_id)


def test_a_job_of_a_kind_that_cannot_be_run_is_refused_at_once(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(BODIES, JobType.BACKUP)
    with pytest.raises(JobError, match="kind Backup are not supported by this version of barque"):
        whole.run("small")
    assert not whole.director.running_jobs()


def test_the_second_of_two_equal_jobs_is_refused(whole: Whole) -> None:
    event = hold(whole)
    first, second = whole.run("once"), whole.run("once")
    whole.wait(second)
    assert whole.status(second) == "A"
    assert f"Fatal error: JobId {first} already running. Duplicate job not" in whole.log(second)
    event.set()
    whole.wait()
    assert whole.status(first) == "T"


def test_the_second_of_two_equal_jobs_takes_the_place_of_the_first(whole: Whole) -> None:
    hold(whole)
    first = whole.run("newest")
    assert whole.site.client.silent.wait(PATIENCE)
    second = whole.run("newest")
    whole.wait()
    assert (whole.status(first), whole.status(second)) == ("A", "T")
    assert f"Cancelling duplicate JobId={first}.\n" in whole.log(second)


def test_a_failed_job_without_data_runs_again_under_its_number(whole: Whole) -> None:
    good = whole.site.client.replies[b"fileset"]
    whole.site.client.replies[b"fileset"] = [b"2999 Invalid command\n"]
    job_id = whole.run("stubborn")
    whole.until(lambda: len(whole.director.terminated_jobs()) == 1)
    whole.until(lambda: whole.running(job_id) is JobStatus.WAIT_START_TIME)
    assert whole.status(job_id) == "C"
    whole.site.client.replies[b"fileset"] = good
    whole.site.clock += 31
    whole.director.queue.wake()
    whole.wait()
    assert whole.status(job_id) == "T"
    assert "Rescheduled Job stubborn." in whole.log(job_id)
    assert whole.log(job_id).count("Termination: ") == 2


def test_a_failed_job_with_data_runs_again_as_another_one(whole: Whole) -> None:
    good = whole.site.client.replies[b"backup "]
    whole.site.client.replies[b"backup "] = [
        b"2000 OK backup\n",
        b"2800 End Job TermCode=69 JobFiles=3 ReadBytes=3 JobBytes=3 Errors=1 VSS=0 Encrypt=0\n",
        Signal.TERMINATE,
    ]
    first = whole.run("stubborn")
    whole.until(lambda: bool(whole.director.terminated_jobs()))
    whole.until(lambda: [job.job_id for job in whole.director.running_jobs()] == [first + 1])
    assert whole.status(first) == "E"
    whole.site.client.replies[b"backup "] = good
    whole.site.clock += 31
    whole.director.queue.wake()
    whole.wait()
    assert whole.status(first + 1) == "T"


def test_a_job_that_takes_too_long_is_ended(whole: Whole) -> None:
    hold(whole)
    job_id = whole.run("brief")
    assert whole.site.client.silent.wait(PATIENCE)
    whole.site.clock += 61
    whole.director._watchdog.look()
    whole.wait(job_id)
    assert whole.status(job_id) == "A"
    assert "Fatal error: Max run time exceeded. Job canceled.\n" in whole.log(job_id)


def test_a_job_that_starts_too_late_does_not_start(whole: Whole) -> None:
    resource = whole.director.config.jobs["small"]
    resource.__dict__["max_start_delay"] = 60
    job_id = whole.run("small", when=whole.site.clock - 61)
    whole.wait(job_id)
    assert whole.status(job_id) == "A"
    assert "Job canceled because max start delay time exceeded.\n" in whole.log(job_id)
    assert whole.site.storage.connections == 0


def test_clones_start_beside_their_original(whole: Whole) -> None:
    job_id = whole.run("cloning")
    whole.wait()
    assert (whole.status(job_id), whole.status(job_id + 1)) == ("T", "T")
    assert f"Clone JobId {job_id + 1} started.\n" in whole.log(job_id)


def test_a_client_that_comes_by_itself_starts_its_jobs(whole: Whole) -> None:
    def ended() -> int:
        whole.wait()
        return len(whole.director.terminated_jobs())

    whole.director.client_connected("bareos-fd")
    assert ended() == 1
    whole.director.client_connected("bareos-fd")
    assert ended() == 1
    whole.site.clock += 3600
    whole.director.client_connected("bareos-fd")
    whole.director.client_connected("other-fd")
    assert ended() == 2
    assert "Job triggered by:       Client" in whole.log(1)


def test_a_disabled_job_is_not_started_by_its_client(whole: Whole) -> None:
    job = whole.director.config.jobs["on-connect"]
    whole.director.set_enabled(job, enabled=False)
    assert not whole.director.may_run(job)
    whole.director.client_connected("bareos-fd")
    assert not whole.director.running_jobs()
    assert whole.director.reload()
    assert whole.director.may_run(job)


def test_a_job_that_cannot_be_queued_does_not_look_like_one_that_waits(whole: Whole) -> None:
    pool = whole.catalog.pools.find("Incremental")
    assert pool is not None
    whole.catalog.pools.update(pool.pool_id, name="gone")
    full = whole.catalog.pools.find("Full")
    assert full is not None
    whole.catalog.pools.update(full.pool_id, name="gone too")
    with pytest.raises(JobError, match="reload"):
        whole.run("small")
    assert whole.status(1) == "f"
    assert not whole.director.running_jobs()


def test_jobs_of_an_earlier_run_are_marked_at_the_start(tmp_path: Path) -> None:
    with open_site(tmp_path) as site:
        source = source_for(site.catalog_resource, tmp_path)
        catalog = open_catalog(source)
        for status in ("C", "R", "T"):
            job_id = catalog.jobs.create(
                job=f"x.{status}",
                name="x",
                type=JobType.BACKUP,
                level=Level.FULL,
                client_id=1,
                sched_time=1,
            )
            catalog.jobs.update(job_id, job_status=status, start_time=5)
        director = RunningDirector(
            site.config, IDENTITY, load=lambda *_: site.config, now=site.now, dial=site.dial
        )
        director.start()
        try:
            records = catalog.jobs.get_many([1, 2, 3])
            assert [record.job_status for record in records] == ["f", "f", "T"]
        finally:
            director.stop()
            catalog.close()


def test_a_configuration_with_mistakes_leaves_the_old_one_in_force(whole: Whole) -> None:
    def fail(*_: object) -> object:
        raise ConfigError("no")

    old = whole.director.config
    whole.director._load = fail  # type: ignore[assignment]
    assert not whole.director.reload()
    assert whole.director.config is old


def test_what_is_wrong_with_the_whole_configuration_is_fatal_in_its_own_message(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> object:
        raise ConfigError("Only one of these", exit_code=EXIT_START)

    said: list[tuple[MessageType, str]] = []
    monkeypatch.setattr(whole.director, "_load", fail)
    monkeypatch.setattr(whole.director, "_say", lambda *message: said.append(message))
    assert not whole.director.reload()
    assert said[0] == (MessageType.FATAL, "Fatal error: Only one of these\n")
    assert said[1][1].startswith("Error: Please correct the configuration: bareos-dir: CONFIG")


def test_the_director_ends_its_jobs_when_it_ends(whole: Whole) -> None:
    hold(whole)
    job_id = whole.run("small")
    assert whole.site.client.silent.wait(PATIENCE)
    for job in whole.director.queue.jobs():
        whole.director.cancel_job(job.job_id)
        job.abort_links()
    whole.wait()
    assert whole.status(job_id) == "A"


def test_a_volume_is_labelled(whole: Whole) -> None:
    whole.site.storage.replies[b"label "] = [
        b'3000 OK label. VolFiles=0 VolBytes=198 Volume="L1" Device="D" (/srv)\n',
        Signal.EOD,
    ]
    storage = whole.director.config.storages["File"]
    answer = whole.director.label_volume(LabelRequest(storage, "L1", "Full", "File"))
    assert answer == Answer(
        ['3000 OK label. VolFiles=0 VolBytes=198 Volume="L1" Device="D" (/srv)\n'],
        ok=True,
        value=198,
    )


def test_daemons_are_asked_for_their_status(whole: Whole) -> None:
    whole.site.client.replies[b"status"] = [b"one\n\0", b"two\n\0", Signal.EOD]
    whole.site.storage.replies[b".status header"] = [b"3000 OK .status\n", Signal.EOD]
    client = whole.director.config.clients["bareos-fd"]
    storage = whole.director.config.storages["File"]
    assert list(whole.director.client_status(client, ""))[2:] == ["one\n", "two\n"]
    assert list(whole.director.storage_status(storage, "header"))[1:] == ["3000 OK .status\n"]


def test_a_daemon_that_cannot_be_reached_is_an_error(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("barque.director.daemon_calls.PATIENCE", 0.0)
    whole.site.unreachable.add(9632)
    client = whole.director.config.clients["bareos-fd"]
    with pytest.raises(BarqueError, match="cannot be reached"):
        list(whole.director.client_status(client, ""))


def test_the_bandwidth_of_a_running_job(whole: Whole) -> None:
    event = hold(whole)
    job_id = whole.run("small")
    assert whole.site.client.silent.wait(PATIENCE)
    assert whole.director.limit_bandwidth(job_id, 1000).ok
    assert whole.site.client.commands[-1].startswith(b"setbandwidth=1000 Job=small.")
    event.set()
    whole.wait()
    assert not whole.director.limit_bandwidth(job_id, 1000).ok


def test_messages_for_consoles(whole: Whole) -> None:
    whole.director.warn("careful")
    whole.director.note_security("who is that?")
    assert not whole.director.messages_pending()


def test_the_next_run_of_a_job(whole: Whole) -> None:
    assert list(whole.director.scheduled_runs(1)) == []
    request = default_request(whole.director.config.jobs["small"])
    assert (request.level, request.priority) == (Level.INCREMENTAL, 10)


def test_waiting_for_a_mount(whole: Whole) -> None:
    assert not whole.director.wait_for_mount(0.01)


def test_what_came_due_before_the_start_is_not_started_by_two_directors(whole: Whole) -> None:
    job = whole.director.config.jobs["nothing"]
    shortly_before = datetime.fromtimestamp(int(whole.site.clock) - 30)  # noqa: DTZ006 - schedules are local
    for _start in range(2):
        JobStarter(whole.director).run_scheduled(job, Run(), shortly_before)
    whole.wait()
    assert whole.catalog.jobs.ids_of_name("nothing") == [1]
