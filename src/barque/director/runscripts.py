"""Scripts of a job: which run on the client, and running those of the Director.

Source: job semantics, section 8; configuration, sections 3.1 to 3.3.
"""

import subprocess
from collections.abc import Callable, Iterator
from typing import Final

from barque.config.keywords import ScriptWhen
from barque.config.runscript import RunScript
from barque.director.client_session import SCRIPT_AFTER, SCRIPT_AFTER_VSS, SCRIPT_BEFORE
from barque.director.job_codes import expand
from barque.director.job_state import ActiveJob
from barque.errors import CommandError, JobError
from barque.wire.messages.director_file import RunScript as ClientScript
from barque.wire.messages.job import MessageType

BITS: Final = {
    ScriptWhen.BEFORE: SCRIPT_BEFORE,
    ScriptWhen.AFTER: SCRIPT_AFTER,
    ScriptWhen.AFTER_VSS: SCRIPT_AFTER_VSS,
    ScriptWhen.ALWAYS: SCRIPT_BEFORE | SCRIPT_AFTER,
}
"""The moment of a script, as the File Daemon is told."""

type ConsoleRunner = Callable[[str], str]
"""Runs a console command with all rights and returns what it prints.

Raises CommandError, with what was printed, when the command fails.
"""


def client_scripts(job: ActiveJob) -> Iterator[ClientScript]:
    """Yield the scripts that the job's File Daemon runs; it fills in their codes itself."""
    for script in job.resource.run_script:
        if script.on_client and not script.console and script.when in BITS:
            yield ClientScript(
                script.on_success,
                script.on_failure,
                script.fail_on_error,
                BITS[script.when],
                script.command,
            )


def run_scripts(
    job: ActiveJob, when: ScriptWhen, now: Callable[[], float], console: ConsoleRunner
) -> int:
    """Run the Director's scripts for *when* and return how many there were.

    Raises JobError when one fails that the job depends on.
    """
    label = "BeforeJob" if when is ScriptWhen.BEFORE else "AfterJob"
    count = 0
    for script in job.resource.run_script:
        if script.on_client or not _due(script, when, job):
            continue
        count += 1
        command = expand(script.command, job)
        if script.console:
            succeeded = _console(job, command, label, now, console)
        else:
            succeeded = _shell(job, command, label, now)
        if not succeeded and script.fail_on_error and when is ScriptWhen.BEFORE:
            raise JobError(f"the script «{command}» failed", status="E")
    return count


def _due(script: RunScript, when: ScriptWhen, job: ActiveJob) -> bool:
    if script.when not in {when, ScriptWhen.ALWAYS}:
        return False
    if when is ScriptWhen.BEFORE:
        return True
    return script.on_failure if job.failed else script.on_success


def _console(
    job: ActiveJob, command: str, label: str, now: Callable[[], float], console: ConsoleRunner
) -> bool:
    job.say(MessageType.INFO, f'console command: run {label} "{command}"', now())
    succeeded = True
    try:
        printed = console(command)
    except CommandError as error:
        succeeded, printed = False, str(error)
    for line in printed.splitlines():
        job.say(MessageType.INFO, f"{label}: {line}", now())
    return succeeded


def _shell(job: ActiveJob, command: str, label: str, now: Callable[[], float]) -> bool:
    job.say(MessageType.INFO, f'shell command: run {label} "{command}"', now())
    process = subprocess.Popen(  # noqa: S602 - the administrator's own script
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            text = line.decode("utf-8", "surrogateescape").rstrip("\n")
            job.say(MessageType.INFO, f"{label}: {text}", now())
    status = process.wait()
    if not status:
        return True
    reason = (
        f"Child exited with code {status}" if status > 0 else f"Child died from signal {-status}"
    )
    job.say(
        MessageType.ERROR,
        f"Runscript: {label} returned non-zero status={status}. ERR={reason}",
        now(),
    )
    return False
