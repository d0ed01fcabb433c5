"""The loop of bconsole: read a line, send it, print the reply.

What it prints for piped input is what the original prints, byte for byte: scripts compare it.
Source: console protocol, sections 1.3 and 2.10.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from barque.console.at_commands import run_at_command
from barque.console.conversation import END_OF_REPLY
from barque.console.sink import Sink
from barque.errors import ConnectionLostError
from barque.transport.channel import Channel
from barque.wire.framing import Signal

PROMPT: Final = "*"
"""Shown to a person when the Director waits for a command."""

HANG_UP: Final = frozenset({b".quit", b".exit"})
"""Commands after which no reply is awaited."""

type Lines = Iterator[bytes]
"""Lines of input, without their ends."""


class BconsoleShell:
    """One session at a terminal, or fed by a script."""

    def __init__(
        self,
        channel: Channel,
        sink: Sink,
        *,
        privileged: bool,
        timeout: float | None = None,
    ) -> None:
        self.sink = sink
        """Where everything is printed."""
        self.separator = ""
        """Cuts a typed line into several commands; empty for none."""
        self.in_tree = False
        """Whether the Director browses the files of a restore."""
        self._channel = channel
        self._privileged = privileged
        self._timeout = timeout
        self._asked = False
        self._alive = True

    def run_script(self, source: BinaryIO) -> None:
        """Carry out the lines of *source*, each of which is echoed."""
        self._run(self._echoed(source))

    def run_file(self, path: Path) -> None:
        """Carry out the lines of the file *path*; raises OSError when it cannot be opened."""
        with path.open("rb") as source:
            self.run_script(source)

    def run_terminal(self, read: Callable[[str], str]) -> None:
        """Carry out what a person types; *read* gets the prompt and raises EOFError at the end."""
        self._run(self._typed(read))

    def _echoed(self, source: BinaryIO) -> Lines:
        for line in source:
            self.sink.write(line)
            yield line.rstrip()

    def _typed(self, read: Callable[[str], str]) -> Lines:
        while True:
            try:
                line = read("" if self._asked else PROMPT)
            except EOFError:
                return
            for part in line.split(self.separator) if self.separator else [line]:
                yield part.rstrip().encode("utf-8", "surrogateescape")

    def _run(self, lines: Lines) -> None:
        for line in lines:
            if line.startswith(b"@"):
                text = line.decode("utf-8", "surrogateescape")
                if not run_at_command(self, text, privileged=self._privileged):
                    return
            elif self._alive:
                self._command(line)
            if not self._alive:
                return

    def _command(self, line: bytes) -> None:
        """Send one line and print its reply."""
        try:
            self._channel.send(line)
            if line in HANG_UP:
                self._channel.flush()
                self._alive = False
                return
            self._print_reply()
        except ConnectionLostError:
            self._alive = False

    def _print_reply(self) -> None:
        while True:
            frame = self._channel.receive(self._timeout)
            if isinstance(frame, bytes):
                self.sink.write(frame.partition(b"\0")[0])
            elif frame in END_OF_REPLY:
                self._asked = frame is Signal.SUB_PROMPT
                return
            elif frame is Signal.TERMINATE:
                self._alive = False
                return
            elif frame in {Signal.START_RTREE, Signal.END_RTREE}:
                self.in_tree = frame is Signal.START_RTREE
