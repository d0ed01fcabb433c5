"""Numbers as people read them."""

import pytest

from barque.cli.shown import status_word
from barque.console.screen.amounts import show_bytes, show_seconds


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 KB"), (1536, "1.54 KB"), (2.5e9, "2.5 GB")],
)
def test_sizes(size: float, text: str) -> None:
    assert show_bytes(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3723, "1:02:03")]
)
def test_periods(seconds: float, text: str) -> None:
    assert show_seconds(seconds) == text


def test_statuses() -> None:
    assert status_word("T") == "OK"
    assert status_word("?") == "status ?"
