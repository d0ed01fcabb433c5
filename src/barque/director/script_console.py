"""Console commands of run scripts: a session without anybody at the other end.

Source: job semantics, section 8.
"""

from barque.director.access import EVERYTHING
from barque.director.services import ConsoleIdentity, DirectorServices
from barque.director.session import ConsoleSession
from barque.errors import CommandError, ConnectionLostError
from barque.wire.framing import Signal


class _Nobody:
    """A peer that keeps what it is sent, and never says anything."""

    peer = "run script"

    def __init__(self) -> None:
        self.text = bytearray()

    def send(self, message: bytes, /) -> None:
        self.text += message

    def signal(self, signal: Signal, /) -> None:
        """Nobody looks at signals."""

    def receive(self, timeout: float | None = None, /) -> bytes | Signal:  # noqa: ARG002 - the protocol's
        raise ConnectionLostError("a run script cannot answer questions")


class ScriptConsole:
    """Runs console commands with all rights."""

    def __init__(self, director: DirectorServices, *, in_script: bool = True) -> None:
        """A run script may not use every command; the Director itself may."""
        self._director = director
        self._in_script = in_script

    def run(self, command: str) -> str:
        """Return what *command* prints. Raises CommandError, with that text, when it fails."""
        nobody = _Nobody()
        session = ConsoleSession(
            self._director, nobody, ConsoleIdentity("", EVERYTHING), in_script=self._in_script
        )
        try:
            succeeded = session.execute(command)
        except ConnectionLostError as error:
            raise CommandError(str(error)) from None
        printed = nobody.text.decode("utf-8", "surrogateescape")
        if not succeeded:
            raise CommandError(printed)
        return printed
