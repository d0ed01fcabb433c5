import threading

import pytest

from barque.catalog.pool import ConnectionPool
from barque.errors import CatalogError


class Connection:
    def __init__(self) -> None:
        self.is_open = True
        self.is_usable = True

    def close(self) -> None:
        self.is_open = False


@pytest.fixture
def opened() -> list[Connection]:
    return []


@pytest.fixture
def pool(opened: list[Connection]) -> ConnectionPool[Connection]:
    def connect() -> Connection:
        opened.append(Connection())
        return opened[-1]

    return ConnectionPool(connect, lambda connection: connection.is_usable, idle_limit=1)


def test_idle_connection_is_lent_again(
    pool: ConnectionPool[Connection], opened: list[Connection]
) -> None:
    for _ in range(3):
        with pool.borrow():
            pass
    assert len(opened) == 1


def test_no_more_than_the_limit_stay_idle(
    pool: ConnectionPool[Connection], opened: list[Connection]
) -> None:
    with pool.borrow(), pool.borrow():
        pass
    assert sorted(connection.is_open for connection in opened) == [False, True]


def test_dead_connection_is_replaced(
    pool: ConnectionPool[Connection], opened: list[Connection]
) -> None:
    with pool.borrow() as first:
        pass
    first.is_usable = False
    with pool.borrow() as second:
        assert second is not first
    assert not first.is_open


def test_held_connection_is_the_threads_own(pool: ConnectionPool[Connection]) -> None:
    others: list[Connection | None] = []
    with pool.hold() as held:
        with pool.borrow() as same:
            assert same is held
        thread = threading.Thread(target=lambda: others.append(pool.current()))
        thread.start()
        thread.join()
    assert others == [None]
    assert pool.current() is None


def test_closed_pool_lends_nothing_and_closes_what_comes_back(
    pool: ConnectionPool[Connection], opened: list[Connection]
) -> None:
    with pool.borrow():
        pass
    with pool.borrow():
        pool.close()
        assert opened[0].is_open
    assert not opened[0].is_open
    with pytest.raises(CatalogError, match="closed"), pool.borrow():
        pass
