# mypy: ignore-errors
"""Entry points of a Storage Daemon plugin that call the methods of an object.

``from BareosSdWrapper import *``, then define ``load_bareos_plugin`` and set
``BareosSdWrapper.bareos_sd_plugin_object`` there.
"""

from barque_plugin_child.helpers import delegate

bareos_sd_plugin_object = None
"""The plugin; made at loading."""

parse_plugin_definition = delegate(globals(), "bareos_sd_plugin_object", "parse_plugin_definition")
handle_plugin_event = delegate(globals(), "bareos_sd_plugin_object", "handle_plugin_event")

__all__ = ["handle_plugin_event", "parse_plugin_definition"]
