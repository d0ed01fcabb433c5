"""The Messages resource: which message goes where.

Source: configuration, section 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, override

from barque.config.datatypes import NAME, STDSTR, STR
from barque.config.directive import Datatype, Directive, Resource, directive
from barque.config.lexer import Kind
from barque.config.scanner import Scanner
from barque.config.shown import NOTHING, Shown
from barque.errors import ConfigError


class MessageType(StrEnum):
    """What a message is about; the value is the word of the configuration."""

    DEBUG = "debug"
    ABORT = "abort"
    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    SAVED = "saved"
    NOTSAVED = "notsaved"
    SKIPPED = "skipped"
    MOUNT = "mount"
    TERMINATE = "Terminate"
    RESTORED = "restored"
    SECURITY = "security"
    ALERT = "alert"
    VOLMGMT = "volmgmt"
    AUDIT = "audit"


ALL = "all"
"""The word for every type."""

_TYPES = {message_type.value.lower(): message_type for message_type in MessageType}


class Target(StrEnum):
    """Kinds of destinations; the value is the word that ``show`` writes."""

    SYSLOG = "syslog"
    MAIL = "mail"
    MAIL_ON_ERROR = "mailonerror"
    MAIL_ON_SUCCESS = "mailonsuccess"
    FILE = "file"
    APPEND = "append"
    STDOUT = "stdout"
    STDERR = "stderr"
    DIRECTOR = "director"
    CONSOLE = "console"
    OPERATOR = "operator"
    CATALOG = "catalog"


WITHOUT_PLACE = frozenset({Target.STDOUT, Target.STDERR, Target.CONSOLE, Target.CATALOG})
"""Targets that need no more than the types."""

WITH_RECIPIENTS = frozenset(
    {
        Target.MAIL,
        Target.MAIL_ON_ERROR,
        Target.MAIL_ON_SUCCESS,
        Target.OPERATOR,
        Target.DIRECTOR,
    }
)
"""Targets that name recipients, commas between them."""

MAIL_TARGETS = frozenset({Target.MAIL, Target.MAIL_ON_ERROR, Target.MAIL_ON_SUCCESS})


@dataclass(slots=True)
class Destination:
    """One place that messages go to."""

    target: Target
    where: str = ""
    """Path, recipients with blanks between them, name of the Director, or facility of syslog."""
    types: frozenset[MessageType] = frozenset()
    """What is sent there."""
    command: str = ""
    """Mail or operator command that was set before this destination."""
    timestamp_format: str = ""
    """Format that was set before this destination; empty for the daemon's."""


class MessagesDestination(Datatype[tuple[Destination, ...]]):
    """``target = types`` or ``target = place = types``."""

    name = "MSGS"
    schema = "MESSAGES"

    def __init__(self, target: Target) -> None:
        self.target = target

    @override
    def apply(self, scan: Scanner, resource: Resource, row: Directive) -> None:
        """Read it and add it to the destinations of the resource."""
        assert isinstance(resource, Messages)
        where = self._where(scan)
        destination = resource.destination(self.target, where)
        for removed, types in _read_types(scan):
            if removed:
                destination.types -= types
            else:
                destination.types |= types
        resource.store(
            row, tuple(item for item in resource.destinations if item.target is self.target)
        )
        scan.finish()

    def _where(self, scan: Scanner) -> str:
        if self.target in WITHOUT_PLACE:
            return ""
        if self.target in WITH_RECIPIENTS:
            recipients = [scan.name().text]
            while (token := scan.next_in_block()).kind is Kind.COMMA:
                recipients.append(scan.name().text)
            _check_equals(token.kind, token.text)
            return " ".join(recipients)
        first = scan.string()
        token = scan.next()
        if self.target is Target.SYSLOG and token.kind is not Kind.EQUALS:
            scan.push_back(token)
            scan.push_back(first)
            return ""
        _check_equals(token.kind, token.text)
        return first.text

    @override
    def initial(self, default: str | None) -> tuple[Destination, ...]:
        """Return no destination."""
        return ()

    @override
    def show(self, value: Any) -> Shown:
        """Shown by the resource."""
        return NOTHING


def _check_equals(kind: Kind, text: str) -> None:
    if kind is not Kind.EQUALS:
        raise ConfigError(
            f"expected an =, got: {text or kind.value}", hint="write target = place = types"
        )


def _read_types(scan: Scanner) -> Iterable[tuple[bool, frozenset[MessageType]]]:
    """Read types, commas between them: whether they are removed, and which."""
    for token in scan.items():
        removed = token.text.startswith("!")
        word = token.text.removeprefix("!").lower()
        if word == ALL:
            yield removed, frozenset(MessageType)
        elif word in _TYPES:
            yield removed, frozenset({_TYPES[word]})
        else:
            raise ConfigError(
                f"message type: {token.text.removeprefix('!')} not found",
                hint=f"use {ALL} or some of {', '.join(_TYPES)}",
            )


_SYSLOG = MessagesDestination(Target.SYSLOG)
_MAIL = MessagesDestination(Target.MAIL)
_MAIL_ON_ERROR = MessagesDestination(Target.MAIL_ON_ERROR)
_MAIL_ON_SUCCESS = MessagesDestination(Target.MAIL_ON_SUCCESS)
_FILE = MessagesDestination(Target.FILE)
_APPEND = MessagesDestination(Target.APPEND)
_STDOUT = MessagesDestination(Target.STDOUT)
_STDERR = MessagesDestination(Target.STDERR)
_DIRECTOR = MessagesDestination(Target.DIRECTOR)
_CONSOLE = MessagesDestination(Target.CONSOLE)
_OPERATOR = MessagesDestination(Target.OPERATOR)
_CATALOG = MessagesDestination(Target.CATALOG)

type Destinations = tuple[Destination, ...]
"""The destinations of one kind."""


class Messages(Resource):
    """Where messages of a job or a daemon go."""

    kind = "Messages"
    group = "Messages"

    name: str = directive(NAME, "Name that other resources refer to.")
    description: str = directive(STR, "Free text.")
    mail_command: str = directive(
        STDSTR, "Command that gets mails on its standard input; for destinations below it."
    )
    operator_command: str = directive(
        STDSTR, "Command that gets messages to the operator; for destinations below it."
    )
    timestamp_format: str = directive(
        STDSTR, "strftime format of the time before a message; for destinations below it."
    )
    syslog: Destinations = directive(_SYSLOG, "To the system log, optionally with a facility.")
    mail: Destinations = directive(_MAIL, "By mail, at the end of the job.")
    mail_on_error: Destinations = directive(
        _MAIL_ON_ERROR, "By mail, at the end of a job that failed."
    )
    mail_on_success: Destinations = directive(
        _MAIL_ON_SUCCESS, "By mail, at the end of a job that succeeded."
    )
    file: Destinations = directive(_FILE, "Into a file that is emptied first.")
    append: Destinations = directive(_APPEND, "To the end of a file.")
    stdout: Destinations = directive(_STDOUT, "To the standard output of the daemon.")
    stderr: Destinations = directive(_STDERR, "To the standard error of the daemon.")
    director: Destinations = directive(_DIRECTOR, "To the Director that is named.")
    console: Destinations = directive(_CONSOLE, "To the consoles, which fetch them.")
    operator: Destinations = directive(_OPERATOR, "To the operator, a mail for each message.")
    catalog: Destinations = directive(_CATALOG, "Into the catalog, table Log.")

    def __init__(self, **values: object) -> None:
        self.destinations: list[Destination] = []
        """All destinations, in the order in which they were named first."""
        super().__init__(**values)

    def destination(self, target: Target, where: str) -> Destination:
        """Return the destination, and add it when it is new."""
        for known in self.destinations:
            if (known.target, known.where) == (target, where):
                return known
        command = ""
        if target is Target.OPERATOR:
            command = self.operator_command
        elif target in MAIL_TARGETS:
            command = self.mail_command
        timestamp = "" if target is Target.SYSLOG else self.timestamp_format
        new = Destination(target, where, command=command, timestamp_format=timestamp)
        self.destinations.append(new)
        return new

    def for_type(self, message_type: MessageType) -> list[Destination]:
        """Return the destinations that want messages of *message_type*."""
        return [item for item in self.destinations if message_type in item.types]


def types_text(types: frozenset[MessageType], *, verbose: bool = False) -> str:
    """Return *types* as ``show`` writes them: a list, or ``all`` and what is missing."""
    wanted = [word.value for word in MessageType if word in types]
    unwanted = [f"!{word.value}" for word in MessageType if word not in types]
    if verbose:
        return ",".join(wanted + unwanted)
    return ",".join([ALL, *unwanted] if len(wanted) > len(unwanted) else wanted)
