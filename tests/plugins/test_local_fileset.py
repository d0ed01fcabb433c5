"""The plugin of local files with whole daemons; what comes back is compared with what was saved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.console.client import Console
from barque.local.odd_files import change_odd_files, make_odd_files
from barque.testing.daemons import new_place, running
from barque.testing.plugin_jobs import add_plugin_job, backed_up, restored, whole_log
from barque.testing.trees import differences, read_tree

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Odd files, those with names that a plugin can give."""
    tree = tmp_path / "tree"
    make_odd_files(tree)
    return tree


@pytest.fixture
def console(tmp_path: Path, tree: Path) -> Iterator[Console]:
    (tmp_path / "list").write_text(f"{tree}\n")
    place = new_place(tmp_path / "barque")
    definition = f"python3:module_name=bareos-fd-local-fileset:filename={tmp_path}/list"
    for name, more in (("plain", ""), ("in-core", ":do_io_in_core=yes")):
        add_plugin_job(
            place, name, definition + more, options=["HardLinks = yes", "XattrSupport = yes"]
        )
    example = 'Plugin = "python3:module_name=bareos_option_example:"'
    add_plugin_job(place, "example", "", options=[example], files=[str(tree)])
    with running(place) as daemons, daemons.console() as console:
        yield console


@pytest.mark.parametrize("job", ["plain", "in-core"])
def test_files_come_back_after_the_incremental(
    console: Console, tree: Path, tmp_path: Path, job: str
) -> None:
    full = backed_up(console, job)
    assert (full.usable, full.level) == (True, "F"), whole_log(console, full)
    change_odd_files(tree)
    expected = read_tree(tree)
    incremental = backed_up(console, job)
    assert (incremental.usable, incremental.level) == (True, "I"), whole_log(console, incremental)
    outcome = restored(console, job, f"where={tmp_path}/back")
    assert outcome.status == "T", whole_log(console, outcome)
    copy = read_tree(tmp_path / "back" / tree.relative_to("/"))
    nameless = {name for name in expected if b"\xff" in name}
    assert nameless, "there is a name that is not UTF-8"
    assert all(repr(name)[2:-1] in whole_log(console, full) for name in nameless)
    assert differences(expected, copy, ignore={"allocated"}, without=nameless) == []


def test_the_plugin_of_an_options_block_names_files_and_leaves_them_to_the_daemon(
    console: Console, tree: Path, tmp_path: Path
) -> None:
    expected = read_tree(tree)
    full = backed_up(console, "example")
    assert full.status == "T", whole_log(console, full)
    assert f"option plugin: {tree}/plain" in whole_log(console, full)
    outcome = restored(console, "example", f"where={tmp_path}/back")
    assert outcome.status == "T", whole_log(console, outcome)
    copy = read_tree(tmp_path / "back" / tree.relative_to("/"))
    assert differences(expected, copy, ignore={"xattrs", "allocated", "links"}) == []
