# mypy: ignore-errors
r"""Director plugin that sends the end of a job as JSON to a URL.

Options: ``url`` (colons escaped: ``http\\://host\\:8080/path``), ``timeout`` in seconds.
"""

import json
import urllib.request

import bareosdir

_OPTIONS = {"timeout": "10"}
_VALUES = (
    "Job", "JobId", "JobName", "Client", "Pool", "Storage", "JobErrors", "JobFiles", "JobBytes",
    "VolumeName",
)  # fmt: skip


def load_bareos_plugin(plugindef):
    """Wait for the end of the job."""
    return bareosdir.RegisterEvents([bareosdir.bDirEventJobEnd])


def parse_plugin_definition(plugindef):
    """Take the options."""
    for part in plugindef.replace("\\:", "\0").split(":"):
        key, equals, value = part.partition("=")
        if equals:
            _OPTIONS[key] = value.replace("\0", ":")
    if not _OPTIONS.get("url"):
        bareosdir.JobMessage(bareosdir.M_WARNING, "webhook: no url= is given")
    return bareosdir.bRC_OK


def handle_plugin_event(event):
    """Send what the job was."""
    if not _OPTIONS.get("url"):
        return bareosdir.bRC_OK
    body = {name: bareosdir.GetValue(bareosdir.bDirVariable["bDirVar" + name]) for name in _VALUES}
    for name in ("Level", "Type", "JobStatus"):
        body[name] = chr(bareosdir.GetValue(bareosdir.bDirVariable["bDirVar" + name]) or 32)
    request = urllib.request.Request(
        _OPTIONS["url"],
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "User-Agent": "barque"},
    )
    try:
        with urllib.request.urlopen(request, timeout=float(_OPTIONS["timeout"])):
            pass
    except (OSError, ValueError) as error:
        bareosdir.JobMessage(bareosdir.M_WARNING, "webhook: %s" % error)
    return bareosdir.bRC_OK
