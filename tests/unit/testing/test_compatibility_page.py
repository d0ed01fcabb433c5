"""The page about compatibility says what the tables and the recorded data say."""

from pathlib import Path

from barque.testing.compatibility.golden import Golden
from barque.testing.compatibility.page import page

ROOT = Path(__file__).parents[3]


def test_the_page_is_up_to_date() -> None:
    committed = (ROOT / "docs" / "compatibility.md").read_text()
    assert committed == page(Golden(ROOT / "tests" / "golden")), "run make compatibility"
