"""One console session: frames around answers, rights, questions, mistakes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.catalog import SQLiteSource, open_catalog
from barque.config.load import load_director
from barque.director.access import AccessRights, Acl
from barque.director.commands import simple
from barque.director.output import ApiMode
from barque.director.script_console import ScriptConsole
from barque.director.services import ConsoleIdentity, DaemonIdentity
from barque.director.session import ConsoleSession
from barque.errors import CatalogError, CommandError
from barque.testing.director import Frame, MemoryDirector, ScriptedPeer
from barque.wire.framing import Signal

GOLDEN = Path(__file__).parents[2] / "golden"
EVERYTHING = ConsoleIdentity()


@pytest.fixture
def director(tmp_path: Path) -> Iterator[MemoryDirector]:
    config = load_director(GOLDEN / "config" / "etc")
    with open_catalog(SQLiteSource(tmp_path / "catalog.db")) as catalog:
        yield MemoryDirector(config, catalog, 1795375893.0, DaemonIdentity("1", "2", "3"))


def session_of(
    director: MemoryDirector,
    *lines: str,
    api: int = 0,
    console: ConsoleIdentity = EVERYTHING,
    in_script: bool = False,
) -> tuple[ConsoleSession, ScriptedPeer]:
    peer = ScriptedPeer(lines)
    session = ConsoleSession(director, peer, console, in_script=in_script)
    session.out.mode = ApiMode(api)
    return session, peer


def answers(director: MemoryDirector, *lines: str, api: int = 0) -> list[list[Frame]]:
    session, peer = session_of(director, *lines, api=api)
    session.run()
    assert session.quit
    return peer.received


def test_frames_for_people(director: MemoryDirector) -> None:
    assert answers(director, "whoami") == [[], ["root\n", Signal.EOD]]


def test_frames_for_programs(director: MemoryDirector) -> None:
    assert answers(director, "whoami", api=1) == [
        [Signal.MAIN_PROMPT],
        [Signal.CMD_BEGIN, Signal.CMD_OK, "root\n", Signal.MAIN_PROMPT],
    ]


def test_documents(director: MemoryDirector) -> None:
    first, second = answers(director, "whoami", api=2)
    assert first == [Signal.MAIN_PROMPT]
    begin, ok, document, prompt = second
    assert (begin, ok, prompt) == (Signal.CMD_BEGIN, Signal.CMD_OK, Signal.MAIN_PROMPT)
    assert json.loads(str(document)) == {
        "jsonrpc": "2.0",
        "id": None,
        "result": {"whoami": "root"},
    }


@pytest.mark.parametrize("line", ["", " ", "\n", '"'])
def test_nothing_was_typed(director: MemoryDirector, line: str) -> None:
    assert answers(director, line)[1] in ([Signal.EOD], [": is an invalid command.\n", Signal.EOD])


def test_beginnings_of_commands(director: MemoryDirector) -> None:
    assert answers(director, "who")[1] == ["root\n", Signal.EOD]
    assert answers(director, "WHOAMI")[1] == ["root\n", Signal.EOD]
    assert answers(director, "whoamix")[1] == ["whoamix: is an invalid command.\n", Signal.EOD]


def test_rights_of_commands(director: MemoryDirector) -> None:
    console = ConsoleIdentity("x", AccessRights({Acl.COMMAND: ["list"]}))
    session, peer = session_of(director, "version", "whoami", "quit", console=console)
    session.run()
    assert peer.received[1:] == [
        ["version: is an invalid command.\n", Signal.EOD],
        ["x\n", Signal.EOD],
    ]


def test_what_run_scripts_may_do(director: MemoryDirector) -> None:
    session, peer = session_of(director, in_script=True)
    assert session.execute("version")
    assert not session.execute("run job=backup-tree yes")
    assert not director.runs
    assert "Can't use run command in a runscript" in peer.frames


def test_what_a_command_of_a_run_script_prints_is_returned(director: MemoryDirector) -> None:
    assert ScriptConsole(director).run("version").startswith("golden-dir Version:")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("nosuch", "nosuch: is an invalid command.\n"),
        ("run job=backup-tree yes", "Can't use run command in a runscript"),
    ],
)
def test_a_command_of_a_run_script_that_fails_raises_what_it_printed(
    director: MemoryDirector, command: str, said: str
) -> None:
    with pytest.raises(CommandError) as raised:
        ScriptConsole(director).run(command)
    assert said in str(raised.value)


def test_use_of_commands_is_noted(director: MemoryDirector) -> None:
    answers(director, "whoami", "mount nosuch")
    [note] = director.audited
    assert note == "Console [default] from [127.0.0.1] cmdline mount nosuch\n"


def test_what_is_refused_is_noted(director: MemoryDirector) -> None:
    lists = {kind: ["*all*"] for kind in Acl} | {
        Acl.COMMAND: ["run", "whoami"],
        Acl.WHERE: ["/restored"],
    }
    peer = ScriptedPeer(["mount nosuch", "run job=restore-files where=/etc yes"])
    console = ConsoleIdentity("web", AccessRights(lists))
    ConsoleSession(director, peer, console).run()
    who = "Console [web] from [127.0.0.1]"
    assert director.audited[0] == f"{who}, Audit acl failure for Command mount\n"
    assert f"{who}, Audit acl failure for Where restore location /etc\n" in director.audited


def test_audit_events_choose_what_is_noted(director: MemoryDirector) -> None:
    director.config.director.audit_events = ("Cancel",)
    answers(director, "reload", "cancel jobid=99")
    assert director.audited == ["Console [default] from [127.0.0.1] cmdline cancel jobid=99\n"]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (CommandError("no"), "no\n"),
        (CommandError(), ""),
        (CatalogError("the disk is full"), "the disk is full\n"),
        (RuntimeError("x"), "whoami: failed by a mistake in barque; its log says more.\n"),
    ],
)
def test_mistakes_end_a_command_only(
    director: MemoryDirector, monkeypatch: pytest.MonkeyPatch, fault: Exception, text: str
) -> None:
    session, peer = session_of(director, "whoami", "version", api=1)

    def fail(*_: object) -> bool:
        raise fault

    row = next(command for command in session.commands if command.name == "whoami")
    monkeypatch.setattr(
        type(row), "handler", property(lambda row: fail if row.name == "whoami" else simple.version)
    )
    session.run()
    said = [frame for frame in peer.received[1] if isinstance(frame, str)]
    assert "".join(said) == text
    assert Signal.CMD_FAILED in peer.received[1]
    assert Signal.CMD_OK in peer.received[2]


def test_signals_of_consoles(director: MemoryDirector) -> None:
    class Signalling(ScriptedPeer):
        def __init__(self) -> None:
            super().__init__(["whoami"])
            self.signals = [Signal.HEARTBEAT, Signal.TERMINATE]

        def receive(self, timeout: float | None = None, /) -> bytes | Signal:
            return self.signals.pop(0) if self.signals else super().receive(timeout)

    peer = Signalling()
    session = ConsoleSession(director, peer, EVERYTHING)
    session.run()
    assert peer.frames == [Signal.POLL]
    assert peer.lines == ["whoami"]


def test_a_console_that_leaves_in_the_middle(director: MemoryDirector) -> None:
    assert answers(director, "run job=backup-tree")[-1][-1] == Signal.SUB_PROMPT
    assert not director.runs
