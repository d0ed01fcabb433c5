"""What is learned about an autochanger."""

import pytest

from barque.director.commands import changer
from barque.director.services import Slot
from barque.director.session import ConsoleSession
from barque.testing.terminal import Terminal


@pytest.fixture
def session(terminal: Terminal) -> ConsoleSession:
    terminal.frames()
    assert terminal.session
    return terminal.session


def test_slots_are_counted(terminal: Terminal, session: ConsoleSession) -> None:
    storage = terminal.director.config.storages["File1"]
    key = "Storage/File1 autochanger slots FileDev1"
    assert changer.count_slots(session, storage) == 0
    terminal.director.lines[key] = ["3306 Issuing autochanger command\n", "slots=7\n"]
    assert changer.count_slots(session, storage) == 7
    terminal.director.lines[key] = ["slots=many\n"]
    assert changer.count_slots(session, storage) == 0


def test_contents(terminal: Terminal, session: ConsoleSession) -> None:
    storage = terminal.director.config.storages["File1"]
    terminal.director.places = [Slot("slot", 1)]
    assert list(changer.contents(session, storage)) == [Slot("slot", 1)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("3001 Volume=Full-0001 Slot=2\n", "Full-0001"),
        ("3001 Volume=a\x01b Slot=-1\n", "a b"),
        ("3902 Cannot mount Volume\n", ""),
    ],
)
def test_labels_are_read(terminal: Terminal, session: ConsoleSession, line: str, name: str) -> None:
    storage = terminal.director.config.storages["File1"]
    terminal.director.lines["Storage/File1 readlabel FileDev1 Slot=2 drive=0"] = [line]
    assert changer.label_in(session, storage, 2, 0) == name
    assert changer.label_in(session, storage, 3, 0) == ""
