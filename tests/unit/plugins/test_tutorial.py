import re
from pathlib import Path

from barque.testing.plugins import RunPlugin, plugin_bench

__all__ = ["plugin_bench"]
PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "write-a-plugin.md"


def test_the_plugin_of_the_tutorial(tmp_path: Path, plugin_bench: RunPlugin) -> None:
    found = re.search(r"<!-- test: (\S+) -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    plugin = tmp_path / found[1]
    plugin.write_text(found[2])
    (tmp_path / "n.txt").write_text("one\ntwo\n")
    run = plugin_bench(plugin, path=str(tmp_path / "n.txt"))
    saved = run.backup()
    assert saved.ok, saved.messages
    assert [entry.name for entry in saved.entries] == ["/@notes/", "/@notes/1", "/@notes/2", "last"]
    back = run.restore()
    assert back.ok, back.messages
    assert "job 1 saw 2 notes" in back.texts("M_INFO")[0]
    assert (run.restored / "notes.txt").read_text() == "one\ntwo\n"
