# mypy: ignore-errors
"""Entry points of a File Daemon plugin that call the methods of an object.

``from BareosFdWrapper import *``, then either put ``@BareosPlugin`` on the class, or define
``load_bareos_plugin`` and set ``BareosFdWrapper.bareos_fd_plugin_object`` there.
"""

import bareosfd
from barque_plugin_child.helpers import delegate, forward, without_context

bareos_fd_plugin_object = None
"""The plugin; made at loading."""

_plugin_class = None


def BareosPlugin(plugin_class):
    """Make the class the one that load_bareos_plugin makes the object of."""
    global _plugin_class
    _plugin_class = plugin_class
    return plugin_class


def load_bareos_plugin(*arguments):
    """Make the plugin object."""
    global bareos_fd_plugin_object
    if _plugin_class is None:
        raise RuntimeError(
            "the plugin defines no load_bareos_plugin and no class with @BareosPlugin"
        )
    bareos_fd_plugin_object = forward(_plugin_class, *without_context(arguments))
    return bareosfd.bRC_OK


load_bareos_plugin.accepts_both = True

_METHODS = (
    "parse_plugin_definition",
    "handle_plugin_event",
    "start_backup_file",
    "end_backup_file",
    "start_restore_file",
    "end_restore_file",
    "restore_object_data",
    "plugin_io",
    "create_file",
    "set_file_attributes",
    "check_file",
    "get_acl",
    "set_acl",
    "get_xattr",
    "set_xattr",
    "handle_backup_file",
)

for _name in _METHODS:
    globals()[_name] = delegate(globals(), "bareos_fd_plugin_object", _name)

__all__ = ["BareosPlugin", "load_bareos_plugin", *_METHODS]
