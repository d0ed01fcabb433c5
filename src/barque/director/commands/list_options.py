"""The words that narrow down a list: statuses, levels, types, pages, filters.

Source: console commands, section 4.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from barque.catalog.console_queries import EVERYTHING, Page
from barque.director import resources
from barque.director.commands.dot_lists import JOB_TYPES, TYPE_LETTERS
from barque.director.output import Row, RowFilter, Verdict
from barque.director.parsing import is_name, leading_integer
from barque.director.resources import ResourceKind
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog
    from barque.catalog.jobs import JobRecord
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_STATUS_WORDS = {
    "terminated": "T",
    "warnings": "W",
    "canceled": "A",
    "running": "R",
    "error": "E",
    "fatal": "f",
}
_LEVEL_WORDS = {"full": "F", "differential": "D", "incremental": "I"}
_U64 = 2**64
_SECONDS = {"days": 86400, "hours": 3600}


def statuses(line: "CommandLine") -> list[str]:
    """Return the status letters of ``jobstatus=``. Raises CommandError."""
    return _letters(line.value("jobstatus"), _STATUS_WORDS, "invalid jobstatus parameter")


def levels(line: "CommandLine") -> list[str]:
    """Return the level letters of ``joblevel=`` or ``level=``. Raises CommandError."""
    value = line.value("joblevel")
    value = line.value("level") if value is None else value
    return _letters(value, _LEVEL_WORDS, "invalid joblevel parameter")


def _letters(value: str | None, words: Mapping[str, str], complaint: str) -> list[str]:
    if value is None:
        return []
    letters = []
    for word in value.split(","):
        letter = word if len(word) == 1 and "A" <= word <= "z" else words.get(word.lower())
        if letter is None:
            raise CommandError(complaint)
        letters.append(letter)
    return letters


def types(session: "ConsoleSession", line: "CommandLine") -> list[str]:
    """Return the type letters of ``jobtype=``. Raises CommandError."""
    value = line.value("jobtype")
    letters = []
    for word in value.split(",") if value is not None else []:
        letter = word if word in TYPE_LETTERS.values() else None
        if word in JOB_TYPES:
            letter = TYPE_LETTERS[word.lower()]
        if letter is None:
            session.out.warning(f"Illegal jobtype {word}\n")
            raise CommandError("invalid jobtype parameter")
        letters.append(letter)
    return letters


def page(session: "ConsoleSession", line: "CommandLine") -> Page:
    """Return the page that ``limit=`` and ``offset=`` mean, and remember it for the answer."""
    if line.value("limit") is None:
        return EVERYTHING
    limit = _unsigned(line.value("limit"))
    offset = None if line.value("offset") is None else _unsigned(line.value("offset"))
    session.out.page(limit, offset)
    return Page(limit, offset or 0)


def _unsigned(text: str | None) -> int:
    """Return the number that *text* begins with; what is out of range is 0."""
    stripped = (text or "").lstrip()
    digits = stripped.lstrip("+-")
    end = next((i for i, letter in enumerate(digits) if letter not in "0123456789"), len(digits))
    if not 0 < end <= 20 or (number := int(digits[:end])) >= _U64:
        return 0
    return -number % _U64 if stripped.startswith("-") else number


def since(session: "ConsoleSession", line: "CommandLine") -> float | None:
    """Return the Unix seconds that ``days=`` or ``hours=`` lead back to."""
    found = None
    for word, seconds in _SECONDS.items():
        if (value := line.value(word)) is not None:
            found = session.director.now() - seconds * leading_integer(value)
    return found if found is None else min(max(found, 1.0), 253_402_214_400.0)


def client(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> str:
    """Return the client of ``client=``, which the catalog must know; empty without one.

    Raises CommandError, without a text when the console may not use it.
    """
    name = line.value("client")
    if name is None:
        return ""
    if not is_name(name):
        raise CommandError("client argument: not a name")
    if catalog.clients.find(name) is None:
        raise CommandError(f"invalid client argument: {name}")
    if not resources.may_use(session, resources.CLIENT, name):
        raise CommandError("")
    return name


def job_of(
    session: "ConsoleSession", line: "CommandLine", catalog: "Catalog"
) -> "JobRecord | None":
    """Return the job of ``ujobid=`` or ``jobid=``.

    None when there is no such job, or the console may not see it.
    """
    if (unique_name := line.value("ujobid")) is not None:
        job = catalog.jobs.find(unique_name)
    else:
        job = catalog.jobs.get(leading_integer(line.value("jobid") or ""))
    if job is None or not resources.may_use(session, resources.JOB, job.name):
        return None
    if job.client_id:
        owner = catalog.clients.get(job.client_id)
        if owner is None or not resources.may_use(session, resources.CLIENT, owner.name):
            return None
    return job


def names_job(line: "CommandLine") -> bool:
    """Tell whether *line* says which single job it is about."""
    return line.value("ujobid") is not None or line.value("jobid") is not None


class ListFilters:
    """Adds filters over columns of the list that follows."""

    def __init__(self, session: "ConsoleSession", line: "CommandLine") -> None:
        self._session = session
        self._current = line.has("current")
        self._enabled = line.has("enabled")
        self._disabled = line.has("disabled")

    def rights(self, column: int, kind: ResourceKind[Any]) -> None:
        """Hide rows whose *column* names something that the console may not use."""
        acl = kind.acl
        if acl is None or self._session.rights.unrestricted(acl):
            return
        allows = self._session.rights.allows
        self._add(column, lambda name: allows(acl, name), decides=True)

    def current(self, column: int, kind: ResourceKind[Any]) -> None:
        """When asked to, hide rows whose *column* names what is no longer configured."""
        if self._current:
            known = kind.of(self._session.director.config)
            self._add(column, lambda name: name in known)

    def switched(self, column: int, kind: ResourceKind[Any]) -> None:
        """When asked to, hide rows whose *column* names what is disabled, or enabled."""
        for asked, wanted in ((self._enabled, True), (self._disabled, False)):
            if asked:
                self._add(column, partial(self._is, kind, wanted))

    def _is(self, kind: ResourceKind[Any], enabled: bool, name: str) -> bool:
        resource = resources.find(self._session, kind, name)
        return resource is not None and self._session.director.is_enabled(resource) is enabled

    def all(self, column: int, kind: ResourceKind[Any]) -> None:
        """Add all three."""
        self.rights(column, kind)
        self.current(column, kind)
        self.switched(column, kind)

    def _add(self, column: int, admits: Callable[[str], bool], *, decides: bool = False) -> None:
        def check(row: Row) -> Verdict:
            name = row[column]
            if not name:
                return Verdict.UNKNOWN
            return Verdict.SHOW if admits(name) else Verdict.SUPPRESS

        self._session.out.add_filter(RowFilter(check, decides=decides))
