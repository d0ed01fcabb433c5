"""Connections of one catalog, lent to one thread at a time.

A thread that is inside a transaction keeps the same connection until the transaction ends; every
other statement borrows one and gives it back. Idle connections wait in a stack, so few are open.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from barque.errors import CatalogError


class Closable(Protocol):
    """A connection, as far as the pool needs to know."""

    def close(self) -> None:
        """End the connection."""
        ...


class ConnectionPool[Connection: Closable]:
    """Opens connections when none is idle, and closes them all at the end."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        usable: Callable[[Connection], bool],
        idle_limit: int = 8,
    ) -> None:
        """Lend what *connect* opens, as long as *usable* says yes; keep *idle_limit* of them."""
        self._connect = connect
        self._usable = usable
        self._idle_limit = idle_limit
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._closed = False
        self._local = threading.local()

    def current(self) -> Connection | None:
        """Return the connection of the transaction this thread is in, or None."""
        found: Connection | None = getattr(self._local, "connection", None)
        return found

    @contextmanager
    def borrow(self) -> Iterator[Connection]:
        """Lend the thread's connection, or an idle or new one.

        Raises CatalogError when the catalog was closed.
        """
        current = self.current()
        if current is not None:
            yield current
            return
        connection = self._take()
        try:
            yield connection
        finally:
            self._give(connection)

    @contextmanager
    def hold(self) -> Iterator[Connection]:
        """Lend a connection and make it this thread's own while the block runs."""
        with self.borrow() as connection:
            self._local.connection = connection
            try:
                yield connection
            finally:
                self._local.connection = None

    def close(self) -> None:
        """Close the idle connections now, and the lent ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> Connection:
        while True:
            with self._lock:
                if self._closed:
                    raise CatalogError("The catalog is closed")
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._connect()
            if self._usable(connection):
                return connection
            connection.close()

    def _give(self, connection: Connection) -> None:
        keep = self._usable(connection)
        with self._lock:
            keep = keep and not self._closed and len(self._idle) < self._idle_limit
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()
