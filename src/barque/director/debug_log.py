"""What the Director writes for debugging, as ``setdebug`` switches it."""

import logging
from pathlib import Path

from barque.director.services import DebugSettings

LOGGER = "barque"
"""Logger that all of this program's messages go through."""


class DebugLog:
    """Level of the program's log, and a trace file beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._level = 0
        self._timestamp = False
        self._trace: logging.FileHandler | None = None

    def change(
        self, level: int | None, *, trace: bool | None, timestamp: bool | None
    ) -> DebugSettings:
        """Change what is not None, and return what holds now. Raises OSError for the trace file."""
        if level is not None:
            self._level = level
            debug = logging.DEBUG if level > 0 else logging.INFO
            logging.getLogger(LOGGER).setLevel(debug)
        if timestamp is not None:
            self._timestamp = timestamp
        if trace is not None:
            self._stop_trace()
            if trace:
                self._start_trace()
        return DebugSettings(self._level, self._trace is not None, self._timestamp, str(self._path))

    def _start_trace(self) -> None:
        handler = logging.FileHandler(self._path, encoding="utf-8")
        stamp = "%(asctime)s " if self._timestamp else ""
        handler.setFormatter(logging.Formatter(f"{stamp}%(name)s: %(message)s"))
        logging.getLogger(LOGGER).addHandler(handler)
        self._trace = handler

    def _stop_trace(self) -> None:
        if self._trace is not None:
            logging.getLogger(LOGGER).removeHandler(self._trace)
            self._trace.close()
            self._trace = None
