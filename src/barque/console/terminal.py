"""The keyboard of bconsole: line editing, history and completion.

Source: console protocol, section 2.10.
"""

import re
import readline
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from barque.console.keywords import TREE_VALUES, VALUES
from barque.errors import ConnectionLostError
from barque.transport.channel import Channel
from barque.wire.framing import Signal

type Query = Callable[[str], list[str]]
"""Calls a command and returns the lines of its reply."""

_ARGUMENTS: Final = re.compile(r"([a-z_]+=)|([a-z]+)(?: |$)")


def candidates(line: str, begin: int, *, in_tree: bool, query: Query) -> list[str]:
    """Return what may stand at *begin* of *line*."""
    before = line[:begin].rstrip(" ")
    if not before:
        return query(".help all")
    previous = re.split(r"[ ]", before)[-1].lower()
    table = TREE_VALUES if in_tree else VALUES
    if previous in table:
        return query(table[previous])
    first = line.split(maxsplit=1)[0]
    found = _ARGUMENTS.findall("\n".join(query(f".help item={first}")))
    return [option or word for option, word in found]


def lines_of(channel: Channel, command: str) -> list[str]:
    """Call *command* in text mode and return the lines of its reply."""
    channel.send(command.encode())
    text = b""
    with suppress(ConnectionLostError):
        while True:
            frame = channel.receive()
            if isinstance(frame, bytes):
                text += frame
            elif frame in {Signal.EOD, Signal.MAIN_PROMPT, Signal.SUB_PROMPT}:
                break
    return [line.rstrip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]


class Completer:
    """Answers readline's questions."""

    def __init__(self, query: Query, in_tree: Callable[[], bool]) -> None:
        self._query = query
        self._in_tree = in_tree
        self._found: list[str] = []

    def complete(self, text: str, state: int) -> str | None:
        """Return the candidate number *state* for the word *text*."""
        if state == 0:
            every = candidates(
                readline.get_line_buffer(),
                readline.get_begidx(),
                in_tree=self._in_tree(),
                query=self._query,
            )
            self._found = [word for word in every if word.startswith(text)]
        return self._found[state] if state < len(self._found) else None

    def install(self) -> None:
        """Make readline ask us."""
        readline.set_completer_delims(" =")
        readline.set_completer(self.complete)
        readline.parse_and_bind("tab: complete")


def load_history(path: Path, length: int) -> None:
    """Take over the lines of earlier sessions."""
    readline.set_history_length(length)
    with suppress(OSError):
        readline.read_history_file(path)


def save_history(path: Path) -> None:
    """Keep the lines of this session."""
    with suppress(OSError):
        readline.write_history_file(path)
