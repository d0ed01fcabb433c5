"""The tree of files that a console walks through before a restore."""

import pytest

from barque.director.commands import restore_files
from barque.testing.director import Frame
from barque.testing.terminal import Terminal
from barque.wire.framing import Signal

TREE = "restore client=alpha-fd fileset=Tree select current"


@pytest.fixture(params=[restore_files.MANY_FILES, 0], ids=["in memory", "in the catalog"])
def many_files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either kind of tree must do all of this alike."""
    monkeypatch.setattr(restore_files, "MANY_FILES", request.param)


pytestmark = pytest.mark.usefixtures("many_files")


def said(terminal: Terminal, *lines: str, api: int = 0) -> list[list[Frame]]:
    """Return what each line in the tree is answered with."""
    frames = terminal.frames(TREE, *lines, api=api)[1:]
    return [
        [frame for frame in answer if frame not in ("$ ", Signal.SUB_PROMPT)] for answer in frames
    ]


def text(terminal: Terminal, *lines: str) -> str:
    """Return the text after the last line."""
    return "".join(frame for frame in said(terminal, *lines)[-1] if isinstance(frame, str))


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["ls"], "srv/\n"),
        (["pwd"], "cwd is: /\n"),
        (["cd /srv/golden/tree", "pwd"], "cwd is: /srv/golden/tree/\n"),
        (["cd srv", "cd golden/tree/docs"], "cwd is: /srv/golden/tree/docs/\n"),
        (["cd /srv/golden/tree/docs", "cd .."], "cwd is: /srv/golden/tree/\n"),
        (["cd /srv", "cd"], "Too few or too many arguments. Try using double quotes.\n"),
        (["cd nosuch"], "Invalid path given.\ncwd is: /\n"),
        (['cd "/srv/golden/tree/with space"'], "cwd is: /srv/golden/tree/with space/\n"),
        ([".pwd"], "/"),
        (["cd /srv/golden/tree/docs", "ls *.x"], "a.x\nb.x\n"),
        (["cd /srv/golden/tree/docs", ".ls *.x"], "a.x\nb.x\n"),
        (["cd /srv/golden/tree/docs", "mark a.x", "ls *.x"], "*a.x\nb.x\n"),
        (["cd /srv/golden/tree", "mark docs/a.x", "ls docs"], "+docs/\n"),
        (["cd /srv/golden/tree", "mark docs", "unmark docs/a.x", "ls docs"], "*docs/\n"),
        (["cd /srv/golden/tree", ".lsdir d*"], "deep/\ndocs/\n"),
        (["cd /srv/golden/tree/docs", "mark a.x", ".lsmark"], "a.x\n"),
        (["mark /srv/golden/tree/docs/a.x"], "1 file newly marked.\n"),
        (["mark /srv/golden/tree/docs/a.x", "mark /srv/golden/tree/docs/*.x"], "1 file newly"),
        (["mark nosuch"], "No files newly marked.\n"),
        (["mark"], "No files marked.\n"),
        (["mark *", "unmark /srv/golden/tree/docs/*.x"], "2 files newly unmarked.\n"),
        (["unmark *"], "No files newly unmarked.\n"),
        (["cd /srv/golden/tree", "markdir d*"], "2 directories newly marked.\n"),
        (["cd /srv/golden/tree", "markdir d*", "unmarkdir docs"], "1 directory newly unmarked.\n"),
        (["markdir"], "No directories marked.\n"),
        (["mark **/b.x"], "1 file newly marked.\n"),
        (["find b.x nosuch"], "/srv/golden/tree/docs/b.x\n"),
        (["find"], "No file specification given.\n"),
        (["count"], "31 total files/dirs. 0 marked to be restored.\n"),
        (["mark *", "count"], "31 total files/dirs. 31 marked to be restored.\n"),
        (["mark /srv/golden/tree/numbers.txt", "estimate"], "8,893 bytes.\n"),
        (["nonsense"], 'Invalid command "nonsense". Enter "done" to exit.\n'),
        ([".nonsense"], ""),
        (["?"], "  mark       "),
        ([".help"], "markdir\n"),
    ],
)
def test_commands(terminal: Terminal, lines: list[str], answer: str) -> None:
    assert answer in text(terminal, *lines)


def test_long_lists(terminal: Terminal) -> None:
    line = text(terminal, "cd /srv/golden/tree/docs", "mark b.x", "dir b.x")
    assert line.startswith("-rw")
    assert line.endswith(" * /srv/golden/tree/docs/b.x\n")
    fields = text(terminal, "cd /srv/golden/tree/docs", ".dir b.x").rstrip("\n").split(",")
    assert [fields[0], fields[4], *fields[6:]] == [
        "-rw-r-----",
        "4",
        " ",
        "/srv/golden/tree/docs/b.x",
    ]


def test_a_tree_of_marks(terminal: Terminal) -> None:
    assert text(terminal, "mark /srv/golden/tree/deep/four", "lsmark") == (
        "+srv/\n  +golden/\n    +tree/\n      +deep/\n        *four/\n          *leaf4.x\n"
    )


def test_the_first_name_of_a_hard_linked_file_is_marked_too(terminal: Terminal) -> None:
    terminal.catalog.store.run(
        "UPDATE file SET lstat = ? WHERE jobid = 1 AND fileindex = 22",
        ["P4A G2I6 IGk C A A A M BAA I BpVzWl BpVzWl BrAzfj B A d"],
    )
    terminal.frames(TREE, "mark /srv/golden/tree/docs/hardlink.txt", "done", "yes")
    [request] = terminal.director.runs
    assert request.selection
    assert dict(request.selection.files) == {1: [(1, 1), (22, 22)]}


@pytest.mark.parametrize(
    ("lines", "restores"),
    [
        (["mark *", "done", "yes"], 1),
        (["mark *", "exit", "yes"], 1),
        (["mark *", ".", "yes"], 1),
        (["mark *", "done", "no"], 0),
        (["mark *", "quit"], 0),
        (["mark *", "abort"], 0),
        (["done"], 0),
    ],
)
def test_the_way_out(terminal: Terminal, lines: list[str], restores: int) -> None:
    terminal.frames(TREE, *lines)
    assert len(terminal.director.runs) == restores


def test_everything_is_marked_beforehand(terminal: Terminal) -> None:
    terminal.frames(f"{TREE} all", "unmark /srv/golden/tree/docs", "done", "yes")
    [request] = terminal.director.runs
    assert request.selection
    assert request.selection.count == 23


@pytest.mark.parametrize("api", [1, 2])
def test_signals_for_programs(terminal: Terminal, api: int) -> None:
    frames = terminal.frames(TREE, "pwd", "nonsense", "quit", api=api)
    assert Signal.START_RTREE in frames[0]
    assert frames[1] == [Signal.CMD_BEGIN, "/", Signal.CMD_OK, "$ ", Signal.SUB_PROMPT]
    assert Signal.CMD_FAILED in frames[2]
    assert Signal.END_RTREE in frames[3]
