"""What a restore brings back: jobs, files, names, rights."""

from pathlib import Path

import pytest

from barque.domain.ids import JobId
from barque.testing.terminal import Terminal

TREE = "restore client=alpha-fd fileset=Tree"
NEWEST = {1: 22, 3: 9}
"""Files of each job in the newest state of the tree."""


def restored(terminal: Terminal) -> dict[int, list[str]]:
    """Return the files of the only restore that began, by job."""
    [request] = terminal.director.runs
    assert request.selection
    found = {}
    for job_id, ranges in request.selection.files.items():
        rows = terminal.catalog.store.rows(
            "SELECT fileindex, path.path || file.name FROM file"
            " JOIN path ON path.pathid = file.pathid WHERE jobid = ? AND fileindex > 0",
            (job_id,),
        )
        found[int(job_id)] = [
            str(name)
            for index, name in rows
            if not ranges or any(first <= int(index or 0) <= last for first, last in ranges)
        ]
    return found


def counts(terminal: Terminal) -> dict[int, int]:
    return {job_id: len(names) for job_id, names in restored(terminal).items()}


@pytest.mark.parametrize(
    ("line", "files"),
    [
        (f"{TREE} select current all done yes", NEWEST),
        (f"{TREE} select all done yes", NEWEST),
        (f'{TREE} before="2026-11-22 18:45:01" select all done yes', {1: 24, 2: 5}),
        (f'{TREE} before="2026-11-22 18:44:59" select all done yes', {1: 29}),
        ("restore client=alpha-fd jobid=1,3 all done yes", NEWEST),
        ("restore client=alpha-fd jobid=2 all done yes", {2: 5}),
        ("restore client=alpha-fd jobid=3 select all done yes", NEWEST),
        ("restore client=alpha-fd jobid=2 select all done yes", {1: 24, 2: 5}),
        ("restore client=alpha-fd jobid=11 all done yes", {11: 29}),
        ("restore client=alpha-fd jobid=16 select all done yes", {8: 7, 16: 2}),
    ],
)
def test_the_state_of_a_moment(terminal: Terminal, line: str, files: dict[int, int]) -> None:
    text = terminal.text(line)
    assert f"{sum(files.values())} files selected to be restored.\n" in text
    assert "Job queued. JobId=17\n" in text
    assert counts(terminal) == files


def test_files_that_were_deleted_stay_away(terminal: Terminal) -> None:
    terminal.frames(f"{TREE} current select all done yes")
    names = [name for names in restored(terminal).values() for name in names]
    assert "/srv/golden/tree/deep/c.x" not in names
    assert "/srv/golden/tree/docs/zeros.bin" not in names
    assert len(names) == len(set(names))


def test_named_files(terminal: Terminal) -> None:
    text = terminal.text(
        f"{TREE} current file=/srv/golden/tree/docs/b.x file=/nosuch file=/@PIPE/data.txt done yes"
    )
    assert "No database record found for: /nosuch\n" in text
    assert "2 files selected to be restored." in text
    assert restored(terminal) == {8: ["/srv/golden/tree/docs/b.x"], 16: ["/@PIPE/data.txt"]}


def test_a_list_of_files(terminal: Terminal, tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.write_text("/srv/golden/tree/docs/b.x\n/srv/golden/tree/docs/a.x\n")
    terminal.frames(f"{TREE} current file=<{names} done yes")
    assert counts(terminal) == {8: 2}


def test_a_list_that_is_not_there(terminal: Terminal, tmp_path: Path) -> None:
    text = terminal.text(f"{TREE} current file=<{tmp_path}/nosuch done yes")
    assert f"Cannot open file {tmp_path}/nosuch: ERR=No such file or directory" in text
    assert not terminal.director.runs


def test_files_of_directories(terminal: Terminal) -> None:
    terminal.frames(
        "restore client=alpha-fd jobid=3 directory=/srv/golden/tree/docs/ current done yes"
    )
    assert not terminal.director.runs
    terminal.frames("restore client=alpha-fd jobid=3 directory=/srv/golden/tree/docs/ done yes")
    assert all("/docs/" in name for name in restored(terminal)[3])


def test_a_pattern_without_a_list_of_files(terminal: Terminal) -> None:
    terminal.frames(f"{TREE} current select all done yes fileregex=docs")
    [request] = terminal.director.runs
    assert request.selection
    assert request.selection.file_regex == "docs"
    assert not any(request.selection.files.values())


def test_jobs_whose_files_are_forgotten(terminal: Terminal) -> None:
    terminal.catalog.retention.purge_files([1])
    line = "restore client=alpha-fd jobid=1 yes"
    text = terminal.text(line, "no", "(", "docs")
    assert "Regex compile error" not in text
    [request] = terminal.director.runs
    assert request.selection
    assert (request.selection.files, request.selection.file_regex) == ({JobId(1): []}, "docs")
    terminal.frames(line, "yes")
    assert terminal.director.runs[1].selection
    assert terminal.director.runs[1].selection.file_regex == ""
    assert "Restore not done.\n" in terminal.text(line, "no", "")


@pytest.mark.parametrize(
    ("words", "where", "regex_where", "replace", "client"),
    [
        ("where=/tmp/x replace=never", "/tmp/x", None, "never", "alpha-fd"),
        ("strip_prefix=/srv add_prefix=/x", None, "!/srv!!i,!^!/x!", "ifnewer", "alpha-fd"),
        ("regexwhere=!a!b!", None, "!a!b!", "ifnewer", "alpha-fd"),
        ("restoreclient=beta-fd", None, None, "ifnewer", "beta-fd"),
    ],
)
def test_where_files_go(
    terminal: Terminal,
    words: str,
    where: str | None,
    regex_where: str | None,
    replace: str,
    client: str,
) -> None:
    terminal.frames(f"{TREE} current select all done yes {words}")
    [request] = terminal.director.runs
    assert request.client
    assert (request.where, request.regex_where, request.replace, request.client.name) == (
        where,
        regex_where,
        replace,
        client,
    )


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("restore nosuch=1", "Unknown keyword: nosuch"),
        ("restore fileregex=(", 'Invalid "FileRegex" value.'),
        ("restore comment=<x>", "Illegal character"),
        ("restore jobid=1 current client=alpha-fd", ""),
        (f'{TREE} before="2020-01-01" select all done yes', "No Full backup before"),
        ("restore client=alpha-fd jobid=99 all done yes", "No Job found"),
    ],
)
def test_misused(terminal: Terminal, line: str, text: str) -> None:
    assert text in terminal.text(line)
    assert not terminal.director.runs


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (f"{TREE} select current all done yes where=/etc", '"where" specification not authorized'),
        (f"{TREE} select current all done yes regexwhere=!a!b!", "not authorized"),
        ("restore client=alpha-fd jobid=8 all done yes", 'Access to JobId=8 (Job "backup-ai")'),
        ("restore client=beta-fd jobid=1 all done yes", ""),
    ],
)
def test_rights(terminal: Terminal, line: str, text: str) -> None:
    assert text in terminal.text(line, console="operator")
    assert not terminal.director.runs


@pytest.mark.parametrize(
    ("answers", "files"),
    [
        (["3", "1,3", "all", "done"], None),
        (["5", "1", "2", "mark *", "done", "yes"], NEWEST),
        (["6", "2026-11-22 18:45:01", "1", "2", "mark *", "done", "yes"], {1: 24, 2: 5}),
        (["7", "1", "/srv/golden/tree/docs/b.x", "", "yes"], {8: 1}),
        (["12", "2", "mark *", "done", "1", "yes"], {1: 24, 2: 5}),
        (["13"], None),
        (["."], None),
    ],
)
def test_the_menu(terminal: Terminal, answers: list[str], files: dict[int, int] | None) -> None:
    terminal.frames("restore", *answers)
    assert (counts(terminal) if terminal.director.runs else None) == files


def test_lines_of_files_of_the_director_are_not_shown(terminal: Terminal, tmp_path: Path) -> None:
    secret = tmp_path / "shadow"
    secret.write_text("root:secret\n")
    text = terminal.text(f"{TREE} current file=<{secret} done yes")
    assert f"No database record found for: line 1 of {secret}\n" in text
    assert "root:secret" not in text
