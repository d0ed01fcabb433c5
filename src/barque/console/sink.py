"""Where bconsole's output goes: the terminal, a file, or both.

Everything is flushed at once: programs read it through pipes while they write commands.
"""

from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from barque.wire.template import to_bytes


class Sink:
    """The terminal, until ``@output`` or ``@tee`` turn output elsewhere."""

    def __init__(self, terminal: BinaryIO) -> None:
        self._terminal = terminal
        self._file: BinaryIO | None = None
        self._tee = False

    def write(self, text: str | bytes) -> None:
        """Write and flush."""
        data = to_bytes(text) if isinstance(text, str) else text
        if self._file is None or self._tee:
            self._terminal.write(data)
            self._terminal.flush()
        if self._file is not None:
            self._file.write(data)
            self._file.flush()

    def turn(self, path: Path, mode: str, *, tee: bool) -> None:
        """Turn output to *path*, opened in *mode*; *tee* keeps the terminal as well.

        Raises OSError when the file cannot be opened.
        """
        opened = cast("BinaryIO", path.open(mode.replace("b", "") + "b"))
        self.turn_back()
        self._file, self._tee = opened, tee

    def turn_back(self) -> None:
        """Send output to the terminal again."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._file, self._tee = None, False
