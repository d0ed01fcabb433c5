"""Which Schedules start which jobs, and when."""

import json

import pytest

from barque.testing.terminal import Terminal


def rows(text: str) -> list[str]:
    return text.partition("Overrides\n")[2].splitlines()[1:-1]


@pytest.mark.parametrize(
    ("words", "first", "count"),
    [
        ("days=2", "Mon 23-Nov-2026 02:10  Nightly", 3),
        ("days=-1", "Sat 21-Nov-2026 21:00  Weekly", 2),
        ("days=-1,1", "Sat 21-Nov-2026 21:00  Weekly", 3),
        ("days=1 schedule=Weekly", "", 0),
        ("days=2 schedule=Weekly", "Mon 23-Nov-2026 21:00  Weekly", 1),
        ("days=2 job=backup-beta", "Mon 23-Nov-2026 02:10  Nightly", 2),
        ("days=2 client=alpha-fd", "Mon 23-Nov-2026 21:00  Weekly", 1),
        ("days=2 job=restore-files", "", 0),
    ],
)
def test_preview(terminal: Terminal, words: str, first: str, count: int) -> None:
    found = rows(terminal.text(f"status scheduler {words}"))
    assert len(found) == count
    assert (found[0] if found else "").startswith(first)


@pytest.mark.parametrize("days", ["367", "-999", "0,400"])
def test_too_many_days(terminal: Terminal, days: str) -> None:
    text = terminal.text(f"status scheduler days={days}")
    assert "Ignoring invalid" in text
    assert "Scheduler Preview for 7 days:" in text
    answer = json.loads(terminal.text(f"status scheduler days={days}", api=2))
    assert len(answer["result"]["preview"]) <= 2 * 366


def test_jobs_that_are_switched_off(terminal: Terminal) -> None:
    terminal.frames("disable client=beta-fd")
    text = terminal.text("status scheduler")
    assert "backup-beta (disabled)" in text
    terminal.frames("disable schedule=Nightly")
    assert "Nightly" not in terminal.text("status scheduler")


def test_a_job_is_chosen_when_there_is_none_of_that_name(terminal: Terminal) -> None:
    text = terminal.text("status scheduler job=nosuch", "3")
    assert "Nightly\n                       backup-beta\n" in text
    assert "Weekly" not in text


def test_what_a_run_changes(terminal: Terminal) -> None:
    answer = json.loads(terminal.text("status scheduler days=1", api=2))
    [run] = answer["result"]["preview"]
    assert run["level"] == "Incremental"
    assert run["priority"] == 7
