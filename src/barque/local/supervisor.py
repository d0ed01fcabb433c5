"""Keeps daemons running: starts them, watches them, restarts what crashes, stops them all.

One thread reads each daemon's output; everything else happens in the thread that calls
:meth:`Supervisor.run`. Signals are the caller's business: they call :meth:`Supervisor.stop`.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from barque.errors import BarqueError
from barque.local.daemons import Daemon
from barque.local.ports import is_open, why_not_free

START_TIMEOUT: Final = 60.0
"""Second; until a daemon must accept connections."""

STOP_TIMEOUT: Final = 20.0
"""Second; until a daemon that was asked to end is killed."""

STEADY: Final = 60.0
"""Second; a daemon that ran so long begins with the first delay again."""

type Say = Callable[[str, str], None]
"""Gets who speaks, and one line."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the daemons are looked at, and how soon they are started again; seconds."""

    poll: float = 0.05
    """While they start."""
    watch: float = 0.5
    """Afterwards."""
    first_delay: float = 0.5
    """After a crash; doubles with each further one."""
    longest_delay: float = 30.0


USUAL_PACE: Final = Pace()


class StartError(BarqueError):
    """The daemons cannot be started."""


@dataclass(slots=True)
class _Child:
    """A daemon and its process."""

    daemon: Daemon
    process: subprocess.Popen[bytes] | None = None
    reader: threading.Thread | None = None
    started_at: float = 0.0
    crashes: int = 0
    restart_at: float | None = None
    last_lines: list[str] = field(default_factory=list)


class Supervisor:
    """Runs *daemons* until it is stopped; *say* gets every line of output."""

    def __init__(self, daemons: Sequence[Daemon], say: Say, pace: Pace = USUAL_PACE) -> None:
        self._children = [_Child(daemon) for daemon in daemons]
        self._say = say
        self._pace = pace
        self._stopping = threading.Event()

    @property
    def daemons(self) -> list[Daemon]:
        """What is supervised, in the order of the start."""
        return [child.daemon for child in self._children]

    @property
    def process_ids(self) -> dict[str, int]:
        """Process number of each daemon that runs, by the prefix of its lines."""
        return {
            child.daemon.short: child.process.pid
            for child in self._children
            if child.process is not None and child.process.poll() is None
        }

    def start(self) -> None:
        """Start all daemons and wait until each accepts connections.

        Raises StartError, with nothing left running, when a port is taken or a daemon ends.
        """
        for child in self._children:
            self._refuse_taken_port(child.daemon)
        try:
            for child in self._children:
                self._launch(child)
            deadline = time.monotonic() + START_TIMEOUT
            for child in self._children:
                self._await_listening(child, deadline)
        except BaseException:
            self._end_all()
            raise

    def run(self) -> None:
        """Watch until :meth:`stop`; then end all daemons."""
        try:
            while not self._stopping.wait(self._pace.watch):
                for child in self._children:
                    self._look_after(child)
        finally:
            self._end_all()

    def stop(self) -> None:
        """Let :meth:`run` return; may be called from a signal handler or another thread."""
        self._stopping.set()

    def _refuse_taken_port(self, daemon: Daemon) -> None:
        reason = why_not_free(daemon.address, daemon.port)
        if reason:
            raise StartError(
                f"the {daemon.title} cannot listen on {daemon.address}:{daemon.port}: {reason}; "
                "stop that program, or change the port in the configuration"
            )

    def _launch(self, child: _Child) -> None:
        child.process = subprocess.Popen(
            [sys.executable, "-m", "barque.local.child", str(os.getpid()), *child.daemon.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        child.started_at = time.monotonic()
        child.restart_at = None
        child.reader = threading.Thread(
            target=self._read, args=(child, child.process), name=f"log of {child.daemon.title}"
        )
        child.reader.start()

    def _read(self, child: _Child, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as output:
            for line in output:
                text = line.decode("utf-8", "replace").rstrip()
                if text:
                    child.last_lines = [*child.last_lines[-4:], text]
                    self._say(child.daemon.short, text)

    def _await_listening(self, child: _Child, deadline: float) -> None:
        daemon = child.daemon
        while not is_open(daemon.address, daemon.port):
            if self._stopping.is_set():
                raise StartError("stopped while starting")
            assert child.process is not None
            if child.process.poll() is not None:
                if child.reader is not None:
                    child.reader.join()
                said = child.last_lines[-1] if child.last_lines else "without a word"
                raise StartError(f"the {daemon.title} did not start: {said}")
            if time.monotonic() > deadline:
                raise StartError(
                    f"the {daemon.title} does not listen on port {daemon.port} "
                    f"after {START_TIMEOUT:.0f} seconds"
                )
            time.sleep(self._pace.poll)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                self._launch(child)
                self._say("up", f"the {child.daemon.title} runs again")
            return
        assert child.process is not None
        status = child.process.poll()
        if status is None:
            return
        child.crashes = 1 if now - child.started_at > STEADY else child.crashes + 1
        pace = self._pace
        delay = min(pace.first_delay * 2 ** (child.crashes - 1), pace.longest_delay)
        child.restart_at = now + delay
        self._say(
            "up",
            f"the {child.daemon.title} ended ({_how(status)}); "
            f"it is started again in {delay:g} seconds",
        )

    def _end_all(self) -> None:
        """End the daemons in reverse order of their start: the Director first."""
        for child in reversed(self._children):
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT
        for child in reversed(self._children):
            self._await_end(child, deadline)

    def _await_end(self, child: _Child, deadline: float) -> None:
        if child.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
        if child.process.poll() is None:
            self._say("up", f"the {child.daemon.title} does not end and is killed")
            child.process.kill()
            child.process.wait()
        if child.reader is not None:
            child.reader.join()


def _how(status: int) -> str:
    """Return how a process ended, in words."""
    return f"signal {-status}" if status < 0 else f"status {status}"
