"""Writes a plugin of the Director as one class: typed options, and what to do when a job is over.

    from barque_director_sdk import JobPlugin, register

    class Bell(JobPlugin):
        loud: bool = False

        def ended(self, job):
            ...

    register(Bell, globals())

It uses nothing but the public interface, so a plugin made with it runs in other Directors, too,
with this file and ``barque_options.py`` beside it.  What goes wrong is a warning: a job is never
lost because somebody cannot be told of it.
"""

from __future__ import annotations

import re
import time
from typing import Any, Callable

import bareosdir
from barque_options import PluginFailure, TypedOptions

__all__ = ["EndedJob", "JobPlugin", "PluginFailure", "register"]


class EndedJob:
    """A job that is over, as the Director knows it."""

    def __init__(self, began: float, ended: float) -> None:
        """*began* and *ended* are s since 1970."""
        self.seconds = ended - began
        """How long it ran."""

    @staticmethod
    def value(name: str) -> Any:
        """Return a value of bDirVariable by its name without ``bDirVar``."""
        return bareosdir.GetValue(bareosdir.bDirVariable["bDirVar" + name])

    def number(self, name: str) -> int:
        """Return a value that is a number; 0 for none."""
        return int(self.value(name) or 0)

    def letter(self, name: str) -> str:
        """Return a level, type or status by its letter."""
        return chr(self.value(name) or 32)

    @property
    def failed(self) -> bool:
        """Whether it ended with an error, or was canceled."""
        return self.letter("JobStatus") in "EfA"


class JobPlugin:
    """Derive from it; annotated class attributes are options of the plugin.

    An attribute without a value is an option that must be given.
    """

    def ended(self, job: EndedJob) -> None:
        """A job is over; PluginFailure, OSError and ValueError become warnings."""


class _Runner:
    """Turns the calls of the interface into those of a JobPlugin."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._options = TypedOptions(cls)
        self._plugin = cls()
        self._ready = False
        self._began = time.time()

    def load_bareos_plugin(self, plugindef: str) -> int:
        return int(bareosdir.RegisterEvents([bareosdir.bDirEventJobRun, bareosdir.bDirEventJobEnd]))

    def parse_plugin_definition(self, plugindef: str) -> int:
        given = {}
        for part in re.findall(r"(?:\\.|[^:\\])+", plugindef):
            name, _, value = re.sub(r"\\(.)", r"\1", part).partition("=")
            given[name.strip()] = value.strip()
        self._ready = self._told(lambda: self._options.set(self._plugin, given))
        return int(bareosdir.bRC_OK)

    def handle_plugin_event(self, event: int) -> int:
        if event == bareosdir.bDirEventJobRun:
            self._began = time.time()
        elif self._ready:
            job = EndedJob(self._began, time.time())
            self._told(lambda: self._plugin.ended(job))
        return int(bareosdir.bRC_OK)

    def _told(self, step: Callable[[], None]) -> bool:
        """Do a step; returns whether it went well, and tells what did not."""
        try:
            step()
        except (PluginFailure, OSError, ValueError) as error:
            text = "%s: %s" % (self._cls.__name__, error)
            bareosdir.JobMessage(bareosdir.M_WARNING, text)
            return False
        return True


def register(cls: type, module: dict[str, Any]) -> None:
    """Make *module*, the globals of a file, the plugin that *cls* describes."""
    runner = _Runner(cls)
    for name in ("load_bareos_plugin", "parse_plugin_definition", "handle_plugin_event"):
        module[name] = getattr(runner, name)
