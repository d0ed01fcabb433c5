"""The running jobs, live: files, bytes, rate, and when they may be done.

Source: console JSON, section 7.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console as Terminal
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from barque.console.client import Console, Json
from barque.console.screen.amounts import show_bytes, show_seconds
from barque.errors import BarqueError

INTERVAL: Final = 1.0
"""Second; between two looks."""


@dataclass
class Watched:
    """A job, and what it did so far."""

    job_id: int
    name: str
    level: str
    status: str
    files: int
    bytes: int
    expected: int = 0
    """Bytes of the last job of this name and level that ended well; 0 when there was none."""
    history: list[tuple[float, int]] = field(default_factory=list)
    """Moments (seconds) and bytes of the last looks."""

    def look(self, moment: float) -> None:
        """Take note of what it has done by now."""
        self.history = [*self.history[-9:], (moment, self.bytes)]

    @property
    def rate(self) -> float:
        """Byte/s over the last looks."""
        (begin, less), (end, more) = self.history[0], self.history[-1]
        return (more - less) / (end - begin) if end > begin else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Until it has as many bytes as the last one; None when that cannot be told."""
        if self.rate <= 0 or self.expected <= self.bytes:
            return None
        return (self.expected - self.bytes) / self.rate


class JobWatch:
    """Looks at the running jobs again and again."""

    def __init__(self, console: Console, only: int | None = None) -> None:
        self._console = console
        self._only = only
        self._jobs: dict[int, Watched] = {}

    def look(self, moment: float) -> list[Watched]:
        """Return the jobs that run now."""
        running = _rows(self._console.json("status director").get("running"))
        seen = [row for row in running if self._only in {None, _number(row.get("jobid"))}]
        for row in seen:
            job_id = _number(row.get("jobid"))
            job = self._jobs.get(job_id) or self._first_look(job_id, row)
            job.status = str(row.get("status", ""))
            job.files, job.bytes = _number(row.get("files")), _number(row.get("bytes"))
            job.look(moment)
            self._jobs[job_id] = job
        return [self._jobs[_number(row.get("jobid"))] for row in seen]

    def _first_look(self, job_id: int, row: dict[str, Json]) -> Watched:
        unique = str(row.get("name", ""))
        job = Watched(job_id, unique, str(row.get("level", "")), "", 0, 0)
        with suppress(BarqueError):
            record = _rows(self._console.json(f"llist jobid={job_id}").get("jobs"))[:1]
            for found in record:
                job.name = str(found.get("name", unique))
                last = self._console.json(
                    f'list jobs job="{job.name}" joblevel={found.get("level")} jobstatus=T last'
                )
                job.expected = max(
                    (_number(each.get("jobbytes")) for each in _rows(last.get("jobs"))), default=0
                )
        return job


def _rows(value: Json) -> list[dict[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _number(value: Json) -> int:
    return int(str(value or 0).replace(",", "") or 0)


def watch(
    console: Console,
    terminal: Terminal,
    only: int | None = None,
    *,
    stopped: Callable[[float], bool] | None = None,
) -> None:
    """Show the running jobs until there are none, or a key is pressed."""
    jobs = JobWatch(console, only)
    with _keyboard(stopped) as over, Live(console=terminal, auto_refresh=False) as live:
        while True:
            found = jobs.look(time.monotonic())
            live.update(picture(found, terminal.width), refresh=True)
            if not found or over(INTERVAL):
                return


def picture(jobs: list[Watched], width: int) -> Table | Text:
    """Return the jobs as a table that fits *width*."""
    if not jobs:
        return Text("No job is running.", style="dim")
    narrow = width < 100
    table = Table(box=None, padding=(0, 1, 0, 0), expand=narrow)
    table.add_column("JobId", justify="right", min_width=5)
    table.add_column("Name", no_wrap=True, overflow="ellipsis", ratio=1 if narrow else None)
    for head, least in (("Files", 9), ("Bytes", 7), ("Rate", 9), ("Left", 7)):
        table.add_column(head, justify="right", no_wrap=True, min_width=least)
    table.add_column("", width=12 if narrow else 30)
    if not narrow:
        table.add_column("Status", no_wrap=True)
    for job in jobs:
        left = job.seconds_left
        cells: list[str | ProgressBar] = [
            str(job.job_id),
            job.name,
            f"{job.files:,}",
            show_bytes(job.bytes),
            f"{show_bytes(job.rate)}/s",
            "" if left is None else show_seconds(left),
            ProgressBar(total=job.expected, completed=min(job.bytes, job.expected))
            if job.expected
            else job.status[:12],
        ]
        table.add_row(*cells, *([] if narrow else [job.status]))
    return table


@contextmanager
def _keyboard(stopped: Callable[[float], bool] | None) -> Iterator[Callable[[float], bool]]:
    """Give what waits (seconds) for a key, and says whether one was pressed."""
    if stopped is not None:
        yield stopped
        return
    import select  # noqa: PLC0415 - only where there is a keyboard
    import termios  # noqa: PLC0415
    import tty  # noqa: PLC0415

    file = sys.stdin.fileno()
    before = termios.tcgetattr(file)
    tty.setcbreak(file)

    def pressed(seconds: float) -> bool:
        if not select.select([file], [], [], seconds)[0]:
            return False
        sys.stdin.buffer.raw.read(1)  # type: ignore[union-attr]
        return True

    try:
        yield pressed
    finally:
        termios.tcsetattr(file, termios.TCSADRAIN, before)
