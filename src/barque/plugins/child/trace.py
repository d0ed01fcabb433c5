"""Writes down the calls of a plugin, for `barque plugin trace`."""

from __future__ import annotations

import json
import re
import time
from typing import Any, Optional, TextIO

from .packets import IoPacket

_LINES = 5_000
"""Calls that are written down; a job may make millions."""
_LENGTH = 600
"""Characters of one argument."""
_NAME = r"""[\w-]*(?:pass|pwd|secret|token|credential|key)[\w-]*"""
_OPTION = re.compile(r"(%s(?:#enc)?\s*=\s*)(?:\\\\?.|[^:\\\n])+" % _NAME, re.IGNORECASE)
"""An option of a definition whose value nobody else may see; a backslash protects a colon."""
_KEY = re.compile(
    r"""(%s['"]?\s*:\s*['"]?)((?:\\\\?.|[^:'"\\,}\s])+)""" % _NAME,
    re.IGNORECASE,
)
"""A key of a dictionary, likewise."""


def masked(text: str) -> str:
    """Return *text* with the values of options that look like secrets hidden."""
    return _KEY.sub(r"\1****", _OPTION.sub(r"\1****", text))


def _shown(argument: Any) -> str:
    """Return an argument as it is written down; data of files is only counted."""
    if isinstance(argument, IoPacket):
        size = len(argument.buf) if argument.buf is not None else 0
        return (
            "IoPacket(func=%s, count=%s, fname=%r, status=%s, io_errno=%s, filedes=%s, %d bytes)"
            % (
                argument.func,
                argument.count,
                argument.fname,
                argument.status,
                argument.io_errno,
                argument.filedes,
                size,
            )
        )
    return masked(repr(argument))[:_LENGTH]


class Trace:
    """The calls of one plugin in one job, one JSON line each."""

    def __init__(self, path: str = "") -> None:
        self._file: Optional[TextIO] = None
        self._left = _LINES
        self._last = time.monotonic()
        self.active = False
        """Whether calls are written down."""
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Begin to write to *path*; where that is not possible there is no trace."""
        try:
            self._file = open(path, "a", encoding="utf-8", errors="backslashreplace")
        except OSError:
            return
        self.active = True

    def add(self, name: str, arguments: tuple[Any, ...], result: Any) -> None:
        """Write down one call that has ended."""
        if self._file is None:
            return
        now = time.monotonic()
        shown = [_shown(argument) for argument in arguments]
        line = {"call": name, "arguments": shown, "result": result, "at": round(time.time(), 6)}
        line["since"] = round(now - self._last, 6)
        self._last = now
        self._file.write(json.dumps(line) + "\n")
        self._left -= 1
        if self._left <= 0:
            self._file.write(json.dumps({"call": "...", "arguments": [], "result": 0}) + "\n")
            self.close()

    def missing(self, name: str) -> None:
        """Write down that the plugin has no such function."""
        if self.active:
            self.add(name, ("not there",), 2)

    def close(self) -> None:
        """Write everything to the disk and stop."""
        self.active = False
        if self._file is not None:
            self._file.close()
            self._file = None
