import threading

import pytest

from barque.transport.guessing import ADDRESSES, DELAY, FAILURES, WAITING, WINDOW, GuessGuard


class Time:
    """A clock that goes on when somebody pauses."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.paused: list[float] = []

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def guard(time: Time) -> GuessGuard:
    return GuessGuard(lambda: time.now, time.pause)


def fail(guard: GuessGuard, host: str, times: int = FAILURES) -> None:
    for _ in range(times):
        guard.note_failure(host)


def test_some_failures_are_forgiven(guard: GuessGuard, time: Time) -> None:
    fail(guard, "192.0.2.1", FAILURES - 1)
    assert guard.admit("192.0.2.1")
    assert time.paused == []


def test_more_failures_make_the_address_wait_and_no_other(guard: GuessGuard, time: Time) -> None:
    fail(guard, "192.0.2.1")
    assert guard.admit("192.0.2.2")
    assert time.paused == []
    assert guard.admit("192.0.2.1")
    assert time.paused == [DELAY]


def test_failures_are_forgotten(guard: GuessGuard, time: Time) -> None:
    fail(guard, "192.0.2.1")
    time.now += WINDOW
    assert guard.admit("192.0.2.1")
    assert time.paused == []


def test_the_network_of_an_ipv6_address_counts(guard: GuessGuard, time: Time) -> None:
    for number in range(FAILURES):
        guard.note_failure(f"2001:db8::{number:x}")
    guard.admit("2001:db8::ffff")
    assert time.paused == [DELAY]
    guard.admit("2001:db8:0:1::1")
    assert time.paused == [DELAY]


def test_few_wait_at_the_same_time() -> None:
    release = threading.Event()
    guard = GuessGuard(lambda: 0.0, lambda _seconds: release.wait(30))
    fail(guard, "192.0.2.1")
    threads = [threading.Thread(target=guard.admit, args=("192.0.2.1",)) for _ in range(WAITING)]
    for thread in threads:
        thread.start()
    while guard._waiting["192.0.2.1"] < WAITING:
        pass
    assert not guard.admit("192.0.2.1")
    release.set()
    for thread in threads:
        thread.join()
    assert guard.admit("192.0.2.1")
    assert not guard._waiting


def test_the_memory_is_bounded(guard: GuessGuard) -> None:
    for number in range(ADDRESSES + 10):
        guard.note_failure(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(guard._failures) == ADDRESSES


def test_names_of_other_kinds_of_sockets_count_as_they_are(guard: GuessGuard, time: Time) -> None:
    fail(guard, "fe80::1%eth0")
    guard.admit("fe80::1%eth0")
    fail(guard, "a socket")
    guard.admit("a socket")
    assert time.paused == [DELAY, DELAY]
