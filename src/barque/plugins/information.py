"""What status pages say of the plugins that a daemon has.

Source: recorded status pages of the reference; the words are ours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from barque import __version__

type DaemonKind = Literal["dir", "fd", "sd"]


@dataclass(frozen=True, slots=True)
class HostPlugin:
    """What definitions may begin with."""

    name: str
    daemons: frozenset[DaemonKind]
    """Daemons that have it."""
    description: str
    usage: str


HOST_PLUGINS: Final = (
    HostPlugin(
        "bpipe",
        frozenset({"fd"}),
        "Saves the output of a program, and restores into the input of another",
        "bpipe:file=<name in the backup>:reader=<program>:writer=<program>",
    ),
    HostPlugin(
        "python3",
        frozenset({"dir", "fd", "sd"}),
        "Runs each Python plugin in a process of its own",
        "python3:module_path=<directory>:module_name=<module>:<option>=<value>...",
    ),
)
"""All of them, in the order of status pages."""


@dataclass(frozen=True, slots=True)
class PluginsInUse:
    """The plugins of one daemon."""

    kind: DaemonKind
    directory: str
    """Plugin Directory."""
    names: tuple[str, ...]
    """Plugin Names; empty is all."""
    running: tuple[tuple[int, str], ...] = ()
    """Number of a job and name of a module in it."""


def plugin_info(use: PluginsInUse) -> Iterator[str]:
    """Yield lines; none when the daemon is not configured for plugins and runs none."""
    if not (use.directory or use.names or use.running):
        return
    yield "Plugin Info:"
    for plugin in HOST_PLUGINS:
        if use.kind in plugin.daemons and (not use.names or plugin.name in _known(use.names)):
            yield from _lines(plugin, use)


def _known(names: Iterable[str]) -> set[str]:
    """Return names by which plugins are known today."""
    return {"python3" if name == "python" else name for name in names}


def _lines(plugin: HostPlugin, use: PluginsInUse) -> Iterator[str]:
    yield f" Plugin     : {plugin.name}-{use.kind}"
    yield f" Description: {plugin.description}"
    yield f" Version    : {__version__}"
    yield " Author     : barque"
    yield " License    : AGPL-3.0-or-later"
    yield f" Usage      : {plugin.usage}"
    if plugin.name == "python3":
        if use.directory:
            yield f"              modules are looked for in {use.directory}, too"
        for job_id, module in use.running:
            yield f" Running    : {module} in JobId {job_id}"
    yield ""
