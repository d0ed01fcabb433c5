"""How jobs end: what the Director is told."""

from collections.abc import Callable
from dataclasses import dataclass

from barque.daemon.debug_log import DebugLog
from barque.errors import BarqueError, ConnectionLostError, JobError
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.drive import Drives
from barque.storagedaemon.job import Job, Jobs
from barque.storagedaemon.settings import StorageSettings
from barque.wire.framing import Signal
from barque.wire.messages.director_storage import StorageJobEnded
from barque.wire.messages.job import MessageType

WORST = "fAE"
"""Status letters that stay, whatever comes later."""


@dataclass(slots=True)
class Surroundings:
    """What a job needs of the daemon."""

    settings: StorageSettings
    """Configuration."""
    drives: Drives
    """Devices at work."""
    jobs: Jobs
    """Jobs that run, and the last ones that ended."""
    clock: Callable[[], float]
    """s since 1970."""
    debug: DebugLog
    """What is written for debugging."""


def run_reading(
    job: Job, link: DirectorLink, around: Surroundings, read: Callable[[], int]
) -> None:
    """Run a job that *read* does, which returns how many damages it met.

    Whatever goes wrong ends the job, not the daemon.
    """
    job.status = "R"
    try:
        link.status("R")
        damages = read()
        if job.status == "R":
            job.status = "E" if damages else "T"
    except BarqueError as error:
        note_failure(job, link, error)
    finally:
        end_job(job, link, around)


def note_failure(job: Job, link: DirectorLink, error: BarqueError) -> None:
    """Set the status that *error* ends the job with, and tell the Director why."""
    job.errors += 1
    if job.cancelled.is_set():
        job.status = "A"
        return
    if job.status not in WORST:
        job.status = error.status if isinstance(error, JobError) else "f"
    try:
        link.message(MessageType.FATAL, f"{error}")
    except ConnectionLostError:
        return


def end_job(job: Job, link: DirectorLink, around: Surroundings) -> None:
    """Take the job off the list and tell the Director; one that is gone will not miss it."""
    job.end_plugins()
    job.ended_at = around.clock()
    around.jobs.remove(job)
    try:
        link.status(job.status)
        end = StorageJobEnded(link.job, ord(job.status), job.files, job.bytes, job.errors)
        link.channel.send(end)
        link.channel.signal(Signal.EOD)
        link.channel.signal(Signal.TERMINATE)
        link.channel.flush()
    except ConnectionLostError:
        return
