"""One supervisor for each installation."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from barque.errors import BarqueError


class AlreadyRunningError(BarqueError):
    """The daemons of this installation run already."""


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the lock file *path*, with our process number in it.

    Raises AlreadyRunningError when another process holds it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise AlreadyRunningError(
                f"barque up runs already for {path.parent.parent} (process {owner})"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
