"""The page that says how much of what Bareos answers is answered alike, and what is not.

Its figures are the recorded data less the rows of `differences`, which the conformance tests hold
from both sides: what differs has a row, and what has a row differs.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from barque.director.commands.dot_lists import JOB_TYPES
from barque.director.commands.table import COMMANDS
from barque.director.job_runner import BODIES, unsupported
from barque.domain.job import JobType
from barque.testing.compatibility import differences
from barque.testing.compatibility.differences import BOTH, Difference, keys
from barque.testing.compatibility.golden import IDENTITY, Golden
from barque.testing.compatibility.transcript import transcripts

_ENGINES: Final = ("sqlite", "postgresql")

_HEAD: Final = f"""\
# Compatibility

Made by `make compatibility` from the recorded data, the known differences and the table of
commands; a test holds it up to date. Compared with Bareos {IDENTITY.version}.

## What consoles are answered

`make test` types what consoles of Bareos typed when it was recorded, and compares the answers.

* **Commands** change nothing. Each is compared frame by frame, signals included, in the API
  modes 0, 1 and 2, for consoles with all rights, with few, and with the right to `status` alone.
* **Dialogues** change something: prompts, jobs, Volumes, the configuration. Each begins with the
  recorded catalog, and is compared answer by answer; so is the number of rows that it leaves in
  each table of the catalog.
* **Transcripts** ran one after the other over another catalog. They are compared in layout,
  wording, names of fields, types of values and order, for people and for programs.

Times, versions and what hangs on them are not compared, nor are the places in the source of Bareos
that some of its messages name, nor the texts of `help`: their wording is our own.
"""

_COMMANDS_HEAD: Final = """
## Commands

Every command of Bareos has a row; abbreviations mean the same.
"""

_KINDS_HEAD: Final = """
## Kinds of jobs

A job of a kind that is not supported can be configured and listed. `run` answers:
"""


def page(golden: Golden) -> str:
    """Return the page; *golden* is the folder with the recorded data."""
    parts = (
        _HEAD,
        _table(("recorded", "number", "alike on SQLite", "alike on PostgreSQL"), _counts(golden)),
        "\n### What is answered in another way\n",
        _differences((*differences.COMMANDS, *differences.DIALOGUES)),
        "\n### Dialogues that leave other rows in the catalog\n",
        _differences(differences.ROWS),
        "\n### Transcripts with another shape\n",
        _differences(differences.TRANSCRIPTS),
        _COMMANDS_HEAD,
        _table(("command", "does", "state"), _commands()),
        _KINDS_HEAD,
        f"\n    {unsupported(JobType.COPY)}\n",
        _table(("kind", "state"), _kinds()),
    )
    return "".join(parts)


def _counts(golden: Golden) -> Iterator[Sequence[str]]:
    """Yield how many there are of each, and how many are answered alike."""
    commands = [str(record["id"]) for record in golden.commands()]
    dialogues = [str(record["id"]) for record in golden.dialogues()]
    numbers = [f"{found.number:03}" for found in transcripts(golden.transcripts)]
    for name, found, other in (
        ("commands", commands, differences.COMMANDS),
        ("dialogues", dialogues, differences.DIALOGUES),
        ("rows that dialogues leave", dialogues, differences.ROWS),
        ("transcripts", numbers, differences.TRANSCRIPTS),
    ):
        alike = [sum(key not in keys(other, engine) for key in found) for engine in _ENGINES]
        yield name, str(len(found)), *(_share(count, len(found)) for count in alike)


def _share(count: int, total: int) -> str:
    return f"{count} ({count / total:.1%})"


def _differences(rows: Iterable[Difference]) -> str:
    return _table(
        ("", "typed", "why", "where"),
        ((row.key, f"`{row.what}`", row.reason, _where(row.engines)) for row in rows),
    )


def _where(engines: frozenset[str]) -> str:
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    return "both" if engines == BOTH else ", ".join(names[engine] for engine in sorted(engines))


def _commands() -> Iterator[Sequence[str]]:
    for command in sorted(COMMANDS, key=lambda row: row.name):
        yield f"`{command.name}`", command.help, "supported"


def _kinds() -> Iterator[Sequence[str]]:
    for word in JOB_TYPES:
        yield word, "supported" if JobType[word.upper()] in BODIES else "not supported"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n" + "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
