"""Which console is used at which Director."""

from pathlib import Path

import pytest

from barque.config.load import load_console
from barque.console.account import DEFAULT_CONSOLE
from barque.console.choice import Choice, choices_of, default_path
from barque.errors import ConfigError
from barque.wire.psk import key_of_password

DIRECTOR = (
    'Director {{ Name = {name}; Address = {name}.example; Password = "{name}-pw"; Port = 19101 }}\n'
)


def choices(path: Path, text: str) -> list[Choice]:
    file = path / "bconsole.conf"
    file.write_text(text)
    return choices_of(load_console(file))


def test_a_director_alone_means_its_default_console(tmp_path: Path) -> None:
    (choice,) = choices(tmp_path, DIRECTOR.format(name="a"))
    assert choice.account.name == DEFAULT_CONSOLE
    assert str(choice.account.address) == "a.example:19101"
    assert choice.account.credentials.key == key_of_password("a-pw")
    assert choice.account.credentials.settings.enable
    assert choice.history is None


def test_a_console_belongs_to_the_director_that_it_names(tmp_path: Path) -> None:
    text = DIRECTOR.format(name="a") + DIRECTOR.format(name="b")
    text += 'Console { Name = mine; Password = "x"; Director = b; TLS Enable = no }\n'
    text += 'Console { Name = any; Password = "y"; HistoryFile = /h; HistoryLength = 7 }\n'
    first, second = choices(tmp_path, text)
    assert first.account.name == "any"
    assert (first.history, first.history_length) == (Path("/h"), 7)
    assert second.account.name == "mine"
    assert not second.account.credentials.settings.enable


def test_a_director_needs_a_password_when_there_is_no_console(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='Director "a" has no Password'):
        choices(tmp_path, "Director { Name = a; Address = x }\n")


def test_the_usual_place_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BARQUE_DIR", "/somewhere")
    assert default_path() == "/somewhere"
    monkeypatch.delenv("BARQUE_DIR")
    assert default_path() is None
