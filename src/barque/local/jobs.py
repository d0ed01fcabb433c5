"""Jobs as seen from a console: starting one, watching it, reading its report.

Source: console commands, sections 5.1, 6.1 and 4; console JSON.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from barque.console.client import Console, Json
from barque.errors import CommandError

POLL: Final = 0.25
"""Second; how often a running job is asked how far it is."""

GOOD: Final = frozenset("T")
"""Status of a job that ended well."""
WARNINGS: Final = frozenset("W")
"""Status of a job that ended with something to look at."""
UNFINISHED: Final = frozenset("CRBFSMmsjcdtpaiqlL")
"""Status of a job that has not ended."""

COMPLAINTS: Final = (
    "Warning: ",
    "Error: ",
    "Fatal error: ",
    "Security violation: ",
    ":      Could not ",
    ":      Cannot ",
)
"""What stands in messages that somebody should read."""

_QUEUED: Final = re.compile(r"JobId=(\d+)")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    files: int
    bytes: int
    status: str
    """In words, such as ``is running``; empty before it is known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended."""

    job_id: int
    name: str
    level: str
    """Letter."""
    status: str
    """Letter."""
    files: int
    bytes: int
    errors: int
    started: str
    ended: str

    @property
    def good(self) -> bool:
        """Whether it ended well, without warnings."""
        return self.status in GOOD

    @property
    def usable(self) -> bool:
        """Whether what it did counts, perhaps with warnings."""
        return self.status in GOOD | WARNINGS


def quote(text: str) -> str:
    """Return *text* as one argument of a console command."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def records(value: Json) -> list[dict[str, str]]:
    """Return the rows of a list in a result; empty for whatever else stands there."""
    rows = value if isinstance(value, list) else []
    return [{key: str(cell) for key, cell in row.items()} for row in rows if isinstance(row, dict)]


def run_job(console: Console, name: str, *, level: str = "") -> int:
    """Start the job *name* and return its JobId; raises CommandError when it is refused."""
    command = f"run job={quote(name)}" + (f" level={level}" if level else "") + " yes"
    return job_id_in(command, console.call(command))


def job_id_in(command: str, reply: str) -> int:
    """Return the JobId in the reply to a command that queues a job.

    Raises CommandError with the Director's last words when it queued none.
    """
    found = _QUEUED.search(reply)
    if found is None:
        said = " ".join(reply.strip().splitlines()[-3:])
        raise CommandError(f"«{command}» was refused: {said or 'no reason given'}")
    return int(found[1])


def watch(console: Console, job_id: int) -> Iterator[Progress]:
    """Yield how far the job is, until it has ended."""
    while True:
        yield progress_of(console, job_id)
        if outcome_of(console, job_id) is not None:
            return
        time.sleep(POLL)


def progress_of(console: Console, job_id: int) -> Progress:
    """Return how far a running job is; zeros when it does not run."""
    running = records(console.json("status director").get("running"))
    for row in running:
        if row.get("jobid") == str(job_id):
            return Progress(_number(row, "files"), _number(row, "bytes"), row.get("status", ""))
    return Progress(0, 0, "")


def outcome_of(console: Console, job_id: int) -> Outcome | None:
    """Return how the job ended; None while it has not."""
    rows = records(console.json(f"llist jobid={job_id}").get("jobs"))
    if not rows or rows[0].get("jobstatus", "C") in UNFINISHED:
        return None
    return outcome_in(rows[0])


def outcome_in(row: dict[str, str]) -> Outcome:
    """Return the outcome in a row of ``llist jobs``."""
    return Outcome(
        job_id=_number(row, "jobid"),
        name=row.get("name", ""),
        level=row.get("level", ""),
        status=row.get("jobstatus", ""),
        files=_number(row, "jobfiles"),
        bytes=_number(row, "jobbytes"),
        errors=_number(row, "joberrors"),
        started=row.get("starttime", ""),
        ended=row.get("realendtime") or row.get("endtime", ""),
    )


def _number(row: dict[str, str], key: str) -> int:
    text = row.get(key, "").replace(",", "")
    return int(text) if text.isdecimal() else 0


def job_log(console: Console, job_id: int) -> list[str]:
    """Return the messages of a job, each without its final line break."""
    rows = records(console.json(f"list joblog jobid={job_id}").get("joblog"))
    return [row.get("logtext", "").rstrip("\n") for row in rows]


def job_report(console: Console, job_id: int) -> str:
    """Return the report that ends a job's log; empty when it has none."""
    for text in reversed(job_log(console, job_id)):
        if "Termination:" in text:
            return text
    return ""


def complaints(console: Console, job_id: int) -> list[str]:
    """Return the warnings and errors in a job's log, and the files that were left out."""
    texts = job_log(console, job_id)
    return [text for text in texts if any(mark in text for mark in COMPLAINTS)]
