"""Scripts that the Director has the client run before and after a job.

Source: daemon protocol, section 3.1; job semantics, section 8; percent codes of run scripts.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from enum import IntFlag

from barque.domain.job import ENDED_GOOD, LEVEL_WORDS, TYPE_WORDS, JobStatus
from barque.filedaemon.job import Job
from barque.wire.messages.director_file import RunScript


class When(IntFlag):
    """When a script runs; bits of the command."""

    AFTER = 1
    BEFORE = 2
    AFTER_VSS = 4


_LABELS = {
    When.AFTER: "ClientAfterJob",
    When.BEFORE: "ClientBeforeJob",
    When.AFTER_VSS: "ClientAfterVSS",
}


def run_scripts(job: Job, when: When, *, client: str, allowed: Sequence[str]) -> bool:
    """Run the scripts for *when*; return whether the job may go on.

    *allowed* are directories; scripts elsewhere are refused, unless there are none.
    """
    label = _LABELS[when]
    for script in job.scripts:
        if not script.when & when or not _is_due(job, script, when):
            continue
        command = _expand(script.command, job, client)
        if allowed and not _is_allowed(command, allowed):
            job.report.error(f"Runscript: {label} of {command!r} is not in an AllowedScriptDir")
            succeeded = False
        else:
            job.report.info(f'shell command: run {label} "{command}"')
            succeeded = _run(job, label, command)
        if not succeeded and script.abort_on_error and when is When.BEFORE:
            job.set_status(JobStatus.ERROR_TERMINATED)
            return False
    return True


def _is_due(job: Job, script: RunScript, when: When) -> bool:
    """Return whether a script that runs after the job runs after one with this status."""
    if when is not When.AFTER:
        return True
    good = job.status in ENDED_GOOD
    return script.on_success if good else script.on_failure


def _is_allowed(command: str, allowed: Sequence[str]) -> bool:
    program = os.path.normpath(command.split(maxsplit=1)[0]) if command.split() else ""
    return any(program.startswith(directory.rstrip("/") + "/") for directory in allowed)


def _run(job: Job, label: str, command: str) -> bool:
    """Run one command; each line that it prints is told."""
    arguments = shlex.split(command)
    try:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="surrogateescape",
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        job.report.error(f"Runscript: {label} could not execute. ERR={reason}")
        return False
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            job.report.info(f"{label}: {line.rstrip()}")
    if process.returncode:
        job.report.error(
            f"Runscript: {label} returned non-zero status={process.returncode}. "
            f"ERR={_how_it_ended(process.returncode)}"
        )
        return False
    return True


def _how_it_ended(code: int) -> str:
    return f"Child died from signal {-code}" if code < 0 else f"Child exited with code {code}"


def _expand(command: str, job: Job, client: str) -> str:
    """Return *command* with the percent codes that the Director left for the client."""
    codes = {
        "%": "%",
        "b": str(job.progress.sent),
        "B": str(job.progress.sent),
        "c": client,
        "d": job.director,
        "e": _status_words(job.status),
        "F": str(job.progress.files),
        "i": str(job.job_id),
        "j": job.name,
        "l": LEVEL_WORDS[job.level].strip() or "*None*",
        "n": re.sub(r"\.\d{4}-\d\d-\d\d_\d\d\.\d\d\.\d\d_\d+$", "", job.name),
        "P": str(os.getpid()),
        "s": job.since_text or "*None*",
        "t": TYPE_WORDS[job.type],
    }
    return re.sub(r"%(.)", lambda found: codes.get(found[1], found[0]), command)


def _status_words(status: JobStatus) -> str:
    words = {
        JobStatus.TERMINATED: "OK",
        JobStatus.WARNINGS: "OK -- with warnings",
        JobStatus.ERROR_TERMINATED: "Error",
        JobStatus.NON_FATAL_ERROR: "Non-fatal error",
        JobStatus.FATAL_ERROR: "Fatal Error",
        JobStatus.CANCELED: "Canceled",
        JobStatus.DIFFERENCES: "Differences",
        JobStatus.INCOMPLETE: "Incomplete job",
        JobStatus.RUNNING: "Running",
        JobStatus.CREATED: "Created",
    }
    return words.get(status, f"Job status {status.value}")
