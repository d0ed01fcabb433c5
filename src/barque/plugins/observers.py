"""The plugins of one job of a Director or Storage Daemon: they hear of events.

Source: plugin interface, section 2; of the Director and Storage Daemon, sections 3 and 4.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from barque.errors import PluginError
from barque.plugins.child import abi
from barque.plugins.child.trace import masked
from barque.plugins.definition import Definition, SkippedDefinitionError, parse_definition
from barque.plugins.host import PluginHost
from barque.plugins.process import HostSettings, settings_from

log = logging.getLogger(__name__)

_WALK_ENDS: Final = frozenset({abi.RC_STOP, abi.RC_ERROR, abi.RC_SKIP})
"""Answers that keep an event from the plugins that follow."""

_HOST: Final = "python3"
"""Name of the plugin that definitions begin with."""

_FATAL: Final = 3
_ERROR: Final = 4
_WARNING: Final = 5
_INFO: Final = 6

type Tell = Callable[[int, str], None]
"""Takes the number of a bJobMessageType and a line for the job's log."""

COUNTED: Final[dict[str, int]] = {"dir": 0, "sd": 0}
"""Instances of plugins in all jobs of each daemon."""
_COUNT_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class ObserverPlace:
    """What plugins are made for."""

    kind: Literal["dir", "sd"]
    directory: str
    """Plugin Directory."""
    names: tuple[str, ...] = ()
    """Plugin Names; empty is all."""
    trace: Callable[[int, str], str] = field(default=lambda _number, _name: "")
    """Returns the file that calls of a plugin are written to."""
    debug_level: int = 0
    """Up to which level debug messages are heard."""


class JobObservers:
    """The plugins of one job, by number of their instance."""

    def __init__(
        self,
        place: ObserverPlace,
        tell: Tell,
        values: Callable[[], dict[str, Any]],
        set_value: Callable[[int, Any], int],
    ) -> None:
        """*values* returns what plugins may know; *set_value* takes what they change."""
        self._place = place
        self._tell = tell
        self._values = values
        self._set_value = set_value
        self._hosts: dict[int, PluginHost] = {}
        self._lock = threading.RLock()
        self.fatal = False
        """Whether a plugin, or what is said of one, ends the job."""

    @property
    def names(self) -> list[str]:
        """Modules that are loaded."""
        return [host.name for host in list(self._hosts.values())]

    def message(self, kind: int, text: str) -> None:
        """Put a message into the job's log."""
        self.fatal |= kind == _FATAL
        self._tell(kind, text.removesuffix("\n"))

    def add(self, text: str) -> None:
        """Take a definition; what is wrong with it is told."""
        try:
            definition = parse_definition(text, self._place.kind.upper())
            if definition.name != _HOST:
                self._tell(
                    _INFO, f"Plugin {definition.name} is not here, only {_HOST} is: {masked(text)}"
                )
                return
            if self._place.names and _HOST not in self._place.names:
                self._tell(
                    _INFO, f"Plugin Names leaves {_HOST} out, so that nothing runs: {masked(text)}"
                )
                return
            with self._lock:
                self._take(definition)
        except SkippedDefinitionError as error:
            self._tell(_ERROR, str(error))
        except PluginError as error:
            self.message(_FATAL, str(error))

    def _take(self, definition: Definition) -> None:
        host = self._hosts.get(definition.instance)
        if host is not None:
            host.request("parse", definition=definition.options, values=self._snapshot())
            return
        if not definition.module_name:
            raise PluginError(f'plugin "{masked(definition.text)}" has no module_name')
        directories = (self._place.directory,) if self._place.directory else ()
        trace = self._place.trace(definition.instance, definition.module_name)
        settings: HostSettings = settings_from(definition.host, directories, trace)
        name = definition.module_name
        host = PluginHost(
            self._place.kind,
            name,
            settings,
            _Listener(self, name),
            calls={"set": self._set_value},
            module_path=definition.module_path,
            debug_level=self._place.debug_level,
        )
        with _COUNT_LOCK:
            COUNTED[self._place.kind] += 1
        self._hosts[definition.instance] = host
        answer = host.request(
            "load",
            event_name="loading it",
            path=definition.module_path,
            name=name,
            definition=definition.options,
            values=self._snapshot(),
        )
        if "missing" in answer:
            raise PluginError(f"plugin {name} has no function {answer['missing']}")
        if answer["imported"] and answer["code"] != abi.RC_OK and not self.fatal:
            what = answer.get("refused", "load_bareos_plugin")
            self._tell(_WARNING, f"{what} of plugin {name} returned {answer['code']}")

    def _snapshot(self) -> dict[str, Any]:
        return {**self._values(), "instances": COUNTED[self._place.kind]}

    def event(self, number: int, name: str = "") -> int:
        """Raise an event; returns the first answer that ended its way, or bRC_OK."""
        with self._lock:
            for instance, host in list(self._hosts.items()):
                if host.dead or number not in host.events:
                    continue
                try:
                    answer = host.request(
                        "event", event=number, values=self._snapshot(),
                        event_name=name or f"event {number}",
                    )  # fmt: skip
                except PluginError as error:
                    self.message(_FATAL, str(error))
                    return abi.RC_ERROR
                code = int(answer["code"])
                if code == abi.RC_TERM:
                    self._drop(instance)
                if code in _WALK_ENDS:
                    return code
        return abi.RC_OK

    def wants(self, number: int) -> bool:
        """Return whether a plugin wants to hear of an event."""
        return any(number in host.events and not host.dead for host in self._hosts.values())

    def _drop(self, instance: int) -> None:
        host = self._hosts.pop(instance)
        with _COUNT_LOCK:
            COUNTED[self._place.kind] -= 1
        with contextlib.suppress(PluginError):
            host.close()

    def close(self) -> None:
        """End all plugins; the job is over."""
        with self._lock:
            for instance in list(self._hosts):
                self._drop(instance)


class _Listener:
    """Hears what one plugin says."""

    def __init__(self, observers: JobObservers, name: str) -> None:
        self._observers = observers
        self._name = name

    def message(self, kind: int, text: str) -> None:
        """Put a message into the job's log."""
        self._observers.message(kind, text)

    def printed(self, line: str) -> None:
        """Put output of the plugin into the job's log."""
        if line:
            self._observers.message(_INFO, f"{self._name}: {line}")

    def debug(self, level: int, text: str) -> None:
        """Put a debug message into the daemon's log."""
        log.debug("plugin %s (%d): %s", self._name, level, text.rstrip())
