"""Long answers go through the pager, short ones do not."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console as Terminal
from rich.text import Text

from barque.console.screen.pager import show


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: Any) -> Path:
    """Where the pager puts what it gets."""
    path = tmp_path / "pages"
    monkeypatch.setenv("PAGER", f"tee {path}")
    return path


def lines(count: int) -> list[Text]:
    return [Text(f"line {number}") for number in range(count)]


def test_what_fits_is_printed(pages: Path) -> None:
    written = io.StringIO()
    show(lines(5), Terminal(file=written, width=80, height=20), paged=True)
    assert written.getvalue().splitlines()[-1] == "line 4"
    assert not pages.exists()


def test_what_does_not_fit_is_paged(pages: Path, capfd: Any) -> None:
    written = io.StringIO()
    show(lines(500), Terminal(file=written, width=80, height=20), paged=True)
    assert written.getvalue() == ""
    assert len(pages.read_text().splitlines()) == 500


def test_the_pager_can_be_off_or_missing(pages: Path, monkeypatch: Any) -> None:
    for paged, pager in ((False, "tee x"), (True, "/nowhere/pager")):
        monkeypatch.setenv("PAGER", pager)
        written = io.StringIO()
        show(lines(500), Terminal(file=written, width=80, height=20), paged=paged)
        assert len(written.getvalue().splitlines()) == 500
