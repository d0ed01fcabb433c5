"""What is known to differ from the recorded answers, and why: one row each.

A row that no longer differs must go: the tests hold the tables from both sides.
"""

from dataclasses import dataclass
from typing import Final

BOTH: Final = frozenset({"sqlite", "postgresql"})
"""Engines of the catalog."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One recorded answer that is not given."""

    key: str
    """Number of a command, dialogue or transcript."""
    what: str
    """What was typed."""
    reason: str
    engines: frozenset[str] = BOTH
    """Where it differs."""


COMMANDS: Final = (
    Difference(
        "r0785", "var (API mode 1)", "the reference prints what happens to be in its memory"
    ),
)
"""Commands that are answered in another way."""

DIALOGUES: Final = (
    Difference("d049", "update jobid=3 jobtype=ZZ", "a job type that does not exist is refused"),
    Difference(
        "d237",
        "sqlquery, select nosuch;",
        "SQLite has other words for what is wrong with a statement",
        frozenset({"sqlite"}),
    ),
    Difference("d246", "var, $Name", "the reference prints what happens to be in its memory"),
    Difference(
        "d260",
        "restore, 11 (directories of given jobs)",
        "the reference counts each file once for every job that was named, and says 24 where 12"
        " are restored",
    ),
)
"""Dialogues that go another way."""

_COUNTED: Final = "the number of Volumes in the Pool is kept up to date"
_CLIENTS: Final = "records of clients are brought up to date, not only made when missing"

ROWS: Final = (
    Difference("d049", "update jobid=3 jobtype=ZZ", "it is refused"),
    Difference("d090", "delete volume=Spare-1 yes", _COUNTED),
    Difference("d091", "delete volume=Spare-1 yes (API mode 2)", _COUNTED),
    Difference("d092", "delete volume=Spare-1", _COUNTED),
    Difference("d096", "delete pool=Copies", "what lies on a deleted Volume is forgotten"),
    Difference("d202", "reload", _CLIENTS),
    Difference("d203", "reload (API mode 2)", _CLIENTS),
)
"""Dialogues that leave other rows in the catalog."""

TRANSCRIPTS: Final = (
    Difference(
        "194",
        '.sql query="SELEC"',
        "SQLite has other words for what is wrong with a statement",
        frozenset({"sqlite"}),
    ),
    Difference(
        "363",
        "autodisplay on",
        "shows the messages that waited in that run; four of them quote what happened to be in"
        " memory",
    ),
    Difference(
        "381",
        "LIST CLIENTS",
        "the reference records a new client without retention periods until its first job; here"
        " the record has those of the configuration",
    ),
)
"""Transcripts whose answer has another shape, by number."""


def keys(rows: tuple[Difference, ...], engine: str) -> set[str]:
    """Return what differs on *engine*."""
    return {row.key for row in rows if engine in row.engines}
