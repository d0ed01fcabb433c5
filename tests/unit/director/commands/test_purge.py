"""Forgetting files and jobs, whatever their age."""

import json

import pytest

from barque.director.services import RunningJob
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.terminal import Terminal

DANGER = "\nThis command can be DANGEROUS!!!\n"


def running(job_id: int) -> RunningJob:
    return RunningJob(
        JobId(job_id),
        f"backup-tree.{job_id}",
        "backup-tree",
        JobType.BACKUP,
        Level.FULL,
        JobStatus.RUNNING,
    )


def jobs(terminal: Terminal) -> set[int]:
    return {int(str(number)) for (number,) in terminal.catalog.store.rows("SELECT jobid FROM job")}


def test_a_volume_loses_its_jobs_and_goes_to_its_recycle_pool(terminal: Terminal) -> None:
    shown = terminal.text("purge volume=Incr-0002 yes")
    assert shown.startswith(DANGER)
    assert 'Found 2 Jobs for media "Incr-0002" in catalog.\n' in shown
    assert "New Pool is: Scratch\n" in shown
    volume = terminal.catalog.volumes.find("Incr-0002")
    scratch = terminal.catalog.pools.find("Scratch")
    assert volume
    assert scratch
    assert (volume.vol_status, volume.pool_id) == ("Purged", scratch.pool_id)
    assert jobs(terminal).isdisjoint({2, 16})


def test_what_a_running_job_writes_stays(terminal: Terminal) -> None:
    terminal.director.running.append(running(16))
    shown = terminal.text("purge volume=Incr-0002 yes")
    assert "JobId 16 is running, its records stay.\n" in shown
    volume = terminal.catalog.volumes.find("Incr-0002")
    assert volume
    assert volume.vol_status == "Append"
    assert 16 in jobs(terminal)
    assert 2 not in jobs(terminal)


def test_several_volumes_one_after_the_other(terminal: Terminal) -> None:
    shown = terminal.text("purge volume=Incr-0002 volume=Diff-0003 yes")
    assert '"Incr-0002" purged from catalog' in shown
    assert '"Diff-0003" purged from catalog' in shown


@pytest.mark.parametrize("line", ["purge volume=Diff-0003", "purge jobs client=alpha-fd"])
def test_nothing_goes_when_the_answer_is_no(terminal: Terminal, line: str) -> None:
    before = jobs(terminal)
    assert "Purge canceled.\n" in terminal.text(line, "no")
    assert jobs(terminal) == before


def test_programs_have_to_say_yes_in_advance(terminal: Terminal) -> None:
    before = jobs(terminal)
    assert terminal.text("purge jobs volume=Diff-0003", api=1).endswith("Purge canceled.\n")
    assert json.loads(terminal.text("purge volume=Diff-0003", api=2))["result"] == {}
    assert jobs(terminal) == before


def test_a_purged_volume_cannot_be_purged(terminal: Terminal) -> None:
    volume = terminal.catalog.volumes.find("Spare-1")
    assert volume
    terminal.catalog.volumes.update(volume.media_id, vol_status="Purged")
    answer = json.loads(terminal.text("purge volume=Spare-1 yes", api=2))
    assert answer["error"]["data"]["messages"]["error"] == [
        '\nVolume "Spare-1" has VolStatus "Purged" and cannot be purged.\n'
        "The VolStatus must be: Append, Full, Used or Error to be purged.\n"
    ]


def test_an_empty_volume_is_marked(terminal: Terminal) -> None:
    shown = terminal.text("purge volume=Spare-1 yes")
    assert "No Jobs found for media Spare-1 to purge from catalog.\n" in shown
    volume = terminal.catalog.volumes.find("Spare-1")
    assert volume
    assert volume.vol_status == "Purged"


def test_a_volume_that_is_not_there(terminal: Terminal) -> None:
    shown = terminal.text("purge volume=nosuch yes")
    assert 'Media record for Volume "nosuch" not found.\n' in shown


def test_files_of_a_job(terminal: Terminal) -> None:
    terminal.text("purge files jobid=1")
    record = terminal.catalog.jobs.get(1)
    assert record
    assert record.purged_files == 1
    assert terminal.catalog.store.rows("SELECT 1 FROM file WHERE jobid = 1") == []


def test_files_of_a_client(terminal: Terminal) -> None:
    shown = terminal.text("purge files client=beta-fd yes")
    assert 'Found Files in 1 Jobs for client "beta-fd" in catalog "GoldenCatalog".\n' in shown
    assert terminal.text("purge files client=beta-fd yes").endswith(
        "No Files found for client beta-fd to purge from GoldenCatalog catalog.\n"
    )


def test_jobs_of_a_client_with_some_statuses(terminal: Terminal) -> None:
    shown = terminal.text("purge jobs client=alpha-fd jobstatus=A yes")
    assert "Purging the following 1 JobIds: 5\n" in shown
    assert shown.endswith('1 Job on client "alpha-fd" purged from catalog.\n')
    assert 5 not in jobs(terminal)
    assert "No Jobs found for client" in terminal.text("purge jobs client=alpha-fd jobstatus=A yes")
    assert terminal.text("purge jobs client=alpha-fd jobstatus=x,?").endswith(
        "invalid jobstatus parameter\n"
    )


def test_jobs_in_a_pool(terminal: Terminal) -> None:
    shown = terminal.text("purge jobs pool=Differential yes")
    assert 'Found 1 Jobs for pool "Differential" in catalog.\n' in shown
    assert 'Volume "Diff-0003". Marking it purged.\n' in shown
    assert "No Jobs found for pool Scratch" in terminal.text("purge jobs pool=Scratch yes")


def test_one_job_on_a_volume(terminal: Terminal) -> None:
    shown = terminal.text("purge jobs volume=Incr-0002 jobid=2 yes")
    assert 'Found 1 Jobs for media "Incr-0002" in catalog.\n' in shown
    volume = terminal.catalog.volumes.find("Incr-0002")
    assert volume
    assert volume.vol_status == "Append"


def test_quota(terminal: Terminal) -> None:
    client = terminal.catalog.clients.find("alpha-fd")
    assert client
    terminal.catalog.quotas.set(client.client_id, grace_time=7, quota_limit=9)
    assert terminal.text("purge quota client=alpha-fd").endswith(
        'Purged quota for Client "alpha-fd"\n'
    )
    quota = terminal.catalog.quotas.get(client.client_id)
    assert (quota.grace_time, quota.quota_limit) == (0, 0)


def test_the_menu(terminal: Terminal) -> None:
    assert terminal.text("purge", "4", "2").endswith('Purged quota for Client "beta-fd"\n')
    assert terminal.text("purge", "1", "2", "yes") == ""
    assert terminal.text("purge", "2", "2", "no") == "Purge canceled.\n"


def test_it_needs_every_right(terminal: Terminal) -> None:
    profile = terminal.director.config.profiles["full"]
    profile.__dict__["job_acl"] = ["!backup-ai", "*all*"]
    shown = terminal.text("purge volume=Incr-0002 yes", console="admin")
    assert shown.endswith("Permission denied: need full job permission.\n")
