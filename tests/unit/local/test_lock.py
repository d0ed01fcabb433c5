"""One supervisor for each installation."""

import os
from pathlib import Path

import pytest

from barque.local.lock import AlreadyRunningError, hold


def test_the_second_one_is_told_who_was_first(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with hold(path):
        with pytest.raises(AlreadyRunningError, match=rf"process {os.getpid()}\)"):
            with hold(path):
                raise AssertionError
    with hold(path):
        assert path.read_text() == f"{os.getpid()}\n"
