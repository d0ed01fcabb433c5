"""A console over the recorded catalog and configuration, without daemons."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.catalog import SQLiteSource, open_catalog
from barque.config.load import load_director
from barque.director.services import DaemonIdentity
from barque.testing.catalog import load_dump
from barque.testing.director import MemoryDirector
from barque.testing.terminal import Terminal

GOLDEN = Path(__file__).parents[3] / "golden"
NOW = 1795375893.0
"""2026-11-22 19:31:33 UTC."""


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recorded catalog, not to be changed."""
    path = tmp_path_factory.mktemp("catalog") / "frozen.db"
    with open_catalog(SQLiteSource(path)) as catalog:
        load_dump(catalog.store, (GOLDEN / "catalog" / "catalog.sql").read_text("utf-8"))
    return path


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is UTC, as in the recordings."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def terminal(tmp_path: Path, frozen: Path) -> Iterator[Terminal]:
    """A terminal of its own for each test: catalog and configuration may be changed."""
    shutil.copy(frozen, tmp_path / "catalog.db")
    shutil.copytree(GOLDEN / "config" / "etc", tmp_path / "etc")
    config = load_director(tmp_path / "etc")
    identity = DaemonIdentity("26.0.0", "21 August 2026", "Debian GNU/Linux 12 (bookworm)")
    with open_catalog(SQLiteSource(tmp_path / "catalog.db")) as catalog:
        yield Terminal(MemoryDirector(config, catalog, NOW, identity))
