"""Counting what a backup will save, so that its end can be foretold."""

import os
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress

from barque.cli.progress import Expected


def count_in_background(paths: Sequence[str], excluded: Sequence[str]) -> Expected:
    """Return counts that a thread fills in."""
    expected = Expected()
    thread = threading.Thread(
        target=count, args=(expected, paths, excluded), name="count", daemon=True
    )
    thread.start()
    return expected


def count(expected: Expected, paths: Sequence[str], excluded: Sequence[str]) -> None:
    """Add what lies at and below *paths* to *expected*, without the folders in *excluded*."""
    for path in paths:
        with suppress(OSError):
            _add(expected, os.lstat(path))
        for entry in _entries(path, excluded):
            with suppress(OSError):
                _add(expected, entry.stat(follow_symlinks=False))
    expected.complete = True


def _add(expected: Expected, status: os.stat_result) -> None:
    expected.files += 1
    if stat.S_ISREG(status.st_mode):
        expected.bytes += status.st_size


def _entries(root: str, excluded: Sequence[str]) -> Iterator[os.DirEntry[str]]:
    folders = [root]
    while folders:
        folder = folders.pop()
        if folder in excluded:
            continue
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    yield entry
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except OSError:
            continue
