"""Whole daemons, as processes on the loopback interface, for tests from end to end."""

import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from barque.console.client import Console
from barque.errors import CommandError
from barque.local.daemons import daemons_of
from barque.local.init import initialise
from barque.local.jobs import Outcome, job_log, outcome_of, run_job
from barque.local.path_jobs import PathJob, ensure_job, path_job
from barque.local.place import Place
from barque.local.ports import answers, free_port_base
from barque.local.resources import CLIENT
from barque.local.restore import Source, start_restore
from barque.local.session import console_at
from barque.local.supervisor import Pace, Supervisor

PATIENCE: Final = 120.0
"""Second; no job of these tests takes longer."""


@dataclass
class Daemons:
    """A running installation."""

    place: Place
    supervisor: Supervisor
    log: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def console(self) -> Console:
        """A console with all rights."""
        return console_at(self.place)

    def backup(self, path: Path, level: str = "") -> Outcome:
        """Back up *path* and wait for the end."""
        with self.console() as console:
            return finished(console, self.start_backup(console, path, level))

    def start_backup(self, console: Console, path: Path, level: str = "") -> int:
        """Start a backup of *path*."""
        job = self.job(console, path)
        return run_job(console, job.job, level=level)

    def job(self, console: Console, path: Path) -> PathJob:
        """The job for *path*, which the Director knows afterwards."""
        job = path_job([str(path)])
        ensure_job(console, self.place, job)
        return job

    def restore(
        self, path: Path, target: Path, *wanted: Path, before: str = ""
    ) -> tuple[Outcome, Path]:
        """Restore the newest backup of *path*; returns the outcome and where *path* is now."""
        source = Source(CLIENT, path_job([str(path)]).fileset, before)
        with self.console() as console:
            queued = start_restore(console, source, [str(each) for each in wanted], str(target))
            outcome = finished(console, queued.job_id)
        return outcome, target / path.relative_to("/")

    def kill(self, name: str) -> None:
        """Kill one daemon the hard way, and wait until it runs again."""
        process = self.supervisor.process_ids[name]
        os.kill(process, signal.SIGKILL)
        while "runs again" not in self.log.get(timeout=PATIENCE):
            pass
        wait_until(self.answers)

    def answers(self) -> bool:
        """Whether all daemons listen."""
        return all(answers(each.address, each.port) for each in self.supervisor.daemons)


def finished(console: Console, job_id: int) -> Outcome:
    """Wait for the end of a job."""
    found: list[Outcome] = []

    def ended() -> bool:
        outcome = outcome_of(console, job_id)
        found[:] = [outcome] if outcome else []
        return bool(found)

    wait_until(ended)
    return found[0]


def wait_until(condition: Callable[[], bool]) -> None:
    """Look until *condition* holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def said(console: Console, outcome: Outcome) -> str:
    """The whole log of a job, for messages of assertions."""
    try:
        return "\n".join(job_log(console, outcome.job_id))
    except CommandError as error:
        return str(error)


def new_place(root: Path) -> Place:
    """Make an installation in *root* on free ports; it does not run yet."""
    place = Place(root)
    initialise(place, port_base=free_port_base(), home=str(root.parent / "home"))
    return place


@contextmanager
def running(place: Place) -> Iterator[Daemons]:
    """Run the daemons of *place*."""
    lines: queue.Queue[str] = queue.Queue()
    supervisor = Supervisor(
        daemons_of(place), lambda who, line: lines.put(f"{who}: {line}"), Pace(0.02, 0.05, 0.05)
    )
    supervisor.start()
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield Daemons(place, supervisor, lines)
    finally:
        supervisor.stop()
        thread.join(60)
        assert not thread.is_alive()
        assert supervisor.process_ids == {}
