"""Which of the running jobs a command is about.

Source: console commands, section 6.3.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.parsing import CommandLine, leading_integer
from barque.director.selection import ask_yes_no, choose
from barque.director.services import RunningJob
from barque.domain.job import JobStatus
from barque.errors import CommandError, PromptDeclinedError

if TYPE_CHECKING:
    from barque.director.session import ConsoleSession

WAITING: Final = frozenset(
    {
        JobStatus.WAIT_FD,
        JobStatus.WAIT_SD,
        JobStatus.WAIT_MEDIA,
        JobStatus.WAIT_MOUNT,
        JobStatus.WAIT_STORE_RESOURCE,
        JobStatus.WAIT_JOB_RESOURCE,
        JobStatus.WAIT_CLIENT_RESOURCE,
        JobStatus.WAIT_MAX_JOBS,
        JobStatus.WAIT_START_TIME,
        JobStatus.WAIT_PRIORITY,
        JobStatus.WAIT_DEVICE,
    }
)
"""Statuses of jobs that wait for something."""

_STATES: Final[Mapping[str, Callable[[RunningJob], bool]]] = {
    "created": lambda job: job.status == JobStatus.CREATED,
    "blocked": lambda job: job.status == JobStatus.BLOCKED,
    "waiting": lambda job: job.status in WAITING,
    "running": lambda job: job.status == JobStatus.RUNNING,
}


def select_jobs(session: "ConsoleSession", line: CommandLine, verb: str) -> list[RunningJob]:
    """Return the running jobs that *line* names, or that the console chooses, to *verb* them.

    Raises CommandError, PromptDeclinedError.
    """
    running = session.director.running_jobs()
    named = _named(session, line, running, verb)
    if named:
        return named
    mine = [job for job in running if resources.may_use(session, resources.JOB, job.name)]
    if not mine:
        session.out.plain("None of your jobs are running.\n" if running else "No Jobs running.\n")
        raise PromptDeclinedError
    if line.has("all") or line.value("state") is not None:
        return _by_state(session, line, mine)
    labels = [f"JobId={job.job_id} Job={job.job}" for job in mine]
    chosen = choose(session, "Job", "Select Job:\n", f"Choose Job to {verb}", labels)
    if len(mine) == 1 and verb == "cancel" and not _agreed(session, line):
        raise PromptDeclinedError
    return [mine[chosen]]


def _named(
    session: "ConsoleSession", line: CommandLine, running: "Sequence[RunningJob]", verb: str
) -> list[RunningJob]:
    found: dict[int, RunningJob] = {}
    for word in line.arguments:
        job = _find(session, word.keyword.lower(), word.value, running, verb)
        if job is None:
            continue
        if not resources.may_use(session, resources.JOB, job.name):
            raise CommandError("Unauthorized command from this console.")
        found[job.job_id] = job
    return list(found.values())


def _find(
    session: "ConsoleSession",
    keyword: str,
    value: str | None,
    running: "Sequence[RunningJob]",
    verb: str,
) -> RunningJob | None:
    """Return the job that one argument names; says so when it does not run."""
    if not value:
        return None
    if keyword == "jobid":
        number = leading_integer(value)
        job = next((job for job in running if job.job_id == number), None)
        if job is None and number:
            session.out.error(
                f"JobId {value} is not running. Use Job name to {verb} inactive jobs.\n"
            )
        return job
    if keyword == "job":
        job = next((job for job in running if job.job.startswith(value)), None)
    elif keyword == "ujobid":
        job = next((job for job in running if job.job == value), None)
    else:
        return None
    if job is None:
        session.out.warning(f"Warning Job {value} is not running. Continuing anyway ...\n")
    return job


def _by_state(
    session: "ConsoleSession", line: CommandLine, mine: list[RunningJob]
) -> list[RunningJob]:
    matches = (
        (lambda _job: True) if line.has("all") else _STATES.get((line.value("state") or "").lower())
    )
    if matches is None:
        session.out.error("Illegal state either created, blocked, waiting or running\n")
        raise PromptDeclinedError
    selected = [job for job in mine if matches(job)]
    for job in selected:
        session.out.plain(f"Selected Job {job.job_id} for cancelling\n")
    if not selected:
        session.out.plain("No Jobs selected.\n")
        raise PromptDeclinedError
    if not session.batch and not _agreed(session, line):
        raise PromptDeclinedError
    return selected


def _agreed(session: "ConsoleSession", line: CommandLine) -> bool:
    return line.yes or ask_yes_no(session, "Confirm cancel (yes/no): ")
