"""Installations in temporary folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.local.place import Place
from barque.testing.daemons import Daemons, new_place, running


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An installation that does not run yet."""
    return new_place(tmp_path / "barque")


@pytest.fixture
def daemons(place: Place) -> Iterator[Daemons]:
    """An installation that runs."""
    with running(place) as daemons:
        yield daemons
