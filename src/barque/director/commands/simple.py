"""Commands about the session itself, the clock and the version.

Source: console protocol, sections 3.9 and 3.10; console commands, section 3.1.
"""

from typing import TYPE_CHECKING

from barque.director.catalogs import close_catalog, open_catalog
from barque.director.output import ApiMode
from barque.director.parsing import parse_boolean
from barque.director.times import local_time
from barque.errors import CommandError, PromptDeclinedError
from barque.wire.framing import Signal

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_API_WORDS = {
    "off": ApiMode.TEXT,
    "0": ApiMode.TEXT,
    "on": ApiMode.RECORDS,
    "1": ApiMode.RECORDS,
    "json": ApiMode.JSON,
    "2": ApiMode.JSON,
}
_SWITCH_MISSING = "ON or OFF keyword missing.\n"


def nothing(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """Do nothing; programs get the signals of a command twice."""
    if session.api:
        session.peer.signal(Signal.CMD_BEGIN)
        session.peer.signal(Signal.CMD_OK)
    return True


def leave(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """End the session."""
    session.quit = True
    return True


def api(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Change how answers are sent, beginning with this one."""
    out = session.out
    arguments = line.arguments
    if not arguments:
        out.mode = ApiMode.RECORDS
    else:
        mode = _API_WORDS.get(arguments[0].keyword.lower())
        if mode is None or len(arguments) > 2:
            return False
        out.mode = mode
        if mode is ApiMode.JSON and len(arguments) == 2 and line.value("compact") is not None:
            out.compact = parse_boolean(line.value("compact")) or False
    out.pair("api", int(out.mode), f"api: {int(out.mode)}\n")
    return True


def gui(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Say that a program reads the tables, or that a person does."""
    if (on := _switch(line)) is None:
        session.out.error(_SWITCH_MISSING)
    else:
        session.gui = on
    return True


def autodisplay(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Send waiting messages after each command, or not."""
    if (on := _switch(line)) is None:
        session.out.error(_SWITCH_MISSING)
    else:
        session.autodisplay = on
    return True


def _switch(line: "CommandLine") -> bool | None:
    for word in line.arguments:
        if word.keyword.lower() in {"on", "off"}:
            return word.keyword.lower() == "on"
    return None


def automount(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Mount Volumes after labelling them, or not."""
    session.automount = ask_on_or_off(session, line) != "off"
    return True


def ask_on_or_off(session: "ConsoleSession", line: "CommandLine") -> str:
    """Return the only argument, or what the console answers instead."""
    if len(line.arguments) == 1:
        return line.arguments[0].keyword.lower()
    return session.ask("Turn on or off? ").lower()


def whoami(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """Say under which name the console is logged in."""
    session.out.pair("whoami", session.console.shown, f"{session.console.shown}\n")
    return True


def version(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """Say what this Director is."""
    identity, out = session.director.identity, session.out
    with out.object("version"):
        name = session.director.config.director.name
        out.pair("name", name, f"{name} ")
        out.pair("type", "bareos-director")
        out.pair("version", identity.version, f"Version: {identity.version} ")
        out.pair("bdate", identity.date, f"({identity.date}) ")
        out.pair("operatingsystem", identity.system, f"{identity.system} ")
        out.pair("distname", identity.distribution, f"{identity.distribution} ")
        out.pair("distversion", identity.distribution_version, f"{identity.distribution_version} ")
        out.pair("customversionid", "", "\n")
    return True


def time(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """Say what time it is here."""
    now, out = local_time(session.director.now()), session.out
    full = f"{now:%a %d-%b-%Y %H:%M:%S}"
    with out.object("time"):
        out.pair("full", full, f"{full}\n")
        for part, form in (
            ("year", "%Y"),
            ("month", "%m"),
            ("day", "%d"),
            ("hour", "%H"),
            ("minute", "%M"),
            ("second", "%S"),
        ):
            out.pair(part, now.strftime(form))
    return True


def use(session: "ConsoleSession", line: "CommandLine") -> bool:
    """Choose the Catalog for the commands that follow."""
    close_catalog(session)
    previous, session.catalog_resource = session.catalog_resource, None
    try:
        open_catalog(session, line)
    except (CommandError, PromptDeclinedError):
        session.catalog_resource = previous
        raise
    if session.catalog_resource is not None:
        resource = session.catalog_resource
        session.out.plain(f"Using Catalog name={resource.name} DB={resource.db_name}\n")
    return True


def messages(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """Send the waiting messages, or say that there are none."""
    if session.director.messages_pending() and session.may_run("messages"):
        session.send_messages()
    else:
        session.out.decoration("You have no messages.\n")
    return True


def dot_messages(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """Send the waiting messages, silently when there are none."""
    if session.director.messages_pending():
        session.send_messages()
    return True
