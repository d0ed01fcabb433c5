"""``configure``: adding resources to the configuration while the Director runs.

Source: configuration, section 9.5; console JSON, section 3.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from barque.config import director as config
from barque.config.directive import Resource
from barque.director import config_files, resources
from barque.director.parsing import is_name
from barque.director.resource_text import resource_text
from barque.errors import CommandError, ConfigError

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine, Word
    from barque.director.session import ConsoleSession

_USAGE: Final = (
    "usage:\n  configure add <resourcetype> <key1>=<value1> ...\n"
    "  configure export client=<clientname>"
)
_EXPORT_USAGE: Final = "usage: configure export client=<clientname>"
_MISSING: Final = "is required, but not found"
_EXPORTS: Final = "bareos-dir-export"


def configure(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Add a resource, or write the part of one that a client needs."""
    if len(line.arguments) < 2:
        raise CommandError(_USAGE)
    match line.arguments[0].keyword.lower():
        case "add":
            return _add(session, line.arguments[1], line.arguments[2:])
        case "export":
            return _export(session, line)
        case _:
            raise CommandError(f"invalid subcommand {line.arguments[0].keyword}.")


def _add(session: "ConsoleSession", what: "Word", words: "Sequence[Word]") -> bool:
    kind = _kind(what.keyword)
    directory = session.director.config.include_directory
    if directory is None:
        raise CommandError(
            "The configuration is a single file: resources can only be added to a configuration"
            " with one file a resource, in the directory bareos-dir.d."
        )
    with session.out.object("configure"):
        values = [(word.keyword, word.value) for word in words]
        if what.value is not None:
            values.insert(0, ("name", what.value))
        text = resource_text(kind, values)
        name = _name(session, kind, values)
        path = directory / kind.kind.lower() / f"{name}.conf"
        try:
            session.director.add_resource(path, text)
        except ConfigError as error:
            _explain(session, error, kind, path)
            return False
        if kind is config.Client:
            _write_export(session, resources.CLIENT.of(session.director.config)[name])
        with session.out.object("add"):
            session.out.pair("resource", kind.kind)
            session.out.pair("name", name)
            session.out.pair("filename", str(path), f'Created resource config file "{path}":\n')
            session.out.pair("content", text, text)
    return True


def _kind(word: str) -> type[Resource]:
    kind = next((k for k in config.RESOURCES if word.lower() in _words(k)), None)
    if kind is None:
        raise CommandError(f"invalid resource type {word}.")
    if kind is config.Director:
        raise CommandError("Only one Director resource allowed.")
    return kind


def _words(kind: type[Resource]) -> set[str]:
    return {kind.kind.lower(), *(alias.lower() for alias in kind.aliases)}


def _name(
    session: "ConsoleSession", kind: type[Resource], values: Sequence[tuple[str, str | None]]
) -> str:
    """Return the name of the new resource. Raises CommandError."""
    names = [value for keyword, value in values if keyword.lower() == "name" and value]
    if not names:
        raise CommandError(f'Resource "{kind.kind}": missing name parameter.')
    name = names[0]
    if len(names) > 1 or not is_name(name) or "/" in name or name.startswith("."):
        raise CommandError(
            f'Resource "{kind.kind}" cannot be called "{" ".join(names)}": use letters, digits,'
            " and : . - _ inside."
        )
    if name in session.director.config.tables()[kind.kind]:
        raise CommandError(f'Resource "{kind.kind}" with name "{name}" already exists.')
    return name


def _explain(
    session: "ConsoleSession", error: ConfigError, kind: type[Resource], path: Path
) -> None:
    """Say what is wrong with a new resource; what is missing in it is told as a message."""
    out = session.out
    if error.path != str(path):
        out.error(f"configure error: {error}\n")
    elif _MISSING in error.message:
        for one in (error, *error.others):
            session.director.warn(f"configure add: {one.message}\n")
        if kind in {config.Job, config.JobDefs}:
            out.error(f'failed to create config resource "{path.stem}"\n')
        else:
            out.error("configure error: SaveResource failed\n")
            out.error("configure error: ParseAllTokens failed.\n")
    else:
        text = error.text.strip()
        where = "" if text in error.message else f": {text}"
        out.error(f"configure error: {error.message}{where}\n\n")
        out.error("configure error: Parser Error occurred.\n")


def _export(session: "ConsoleSession", line: "CommandLine") -> bool:
    name = line.value("client")
    client = resources.find(session, resources.CLIENT, name) if name else None
    if client is None:
        raise CommandError(_EXPORT_USAGE)
    with session.out.object("configure"):
        return _write_export(session, client)


def _write_export(session: "ConsoleSession", client: config.Client) -> bool:
    """Write the Director resource that the File Daemon of *client* needs."""
    out, now = session.out, session.director.config
    director = now.director.name
    text = f'Director {{\n  Name = "{director}"\n  Password = "{client.password.show()}"\n}}\n'
    folder = now.directory / _EXPORTS / "client" / client.name / "bareos-fd.d" / "director"
    path = folder / f"{director}.conf"
    try:
        config_files.replace(path, text)
    except ConfigError as error:
        out.error(f"failed to write filedaemon config resource file: {error}\n")
        return False
    with out.object("export"):
        out.pair("clientname", client.name)
        out.pair("component", "bareos-fd")
        out.pair("resource", "director")
        out.pair("name", director)
        out.pair("filename", str(path), f'Exported resource file "{path}":\n')
        out.pair("content", text, text)
    return True
