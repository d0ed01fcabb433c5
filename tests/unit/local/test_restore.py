"""Restores: the right backup, the right files."""

import os
from pathlib import Path
from typing import Any

import pytest

from barque.errors import CommandError
from barque.local.restore import (
    Source,
    find_source,
    list_directory,
    original_place,
    start_restore,
)

BACKUPS = [
    {"jobid": "1", "client": "bareos-fd", "fileset": "docs", "starttime": "2026-01-01 10:00:00"},
    {"jobid": "2", "client": "bareos-fd", "fileset": "music", "starttime": "2026-01-02 10:00:00"},
]
SOURCE = Source("bareos-fd", "docs")
SELECT = 'restore client="bareos-fd" fileset="docs" select current where="/to"'
QUEUED = "1,234 files selected to be restored.\n\nJob queued. JobId=9\n"


def fileset(name: str, *roots: str) -> dict[str, Any]:
    return {"filesets": {name: {"include": [{"file": list(roots)}]}}}


@pytest.fixture
def backups(table_console: Any) -> Any:
    return table_console(
        {
            'llist backups client="bareos-fd"': [{"backups": BACKUPS}],
            'show fileset="docs"': [fileset("docs", "/home/docs", "/etc")],
            'show fileset="music"': [CommandError("filesets resource music not found.")],
        }
    )


def test_without_paths_the_newest_backup_is_meant(backups: Any) -> None:
    assert find_source(backups, [], "") == Source("bareos-fd", "music")


@pytest.mark.parametrize("paths", [["/home/docs"], ["/home/docs/a", "/etc/hosts"]])
def test_paths_find_the_backup_that_holds_them(backups: Any, paths: list[str]) -> None:
    assert find_source(backups, paths, "") == SOURCE


def test_a_moment_excludes_later_backups(backups: Any) -> None:
    before = "2026-01-02 00:00:00"
    assert find_source(backups, [], before) == Source("bareos-fd", "docs", before)


@pytest.mark.parametrize(
    ("paths", "before", "text"),
    [
        (["/home/docs2"], "", "no backup of /home/docs2: see"),
        ([], "2026-01-01 00:00:00", "no backup before 2026-01-01 00:00:00: see"),
    ],
)
def test_without_a_backup_it_is_told(
    backups: Any, paths: list[str], before: str, text: str
) -> None:
    with pytest.raises(CommandError, match=text):
        find_source(backups, paths, before)


def test_everything_is_restored_in_one_command(table_console: Any) -> None:
    console = table_console({f"{SELECT} all done yes": [QUEUED]})
    queued = start_restore(console, SOURCE, [], "/to")
    assert (queued.job_id, queued.files) == (9, 1234)


def test_paths_are_marked_in_the_browser(table_console: Any) -> None:
    console = table_console(
        {
            SELECT: ["...\ncwd is: /\n$ "],
            'cd "/home/docs"': ["cwd is: /home/docs/\n$ "],
            'mark "a\\\\*b \\"c\\""': ["1 file newly marked.\n$ "],
            "done": ["1 file selected to be restored.\nRun Restore job\nOK to run? (yes/mod/no): "],
            "yes": ["Job queued. JobId=10\n"],
        }
    )
    queued = start_restore(console, SOURCE, ['/home/docs/a*b "c"'], "/to")
    assert (queued.job_id, queued.files) == (10, 1)


def test_a_path_that_is_not_there_ends_the_selection(table_console: Any) -> None:
    console = table_console(
        {
            SELECT: ["cwd is: /\n$ "],
            'cd "/home"': ["cwd is: /home/\n$ "],
            'mark "x"': ["No files newly marked.\n$ "],
            "quit": [""],
        }
    )
    with pytest.raises(CommandError, match="the backup does not hold /home/x"):
        start_restore(console, SOURCE, ["/home/x"], "/to")
    assert console.commands[-1] == "quit"


def test_a_refused_restore_is_told(table_console: Any) -> None:
    console = table_console({SELECT: ["No Full backup before 2026 found.\n"]})
    with pytest.raises(CommandError, match="No Full backup before 2026 found"):
        start_restore(console, SOURCE, ["/home/x"], "/to")


def test_folders_and_files_are_listed(table_console: Any) -> None:
    select = SELECT.removesuffix(' where="/to"')
    console = table_console(
        {
            select: ["cwd is: /\n$ "],
            'cd "/home"': ["cwd is: /home/\n$ "],
            'cd "/home/x"': ["Invalid path given.\ncwd is: /\n$ "],
            'cd "/home/y"': ["Invalid path given.\ncwd is: /\n$ "],
            "dir": ["-rw-r--r-- /home/x\n$ "],
            'dir "x"': ["-rw-r--r-- /home/x\n$ "],
            'dir "y"': ["$ "],
            "quit": [""],
        }
    )
    assert list_directory(console, SOURCE, "/home") == "-rw-r--r-- /home/x\n"
    assert list_directory(console, SOURCE, "/home/x") == "-rw-r--r-- /home/x\n"
    with pytest.raises(CommandError, match="does not hold /home/y"):
        list_directory(console, SOURCE, "/home/y")


def test_a_path_is_where_its_folder_really_is(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert original_place(f"{tmp_path}/link/file") == f"{tmp_path}/real/file"
    assert original_place(f"{tmp_path}/link") == f"{tmp_path}/link"
    assert original_place("/") == "/"
    assert original_place("..") == os.path.realpath("..")
