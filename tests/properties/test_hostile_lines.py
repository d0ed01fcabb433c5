"""No command of the table does harm, whatever its arguments: it is answered, and nothing changes."""

import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from barque.catalog import Catalog, SQLiteSource, open_catalog
from barque.config.load import load_director
from barque.director.commands.command import Command
from barque.director.commands.table import COMMANDS
from barque.director.output import ApiMode
from barque.director.services import ConsoleIdentity
from barque.director.session import ConsoleSession
from barque.testing.compatibility.copies import SQLiteCopies
from barque.testing.compatibility.dialogue import rows_of
from barque.testing.compatibility.golden import Golden, director_over
from barque.testing.director import Frame, MemoryDirector, ScriptedPeer

GOLDEN = Golden(Path(__file__).parents[1] / "golden")
MISTAKE = "failed by a mistake in barque"
NAMES = [command.name for command in COMMANDS]

ODD = (
    *("' OR 1=1 --", "'; DROP TABLE job; --", "%' UNION SELECT * FROM pool --", "$$", "?"),
    *("../../etc/passwd", "a b", "*all*", "*", "\x01", "\x00", "\udcff\udc80", "日本語", "n" * 200),
    *("-1", "0", "99999999999999999999", "1e400", "nan", "1-", "77,,78", "0x10", "-", ","),
    *('"', '"open', "'", "\\", 'in "the" middle', "\t", "=", "==", "\n", "\r\n"),
    *("nosuch", "yesterday", "2026-13-45 99:99:99", "[", "(", "((((", "a{9999999}", "%s%n", "<x"),
)
"""Values that nobody means."""

WORDS = (
    *("nosuchkeyword", "nosuchkeyword=1", "=", "=x", "x=", "==", '"', '"open', "'", "\\", "-1"),
    *("; DROP TABLE job", "' OR 1=1 --", "*all*", "\x00", "\udcff", 'volume="', 'name="a b', ","),
    *("jobid=' OR 1=1", "job= client= pool=", "jobid=-1 jobid=0 jobid=abc", "limit=-5 offset=x"),
)
"""Arguments that no command knows, or none knows in this form."""

MAY_CHANGE = {
    ".bvfs_update": "writes the cache for all jobs when none is named",
    "reload": "brings the records of clients up to date",
}
"""Commands that change the catalog without being told what; why."""


LEAVING = {".quit", "exit", "quit"}
"""Commands whose answer is the end."""

ASKING = (
    *("add", "cancel", "create", "delete", "disable job", "enable client", "estimate", "label"),
    *("label barcodes", "mount", "prune", "prune files", "purge", "purge jobs", "query", "release"),
    *("relabel", "restore", "restore client=alpha-fd fileset=Tree select current", "rerun", "run"),
    *("run job=backup-tree", "setbandwidth", "setdebug", "sqlquery", "status", "unmount", "update"),
    *("update volume=Full-0001", "delete volume=Full-0001", "purge volume=Full-0001", "use"),
)
"""Lines that are answered with a question."""

QUESTIONS = (ApiMode.TEXT, ApiMode.RECORDS)
"""API modes with questions; in the other one a command does at once what it was told."""

LONG = 1 << 20
"""Characters."""

MANY = 1 << 12
"""Words."""


@dataclass
class Site:
    """A Director, and how to look at what consoles leave."""

    director: MemoryDirector
    catalog: Catalog
    path: Path
    etc: Path

    def typed(self, api: ApiMode, lines: list[str]) -> list[list[Frame]]:
        """Return what each of *lines* is answered; the last one may end the session."""
        peer = ScriptedPeer(lines)
        session = ConsoleSession(self.director, peer, ConsoleIdentity())
        session.out.mode = api
        session.run()
        return [*peer.received, peer.frames][1 : len(lines) + 1]

    def left(self) -> object:
        """Return what may not change: the rows of the catalog, the files of the configuration."""
        files = sorted(path for path in self.etc.rglob("*") if path.is_file())
        return rows_of(self.catalog), files, len(self.director.runs)

    def is_free(self) -> bool:
        """Tell whether another process could write to the catalog now."""
        connection = sqlite3.connect(self.path, timeout=0, autocommit=True)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        finally:
            connection.close()
        return True


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> SQLiteCopies:
    return SQLiteCopies(tmp_path_factory.mktemp("catalogs"), GOLDEN.dump)


@pytest.fixture
def site(tmp_path: Path, copies: SQLiteCopies) -> Iterator[Site]:
    etc = tmp_path / "etc"
    shutil.copytree(GOLDEN.etc, etc)
    source = copies.take()
    assert isinstance(source, SQLiteSource)
    with open_catalog(source) as catalog:
        yield Site(director_over(catalog, load_director(etc)), catalog, source.path, etc)


def keywords(command: Command) -> list[str]:
    """Return the keywords that *command* is described with."""
    return list(dict.fromkeys(re.findall(r"\b([a-z_]+)=", command.usage)))


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def hostile(command: Command) -> Iterator[str]:
    for word in WORDS:
        yield f"{command.name} {word}"
    for keyword in keywords(command):
        for value in ODD:
            yield f"{command.name} {keyword}={value}"
            yield f"{command.name} {keyword}={quoted(value)}"


def wrong(answers: list[list[Frame]]) -> bool:
    """Tell whether something was not answered, or only by the safety net."""
    texts = [frame for frames in answers for frame in frames if isinstance(frame, str)]
    return not all(answers) or any(MISTAKE in text for text in texts)


def harmed(
    site: Site, dialogues: Iterable[list[str]], modes: Iterable[ApiMode] = ApiMode
) -> list[tuple[ApiMode, str]]:
    """Return the first lines of those *dialogues* whose first answer is wrong; in *modes* by turns."""
    return [
        (mode, lines[0][:80])
        for lines, mode in zip(dialogues, cycle(modes), strict=False)
        if wrong(site.typed(mode, lines)[: lines[0].split()[0] not in LEAVING])
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_hostile_arguments_are_answered_and_change_nothing(site: Site, command: Command) -> None:
    before = site.left()
    assert not harmed(site, ([line, ".", "."] for line in hostile(command)))
    assert site.is_free()
    if command.name not in MAY_CHANGE:
        assert site.left() == before


@pytest.mark.parametrize("asking", ASKING)
def test_a_command_in_the_middle_of_a_question_is_an_answer(site: Site, asking: str) -> None:
    before = site.left()
    names = [name for name in NAMES if name not in MAY_CHANGE]
    lines = (line for name in names for line in (name, f"{name} nosuch", f"{name} jobid=0"))
    assert not harmed(site, ([asking, line, ".", "."] for line in lines), QUESTIONS)
    assert site.is_free()
    assert site.left() == before


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_line_of_a_megabyte_is_answered(site: Site, command: Command) -> None:
    before = site.left()
    word = (keywords(command) or ["name"])[0]
    arguments = (
        "x" * LONG,
        f"{word}={'x' * LONG}",
        f'{word}="{chr(92) * LONG}',
        " " * LONG,
        "x=y " * MANY,
    )
    assert not harmed(site, ([f"{command.name} {long}", ".", "."] for long in arguments))
    assert site.is_free()
    if command.name not in MAY_CHANGE:
        assert site.left() == before


def test_a_megabyte_of_words_is_answered(site: Site) -> None:
    assert not harmed(site, [["list jobs " + "x=y " * (LONG // 4)]])


@pytest.mark.parametrize("asking", ASKING)
def test_a_megabyte_is_an_answer_to_a_question(site: Site, asking: str) -> None:
    before = site.left()
    assert not harmed(site, [[asking, "x" * LONG, ".", "."]] * len(QUESTIONS), QUESTIONS)
    assert site.left() == before
