"""``show``: resources as they stand in a configuration.

Source: console commands, section 6.9; console JSON, section 6.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from barque.config.show import show_json, show_pieces
from barque.director import resources
from barque.director.output import JsonValue
from barque.director.parsing import CommandLine
from barque.director.resources import ResourceKind

if TYPE_CHECKING:
    from barque.config.directive import Resource
    from barque.director.session import ConsoleSession

_KINDS: Final[dict[str, ResourceKind[Any]]] = {
    "directors": resources.DIRECTOR,
    "clients": resources.CLIENT,
    "counters": resources.COUNTER,
    "jobs": resources.JOB,
    "jobdefs": resources.JOBDEFS,
    "storages": resources.STORAGE,
    "catalogs": resources.CATALOG,
    "schedules": resources.SCHEDULE,
    "filesets": resources.FILESET,
    "pools": resources.POOL,
    "messages": resources.MESSAGES,
    "profiles": resources.PROFILE,
    "consoles": resources.CONSOLE,
    "users": resources.USER,
}
"""Words for kinds of resources; any beginning of one will do."""

_ORDER: Final = (
    "directors",
    "clients",
    "jobdefs",
    "jobs",
    "storages",
    "catalogs",
    "schedules",
    "filesets",
    "pools",
    "messages",
    "counters",
    "profiles",
    "consoles",
    "users",
)
"""In which order everything is shown."""

_SWITCHABLE: Final[tuple[tuple[str, str, ResourceKind[Any]], ...]] = (
    ("jobs", "Jobs", resources.JOB),
    ("clients", "Clients", resources.CLIENT),
    ("schedules", "Schedules", resources.SCHEDULE),
)


def show(session: "ConsoleSession", line: CommandLine) -> bool:
    """Show resources by kind or name, all of them, or the disabled ones."""
    if line.has("help"):
        session.out.info("Keywords for the show command are:\n")
        for group in _KINDS:
            session.out.info(f"{group}\n")
        return True
    verbose = line.has("verbose")
    if not line.arguments or line.has("all"):
        for group in _ORDER:
            _print(session, _visible(session, group), verbose=verbose)
        return True
    for position, word in enumerate(line.arguments):
        keyword = word.keyword.lower()
        if keyword == "verbose":
            continue
        if keyword == "disabled":
            following = line.arguments[position + 1 : position + 2]
            _disabled(session, following[0].keyword.lower() if following else "")
            return True
        found = next((group for group in _KINDS if group.startswith(keyword)), None)
        if found is None:
            session.out.error(f"Resource {word.keyword} not found\n")
        elif word.value is None:
            kind = _KINDS[found]
            if not kind.of(session.director.config):
                session.out.info(f"No {kind.word} resource defined\n")
            _print(session, _visible(session, found), verbose=verbose)
        else:
            resource = resources.find(session, _KINDS[found], word.value)
            if resource is None:
                session.out.error(f"{found} resource {word.value} not found.\n")
                return True
            _print(session, [resource], verbose=verbose)
    return True


def _visible(session: "ConsoleSession", group: str) -> Iterator["Resource"]:
    yield from resources.permitted(session, _KINDS[group])
    if group == "consoles" and session.may_run("configure"):
        yield session.director.config.root_console


def _print(session: "ConsoleSession", found: Iterable["Resource"], *, verbose: bool) -> None:
    out = session.out
    hide = not session.may_run("configure")
    for resource in found:
        if resource.internal and not verbose:
            continue
        with out.object(resource.group), out.object(resource.name, keep_case=True):
            if session.batch:
                shown = show_json(resource, verbose=verbose, hide_passwords=hide)
                for key, value in shown.items():
                    out.pair(key, value)
            else:
                for piece in show_pieces(resource, verbose=verbose, hide_passwords=hide):
                    out.text(piece)
                    out.flush()


def _disabled(session: "ConsoleSession", wanted: str) -> None:
    """Show what is disabled, of one kind or of all."""
    groups = [row for row in _SWITCHABLE if row[0] == wanted] or _SWITCHABLE
    with session.out.object("disabled"):
        for group, title, kind in groups:
            names: list[JsonValue] = [
                resource.name
                for resource in resources.permitted(session, kind)
                if not session.director.is_enabled(resource)
            ]
            head = f"Disabled {title}:\n" if names else f"No disabled {title}.\n"
            with session.out.array(group):
                session.out.decoration(head)
                for name in names:
                    session.out.item(name, f"   {name}\n")
