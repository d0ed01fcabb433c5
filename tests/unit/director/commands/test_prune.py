"""Forgetting what is older than its retention."""

import json

import pytest

from barque.testing.terminal import Terminal

OLD = 86_400 * 3650


def age(terminal: Terminal, job_id: int, seconds: int = OLD) -> None:
    """Make a job older."""
    job = terminal.catalog.jobs.get(job_id)
    assert job
    terminal.catalog.jobs.update(job_id, job_tdate=job.job_tdate - seconds)


def test_files_that_are_too_old(terminal: Terminal) -> None:
    age(terminal, 1)
    shown = terminal.text("prune files client=alpha-fd yes")
    assert shown.startswith("The current File retention period is: 2 months \n")
    assert shown.endswith("Pruned Files from 1 Jobs for client alpha-fd from catalog.\n")
    record = terminal.catalog.jobs.get(1)
    assert record
    assert record.purged_files == 1


def test_another_retention_can_be_typed(terminal: Terminal) -> None:
    line = "prune files client=alpha-fd"
    assert terminal.text(line, "mod", "nonsense").startswith("Invalid period.\n")
    shown = terminal.text(line, "mod", "10 years")
    assert shown.startswith("The current File retention period is: 10 years \n")
    assert terminal.text(line, "mod", "10 years", "yes").endswith("No Files found to prune.\n")
    assert terminal.text(line, "perhaps") == (
        "The current File retention period is: 2 months \nContinue? (yes/mod/no): "
    )


def test_jobs_that_nothing_needs(terminal: Terminal) -> None:
    for job_id in (4, 5):
        age(terminal, job_id)
    shown = terminal.text("prune jobs client=beta-fd yes")
    assert "Begin pruning Jobs older than 20 days .\n" in shown
    assert shown.endswith("Pruned 1 Job for client beta-fd from catalog.\n")
    assert terminal.catalog.jobs.get(4) is None
    assert terminal.catalog.jobs.get(5) is not None


def test_what_a_restore_needs_stays(terminal: Terminal) -> None:
    for job_id in (1, 3):
        age(terminal, job_id)
    terminal.text("prune jobs client=alpha-fd yes")
    assert terminal.catalog.jobs.get(1) is not None


def test_statistics(terminal: Terminal) -> None:
    assert terminal.text("prune stats yes").splitlines()[1:] == [
        "Pruned Jobs from JobHisto in catalog.",
        "Pruned Statistics from DeviceStats in catalog.",
        "Pruned Statistics from JobStats in catalog.",
    ]


def files_in(terminal: Terminal, path: str) -> int:
    rows = terminal.catalog.store.rows(
        "SELECT 1 FROM file JOIN path ON path.pathid = file.pathid WHERE path.path LIKE ?",
        (path + "%",),
    )
    return len(rows)


def test_a_directory_of_one_client(terminal: Terminal) -> None:
    docs = "/srv/golden/tree/docs/"
    assert files_in(terminal, docs)
    terminal.text(f"prune directory={docs} client=beta-fd recursive")
    assert files_in(terminal, docs)
    terminal.text(f"prune directory={docs} client=alpha-fd recursive")
    assert not files_in(terminal, docs)


def test_a_directory_of_all_clients_has_to_be_confirmed(terminal: Terminal) -> None:
    docs = "/srv/golden/tree/docs/"
    assert terminal.text("prune directory").endswith("for all clients (yes/no): ")
    assert terminal.text("prune directory recursive yes") == (
        "Please enter the full path prefix to remove: "
    )
    assert terminal.text("prune directory yes", "").endswith("use directory=<path>.\n")
    assert files_in(terminal, docs)
    terminal.text(f"prune directory={docs} yes")
    assert not files_in(terminal, docs)


def test_programs_are_told_that_it_failed(terminal: Terminal) -> None:
    answer = json.loads(terminal.text("prune files client=alpha-fd", api=2))
    assert answer["error"]["message"] == "failed"


def test_a_declined_menu_is_no_failure(terminal: Terminal) -> None:
    assert json.loads(terminal.text("prune", api=2))["result"] == {}


@pytest.mark.parametrize(
    ("acl", "line", "word"),
    [
        ("job_acl", "prune files", "job"),
        ("storage_acl", "prune files", "storage"),
        ("client_acl", "prune stats yes", "client"),
        ("pool_acl", "prune stats yes", "pool"),
        ("pool_acl", "prune directory=/x yes", "pool"),
        ("client_acl", "prune volume=Full-0001 yes", "client"),
    ],
)
def test_it_needs_rights(terminal: Terminal, acl: str, line: str, word: str) -> None:
    terminal.director.config.profiles["full"].__dict__[acl] = ["!nothing", "*all*"]
    shown = terminal.text(line, console="admin")
    assert shown.endswith(f"Permission denied: need full {word} permission.\n")
