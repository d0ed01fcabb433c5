"""Reading the configuration again.  Source: console commands, reload."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession


def reload(session: "ConsoleSession", _line: "CommandLine") -> bool:
    """Read the configuration again; mistakes leave the old one in force."""
    out = session.out
    done = session.director.reload()
    with out.object("reload"):
        out.pair("success", done, "reloaded\n" if done else "failed to reload\n")
    return done
