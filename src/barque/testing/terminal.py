"""A person, or a program, at a console of a Director in memory."""

from barque.catalog import Catalog
from barque.director.console_server import identity_of
from barque.director.output import ApiMode
from barque.director.services import ConsoleIdentity
from barque.director.session import ConsoleSession
from barque.testing.director import Frame, MemoryDirector, ScriptedPeer

_CATALOG = ("Automatically selected Catalog", "Using Catalog")


class Terminal:
    """Types lines and keeps the answers."""

    def __init__(self, director: MemoryDirector) -> None:
        self.director = director
        """What answers."""
        self.session: ConsoleSession | None = None
        """The session of the last call."""

    @property
    def catalog(self) -> Catalog:
        """The Director's catalog."""
        return self.director.opened

    def frames(self, *lines: str, api: int = 0, console: str = "") -> list[list[Frame]]:
        """Return what each line is answered with, in a session of its own."""
        peer = ScriptedPeer(lines)
        identity = ConsoleIdentity()
        if console:
            identity = identity_of(self.director.config.consoles[console], console)
        self.session = ConsoleSession(self.director, peer, identity)
        self.session.out.mode = ApiMode(api)
        self.session.run()
        return peer.received[1:]

    def text(self, *lines: str, api: int = 0, console: str = "") -> str:
        """Return the text after the last line, but for lines about the choice of the Catalog."""
        frames = self.frames(*lines, api=api, console=console)[-1]
        return "".join(f for f in frames if isinstance(f, str) and not f.startswith(_CATALOG))
