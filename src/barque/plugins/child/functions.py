"""The functions that plugins call, and the modules that offer them.

Every function takes the context of the interface before version 20 as an optional first argument.
Source: plugin interface, sections 4 and 5; of the File Daemon, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, Optional

from . import abi, pipe
from .constants import dictionaries, flat
from .link import Link
from .packets import PACKETS, SavePacket, force, stat_numbers


class PluginContext:
    """What plugins of the old interface are given first and give back."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<plugin context>"


CONTEXT = PluginContext()
"""There is one process for a plugin, so there is one context."""


_FATAL = 3
_PREFIX = "python3-fd-mod: "
"""Before messages of plugins of the File Daemon."""
_ENDING = frozenset({1, 11, 12})
"""Types of messages that would end a daemon; they end the job."""


class Daemon:
    """The daemon as the plugin sees it: values of the job, events, messages."""

    def __init__(self, kind: str, link: Link) -> None:
        self.kind = kind
        """``fd``, ``dir`` or ``sd``."""
        self.link = link
        self.values: dict[int, Any] = {}
        self.own_values: dict[int, Any] = {}
        """What the plugin set, which holds until the end of the job."""
        self.events = set(abi.FD_DEFAULT_EVENTS) if kind == "fd" else set()
        """Numbers of the events that the plugin wants."""
        self.instances = 1
        self.debug_level = 0
        self.fatal = False
        """Whether a fatal message was sent: the job is over."""
        self.stopping = False
        """Whether the job was canceled."""

    @property
    def highest_event(self) -> int:
        """The last number that may be registered."""
        return {
            "fd": abi.FD_HIGHEST_EVENT,
            "dir": abi.DIR_HIGHEST_EVENT,
            "sd": abi.SD_HIGHEST_EVENT,
        }[self.kind]

    def take_values(self, values: dict[str, Any]) -> None:
        """Take what the daemon says about the job."""
        for name, value in values.items():
            if name == "instances":
                self.instances = value
                continue
            number = int(name)
            if self.kind == "fd" and number == 23:
                value = frozenset(value)
            self.values[number] = value
        self.values.update(self.own_values)

    def set_own(self, number: int, value: Any) -> None:
        """Take a value that the plugin sets."""
        self.values[number] = self.own_values[number] = value

    def message(self, kind: int, text: str) -> None:
        """Send a job message; it may wait a moment for company."""
        if self.kind != "fd" and not text.endswith("\n"):
            text += "\n"
        kind = _FATAL if kind in _ENDING else kind
        self.fatal |= kind == _FATAL
        self.link.put_json(pipe.MESSAGE, [kind, text])

    @property
    def over(self) -> bool:
        """Whether no more files are wanted."""
        return self.fatal or self.stopping


_daemon: Optional[Daemon] = None


def attach(daemon: Optional[Daemon]) -> None:
    """Let the functions work for *daemon*."""
    global _daemon
    _daemon = daemon


def current() -> Daemon:
    """Return the daemon; raises RuntimeError outside of a job."""
    if _daemon is None:
        raise RuntimeError("this works only in a plugin that a daemon runs, or `barque plugin run`")
    return _daemon


def _with_context(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let *function* take a context first."""

    def call(*arguments: Any) -> Any:
        if arguments and isinstance(arguments[0], PluginContext):
            arguments = arguments[1:]
        return function(*arguments)

    call.__name__ = function.__name__
    call.__qualname__ = function.__name__
    call.__doc__ = function.__doc__
    return call


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a message must be str, not %s" % type(value).__name__)
    value.encode("utf-8")
    return value


def _number(value: Any) -> int:
    if not hasattr(value, "__index__"):
        raise TypeError("an integer is needed, not %s" % type(value).__name__)
    return int(value.__index__())


@_with_context
def GetValue(variable: int) -> Any:
    """Return a value of the job; None when there is none."""
    return current().values.get(_number(variable))


@_with_context
def SetValue(variable: int, value: Any) -> int:
    """Set a value of the job; returns a number of bRCs."""
    daemon = current()
    number = _number(variable)
    return _SET[daemon.kind](daemon, number, value)


def _set_fd(daemon: Daemon, number: int, value: Any) -> int:
    if number == 8:
        daemon.set_own(8, _number(value))
    elif number == 20:
        daemon.set_own(20, value is True)
    elif number == 10:
        return int(daemon.link.call("seen", _text(value)))
    else:
        return abi.RC_ERROR
    return abi.RC_OK


def _set_job(daemon: Daemon, number: int, value: Any) -> int:
    """Set a value of the Director or Storage Daemon."""
    if number == 1:
        return abi.RC_OK
    if number == 2:
        value = _text(value)
    elif number in (3, 4):
        value = _number(value)
    else:
        return abi.RC_ERROR
    result = int(daemon.link.call("set", number, value))
    if result == abi.RC_OK:
        daemon.values[_READ_AS[daemon.kind][number]] = value
    return result


_READ_AS = {"dir": {2: 16, 3: 15, 4: 2}, "sd": {2: 12, 3: 0, 4: 2}}
"""Under which number a value that was set can be read."""

_SET: dict[str, Callable[[Daemon, int, Any], int]] = {
    "fd": _set_fd,
    "dir": _set_job,
    "sd": _set_job,
}


@_with_context
def DebugMessage(level: int, text: Optional[str] = None) -> None:
    """Write to the daemon's trace."""
    daemon = current()
    if text is not None:
        text = _text(text)
        if _number(level) <= daemon.debug_level:
            daemon.link.put_json(pipe.DEBUG, [_number(level), text])


@_with_context
def JobMessage(kind: int, text: Optional[str] = None) -> None:
    """Write to the job's log; *kind* is a number of bJobMessageType."""
    daemon = current()
    number = _number(kind)
    if text is not None:
        prefix = _PREFIX if daemon.kind == "fd" else ""
        daemon.message(number, prefix + _text(text))


@_with_context
def RegisterEvents(events: Sequence[int]) -> int:
    """Let events reach handle_plugin_event."""
    return _change_events(events, lambda known, number: known.add(number))


@_with_context
def UnRegisterEvents(events: Sequence[int]) -> int:
    """Let events not reach handle_plugin_event any more."""
    return _change_events(events, lambda known, number: known.discard(number))


def _change_events(events: Sequence[int], change: Callable[[Any, int], None]) -> int:
    daemon = current()
    result = abi.RC_ERROR
    for event in events:
        number = _number(event)
        if 1 <= number <= daemon.highest_event:
            change(daemon.events, number)
            result = abi.RC_OK
    return result


@_with_context
def GetInstanceCount() -> int:
    """Return how many instances of plugins run in all jobs."""
    return current().instances


def _fileset_call(name: str) -> Callable[..., Any]:
    def call(*arguments: Any) -> int:
        for argument in arguments:
            if not isinstance(argument, (str, int)):
                raise TypeError("%s takes str and int" % name)
        return int(current().link.call("fileset", name, *arguments))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = "Change the FileSet, as long as it is put together."
    return _with_context(call)


@_with_context
def CheckChanges(packet: SavePacket) -> int:
    """Return bRC_OK when a file must be saved, bRC_Seen when it is unchanged."""
    if not packet.fname:
        return abi.RC_ERROR
    stat = list(stat_numbers(packet.statp)) if packet.statp is not None else None
    answer = current().link.call(
        "changed", packet.fname, packet.type, stat, packet.save_time, packet.link or ""
    )
    packet.delta_seq = answer["delta_seq"]
    force(packet, "accurate_found", answer["found"])
    return abi.RC_OK if answer["changed"] else abi.RC_SEEN


@_with_context
def AcceptFile(packet: SavePacket) -> int:
    """Return bRC_OK when the FileSet wants a file, bRC_Skip when it does not."""
    if not packet.fname or packet.statp is None:
        return abi.RC_ERROR
    return int(current().link.call("accept", packet.fname, packet.statp.st_mode))


@_with_context
def SetSeenBitmap(everything: Any, name: Optional[str] = None) -> int:
    """Mark one file of the accurate list, or all, as seen."""
    return int(current().link.call("bitmap", True, bool(everything), name))


@_with_context
def ClearSeenBitmap(everything: Any, name: Optional[str] = None) -> int:
    """Mark one file of the accurate list, or all, as not seen."""
    return int(current().link.call("bitmap", False, bool(everything), name))


_COMMON = (
    GetValue,
    SetValue,
    DebugMessage,
    JobMessage,
    RegisterEvents,
    UnRegisterEvents,
    GetInstanceCount,
)
_FILESET = tuple(
    _fileset_call(name)
    for name in (
        "AddExclude",
        "AddInclude",
        "AddOptions",
        "AddRegex",
        "AddWild",
        "NewOptions",
        "NewInclude",
        "NewPreInclude",
    )
)
_FD_ONLY = (*_FILESET, CheckChanges, AcceptFile, SetSeenBitmap, ClearSeenBitmap)

_TABLES = {"fd": abi.FD_DICTS, "dir": abi.DIR_DICTS, "sd": abi.SD_DICTS}


def export(module: dict[str, Any], kind: str) -> None:
    """Put into *module* what plugins of the daemon *kind* import."""
    tables = _TABLES[kind]
    functions = _COMMON + (_FD_ONLY if kind == "fd" else ())
    module.update(flat(tables))
    module.update(dictionaries(tables))
    module.update((function.__name__, function) for function in functions)
    if kind == "fd":
        module.update((packet.__name__, packet) for packet in PACKETS)
    module.pop("export", None)
