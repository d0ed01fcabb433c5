"""Texts with variables."""

import pytest

from barque.testing.terminal import Terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$Dir", "golden-dir\n"),
        ("Vol-${Year}-${Month:p/2/0/r}", "Vol-2026-11\n"),
        ("$Catalog", "GoldenCatalog\n"),
        ("${PoolCounter+}", "5\n"),
        ("", "\n"),
        ("$Nosuch", "There is no variable Nosuch.\n"),
    ],
)
def test_var(terminal: Terminal, text: str, shown: str) -> None:
    assert terminal.text(f"var {text}") == shown


def test_variables_of_the_first_job(terminal: Terminal) -> None:
    job = next(iter(terminal.director.config.jobs.values()))
    assert terminal.text("var $Job") == f"{job.name}\n"
    terminal.director.config.jobs.clear()
    assert terminal.text("var $JobId") == "0\n"
