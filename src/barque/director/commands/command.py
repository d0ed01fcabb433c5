"""One row of the table of console commands, and how a typed word finds its row.

Source: console protocol, section 3.4; console commands, section 3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

type Handler = Callable[["ConsoleSession", "CommandLine"], bool]
"""Carries a command out; False tells programs that it failed."""


@dataclass(frozen=True, slots=True)
class Command:
    """A console command."""

    name: str
    """What is typed; any beginning of it that no earlier row shares will do."""
    handler: Handler
    help: str
    """What it does, in a line."""
    usage: str = ""
    """Its arguments: what completion offers."""
    in_scripts: bool = False
    """May be used in the Console directive of a run script."""
    audited: bool = False
    """Its use is noted when the Director audits."""
    declined_ok: bool = False
    """Whether it counts as successful when one of its questions was not answered."""


def find_command(commands: Sequence[Command], word: str) -> Command | None:
    """Return the first of *commands* that begins with *word*, whatever its case."""
    typed = word.lower()
    return next((command for command in commands if command.name.startswith(typed)), None)
