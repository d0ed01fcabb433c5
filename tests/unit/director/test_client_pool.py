import socket
import threading
from collections.abc import Iterator

import pytest

from barque.director.client_pool import ClientPool
from barque.testing.director_peers import PATIENCE
from barque.transport.channel import Channel


@pytest.fixture
def channel() -> Iterator[Channel]:
    ours, theirs = socket.socketpair()
    made = Channel(ours)
    yield made
    theirs.close()
    made.close()


def test_a_waiting_client_is_taken_once(channel: Channel) -> None:
    pool = ClientPool(lambda: 5.0)
    waiting = pool.offer("one", channel, 54)
    [shown] = pool.connected()
    assert (shown.name, shown.protocol_version, shown.connected_at) == ("one", 54, 5.0)
    assert pool.take("other", 0.0) is None
    assert pool.take("one", 0.0) is waiting
    assert pool.take("one", 0.0) is None
    assert pool.connected() == []


def test_the_first_that_came_is_taken_first(channel: Channel) -> None:
    pool = ClientPool(lambda: 5.0)
    first, second = pool.offer("one", channel, 54), pool.offer("one", channel, 54)
    assert [pool.take("one", 0.0), pool.take("one", 0.0)] == [first, second]


def test_one_that_went_away_is_forgotten(channel: Channel) -> None:
    pool = ClientPool(lambda: 5.0)
    waiting = pool.offer("one", channel, 54)
    pool.withdraw(waiting)
    pool.withdraw(waiting)
    assert pool.take("one", 0.0) is None


def test_a_client_is_waited_for(channel: Channel) -> None:
    pool = ClientPool(lambda: 5.0)
    timer = threading.Timer(0.02, pool.offer, ["one", channel, 54])
    timer.start()
    assert pool.take("one", PATIENCE) is not None
    timer.join(PATIENCE)


def test_waiting_ends_when_the_job_is_cancelled() -> None:
    pool = ClientPool(lambda: 5.0)
    cancelled = threading.Event()
    cancelled.set()
    assert pool.take("one", PATIENCE, cancelled) is None


def test_what_is_known_of_clients_lasts_until_it_is_forgotten() -> None:
    pool = ClientPool(lambda: 5.0)
    pool.remember("one")
    pool.set_address("one", "10.0.0.1")
    assert pool.is_known("one")
    assert not pool.is_known("two")
    assert pool.address_of("one", "configured") == "10.0.0.1"
    assert pool.address_of("two", "configured") == "configured"
    pool.forget()
    assert not pool.is_known("one")
    assert pool.address_of("one", "configured") == "configured"
