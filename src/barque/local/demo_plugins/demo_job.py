# mypy: ignore-errors
"""A plugin of the Director that says which events of a job it hears."""

import bareosdir

_NAMES = {number: name for name, number in bareosdir.bDirEventType.items()}


def load_bareos_plugin(plugindef):
    """Wait for everything."""
    return bareosdir.RegisterEvents(list(range(1, 11)))


def parse_plugin_definition(plugindef):
    """There are no options."""
    return bareosdir.bRC_OK


def handle_plugin_event(event):
    """Say what came, and what the job is at that moment."""
    status = chr(bareosdir.GetValue(bareosdir.bDirVarJobStatus))
    files = bareosdir.GetValue(bareosdir.bDirVarJobFiles)
    bareosdir.JobMessage(
        bareosdir.M_INFO, "Director: %s (status %s, %d files)" % (_NAMES[event], status, files)
    )
    return bareosdir.bRC_OK
