"""Resources of the console.

Source: configuration, table of directives.
"""

from barque.config.datatypes import (
    DIR,
    MD5PASSWORD,
    PINT32,
    STR,
    TIME,
)
from barque.config.directive import Resource, directive
from barque.config.groups import (
    Named,
    Tls,
)
from barque.config.password import Password


class Console(Tls, Named):
    """The user of a console."""

    kind = "Console"
    group = "Consoles"

    rc_file: str = directive(DIR, "File with commands that run at the start.")
    history_file: str = directive(DIR, "File that keeps the commands.")
    history_length: int = directive(PINT32, "Commands that are kept.", default="100")
    password: Password = directive(MD5PASSWORD, "Secret shared with the peer.", required=True)
    director: str = directive(STR, "Director that this console is for.")
    heartbeat_interval: int = directive(
        TIME, "s between signs of life on idle connections; 0 for none.", default="0"
    )


class Director(Tls, Named):
    """A Director that the console can connect to."""

    kind = "Director"
    group = "Directors"

    port: int = directive(PINT32, "TCP port.", default="9101", aliases=("DirPort",))
    address: str = directive(
        STR, "Name or number of the host.", required=True, aliases=("DirAddress",)
    )
    password: Password = directive(MD5PASSWORD, "Secret shared with the peer.")
    heartbeat_interval: int = directive(
        TIME, "s between signs of life on idle connections; 0 for none.", default="0"
    )


RESOURCES: tuple[type[Resource], ...] = (Console, Director)
"""What a configuration of a console is made of, in the order of ``show``."""
