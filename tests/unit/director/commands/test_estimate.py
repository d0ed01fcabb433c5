"""Counting what a backup would take."""

import time

import pytest

from barque.testing.terminal import Terminal

OK = "2000 OK estimate files=31 bytes=9,004\n"


@pytest.fixture
def answering(terminal: Terminal) -> Terminal:
    terminal.director.lines["estimate backup-tree"] = ["a\n", OK]
    return terminal


@pytest.mark.parametrize(
    "line",
    [
        "estimate job=backup-tree",
        "estimate job=backup-tree level=Full listing",
        "estimate job=backup-tree client=alpha-fd fileset=Mixed accurate=yes",
        "estimate job=backup-tree level=nosuch",
    ],
)
def test_a_file_daemon_counts(answering: Terminal, line: str) -> None:
    assert answering.text(line).endswith(
        f"Connecting to Client alpha-fd at 127.0.0.1:9502\na\n{OK}"
    )


def test_only_what_changed_since_the_last_backup_counts(terminal: Terminal) -> None:
    catalog = terminal.catalog
    fileset = terminal.director.config.filesets["Tree"]
    record = catalog.file_sets.ensure("Tree", fileset.md5, "", 1)
    full = catalog.jobs.last_backup_named("backup-tree")
    assert full is not None
    newest = 2_000_000_000
    catalog.jobs.update(full.job_id, file_set_id=record.file_set_id, level="F", start_time=newest)
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(newest))
    terminal.director.lines[f"estimate backup-tree since={began}"] = [OK]
    assert OK in terminal.text("estimate job=backup-tree level=Incremental")


def test_the_catalog_knows_the_fileset_as_it_is_now(answering: Terminal) -> None:
    answering.text("estimate job=backup-tree")
    file_sets = answering.catalog.file_sets
    newest, *_ = file_sets.find("Tree")
    file_sets.ensure("Tree", newest.md5, "as it was", 0)
    answering.text("estimate job=backup-tree")
    assert file_sets.find("Tree")[0].file_set_text.startswith("FileSet {\n")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("estimate client=nosuch", 'Client "nosuch" not found.\n'),
        ("estimate client", "Client name missing.\n"),
        ("estimate job=nosuch", 'Job "nosuch" not found.\n'),
        ("estimate job", "Job name missing.\n"),
        ("estimate fileset=nosuch", 'Fileset "nosuch" not found.\n'),
        ("estimate job=backup-tree level", "Level value missing.\n"),
        ("estimate job=backup-tree accurate", "Accurate value missing.\n"),
        ("estimate job=backup-tree accurate=x", "Invalid value for accurate."),
        ("estimate job=restore-files", "Wrong job specified of type Restore.\n"),
        ("estimate client=alpha-fd fileset=Tree", "No job specified.\n"),
    ],
)
def test_misused(terminal: Terminal, line: str, text: str) -> None:
    assert text in terminal.text(line)


def test_nobody_answers(terminal: Terminal) -> None:
    assert "Failed to connect to Client.\n" in terminal.text("estimate job=backup-tree")
