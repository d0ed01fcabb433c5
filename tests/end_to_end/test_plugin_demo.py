"""What `make demo` shows of plugins."""

from pathlib import Path
from typing import Any

import pytest

from barque.local.plugin_demo import show_plugins

pytestmark = pytest.mark.slow


def test_the_events_arrive_and_the_tables_come_back(
    daemons: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_plugins(daemons.place, tmp_path) == "restored: 2 tables with the same rows"
    shown = [line.strip() for line in capsys.readouterr().out.splitlines() if "Event" in line]
    assert [line for line in shown if line.startswith("Director: ")] == [
        "Director: bDirEventJobStart (status C, 0 files)",
        "Director: bDirEventJobInit (status C, 0 files)",
        "Director: bDirEventJobRun (status R, 0 files)",
        "Director: bDirEventNewVolume (status S, 0 files)",
        "Director: bDirEventJobEnd (status T, 2 files)",
    ]
    assert [line for line in shown if line.startswith("File Daemon: ")] == [
        "File Daemon: bEventEndFileSet",
        "File Daemon: bEventStartBackupJob",
        "File Daemon: bEventEndBackupJob",
        "File Daemon: bEventJobEnd",
    ]
