"""Deleting records of the catalog."""

import json

import pytest

from barque.director.services import RunningJob
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.terminal import Terminal


def jobs(terminal: Terminal) -> set[int]:
    return {int(row[0] or 0) for row in terminal.catalog.store.rows("SELECT jobid FROM job")}


def test_a_volume_goes_with_its_jobs(terminal: Terminal) -> None:
    on_it = {1, 7, 8} & jobs(terminal)
    answer = json.loads(terminal.text("delete volume=Full-0001 yes", api=2))
    deleted = answer["result"]["deleted"]
    assert deleted["volumes"] == ["Full-0001"]
    assert {"1", "8"} <= set(deleted["jobids"])
    assert terminal.catalog.volumes.find("Full-0001") is None
    assert not {int(job_id) for job_id in deleted["jobids"]} & jobs(terminal)
    assert on_it


def test_jobs_of_a_purged_volume_are_not_looked_for(terminal: Terminal) -> None:
    volume = terminal.catalog.volumes.find("Spare-1")
    assert volume
    terminal.catalog.volumes.update(volume.media_id, vol_status="Purged")
    assert terminal.text("delete volume=Spare-1 yes").endswith("Volume Spare-1 deleted.\n")


def test_by_number(terminal: Terminal) -> None:
    volume = terminal.catalog.volumes.find("Spare-1")
    assert volume
    terminal.frames("delete volume pool=Scratch", f"*{volume.media_id}", "yes")
    assert terminal.catalog.volumes.find("Spare-1") is None


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("jobid=3", {3}),
        ("jobid=2,3", {2, 3}),
        ("jobid=2-4", {2, 3, 4}),
        ("jobid=2 jobid=4", {2, 4}),
        ("jobid=2,x,3", {2, 3}),
        ("jobid=4-2", set()),
        ("jobid=4-x", set()),
        ("jobid=-", set()),
        ("jobid=1-99999999999", set()),
    ],
)
def test_lists_of_jobs(terminal: Terminal, words: str, gone: set[int]) -> None:
    before = jobs(terminal)
    terminal.frames(f"delete {words}")
    assert before - jobs(terminal) == gone


def test_many_jobs_are_asked_about(terminal: Terminal) -> None:
    before = jobs(terminal)
    terminal.frames("delete jobid=1-99", "no")
    assert jobs(terminal) == before
    terminal.frames("delete jobid=1-99", "yes")
    assert not jobs(terminal)


def test_running_jobs_stay(terminal: Terminal) -> None:
    terminal.director.running.append(
        RunningJob(JobId(3), "x.y", "backup-tree", JobType.BACKUP, Level.FULL, JobStatus.RUNNING)
    )
    assert "JobId 3 is running, its records stay.\n" in terminal.text("delete jobid=2-3")
    assert 3 in jobs(terminal)
    assert 2 not in jobs(terminal)


@pytest.mark.parametrize("line", ["delete volume=Diff-0003 yes", "delete pool=Differential"])
def test_what_a_running_job_writes_to_stays(terminal: Terminal, line: str) -> None:
    terminal.director.running.append(
        RunningJob(JobId(3), "x.y", "backup-tree", JobType.BACKUP, Level.FULL, JobStatus.RUNNING)
    )
    assert "is in use by a job that runs, it is not deleted.\n" in terminal.text(line)
    assert terminal.catalog.volumes.find("Diff-0003")
    assert terminal.catalog.job_media.of_job(3)


def test_a_pool_goes_with_its_volumes(terminal: Terminal) -> None:
    terminal.frames("delete pool=Copies", "yes")
    assert terminal.catalog.pools.find("Copies") is None
    assert terminal.catalog.volumes.find("Copy-0004") is None
    assert "not supported in batch mode" in terminal.text("delete pool=Full", api=2)


def test_a_storage_that_is_configured_stays(terminal: Terminal) -> None:
    text = terminal.text("delete storage=File1")
    assert text.startswith("Found 0 orphaned Storage records.\n")
    assert "its configuration must be removed first" in text


def test_a_storage_that_nothing_uses_goes(terminal: Terminal) -> None:
    terminal.catalog.storages.ensure("Old", auto_changer=False)
    assert terminal.text("delete storage", "Old") == (
        "Found 1 orphaned Storage records.\nDeleting 1 orphaned storage record(s).\n"
    )
    assert terminal.catalog.storages.find("Old") is None


def test_a_storage_with_volumes_stays(terminal: Terminal) -> None:
    old = terminal.catalog.storages.ensure("Old", auto_changer=False)
    volume = terminal.catalog.volumes.find("Spare-1")
    assert volume
    terminal.catalog.volumes.update(volume.media_id, storage_id=old.storage_id)
    assert "is being used by volume 'Spare-1'" in terminal.text("delete storage=Old")
    assert terminal.catalog.storages.find("Old")


def test_nothing_is_chosen(terminal: Terminal) -> None:
    assert terminal.text("delete", ".").endswith("Nothing done.\n")
