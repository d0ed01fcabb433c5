# mypy: ignore-errors
"""Plugin of an Options block that writes the name of each file to the job's log.

``Plugin = "python:module_name=barque_option_example"`` within Options; the files themselves are
saved as usual.
"""

import bareosfd


def load_bareos_plugin(plugindef):
    """Take part in the backup of ordinary files."""
    return bareosfd.RegisterEvents([bareosfd.bEventHandleBackupFile])


def parse_plugin_definition(plugindef):
    """There are no options."""
    return bareosfd.bRC_OK


def handle_plugin_event(event):
    """Nothing needs doing."""
    return bareosfd.bRC_OK


def handle_backup_file(savepkt):
    """Write the name of a file, and let the daemon save it."""
    shown = savepkt.fname.encode("utf-8", "backslashreplace").decode()
    bareosfd.JobMessage(bareosfd.M_INFO, "option plugin: %s\n" % shown)
    return bareosfd.bRC_Core
