"""Run directives of a Schedule: when a job starts, and what is different then.

Source: configuration, section 5.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, override

from barque.config import keywords
from barque.config.directive import Datatype, Directive, Reference, Resolver, Resource
from barque.config.lexer import TEXTS, Kind, Mode, Token
from barque.config.scanner import Scanner
from barque.config.shown import Form, Shown
from barque.domain.duration import parse_duration
from barque.domain.job import Level
from barque.domain.schedule import RunTimes, parse_run_times, show_run_times
from barque.errors import ConfigError

if TYPE_CHECKING:
    from barque.config.director import Pool, Storage
    from barque.config.messages import Messages

RESOURCES = {
    "pool": "Pool",
    "fullpool": "Pool",
    "incrementalpool": "Pool",
    "differentialpool": "Pool",
    "nextpool": "Pool",
    "storage": "Storage",
    "messages": "Messages",
}
"""Overrides that name a resource, and of which kind it is."""

_ATTRIBUTES = {
    "pool": "pool",
    "fullpool": "full_pool",
    "incrementalpool": "incremental_pool",
    "differentialpool": "differential_pool",
    "nextpool": "next_pool",
    "storage": "storage",
    "messages": "messages",
}

OVERRIDES = (*RESOURCES, "level", "priority", "spooldata", "maxrunschedtime", "accurate")
"""What a Run may change."""


@dataclass(frozen=True, slots=True)
class Run:
    """One Run directive: times, and what is different for jobs that start then."""

    times: RunTimes = field(default_factory=RunTimes)
    level: Level | None = None
    pool: "Pool | None" = None
    full_pool: "Pool | None" = None
    incremental_pool: "Pool | None" = None
    differential_pool: "Pool | None" = None
    next_pool: "Pool | None" = None
    storage: "Storage | None" = None
    messages: "Messages | None" = None
    priority: int | None = None
    spool_data: bool | None = None
    max_run_sched_time: int | None = None
    """s after the scheduled time at which the job is cancelled."""
    accurate: bool | None = None


class RunDatatype(Datatype[tuple[Run, ...]]):
    """``Run = overrides times``; every further one appends."""

    name = "RUN"
    schema = "SCHEDULE_RUN_COMMAND"

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read one Run; it ends with the line."""
        run = _read_run(scan)
        resource.store(row, (*resource.__dict__.get(row.attribute, ()), run))

    @override
    def initial(self, default: str | None) -> tuple[Run, ...]:
        """Return no Run."""
        return ()

    @override
    def resolve(self, value: Any, resolver: Resolver) -> object:
        """Look the pools, storages and messages up."""
        return tuple(_resolve(run, resolver) for run in value)

    @override
    def show(self, value: Any) -> Shown:
        """A line for each."""
        return Shown(Form.PLAIN_LINES, tuple(show_run(run) for run in value))


def _resolve(run: Run, resolver: Resolver) -> Run:
    found: dict[str, Any] = {}
    for attribute in _ATTRIBUTES.values():
        value = getattr(run, attribute)
        if isinstance(value, Reference):
            message = f"Could not find specified {value.kind} Resource: {value.name}"
            found[attribute] = resolver.find(value, message)
    return replace(run, **found)


def _read_run(scan: Scanner) -> Run:
    changes: dict[str, Any] = {}
    while True:
        token = scan.next(Mode.NO_IDENTIFIER)
        word = token.text.lower()
        if word in OVERRIDES and token.kind in TEXTS:
            equals = scan.next(Mode.NO_IDENTIFIER)
            if equals.kind is not Kind.EQUALS:
                raise ConfigError(f"Expected an equals, got: {equals.text}")
            attribute, value = _read_override(scan, word)
            changes[attribute] = value
        elif (level := _level(token)) is not None:
            changes["level"] = level
        else:
            break
    if token.kind not in TEXTS | {Kind.NUMBER}:
        raise ConfigError(
            f"expected a name, got: {token.text or token.kind.value}",
            hint="say when: daily at 21:00",
        )
    return Run(times=_read_times(scan, token), **changes)


def _level(token: Token) -> Level | None:
    for name, level in keywords.LEVELS:
        if token.kind in TEXTS and name.lower() == token.text.lower():
            return level
    return None


def _read_override(scan: Scanner, word: str) -> tuple[str, Any]:
    if word in RESOURCES:
        token = scan.name(Mode.NO_IDENTIFIER)
        return _ATTRIBUTES[word], Reference(RESOURCES[word], token.text, token.place)
    if word == "priority":
        return "priority", scan.positive(2**32 - 1, Mode.NO_IDENTIFIER)
    if word == "spooldata":
        return "spool_data", scan.boolean(Mode.NO_IDENTIFIER)
    if word == "accurate":
        return "accurate", scan.boolean(Mode.NO_IDENTIFIER)
    token = scan.next(Mode.NO_IDENTIFIER)
    if word == "maxrunschedtime":
        return "max_run_sched_time", parse_duration(token.text)
    level = _level(token)
    if level is None:
        raise ConfigError(f"Job level field: {token.text} not found in run record")
    return "level", level


def _read_times(scan: Scanner, token: Token) -> RunTimes:
    words = []
    while token.kind not in {Kind.EOL, Kind.EOF}:
        if token.kind is Kind.END:
            scan.push_back(token)
            break
        if token.kind in {Kind.NUMBER, Kind.STRING, Kind.IDENTIFIER}:
            words.append(token.text)
        elif token.kind is not Kind.COMMA:
            raise ConfigError(f"Unexpected token: {token.kind.value}:{token.text}")
        token = scan.next(Mode.NO_IDENTIFIER)
    return parse_run_times(words)


def show_run(run: Run) -> str:
    """Return *run* in the words of ``show``."""
    parts = [
        _named(word, getattr(run, attribute))
        for word, attribute in _ATTRIBUTES.items()
        if RESOURCES[word] == "Pool"
    ]
    if run.level is not None:
        parts.append(next(name for name, level in keywords.LEVELS if level == run.level) + " ")
    parts += [_named("storage", run.storage), _named("messages", run.messages)]
    if run.priority not in {None, 0, 10}:
        parts.append(f"priority={run.priority} ")
    if run.max_run_sched_time:
        parts.append(f"maxrunschedtime={run.max_run_sched_time} ")
    if run.accurate:
        parts.append('accurate="yes" ')
    return "".join(parts) + show_run_times(run.times)


def _named(word: str, resource: Resource | None) -> str:
    return f'{word}="{resource.name}" ' if resource is not None else ""


RUN = RunDatatype()
