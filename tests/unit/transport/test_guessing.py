import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from barque.transport.guessing import DELAY, FAILURES, WAITING, GuessGuard


@pytest.fixture
def paused() -> list[float]:
    return []


@pytest.fixture
def guard(paused: list[float]) -> GuessGuard:
    return GuessGuard(paused.append)


@contextmanager
def failures(guard: GuessGuard, *hosts: str) -> Iterator[None]:
    with ExitStack() as stack:
        for host in hosts:
            stack.enter_context(guard.failing(host))
        yield


def test_some_failures_at_a_time_hold_up_nobody(guard: GuessGuard, paused: list[float]) -> None:
    with failures(guard, *["192.0.2.1"] * (FAILURES - 1)):
        assert guard.admit("192.0.2.1")
    assert paused == []


def test_many_at_a_time_make_their_address_wait_and_no_other(
    guard: GuessGuard, paused: list[float]
) -> None:
    with failures(guard, *["192.0.2.1"] * FAILURES):
        assert guard.admit("192.0.2.2")
        assert paused == []
        assert guard.admit("192.0.2.1")
        assert paused == [DELAY]
    assert guard.admit("192.0.2.1")
    assert paused == [DELAY]


def test_the_network_of_an_ipv6_address_counts(guard: GuessGuard, paused: list[float]) -> None:
    with failures(guard, *(f"2001:db8::{number:x}" for number in range(FAILURES))):
        guard.admit("2001:db8::ffff")
        assert paused == [DELAY]
        guard.admit("2001:db8:0:1::1")
        assert paused == [DELAY]


@pytest.mark.parametrize("host", ["fe80::1%eth0", "a socket"])
def test_other_names_count_as_well(guard: GuessGuard, paused: list[float], host: str) -> None:
    with failures(guard, *[host] * FAILURES):
        guard.admit(host)
    assert paused == [DELAY]


def test_few_wait_at_the_same_time() -> None:
    release = threading.Event()
    guard = GuessGuard(lambda _seconds: release.wait(30))
    with failures(guard, *["192.0.2.1"] * FAILURES):
        threads = [
            threading.Thread(target=guard.admit, args=("192.0.2.1",)) for _ in range(WAITING)
        ]
        for thread in threads:
            thread.start()
        while guard._waiting["192.0.2.1"] < WAITING:
            pass
        assert not guard.admit("192.0.2.1")
        release.set()
        for thread in threads:
            thread.join()
        assert guard.admit("192.0.2.1")


def test_nothing_is_remembered(guard: GuessGuard) -> None:
    with failures(guard, "192.0.2.1", "192.0.2.2"):
        pass
    assert not guard._failing
    assert not guard._waiting
