"""A pytest fixture for authors of plugins.

``from barque.testing.plugins import plugin_bench`` in a test file or in conftest.py.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from barque.plugins.workbench import Workbench, WorkbenchResult

type RunPlugin = Callable[..., "PluginRun"]
"""Takes the file of a plugin and its options as named arguments."""


class PluginRun:
    """A plugin on the workbench, with a folder for what it saves and one for what comes back."""

    def __init__(self, bench: Workbench, folder: Path) -> None:
        self.bench = bench
        self.saved = folder / "saved"
        """What a backup left."""
        self.restored = folder / "restored"
        """What a restore wrote."""

    def backup(self) -> WorkbenchResult:
        """Run a backup."""
        return self.bench.backup(self.saved)

    def restore(self) -> WorkbenchResult:
        """Give back what the backup left."""
        return self.bench.restore(self.saved, self.restored)


@pytest.fixture
def plugin_bench(tmp_path: Path) -> RunPlugin:
    """Return a function that puts a plugin on the workbench."""

    def run(file: str | Path, *, level: str = "F", since: int = 0, **options: str) -> PluginRun:
        return PluginRun(Workbench(file, options, level=level, since=since), tmp_path)

    return run
