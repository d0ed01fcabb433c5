"""Jobs that a job starts beside itself: its Run directives.

Source: job semantics, section 9.
"""

import re
from collections.abc import Callable

from barque.director.job_codes import expand
from barque.director.job_state import ActiveJob
from barque.director.runscripts import ConsoleRunner
from barque.errors import CommandError
from barque.wire.messages.job import MessageType


def start_clones(job: ActiveJob, console: ConsoleRunner, now: Callable[[], float]) -> None:
    """Start what the Run directives say; a clone has no clones itself."""
    if job.cloned:
        return
    for directive in job.resource.run:
        try:
            printed = console(f"run {expand(directive, job)} cloned=yes yes")
        except CommandError as error:
            printed = str(error)
        found = re.search(r"JobId=(\d+)", printed)
        if found:
            job.say(MessageType.INFO, f"Clone JobId {found[1]} started.", now())
        else:
            said = " ".join(printed.split()) or "no answer"
            job.say(MessageType.ERROR, f"Could not start clone job: {said}", now())
