"""Runs a daemon as a child that ends when its parent does.

A supervisor that is killed cannot stop its children: the system does it, by a signal that the
child asks for before it becomes the daemon.

Usage: ``python -m barque.local.child barque.director -f -c DIR``.
"""

import ctypes
import os
import runpy
import signal
import sys
from contextlib import suppress
from typing import Final

PR_SET_PDEATHSIG: Final = 1
"""Option number of prctl(2)."""


def end_with_parent(parent: int) -> None:
    """Ask for SIGTERM when the process *parent* ends; end at once when it has ended already."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:
        sys.exit(1)


def main() -> None:
    """Become the daemon that the arguments name."""
    parent, module, *arguments = sys.argv[1:]
    end_with_parent(int(parent))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
