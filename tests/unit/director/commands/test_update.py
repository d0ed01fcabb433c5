"""Changing records of the catalog: Pools, jobs, statistics."""

import json

import pytest

from barque.testing.terminal import Terminal


def test_a_pool_takes_what_its_resource_says(terminal: Terminal) -> None:
    pool = terminal.catalog.pools.find("Full")
    assert pool
    terminal.catalog.pools.update(pool.pool_id, max_vols=1)
    answer = json.loads(terminal.text("update pool=Full", api=2))
    (row,) = answer["result"]["query"]
    assert (row["name"], row["maxvols"]) == ("Full", "100")
    assert "Error: Pool resource" in terminal.text("update pool=nosuch")


def test_long_term_statistics(terminal: Terminal) -> None:
    assert terminal.text("update stats days=3") == "Updating 0 job(s).\n"
    assert terminal.text("update stats") == "Updating 16 job(s).\n"
    assert terminal.text("update", "4") == "Updating 0 job(s).\n"


def test_a_job_gets_another_start(terminal: Terminal) -> None:
    before = terminal.catalog.jobs.get(3)
    terminal.text('update jobid=3 starttime="2026-01-01 10:00:00"')
    after = terminal.catalog.jobs.get(3)
    assert before
    assert after
    moved = after.start_time - before.start_time
    assert moved
    assert after.job_tdate - before.job_tdate == moved
    assert after.end_time - before.end_time == moved
    assert after.real_end_time == before.real_end_time


def test_a_job_gets_other_names(terminal: Terminal) -> None:
    terminal.text("update jobid=3 client=beta-fd filesetid=2 jobname=renamed jobtype=A")
    job, client = terminal.catalog.jobs.get(3), terminal.catalog.clients.find("beta-fd")
    assert job
    assert client
    assert (job.name, job.type, job.file_set_id) == ("renamed", "A", 2)
    assert job.client_id == client.client_id


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("jobid=99 jobname=x", "No Job found for JobId 99\n"),
        ("jobid jobname=x", "Expect JobId keyword, not found.\n"),
        ("jobid=3", "Neither Client, StartTime, Filesetid, JobType nor Name specified.\n"),
        ("jobid=3 starttime=yesterday", "Improper date format: yesterday\n"),
        ("jobid=3 filesetid=77", "There is no FileSet number 77"),
        ("jobid=3 jobtype=Z", "Job type Z does not exist"),
        ("jobid=3 jobname=a%b", '"a%b" cannot be the name of a Job.\n'),
    ],
)
def test_changes_that_make_no_sense(terminal: Terminal, words: str, text: str) -> None:
    before = terminal.catalog.jobs.get(3)
    assert text in terminal.text(f"update {words}")
    assert terminal.catalog.jobs.get(3) == before


def test_a_mistake_is_an_error_for_programs(terminal: Terminal) -> None:
    answer = json.loads(terminal.text("update volume=nosuch volstatus=Used", api=2))
    assert answer["error"]["data"]["messages"]["error"] == [
        'Media record for Volume "nosuch" not found.\n'
    ]
