"""Replays what consoles of Bareos were answered, frame by frame, on both engines."""

from pathlib import Path

import pytest

from barque.testing.compatibility import differences
from barque.testing.compatibility.copies import Copies, PostgreSQLCopies, SQLiteCopies
from barque.testing.compatibility.dialogue import Conversation, hold
from barque.testing.compatibility.golden import Golden, different_commands

GOLDEN = Golden(Path(__file__).parents[1] / "golden")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Copies of the recorded catalog."""
    if request.param == "sqlite":
        return SQLiteCopies(tmp_path_factory.mktemp("copies"), GOLDEN.dump)
    return PostgreSQLCopies(request.getfixturevalue("cluster"), GOLDEN.dump)


def test_recorded_commands_are_answered_alike(copies: Copies) -> None:
    known = differences.keys(differences.COMMANDS, copies.engine)
    assert different_commands(GOLDEN, copies) == known


@pytest.mark.slow
def test_recorded_dialogues_go_alike_and_leave_the_same_catalog(
    copies: Copies, tmp_path: Path
) -> None:
    held = [hold(GOLDEN, record, copies, tmp_path) for record in GOLDEN.dialogues()]
    known = differences.keys(differences.DIALOGUES, copies.engine)
    other = {talk.record["id"]: said(talk) for talk in held if talk.difference}
    assert other.keys() == known, {key: other[key] for key in other.keys() - known}
    known = differences.keys(differences.ROWS, copies.engine)
    rows = {talk.record["id"]: talk.changes for talk in held if not talk.changed_alike}
    assert rows.keys() == known, {key: rows[key] for key in rows.keys() - known}


def said(talk: Conversation) -> object:
    return talk.sent, talk.difference
