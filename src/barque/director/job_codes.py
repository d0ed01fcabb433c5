"""Percent codes in scripts, mail commands and file names.

Source: configuration, section 3.3.
"""

import os
import re
import time
from collections.abc import Callable
from typing import Final

from barque.director.job_state import ActiveJob
from barque.director.report import human, status_word
from barque.domain.job import LEVEL_WORDS, TYPE_WORDS

NONE: Final = "*None*"
"""What an empty value becomes."""

CODES: Final[dict[str, Callable[[ActiveJob], str]]] = {
    "B": lambda job: human(job.totals.bytes).strip(),
    "b": lambda job: str(job.totals.bytes),
    "c": lambda job: job.client.name if job.client else "",
    "C": lambda _job: "no",
    "d": lambda job: job.director,
    "D": lambda job: job.director,
    "e": lambda job: status_word(job.status) or job.status.name.capitalize(),
    "F": lambda job: str(job.totals.files),
    "f": lambda job: job.fileset.name if job.fileset else "",
    "h": lambda job: job.client.address if job.client else "",
    "i": lambda job: str(job.job_id),
    "j": lambda job: job.unique_name,
    "l": lambda job: LEVEL_WORDS[job.level],
    "n": lambda job: job.resource.name,
    "P": lambda _job: str(os.getpid()),
    "p": lambda job: job.pool.name if job.pool else "",
    "s": lambda job: (
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(job.since)) if job.since else ""
    ),
    "t": lambda job: TYPE_WORDS[job.type],
    "w": lambda job: job.storage.name if job.storage else "",
    "x": lambda job: "yes" if job.spool_data else "no",
}
"""The codes that say something about the job."""


def expand(text: str, job: ActiveJob, *, recipients: str = "") -> str:
    """Return *text* with its codes filled in; unknown codes stay as they are."""

    def value(found: re.Match[str]) -> str:
        code = found[1]
        if code == "%":
            return "%"
        if code == "r":
            return recipients
        row = CODES.get(code)
        return found[0] if row is None else row(job) or NONE

    return re.sub(r"%(.)", value, text)
