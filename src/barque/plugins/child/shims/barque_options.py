"""Typed options of plugins: annotated attributes of a class are what may stand in a definition.

It uses nothing of the interface: plugins of all daemons share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TRUE = frozenset({"1", "yes", "true", "on"})
_FALSE = frozenset({"0", "no", "false", "off"})


class PluginFailure(Exception):
    """Ends what a plugin does; the text tells why."""


class TypedOptions:
    """The options of a plugin class; one without a value in the class must be given."""

    def __init__(self, cls: type) -> None:
        self._types: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            self._types.update(getattr(base, "__annotations__", {}))
        self._types.pop("job", None)
        self._defaults = {name: getattr(cls, name) for name in self._types if hasattr(cls, name)}

    def set(self, plugin: Any, given: Mapping[str, str]) -> None:
        """Set the attributes of *plugin*; the first value that an option ever had stays.

        Raises PluginFailure when an option is unknown, missing or of another type.
        """
        for name, value in given.items():
            if name not in self._types:
                known = ", ".join(sorted(self._types))
                raise PluginFailure("unknown option %r; there are %s" % (name, known))
            if name not in plugin.__dict__:
                setattr(plugin, name, self._convert(name, value))
        missing = [
            name
            for name in self._types
            if name not in self._defaults and name not in plugin.__dict__
        ]
        if missing:
            raise PluginFailure("Mandatory option '%s' not defined." % missing[0])

    def _convert(self, name: str, value: str) -> Any:
        kind = str(self._types[name]).lower()
        try:
            if "bool" in kind:
                low = value.lower()
                if low not in _TRUE | _FALSE:
                    raise ValueError("%r is neither yes nor no" % value)
                return low in _TRUE
            if "int" in kind:
                return int(value)
        except ValueError as error:
            raise PluginFailure("option %r: %s" % (name, error)) from None
        return [word.strip() for word in value.split(",")] if "list" in kind else value
