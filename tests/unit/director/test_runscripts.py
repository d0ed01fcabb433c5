from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.config.keywords import ScriptWhen
from barque.director.job_state import ActiveJob
from barque.director.runscripts import client_scripts, run_scripts
from barque.domain.job import JobStatus
from barque.errors import CommandError, JobError
from barque.testing.director_peers import Site, open_site

EXTRA = """
Job { Name = here; JobDefs = Default; RunBeforeJob = "echo %n; echo two"; RunAfterJob = "echo done";
  RunAfterFailedJob = "echo failed"; }
Job { Name = console; JobDefs = Default;
  RunScript { RunsWhen = After; RunsOnClient = no; Console = ".pools %n"; } }
Job { Name = refuses; JobDefs = Default; RunBeforeJob = "kill -9 $$"; }
Job { Name = forgives; JobDefs = Default;
  RunScript { RunsWhen = Before; RunsOnClient = no; FailJobOnError = no; Command = "exit 3"; } }
Job { Name = console-first; JobDefs = Default;
  RunScript { RunsWhen = Before; RunsOnClient = no; Console = "nosuch"; } }
Job { Name = console-forgives; JobDefs = Default;
  RunScript { RunsWhen = Before; RunsOnClient = no; FailJobOnError = no; Console = "nosuch"; } }
Job { Name = always; JobDefs = Default;
  RunScript { RunsWhen = Always; RunsOnClient = no; RunsOnFailure = yes; Command = "echo hello"; } }
Job { Name = there; JobDefs = Default; ClientRunBeforeJob = "a b"; ClientRunAfterJob = "c %e";
  RunScript { RunsWhen = AfterVSS; RunsOnFailure = yes; FailJobOnError = no; Command = "d"; } }
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, EXTRA) as opened:
        yield opened


def run(site: Site, name: str, when: ScriptWhen, status: JobStatus = JobStatus.RUNNING) -> str:
    job = site.job(name)
    site.log.lines.clear()
    job.set_status(status)
    run_scripts(job, when, site.now, lambda command: f"answer to {command}\nline\n")
    return site.log.text.replace(f"bareos-dir JobId {job.job_id}: ", "")


BEFORE, AFTER = ScriptWhen.BEFORE, ScriptWhen.AFTER


def test_what_a_script_prints_is_in_the_log(site: Site) -> None:
    assert run(site, "here", BEFORE) == (
        'shell command: run BeforeJob "echo here; echo two"\nBeforeJob: here\nBeforeJob: two\n'
    )


@pytest.mark.parametrize(
    ("status", "printed"),
    [
        (JobStatus.TERMINATED, "done"),
        (JobStatus.WARNINGS, "done"),
        (JobStatus.FATAL_ERROR, "failed"),
        (JobStatus.CANCELED, "failed"),
    ],
)
def test_success_and_failure_have_their_own_scripts(
    site: Site, status: JobStatus, printed: str
) -> None:
    text = run(site, "here", AFTER, status)
    assert f"AfterJob: {printed}\n" in text
    assert text.count("AfterJob: ") == 1


def test_a_console_command(site: Site) -> None:
    assert run(site, "console", AFTER, JobStatus.TERMINATED) == (
        'console command: run AfterJob ".pools console"\n'
        "AfterJob: answer to .pools console\nAfterJob: line\n"
    )


def refuse(command: str) -> str:
    raise CommandError(f"{command}: is an invalid command.\n")


def test_a_console_command_that_fails_ends_the_job(site: Site) -> None:
    with pytest.raises(JobError) as raised:
        run_scripts(site.job("console-first"), BEFORE, site.now, refuse)
    assert raised.value.status == "E"
    assert "BeforeJob: nosuch: is an invalid command.\n" in site.log.text


def test_a_console_command_may_fail_where_the_job_says_so(site: Site) -> None:
    assert run_scripts(site.job("console-forgives"), BEFORE, site.now, refuse) == 1
    assert "BeforeJob: nosuch: is an invalid command.\n" in site.log.text


def test_a_script_that_fails_ends_the_job(site: Site) -> None:
    with pytest.raises(JobError) as raised:
        run(site, "refuses", BEFORE)
    assert raised.value.status == "E"
    assert "BeforeJob returned non-zero status=-9. ERR=Child died from signal 9" in site.log.text


def test_a_script_may_fail_where_the_job_says_so(site: Site) -> None:
    text = run(site, "forgives", BEFORE)
    assert (
        "Error: Runscript: BeforeJob returned non-zero status=3. ERR=Child exited with code 3\n"
    ) in text


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_always_is_before_and_after(site: Site, when: ScriptWhen) -> None:
    assert "hello" in run(site, "always", when, JobStatus.TERMINATED)


def test_scripts_are_counted(site: Site) -> None:
    job = site.job("here")
    assert run_scripts(job, BEFORE, site.now, lambda _: "") == 1
    assert run_scripts(site.job("there"), BEFORE, site.now, lambda _: "") == 0


def test_scripts_of_the_client_are_sent_as_they_stand(site: Site) -> None:
    job: ActiveJob = site.job("there")
    sent = [
        (script.when, script.command, script.on_success, script.on_failure, script.abort_on_error)
        for script in client_scripts(job)
    ]
    assert sorted(sent) == [
        (1, "c %e", True, False, False),
        (2, "a b", True, False, True),
        (4, "d", True, True, False),
    ]
    assert list(client_scripts(site.job("here"))) == []
