"""The line about a file."""

import os
import time
from collections.abc import Iterator

import pytest

from barque.formats.attributes import FileStatus
from barque.restoring import show_listing


@pytest.fixture
def utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def status(mode: int, *, size: int = 12, user: int = 0) -> FileStatus:
    return FileStatus(1, 2, mode, 2, user, 0, 0, size, 4096, 8, 0, 0, 1_795_370_091)


@pytest.mark.usefixtures("utc")
def test_recorded_lines() -> None:
    assert show_listing(status(0o100644), b"/src/dir1/hello-link") == (
        "-rw-r--r--   2 root     root              12 2026-11-22 17:54:51  /src/dir1/hello-link\n"
    )
    assert show_listing(status(0o10644, size=0), b"/fifo").startswith("frw-r--r--   2 root")
    assert show_listing(status(0o120777), b"/sym", b"hello.txt").endswith("  /sym -> hello.txt\n")


def test_unknown_owners_and_strange_names() -> None:
    line = show_listing(status(0o41777, user=123_456_789), b"/\xff")
    assert line.startswith("drwxrwxrwt   2 12345678 root    ")
    assert line.encode("utf-8", "surrogateescape").endswith(b"  /\xff\n")
