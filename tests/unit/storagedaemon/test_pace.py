"""The rate stays below its limit."""

from barque.storagedaemon.pace import Pace


class Time:
    def __init__(self) -> None:
        self.now = 0.0
        self.limit = 0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_without_a_limit_nobody_waits() -> None:
    time = Time()
    pace = Pace(lambda: time.limit, time.monotonic, time.sleep)
    pace.note(10**9)
    assert time.now == 0


def test_the_average_stays_below_the_limit() -> None:
    time = Time()
    time.limit = 1000
    pace = Pace(lambda: time.limit, time.monotonic, time.sleep)
    for total in range(100, 5001, 100):
        pace.note(total)
    assert 4.8 <= time.now <= 5.0


def test_a_limit_that_comes_later_counts_from_then() -> None:
    time = Time()
    pace = Pace(lambda: time.limit, time.monotonic, time.sleep)
    pace.note(1_000_000)
    time.limit = 1000
    pace.note(1_000_000)
    pace.note(1_002_000)
    assert time.now == 2.0
