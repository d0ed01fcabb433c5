"""The lists that completion and graphical consoles ask for: ``.jobs``, ``.pools``, ``.levels`` ...

Source: console commands, section 3.1; console JSON, section 3.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from barque.director import resources
from barque.director.commands.command import Handler
from barque.director.resources import ResourceKind

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_CONSOLE_WITHOUT_NAME = "*UserAgent*"

JOB_TYPES = (
    "Backup",
    "Admin",
    "Archive",
    "Verify",
    "Restore",
    "Migrate",
    "Copy",
    "Consolidate",
)
"""Types that a Job resource may have."""

JOB_LEVELS = (
    ("Full", "F", "B"),
    ("Base", "B", "B"),
    ("Incremental", "I", "B"),
    ("Differential", "D", "B"),
    ("Since", "S", "B"),
    ("VirtualFull", "f", "B"),
    ("Catalog", "C", "V"),
    ("InitCatalog", "V", "V"),
    ("VolumeToCatalog", "O", "V"),
    ("DiskToCatalog", "d", "V"),
    ("Data", "A", "V"),
    ("Full", "F", "c"),
    ("Incremental", "I", "c"),
    ("Differential", "D", "c"),
    ("Full", "F", "g"),
    ("Incremental", "I", "g"),
    ("Differential", "D", "g"),
)
"""Levels that may be typed: word, letter of the level, letter of the job type."""

TYPE_LETTERS = {
    "backup": "B",
    "admin": "D",
    "archive": "A",
    "verify": "V",
    "restore": "R",
    "migrate": "g",
    "copy": "c",
    "consolidate": "O",
}
"""Letters of the types that may be typed."""

VOLUME_STATUSES = (
    "Unlabeled",
    "Append",
    "Full",
    "Used",
    "Recycle",
    "Purged",
    "Cleaning",
    "Error",
    "Archive",
    "Disabled",
)
"""What ``.volstatus`` offers."""


def _names(session: "ConsoleSession", group: str, names: Iterable[str], key: str = "name") -> bool:
    """Answer with one name a line."""
    out = session.out
    with out.array(group):
        for name in names:
            with out.object():
                out.pair(key, name, f"{name}\n")
    return True


def _fixed(group: str, names: Iterable[str]) -> Handler:
    return lambda session, _line: _names(session, group, names)


def _permitted(group: str, kind: ResourceKind[Any]) -> Handler:
    return lambda session, _line: _names(
        session, group, (resource.name for resource in resources.permitted(session, kind))
    )


def _every(group: str, kind: ResourceKind[Any], key: str = "name") -> Handler:
    return lambda session, _line: _names(
        session, group, (resource.name for resource in resources.every(session, kind)), key
    )


def _switchable(group: str, kind: ResourceKind[Any]) -> Handler:
    """Return the handler for resources that can be enabled and disabled."""

    def handler(session: "ConsoleSession", line: "CommandLine") -> bool:
        wanted = _wanted_type(line) if kind is resources.JOB else None
        with session.out.array(group):
            for resource in _enabled_or_not(session, line, kind):
                if wanted is None or resource.type == wanted:
                    _switchable_object(session, resource)
        return True

    return handler


def _wanted_type(line: "CommandLine") -> str | None:
    value = line.value("type")
    return value[:1] if value else None


def _enabled_or_not(
    session: "ConsoleSession", line: "CommandLine", kind: ResourceKind[Any]
) -> Iterator[Any]:
    enabled, disabled = line.has("enabled"), line.has("disabled")
    for resource in resources.permitted(session, kind):
        is_enabled = session.director.is_enabled(resource)
        if not (enabled and not is_enabled) and not (disabled and is_enabled):
            yield resource


def _switchable_object(session: "ConsoleSession", resource: Any) -> None:
    with session.out.object():
        session.out.pair("name", resource.name, f"{resource.name}\n")
        session.out.pair("enabled", session.director.is_enabled(resource))


jobs = _switchable("jobs", resources.JOB)
clients = _switchable("clients", resources.CLIENT)
storages = _switchable("storages", resources.STORAGE)
schedules = _switchable("schedules", resources.SCHEDULE)
filesets = _permitted("filesets", resources.FILESET)
jobdefs = _permitted("jobdefs", resources.JOBDEFS)
catalogs = _permitted("catalogs", resources.CATALOG)
users = _every("users", resources.USER)
profiles = _every("profiles", resources.PROFILE)
messages = _every("messages", resources.MESSAGES, "text")
types = _fixed("jobtypes", JOB_TYPES)
volume_statuses = _fixed("volstatus", VOLUME_STATUSES)
actions_on_purge = _fixed("actiononpurge", ("None", "Truncate"))


def consoles(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """List the consoles, the one without a name included."""
    names = [resource.name for resource in resources.every(session, resources.CONSOLE)]
    return _names(session, "consoles", [*names, _CONSOLE_WITHOUT_NAME])


def pools(session: "ConsoleSession", line: "CommandLine") -> bool:
    """List pools; ``type=`` keeps those whose type begins so."""
    wanted = (line.value("type") or "").lower()
    found = resources.permitted(session, resources.POOL)
    return _names(
        session,
        "pools",
        (pool.name for pool in found if str(pool.pool_type).lower().startswith(wanted)),
    )


def levels(session: "ConsoleSession", line: "CommandLine") -> bool:
    """List the levels that may be typed, of one job type when its name is given."""
    out = session.out
    rows = JOB_LEVELS if not line.arguments else _levels_of(line)
    with out.array("levels"):
        for name, level, job_type in rows:
            with out.object():
                out.pair("name", name, f"{name}\n")
                out.pair("level", ord(level))
                out.pair("jobtype", ord(job_type))
    return True


def _levels_of(line: "CommandLine") -> list[tuple[str, str, str]]:
    if len(line.arguments) > 1:
        return []
    letter = TYPE_LETTERS.get(line.arguments[0].keyword.lower())
    return [row for row in JOB_LEVELS if row[2] == letter]
