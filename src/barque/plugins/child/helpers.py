"""What the helper modules for plugins have in common: calls with and without a context.

Source: plugin interface, section 5.
"""

from __future__ import annotations

import functools
from typing import Any, Callable

from .functions import CONTEXT, PluginContext
from .plugin import wants_context


def forward(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call *function* with a context in front, if it takes one."""
    if wants_context(function, len(arguments)):
        return function(CONTEXT, *arguments)
    return function(*arguments)


def without_context(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return *arguments* less a context in front."""
    return arguments[1:] if arguments and isinstance(arguments[0], PluginContext) else arguments


def either(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method be called with a context before its arguments, or without."""

    @functools.wraps(method)
    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        return method(self, *without_context(arguments), **named)

    call.accepts_both = True  # type: ignore[attr-defined]
    return call


def delegate(module: dict[str, Any], holder: str, name: str) -> Callable[..., Any]:
    """Return an entry point that calls the method *name* of the object that *module* holds."""

    def entry(*arguments: Any) -> Any:
        plugin = module[holder]
        if plugin is None:
            raise RuntimeError(
                "%s was called before load_bareos_plugin made a plugin object: set %s.%s there"
                % (name, module["__name__"], holder)
            )
        return forward(getattr(plugin, name), *without_context(arguments))

    entry.__name__ = entry.__qualname__ = name
    entry.__doc__ = "Let the plugin object do it."
    entry.accepts_both = True  # type: ignore[attr-defined]
    return entry


def job_name_without_date(name: str) -> str:
    """Return the name of a job less its date, time and number."""
    return name.rsplit(".", 2)[0]
