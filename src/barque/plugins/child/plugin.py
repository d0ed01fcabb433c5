"""One plugin: its module, and how its entry points are called.

Source: plugin interface, sections 3 and 5.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from typing import Any, Callable, Optional

from . import abi
from .functions import CONTEXT, Daemon
from .trace import Trace

SHIMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shims")
"""Folder of the modules that plugins import."""
BUNDLED = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bundled")
"""Folder of the plugins that come along."""

UNDEFINED = -1
"""What a return value means that is no number."""

_ARGUMENTS = {"end_backup_file": 0, "end_restore_file": 0}
"""Arguments of the entry points that do not take one."""


class Plugin:
    """The module of a plugin."""

    def __init__(self, daemon: Daemon, trace: Trace) -> None:
        self.daemon = daemon
        self.trace = trace
        self.module: Any = None
        self.error: Optional[str] = None
        """Traceback of the last exception."""
        self._arity: dict[Any, bool] = {}

    @property
    def loaded(self) -> bool:
        """Whether there is a module."""
        return self.module is not None

    def load(self, directories: list[str], path: str, name: str) -> bool:
        """Import the module; returns whether that worked.  What went wrong is told."""
        prepare_path(directories, path)
        try:
            self.module = importlib.import_module(name)
        except BaseException:
            self.tell_exception()
            return False
        return True

    def has(self, name: str) -> bool:
        """Return whether the module has an entry point."""
        return callable(getattr(self.module, name, None))

    def call(self, name: str, *arguments: Any) -> int:
        """Call an entry point and return a number of bRCs; UNDEFINED for anything else.

        An exception is told as a fatal message and counts as an error, as does a missing function.
        """
        function = self.module.__dict__.get(name)
        if function is None:
            function = getattr(self.module, name, None)
        if function is None:
            self.trace.missing(name)
            return abi.RC_ERROR
        try:
            old = self._arity[function]
        except (KeyError, TypeError):
            old = self._remember(function, len(arguments))
        try:
            result = function(CONTEXT, *arguments) if old else function(*arguments)
        except BaseException:
            self.tell_exception()
            result = abi.RC_ERROR
        if type(result) is not int:
            result = as_code(result)
        if self.trace.active:
            self.trace.add(name, arguments, result)
        return int(result)

    def _remember(self, function: Callable[..., Any], count: int) -> bool:
        old = wants_context(function, count)
        with contextlib.suppress(TypeError):
            self._arity[function] = old
        return old

    debugger: Optional[Callable[[], None]] = None
    """Called in the place of every exception, before it is told."""

    def tell_exception(self) -> None:
        """Tell the exception that is handled just now; it is fatal for the job."""
        if Plugin.debugger is not None:
            Plugin.debugger()
        text = "".join(_without_host(traceback.format_exc()))
        self.error = text
        prefix = {"fd": "bareosfd: ", "dir": "bareosdir: ", "sd": ""}[self.daemon.kind]
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
        self.daemon.message(3, prefix + text)


def _without_host(text: str) -> list[str]:
    """Return the lines of a traceback less those of the host itself."""
    here = os.path.dirname(os.path.abspath(__file__)) + os.sep
    kept: list[str] = []
    skipping = False
    for line in text.splitlines(keepends=True):
        if line.startswith('  File "'):
            place = line[len('  File "') :]
            skipping = place.startswith(here) and not place.startswith(SHIMS)
            skipping = skipping or place.startswith("<frozen importlib")
        elif not line.startswith("    "):
            skipping = False
        if not skipping:
            kept.append(line)
    return kept


def as_code(result: Any) -> int:
    """Return the number of a return value; UNDEFINED when it has none."""
    try:
        number = result.__index__()
    except (AttributeError, TypeError):
        return UNDEFINED
    return int(number)


def wants_context(function: Callable[..., Any], count: int) -> bool:
    """Return whether *function* takes a context before its *count* arguments."""
    if getattr(function, "accepts_both", False):
        return False
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [one for one in parameters if one.kind in positional and one.default is one.empty]
    return len(needed) == count + 1


def origin_of(name: str) -> Optional[str]:
    """Return the file of a module, or a word for one that is built in; None when there is none."""
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return None if found is None else found.origin or ""


def prepare_path(directories: list[str], path: str) -> None:
    """Put the folders that modules are looked for in on the search path.

    The plugin's own folder comes first, then those of the daemon, those of PYTHONPATH, which
    isolation hides, what Python brings, and at last what comes with the host.
    """
    more = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    for directory in (*reversed(more), *directories):
        if directory and directory not in sys.path:
            sys.path.insert(0, directory)
    if path and sys.path[:1] != [path]:
        sys.path.insert(0, path)
    for directory in (SHIMS, BUNDLED):
        if directory not in sys.path:
            sys.path.append(directory)


def install_shims() -> None:
    """Make our interface modules the ones that are imported, wherever others lie."""
    sys.path.insert(0, SHIMS)
    for name in ("bareosfd", "bareosdir", "bareossd"):
        importlib.import_module(name)
    sys.path.remove(SHIMS)
