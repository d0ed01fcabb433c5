"""What a daemon writes for debugging, as ``setdebug`` switches it."""

import logging
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

LOGGER = "barque"
"""Logger that all of this program's messages go through."""


@dataclass(frozen=True, slots=True)
class DebugSettings:
    """What a daemon writes for debugging."""

    level: int = 0
    """0 writes nothing."""
    trace: bool = False
    """It goes to a file, not to the terminal."""
    timestamp: bool = False
    """Each line begins with the time."""
    path: str = ""
    """That file."""


class DebugLog:
    """Level of the program's log, and a trace file beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._level = 0
        self._timestamp = False
        self._trace: logging.FileHandler | None = None

    @property
    def level(self) -> int:
        """Up to which level plugins are heard."""
        return self._level

    @property
    def settings(self) -> DebugSettings:
        """What holds now."""
        return DebugSettings(self._level, self._trace is not None, self._timestamp, str(self._path))

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
        return self.settings

    def follow(self, level: int, trace: int | None, timestamp: int | None) -> DebugSettings:
        """Do what a Director asks for, and return what holds now.

        None and numbers below 0 leave something as it is; a file that cannot be written is told.
        """
        try:
            return self.change(level, trace=_switch(trace), timestamp=_switch(timestamp))
        except OSError as error:
            log.warning("the trace file %s cannot be written: %s", self._path, error.strerror)
            return self.settings

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


def _switch(value: int | None) -> bool | None:
    return None if value is None or value < 0 else bool(value)
