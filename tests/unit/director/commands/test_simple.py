"""Commands about the session itself."""

import pytest

from barque.testing.terminal import Terminal
from barque.wire.framing import Signal


@pytest.mark.parametrize(
    ("line", "api"),
    [
        (".api", 1),
        (".api 0", 0),
        (".api off", 0),
        (".api 1", 1),
        (".api on", 1),
        (".api 2", 2),
        (".api json", 2),
        (".api json compact=yes", 2),
    ],
)
def test_form_of_answers(terminal: Terminal, line: str, api: int) -> None:
    terminal.frames(line)
    assert terminal.session
    assert terminal.session.out.mode == api


def test_short_documents(terminal: Terminal) -> None:
    [_, frames] = terminal.frames(".api json compact=yes", "whoami")
    assert '{"jsonrpc":"2.0","id":null,"result":{"whoami":"root"}}' in frames


@pytest.mark.parametrize("line", [".api 3", ".api nosuch", ".api 1 2 3"])
def test_other_forms(terminal: Terminal, line: str) -> None:
    terminal.frames(line)
    assert terminal.session
    assert terminal.session.out.mode == 0


def test_switches(terminal: Terminal) -> None:
    terminal.frames("gui on", "autodisplay on", "automount off")
    assert terminal.session
    session = terminal.session
    assert (session.gui, session.autodisplay, session.automount) == (True, True, False)
    terminal.frames("gui on", "gui off", "autodisplay on", "autodisplay off", "automount", "on")
    session = terminal.session
    assert (session.gui, session.autodisplay, session.automount) == (False, False, True)


@pytest.mark.parametrize("command", ["gui", "autodisplay"])
def test_a_switch_without_position(terminal: Terminal, command: str) -> None:
    assert terminal.text(command) == "ON or OFF keyword missing.\n"


def test_messages(terminal: Terminal) -> None:
    assert terminal.text("messages") == "You have no messages.\n"
    assert terminal.text(".messages") == ""
    terminal.director.messages += [b"one\n", b"two\n"]
    assert terminal.text("messages") == "one\ntwo\n"
    assert terminal.text("messages") == "You have no messages.\n"


def test_messages_are_mentioned_once(terminal: Terminal) -> None:
    terminal.director.messages.append(b"one\n")
    first, second = terminal.frames("whoami", "whoami")
    assert "You have messages.\n" in first
    assert "You have messages.\n" not in second
    first, second = terminal.frames("whoami", "whoami", api=1)
    assert Signal.MSGS_PENDING in first
    assert Signal.MSGS_PENDING not in second


def test_messages_come_by_themselves(terminal: Terminal) -> None:
    terminal.director.messages.append(b"one\n")
    assert terminal.text("autodisplay on").endswith("one\n")


def test_who_may_not_read_messages_is_not_told(terminal: Terminal) -> None:
    terminal.director.messages.append(b"one\n")
    assert "You have messages.\n" not in terminal.text("version", console="mon")


def test_the_catalog_is_kept(terminal: Terminal) -> None:
    frames = terminal.frames("use", "list clients", "list pools")
    assert "Using Catalog name=GoldenCatalog DB=golden\n" in frames[0]
    assert not any("Using Catalog" in str(frame) for frame in frames[2])


def test_leaving(terminal: Terminal) -> None:
    assert terminal.frames("quit", "whoami") == []
    assert len(terminal.frames("whoami", ".quit", "whoami")) == 1


def test_nothing(terminal: Terminal) -> None:
    assert terminal.frames(".", api=1)[0][:4] == [
        Signal.CMD_BEGIN,
        Signal.CMD_BEGIN,
        Signal.CMD_OK,
        Signal.CMD_OK,
    ]
