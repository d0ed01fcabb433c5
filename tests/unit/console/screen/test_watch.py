"""Running jobs: rate, expectation, and the end."""

import io
from typing import Any

import pytest
from rich.console import Console as Terminal

from barque.console.client import Json
from barque.console.screen.amounts import show_bytes, show_seconds
from barque.console.screen.watch import (
    JobWatch,
    Watched,
    picture,
    watch,
)


class Told:
    """A Director with one job that ends after three looks."""

    def __init__(self) -> None:
        self.looks = 0

    def json(self, command: str) -> dict[str, Json]:
        if command == "status director":
            self.looks += 1
            if self.looks > 3:
                return {"running": []}
            running: dict[str, Json] = {"jobid": 7, "name": "small.2026", "level": "Full"}
            size = 1000 * self.looks
            return {"running": [running | {"status": "is running", "files": 3, "bytes": size}]}
        if command.startswith("llist"):
            return {"jobs": [{"name": "small", "level": "F"}]}
        assert command == 'list jobs job="small" joblevel=F jobstatus=T last'
        return {"jobs": [{"jobbytes": "4,000"}]}


@pytest.fixture
def told() -> Any:
    return Told()


def test_rate_and_time_left(told: Any) -> None:
    jobs = JobWatch(told)
    (job,) = jobs.look(0.0)
    assert (job.name, job.expected, job.rate, job.seconds_left) == ("small", 4000, 0.0, None)
    (again,) = jobs.look(2.0)
    assert again is job
    assert (job.rate, job.seconds_left) == (500.0, 4.0)


def test_only_one_job_is_looked_at(told: Any) -> None:
    assert JobWatch(told, only=8).look(0.0) == []


def test_it_ends_with_the_jobs_or_a_key(told: Any) -> None:
    written = io.StringIO()
    watch(told, Terminal(file=written, width=80), stopped=lambda _: False)
    assert told.looks == 4
    assert "No job is running" in written.getvalue()
    told.looks = 0
    watch(told, Terminal(file=written, width=80), stopped=lambda _: True)
    assert told.looks == 1


@pytest.mark.parametrize("width", [80, 200])
def test_the_picture_fits(width: int) -> None:
    name = "backup-of-a-machine-with-a-very-long-name"
    job = Watched(12345, name, "Full", "is running", 39_999, 1_260_000_000, 2_000_000_000)
    job.history = [(0.0, 0), (2.0, 490_000_000)]
    written = io.StringIO()
    Terminal(file=written, width=width).print(picture([job], width))
    lines = written.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    assert "39,999" in lines[1]
    assert "245 MB/s" in lines[1]
    assert "0:03" in lines[1]
    assert (name in lines[1]) == (width == 200)


def test_numbers_for_people() -> None:
    assert [show_bytes(size) for size in (5, 1500, 2.5e15)] == ["5 B", "1.5 KB", "2.5 PB"]
    assert [show_seconds(seconds) for seconds in (61, 3661)] == ["1:01", "1:01:01"]
