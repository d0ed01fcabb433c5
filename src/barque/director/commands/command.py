"""One row of the table of console commands, and how a typed word finds its row.

Source: console protocol, section 3.4; console commands, section 3.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

type Handler = Callable[["ConsoleSession", "CommandLine"], bool]
"""Carries a command out; False tells programs that it failed."""


class Named(Protocol):
    """Anything that is found by its name."""

    @property
    def name(self) -> str:
        """What is typed."""


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


def in_scripts(name: str, handler: Handler, text: str, usage: str = "") -> Command:
    """Return a row that run scripts may use."""
    return Command(name, handler, text, usage, in_scripts=True)


def find_named[T: Named](rows: Iterable[T], word: str) -> T | None:
    """Return the first of *rows* whose name begins with *word*, whatever its case."""
    typed = word.lower()
    return next((row for row in rows if row.name.startswith(typed)), None)
