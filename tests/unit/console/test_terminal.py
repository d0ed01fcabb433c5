"""Completion knows commands, their arguments, and the names behind them."""

from typing import Any

import pytest

from barque.console.terminal import candidates, lines_of
from barque.wire.framing import Signal

REPLIES = {
    ".help all": ["list", "run"],
    ".pools": ["Full", "Scratch"],
    ".ls": ["a", "b/"],
    ".help item=run": ["job=<job-name> client=<client-name>", "yes"],
}


@pytest.mark.parametrize(
    ("line", "begin", "in_tree", "found"),
    [
        ("", 0, False, ["list", "run"]),
        ("ru", 0, False, ["list", "run"]),
        ("list pool=", 10, False, ["Full", "Scratch"]),
        ("list pool=F", 10, False, ["Full", "Scratch"]),
        ("ls ", 3, True, ["a", "b/"]),
        ("run ", 4, False, ["job=", "client=", "yes"]),
    ],
)
def test_candidates(line: str, begin: int, in_tree: bool, found: list[str]) -> None:
    words = candidates(line, begin, in_tree=in_tree, query=lambda command: REPLIES[command])
    assert [word for word in words if word in found] == found


def test_lines_of_a_reply(serve: Any, scripted: Any) -> None:
    scripted.replies = {b".pools": (b"Full\nScr", b"atch\n\n", Signal.EOD)}
    channel = serve(scripted.answer)
    assert lines_of(channel, ".pools") == ["Full", "Scratch"]
    assert lines_of(channel, "quit") == []
