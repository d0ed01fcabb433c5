"""Jobs as the console tells about them."""

from typing import Any

import pytest

from barque.errors import CommandError
from barque.local.jobs import (
    Progress,
    complaints,
    job_report,
    outcome_of,
    progress_of,
    quote,
    run_job,
    watch,
)

ROW = {
    "jobid": "7",
    "name": "backup-x",
    "level": "F",
    "jobstatus": "T",
    "jobfiles": "1,200",
    "jobbytes": "3400",
    "joberrors": "0",
    "starttime": "2026-01-01 00:00:00",
    "endtime": "2026-01-01 00:00:09",
}


def test_a_job_is_started_by_its_name(table_console: Any) -> None:
    console = table_console({'run job="a \\"b" level=Full yes': ["x\nJob queued. JobId=12\n"]})
    assert run_job(console, 'a "b', level="Full") == 12


def test_a_refusal_is_told_in_the_directors_words(table_console: Any) -> None:
    console = table_console({'run job="a" yes': ["Job not found.\n"]})
    with pytest.raises(CommandError, match=r"was refused: Job not found\."):
        run_job(console, "a")


def test_a_job_is_watched_to_its_end(table_console: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("barque.local.jobs.POLL", 0)
    running = {"jobid": 7, "files": 5, "bytes": 60, "status": "is running"}
    console = table_console(
        {
            "status director": [{"running": []}, {"running": [running]}, {"running": []}],
            "llist jobid=7": [
                {"jobs": [ROW | {"jobstatus": "C"}]},
                {"jobs": [ROW | {"jobstatus": "R"}]},
                {"jobs": [ROW]},
            ],
        }
    )
    assert list(watch(console, 7)) == [
        Progress(0, 0, ""),
        Progress(5, 60, "is running"),
        Progress(0, 0, ""),
    ]


def test_an_outcome_has_the_figures(table_console: Any) -> None:
    outcome = outcome_of(table_console({"llist jobid=7": [{"jobs": [ROW]}]}), 7)
    assert outcome is not None
    assert (outcome.files, outcome.bytes, outcome.good, outcome.usable) == (1200, 3400, True, True)
    assert outcome.ended == "2026-01-01 00:00:09"


@pytest.mark.parametrize(
    ("letter", "usable"), [("W", True), ("E", False), ("f", False), ("A", False)]
)
def test_only_some_outcomes_count(table_console: Any, letter: str, usable: bool) -> None:
    rows = {"llist jobid=7": [{"jobs": [ROW | {"jobstatus": letter}]}]}
    outcome = outcome_of(table_console(rows), 7)
    assert outcome is not None
    assert (outcome.good, outcome.usable) == (False, usable)


def test_a_job_that_is_not_known_has_no_outcome(table_console: Any) -> None:
    assert outcome_of(table_console({"llist jobid=7": [{"jobs": {}}]}), 7) is None


def test_a_director_without_figures_gives_zeros(table_console: Any) -> None:
    assert progress_of(table_console({"status director": [{}]}), 7) == Progress(0, 0, "")


def test_the_log_holds_report_and_complaints(table_console: Any) -> None:
    texts = ["dir JobId 7: Start\n", "fd JobId 7: Warning: x\n", "dir: Termination:  Backup OK\n"]
    rows = {"list joblog jobid=7": [{"joblog": [{"logtext": text} for text in texts]}]}
    console = table_console(rows)
    assert job_report(console, 7) == "dir: Termination:  Backup OK"
    assert complaints(console, 7) == ["fd JobId 7: Warning: x"]
    assert job_report(table_console({"list joblog jobid=7": [{"joblog": []}]}), 7) == ""


def test_arguments_are_quoted() -> None:
    assert quote('a "b" \\c') == '"a \\"b\\" \\\\c"'
