"""How old something must be before it is pruned."""

from barque.director.commands.retention import is_configured
from barque.testing.terminal import Terminal


def test_what_is_still_configured(terminal: Terminal) -> None:
    check = is_configured(terminal.director.config)
    assert check("backup-tree", "Tree", "alpha-fd")
    assert not check("gone", "Tree", "alpha-fd")
    assert not check("backup-tree", "gone", "alpha-fd")
    assert not check("backup-tree", "Tree", "gone")


def test_a_retention_is_agreed_to_or_not(terminal: Terminal) -> None:
    line = "prune stats"
    assert terminal.text(line, "no") == ""
    assert terminal.text(line, ".") == ""
    assert "Pruned Jobs" in terminal.text(line, "yes")
    assert "Pruned Jobs" in terminal.text(line, "mod", "1 year", "yes")
