"""The odd folder holds what its names promise."""

import os
from pathlib import Path

from barque.local.odd_files import (
    STRANGE_NAMES,
    change_odd_files,
    make_odd_files,
    remove_odd_files,
    remove_tree,
)
from barque.testing.trees import differences, read_tree


def test_the_folder_can_be_made_changed_and_removed(tmp_path: Path) -> None:
    root = tmp_path / "odd"
    make_odd_files(root)
    before = read_tree(root)
    assert len([name for name in before if name.startswith(b"names/")]) == len(STRANGE_NAMES)
    change_odd_files(root)
    changed = read_tree(root)
    assert differences(before, changed)
    assert before.keys() - changed.keys() == set()
    remove_odd_files(root)
    assert before.keys() - read_tree(root).keys() == {b"mode-777", b"mode-755"}
    (root / "closed").mkdir(mode=0)
    remove_tree(root)
    assert not os.path.lexists(root)
