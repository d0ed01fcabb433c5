"""A connection of a Director: its commands, each found in one table.

Source: daemon protocol, section 5.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from barque.errors import ProtocolError
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.job import Job, Jobs
from barque.storagedaemon.job_end import Surroundings
from barque.storagedaemon.settings import DirectorSettings
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.message import Message, shorten
from barque.wire.template import to_text

REFUSED_MONITOR = "3997 Invalid command for a Director with Monitor directive enabled.\n"


@dataclass(slots=True)
class DirectorSession:
    """One connection of a Director, and the job that it is about."""

    channel: Channel
    """The connection."""
    director: DirectorSettings
    """Who is at its other end."""
    around: Surroundings
    """Configuration, devices, jobs, clock."""
    started_at: float
    """s since 1970: start of the daemon."""
    job: Job | None = None
    """Set by the JobId command."""
    link: DirectorLink | None = None
    """Set by the JobId command."""
    plugin_options: list[str] = field(default_factory=list)
    """Definitions of plugins that came before the JobId command."""
    quit: bool = field(default=False)
    """The connection is to end."""

    @property
    def jobs(self) -> Jobs:
        """All jobs of the daemon."""
        return self.around.jobs

    def reply(self, text: str | Message) -> None:
        """Send one message."""
        if isinstance(text, str):
            self.channel.send(text.encode("utf-8", "surrogateescape"))
        else:
            self.channel.send(text)

    def finish(self, text: str) -> None:
        """Send a text and the end of the answer."""
        self.reply(text)
        self.channel.signal(Signal.EOD)

    def signal(self, signal: Signal) -> None:
        """Send a signal."""
        self.channel.signal(signal)

    def require_job(self) -> tuple[Job, DirectorLink]:
        """Return the job of this connection.

        Raises:
            ProtocolError: the Director named none yet.
        """
        if self.job is None or self.link is None:
            raise ProtocolError("the Director sent a command of a job before JobId=")
        return self.job, self.link


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a Director."""

    keyword: bytes
    """The line begins so."""
    run: Callable[[DirectorSession, bytes], None]
    """Deals with the line."""
    monitor: bool = False
    """A Director that may only look may give it."""


def find_command(commands: tuple[Command, ...], line: bytes) -> Command | None:
    """Return the command with the longest keyword that *line* begins with."""
    fitting = [command for command in commands if line.startswith(command.keyword)]
    return max(fitting, key=lambda command: len(command.keyword), default=None)


def serve(session: DirectorSession, commands: tuple[Command, ...]) -> None:
    """Answer commands until the Director goes."""
    while not session.quit:
        frame = session.channel.receive()
        if frame is Signal.TERMINATE:
            return
        if isinstance(frame, Signal):
            continue
        command = find_command(commands, frame)
        if command is None:
            session.reply(f"3900 Invalid command: {shorten(frame)}\n")
            session.signal(Signal.TERMINATE)
            session.channel.flush()
            return
        if session.director.monitor and not command.monitor:
            session.finish(REFUSED_MONITOR)
            continue
        command.run(session, frame)


def text_of(line: bytes) -> str:
    """Return a command line as text, without its end."""
    return to_text(line).rstrip("\0\r\n")
