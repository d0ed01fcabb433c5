"""A console whose Director is a table of answers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from barque.console.client import Answer, Console, Json
from barque.errors import CommandError
from barque.local.place import Place

type Reply = dict[str, Json] | Exception | str


class TableConsole(Console):
    """Answers each command with its row; several rows for one command are used up in turn."""

    def __init__(self, rows: dict[str, list[Reply]]) -> None:
        self.rows = rows
        self.commands: list[str] = []
        self._asked = False

    @property
    def asked(self) -> bool:
        return self._asked

    def _next(self, command: str) -> Reply:
        self.commands.append(command)
        replies = self.rows.get(command)
        if not replies:
            raise CommandError(f"no answer to {command}")
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def json(self, command: str, *, timeout: float | None = None) -> dict[str, Json]:
        reply = self._next(command)
        if isinstance(reply, Exception):
            raise reply
        assert isinstance(reply, dict)
        return reply

    def call(
        self, command: str, answer: Answer | None = None, *, timeout: float | None = None
    ) -> str:
        return "".join(self.stream(command))

    def stream(self, command: str, *, timeout: float | None = None) -> Iterator[str]:
        reply = self._next(command)
        assert isinstance(reply, str)
        self._asked = reply.endswith(("$ ", "? ", ": "))
        yield reply

    def close(self) -> None:
        pass


type MakeConsole = Callable[[dict[str, list[Reply]]], TableConsole]


@pytest.fixture
def table_console() -> MakeConsole:
    return TableConsole


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "barque")
