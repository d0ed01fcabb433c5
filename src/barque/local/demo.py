"""``make demo``: a backup and a restore before your eyes, proven by comparing the trees.

Everything happens in a temporary folder, with the commands that a user types.
"""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from barque.errors import BarqueError
from barque.local.odd_files import (
    change_odd_files,
    make_odd_files,
    remove_odd_files,
    remove_tree,
)
from barque.local.place import Place
from barque.local.plugin_demo import show_plugins
from barque.local.ports import free_port_base
from barque.testing.trees import Tree, differences, read_tree

READY_TIMEOUT: Final = 60.0
"""Second; until the daemons are ready."""

STOP_TIMEOUT: Final = 30.0
"""Second; until the daemons have ended."""

MOST_DIFFERENCES: Final = 20
"""Lines that are shown."""


class DemoError(BarqueError):
    """A step of the demonstration failed."""


class Demo:
    """One run, in the folder *root*."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        """What is backed up."""
        self.installation = root / "barque"
        self.target = root / "restored"
        """What is restored to."""
        self._up: subprocess.Popen[str] | None = None
        self._log: list[str] = []
        self._ready = threading.Event()
        self._reader: threading.Thread | None = None

    def run(self) -> str:
        """Do all of it and return the final line; raises DemoError."""
        started = time.monotonic()
        self.make_data()
        self.command("init", str(self.installation), "--port-base", str(free_port_base()))
        self.start_daemons()
        self.command("backup", str(self.data), "--report")
        self.change_data()
        expected = read_tree(self.data)
        self.command("backup", str(self.data), "--report")
        self.command("restore", "--to", str(self.target), "--report")
        self.show_plugins()
        self.command("jobs")
        self.stop_daemons()
        self.compare(expected)
        return (
            f"identical: {len(expected):,} files and folders, {_megabytes(expected)}, backed up by "
            f"a Full and an Incremental, restored and compared in "
            f"{time.monotonic() - started:.0f} seconds"
        )

    def make_data(self) -> None:
        """Copy the standard library, and add a folder with odd files."""
        _title("something to back up")
        library = sysconfig.get_path("stdlib")
        shutil.copytree(
            library,
            self.data / "stdlib",
            symlinks=True,
            ignore=shutil.ignore_patterns("site-packages"),
        )
        missing = make_odd_files(self.data / "odd")
        click.echo(f"a copy of {library}, and a folder with links, holes, strange names, ACLs")
        for text in missing:
            click.echo(f"not here: {text}")

    def change_data(self) -> None:
        """Change some files, as their users would."""
        _title("some changes")
        change_odd_files(self.data / "odd")
        remove_odd_files(self.data / "odd")
        sources = sorted((self.data / "stdlib").glob("*.py"))[:25]
        for path in sources:
            with path.open("a") as file:
                file.write("# changed\n")
        (self.data / "stdlib" / "brand_new.py").write_text("print('hello')\n")
        click.echo(f"{len(sources)} files are longer; others are new, renamed, gone or touched")

    def command(self, *arguments: str) -> None:
        """Show and run a barque command; raises DemoError when it fails."""
        _title(f"barque {' '.join(arguments)}")
        done = subprocess.run(
            [sys.executable, "-m", "barque", *arguments], env=self._environment(), check=False
        )
        if done.returncode:
            raise DemoError(f"barque {arguments[0]} ended with status {done.returncode}")

    def _environment(self) -> dict[str, str]:
        return os.environ | {"BARQUE_DIR": str(self.installation), "PYTHONUNBUFFERED": "1"}

    def start_daemons(self) -> None:
        """Run ``barque up`` in the background until it is ready."""
        _title(f"barque up {self.installation}")
        self._up = subprocess.Popen(
            [sys.executable, "-m", "barque", "up", str(self.installation)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self._environment(),
        )
        self._reader = threading.Thread(target=self._read, args=(self._up,), name="daemons")
        self._reader.start()
        if not self._ready.wait(READY_TIMEOUT) or self._up.poll() is not None:
            raise DemoError(f"the daemons did not start: {' '.join(self._log[-3:])}")

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as output:
            for line in output:
                self._log.append(line.rstrip())
                if line.startswith("ready:"):
                    click.echo(line.rstrip())
                    self._ready.set()
        self._ready.set()

    def show_plugins(self) -> None:
        """Run a job with plugins; raises PluginDemoError."""
        _title("plugins of the Director and of the File Daemon")
        click.echo(show_plugins(Place(self.installation), self.root))

    def stop_daemons(self) -> None:
        """End ``barque up``; never raises."""
        if self._up is None:
            return
        with suppress(OSError):
            self._up.send_signal(signal.SIGTERM)
        try:
            self._up.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._up.kill()
        if self._reader is not None:
            self._reader.join(STOP_TIMEOUT)
        self._up = None

    def compare(self, expected: Tree) -> None:
        """Compare what was restored with *expected*; raises DemoError when it differs."""
        _title("comparison: content, type, mode, owner, times, links, attributes, ACLs, holes")
        restored = self.target / self.data.relative_to("/")
        lines = differences(expected, read_tree(restored))
        for line in lines[:MOST_DIFFERENCES]:
            click.echo(line)
        if lines:
            raise DemoError(f"{len(lines)} differences between the backup and the restore")

    @property
    def log(self) -> Sequence[str]:
        """What the daemons said."""
        return self._log


def _title(text: str) -> None:
    click.secho(f"\n==> {text}", bold=True)


def _megabytes(tree: Tree) -> str:
    return f"{sum(entry.size for entry in tree.values()) / 1e6:,.0f} MB"


def _go_on() -> str:
    program = Path(sys.executable).with_name("barque")
    with suppress(ValueError):
        program = program.relative_to(Path.cwd())
    return f"Go on by yourself:\n  {program} init\n  {program} up &\n  {program} backup ~/Documents"


def main() -> None:
    """Run the demonstration and exit: 0 only if what was restored is identical."""
    root = Path(tempfile.mkdtemp(prefix="barque-demo-")).resolve()
    demo = Demo(root)
    try:
        line = demo.run()
    except (BarqueError, OSError, KeyboardInterrupt) as error:
        for text in demo.log[-30:]:
            click.echo(f"  {text}")
        click.secho(f"demo failed: {error or 'interrupted'} (kept: {root})", fg="red", err=True)
        sys.exit(1)
    finally:
        demo.stop_daemons()
    remove_tree(root)
    click.echo(f"\n{_go_on()}\n")
    click.secho(line, fg="green", bold=True)


if __name__ == "__main__":
    main()
