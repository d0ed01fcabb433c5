"""Writes the skeleton of a plugin, with a test."""

from pathlib import Path
from string import Template

from barque.errors import PluginError

_PLUGIN = Template('''"""$name: what it saves, in a sentence."""

from barque_sdk import File, FilePlugin, register


class $cls(FilePlugin):
    """Its options are the annotated attributes; one without a value must be given."""

    greeting: str = "hello"

    def backup(self, job):
        """Yield what to save."""
        job.info(f"saving {self.greeting!r}")
        yield File("/@$name/greeting.txt", self.greeting.encode())


register($cls, globals())
''')

_TEST = Template('''"""Tests of the plugin $name; they need no daemon."""

from pathlib import Path

from barque.plugins.workbench import Workbench

PLUGIN = Path(__file__).parent / "$name.py"


def test_backup_and_restore(tmp_path: Path) -> None:
    bench = Workbench(PLUGIN, {"greeting": "good morning"})
    saved = bench.backup(tmp_path / "saved")
    assert saved.ok, saved.messages
    assert [entry.name for entry in saved.entries] == ["/@$name/greeting.txt"]
    assert bench.restore(tmp_path / "saved", tmp_path / "restored").ok
    restored = tmp_path / "restored" / "@$name" / "greeting.txt"
    assert restored.read_text() == "good morning"
''')


def write_skeleton(name: str, folder: Path) -> list[Path]:
    """Write a plugin and its test into *folder*; raises PluginError when they are there already."""
    if not name.isidentifier():
        raise PluginError(f"{name!r} cannot be the name of a module: letters, digits and _")
    folder.mkdir(parents=True, exist_ok=True)
    words = {"name": name, "cls": "".join(part.capitalize() for part in name.split("_"))}
    written = []
    for file, text in ((f"{name}.py", _PLUGIN), (f"test_{name}.py", _TEST)):
        path = folder / file
        if path.exists():
            raise PluginError(f"{path} is there already")
        path.write_text(text.substitute(words), "utf-8")
        written.append(path)
    return written
