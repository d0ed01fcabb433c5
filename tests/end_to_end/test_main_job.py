"""What barque is for: what was backed up comes back as it was."""

import time
from pathlib import Path
from typing import Any

import pytest

from barque.local.odd_files import change_odd_files, make_odd_files, remove_odd_files
from barque.testing.daemons import finished, running, said, wait_until
from barque.testing.trees import differences, read_tree

pytestmark = pytest.mark.slow


def test_a_tree_comes_back_as_it_was_after_the_incremental(daemons: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    make_odd_files(data)
    full = daemons.backup(data)
    assert (full.status, full.level) == ("T", "F")
    change_odd_files(data)
    remove_odd_files(data)
    expected = read_tree(data)
    incremental = daemons.backup(data)
    assert (incremental.status, incremental.level) == ("T", "I")
    assert incremental.files > 0
    restored, where = daemons.restore(data, tmp_path / "restored")
    assert restored.status == "T"
    assert differences(expected, read_tree(where)) == []


def test_an_unchanged_tree_gives_an_empty_incremental(daemons: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "file").write_text("x")
    # times are compared in whole seconds
    wait_until(lambda: int(time.time()) > int((data / "file").stat().st_ctime))
    daemons.backup(data)
    again = daemons.backup(data)
    assert (again.status, again.files) == ("T", 0)


def test_single_files_come_back(daemons: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    make_odd_files(data)
    daemons.backup(data)
    outcome, where = daemons.restore(
        data, tmp_path / "restored", data / "plain", data / "empty-folder"
    )
    assert outcome.status == "T"
    assert (where / "plain").read_bytes() == (data / "plain").read_bytes()
    assert {path.name for path in where.iterdir()} == {"plain", "empty-folder"}


def test_several_jobs_share_the_volume_and_come_back_apart(daemons: Any, tmp_path: Path) -> None:
    trees = []
    for number in range(3):
        tree = tmp_path / f"tree-{number}"
        tree.mkdir()
        for name in range(50):
            (tree / f"file-{name}").write_bytes(bytes([number]) * (name * 1000))
        trees.append(tree)
    with daemons.console() as console:
        for tree in trees:
            daemons.job(console, tree)
        jobs = [daemons.start_backup(console, tree) for tree in trees]
    with daemons.console() as console:
        assert [finished(console, job).status for job in jobs] == ["T", "T", "T"]
    for number, tree in enumerate(trees):
        _, where = daemons.restore(tree, tmp_path / f"restored-{number}")
        assert differences(read_tree(tree), read_tree(where)) == []


def test_a_job_goes_on_to_the_next_volume(place: Any, tmp_path: Path) -> None:
    pool = place.director_resources / "pool" / "Full.conf"
    pool.write_text(pool.read_text().replace("= 50G", "= 4000000"))
    data = tmp_path / "data"
    data.mkdir()
    for number in range(5):
        (data / f"file-{number}").write_bytes(bytes([number]) * 3_000_000)
    with running(place) as daemons:
        full = daemons.backup(data)
        with daemons.console() as console:
            assert full.status == "T", said(console, full)
        assert len(list(place.volumes.iterdir())) > 2
        _, where = daemons.restore(data, tmp_path / "restored")
    assert differences(read_tree(data), read_tree(where)) == []
