"""How far a job is, as it goes: a moving line on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from rich.console import Console as Terminal
from rich.progress import BarColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bar

from barque.console.screen.amounts import show_bytes, show_seconds
from barque.local.jobs import Progress

LINE_EVERY: Final = 5.0
"""Second; between plain lines."""


@dataclass(slots=True)
class Expected:
    """How much there is to do, as far as it is known; grows while it is counted."""

    files: int = 0
    bytes: int = 0
    complete: bool = False
    """Whether the counts are final."""


class Meter:
    """Turns states of a job into texts with rates and the time that is left."""

    def __init__(self, expected: Expected, *, clock: float) -> None:
        self._expected = expected
        self._started = clock

    def fraction(self, state: Progress) -> float | None:
        """Return how much is done, from 0 to 1; None when it cannot be known."""
        expected = self._expected
        if not expected.complete:
            return None
        if expected.bytes:
            return min(1.0, state.bytes / expected.bytes)
        return min(1.0, state.files / expected.files) if expected.files else None

    def text(self, state: Progress, now: float) -> str:
        """Return files, bytes, rate and the time that is left."""
        elapsed = max(now - self._started, 0.001)
        parts = [
            f"{state.files:,} files",
            show_bytes(state.bytes),
            f"{state.files / elapsed:,.0f} files/s",
            f"{show_bytes(state.bytes / elapsed)}/s",
        ]
        done = self.fraction(state)
        if done:
            parts.append(f"{show_seconds(elapsed / done - elapsed)} left")
        if state.status and state.status != "is running":
            parts.append(state.status)
        return ", ".join(parts)


class Display(Protocol):
    """Where progress is shown."""

    def show(self, state: Progress) -> None:
        """Show the present state."""


class _Plain:
    """One line now and then."""

    def __init__(self, title: str, meter: Meter) -> None:
        self._title = title
        self._meter = meter
        self._last = 0.0

    def show(self, state: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= LINE_EVERY and (state.files or state.status):
            self._last = now
            sys.stdout.write(f"{self._title}: {self._meter.text(state, now)}\n")
            sys.stdout.flush()


class _Moving:
    """A bar that moves, or a spinner while the end is not known."""

    def __init__(self, title: str, meter: Meter, bar: Bar) -> None:
        self._meter = meter
        self._bar = bar
        self._task = bar.add_task(title, total=None, text="")

    def show(self, state: Progress) -> None:
        done = self._meter.fraction(state)
        self._bar.update(
            self._task,
            total=None if done is None else 1.0,
            completed=done or 0.0,
            text=self._meter.text(state, time.monotonic()),
        )


@contextmanager
def display(title: str, expected: Expected) -> Iterator[Display]:
    """Show progress on standard output while the block runs."""
    meter = Meter(expected, clock=time.monotonic())
    if not sys.stdout.isatty():
        yield _Plain(title, meter)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[text]}"),
    )
    with Bar(*columns, console=Terminal(), transient=True) as bar:
        yield _Moving(title, meter, bar)
