"""Commands, keywords and names are completed from what the Director says."""

from typing import Any

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from barque.console.client import Json
from barque.console.screen.completion import DirectorCompleter, Names
from barque.errors import CommandError

HELP: dict[str, Json] = {
    "run": {
        "description": "Run a job",
        "arguments": "job=<job-name> level=<level> accurate=<yes|no> [yes]",
        "permission": True,
    },
    "rerun": {"description": "Again", "arguments": "jobid=<jobid>", "permission": True},
    "purge": {"description": "Purge", "arguments": "", "permission": False},
}


class Told:
    """A console that answers from a table."""

    def __init__(self) -> None:
        self.asked = False
        self.calls: list[str] = []

    def json(self, command: str, *, timeout: float | None = None) -> dict[str, Json]:
        self.calls.append(command)
        if command == ".help":
            return HELP
        if command == ".jobs":
            return {"jobs": [{"name": "backup-vm"}, {"name": "my job"}]}
        raise CommandError("no")


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def completer(told: Any) -> DirectorCompleter:
    files = {".ls": ["file", "sub/"], ".lsdir": ["sub/"], ".help": ["cd", "mark", "done"]}
    return DirectorCompleter(Names(lambda: told), files.__getitem__)


def complete(completer: DirectorCompleter, text: str) -> list[str]:
    document = Document(text, len(text))
    return [each.text for each in completer.get_completions(document, CompleteEvent())]


def test_commands(completer: Any) -> None:
    assert complete(completer, "ru") == ["run", "rerun"]
    assert complete(completer, "wat") == ["watch"]
    assert complete(completer, "pur") == []


def test_keywords_are_offered_once(completer: Any) -> None:
    assert complete(completer, "run ") == ["job=", "level=", "accurate=", "yes"]
    assert complete(completer, "run job=x l") == ["level="]
    assert "job=" not in complete(completer, "run job=x ")


def test_names_and_choices(completer: Any, told: Any) -> None:
    assert complete(completer, "run job=") == ["backup-vm", '"my job"']
    assert complete(completer, 'run job="my') == ['"my job"']
    assert complete(completer, "run accurate=") == ["yes", "no"]
    assert complete(completer, "run level=") == []
    assert told.calls.count(".jobs") == 1


def test_an_open_question_is_not_disturbed(completer: Any, told: Any) -> None:
    told.asked = True
    assert complete(completer, "run job=") == []
    assert told.calls == []
    completer.asked = True
    assert complete(completer, "ru") == []


def test_the_tree_has_its_own_words(completer: Any) -> None:
    completer.in_tree = completer.asked = True
    assert complete(completer, "") == ["cd", "mark", "done"]
    assert complete(completer, "cd ") == ["sub/"]
    assert complete(completer, "mark f") == ["file"]
    assert complete(completer, "pwd ") == []
