"""Opens devices and FIFOs to write saved contents into them."""

import errno
import os
import stat
import time
from typing import Final

PATIENCE: Final = 60.0
"""Second; somebody must read from a FIFO by then."""

_INTERVAL: Final = 0.1


def open_for_writing(name: bytes, directory: int, *, patience: float = PATIENCE) -> int:
    """Return a descriptor of a device or FIFO; waits until somebody reads from a FIFO.

    Raises OSError.
    """
    flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    deadline = time.monotonic() + patience
    while True:
        try:
            fd = os.open(name, flags, dir_fd=directory)
        except OSError as error:
            if error.errno != errno.ENXIO or time.monotonic() >= deadline:
                raise
            time.sleep(_INTERVAL)
        else:
            os.set_blocking(fd, True)
            return fd


def takes_data(mode: int) -> bool:
    """Return whether what has *mode* is a device or FIFO, which contents are written into."""
    return stat.S_ISBLK(mode) or stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)
