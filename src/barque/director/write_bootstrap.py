"""The WriteBootstrap file of a backup: what is needed to restore it without the catalog.

Source: job semantics, section 9.2.
"""

import subprocess
import time
from pathlib import Path

from barque.director.bootstrap import JobOnVolumes, plan
from barque.director.job_codes import expand
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.director.report import level_line
from barque.domain.job import ENDED_GOOD, Level
from barque.errors import BarqueError
from barque.wire.messages.job import MessageType


def write_bootstrap(job: ActiveJob, context: JobContext) -> None:
    """Write the file that the Job asks for; a failure is a warning in its log."""
    place = job.resource.write_bootstrap
    if not place or job.status not in ENDED_GOOD or not job.totals.storage_bytes:
        return
    target = expand(place, job)
    try:
        _write(target, _text(job, context), append=job.level is not Level.FULL)
    except (OSError, subprocess.CalledProcessError, BarqueError) as error:
        job.say(
            MessageType.WARNING,
            f"Could not open WriteBootstrap file: {target}: {error}",
            context.now(),
        )


def _write(target: str, text: str, *, append: bool) -> None:
    data = text.encode("utf-8", "surrogateescape")
    if target.startswith("|"):
        subprocess.run(target[1:], shell=True, input=data, check=True)  # noqa: S602 - the administrator's own command
        return
    with Path(target).open("ab" if append else "wb") as file:
        file.write(data)


def _text(job: ActiveJob, context: JobContext) -> str:
    pieces = context.catalog.job_media.pieces(job.job_id)
    ended = time.strftime("%d-%b-%Y %H:%M:%S", time.localtime(job.ended_at))
    head = f"# {ended} - {job.unique_name} - {level_line(job)}\n"
    on_volumes = JobOnVolumes(job.session_id, job.session_time, pieces, ())
    lines = [
        line
        for part in plan([on_volumes], {})
        for line in part.lines()
        if not line.startswith("Storage=")
    ]
    return head + "".join(f"{line}\n" for line in lines)
