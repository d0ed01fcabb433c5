"""Those who restore the files of plugins: Python's in their processes, and bpipe.

Source: plugin interface of the File Daemon, section 7.
"""

from typing import Any, Final, Protocol

from barque.errors import PluginError
from barque.filedaemon.bpipe import PipeWriter
from barque.filedaemon.plugins import JobPlugins
from barque.plugins.child import pipe
from barque.plugins.definition import plugin_name
from barque.plugins.host import PluginHost

_PIECE: Final = 256 * 1024


class PluginWriter(Protocol):
    """Restores one file after the other, as the plugin it stands for wants."""

    def create(self, definition: str, packet: dict[str, Any]) -> dict[str, Any]:
        """Begin a file; the answer has ``started``, ``code``, ``status`` and ``errno``."""

    def open(self, mode: int) -> int:
        """Open the file for writing; returns the number of an error, or 0."""

    def write(self, content: bytes) -> None:
        """Write data; raises PluginError."""

    def seek(self, offset: int) -> None:
        """Go on at another place, because a hole lies before it."""

    def finish(
        self, *, attributes: bool, acl: bytes | None, xattrs: list[tuple[bytes, bytes]]
    ) -> tuple[int, list[str]]:
        """All data is written: end the file.

        Returns the number of the first error of writing, or 0, and what could not be set.
        """


class PythonWriter:
    """Restores by a Python plugin."""

    def __init__(self, host: PluginHost, plugins: JobPlugins) -> None:
        self._host = host
        self._plugins = plugins

    def create(self, definition: str, packet: dict[str, Any]) -> dict[str, Any]:
        """Begin a file."""
        return self._host.request(
            "create", cmd=definition, packet=packet, values=self._plugins.values(),
            event_name="create_file",
        )  # fmt: skip

    def open(self, mode: int) -> int:
        """Open the file for writing."""
        return int(self._host.request("open", mode=mode, event_name="plugin_io")["errno"])

    def write(self, content: bytes) -> None:
        """Write data; nobody waits for the plugin."""
        view = memoryview(content)
        for at in range(0, len(view), _PIECE):
            piece = view[at : at + _PIECE]
            self._host.send(pipe.HEAD.pack(len(piece), pipe.DATA), piece)

    def seek(self, offset: int) -> None:
        """Go on at another place."""
        self._host.send(pipe.encode_json(pipe.REQUEST, {"op": "seek", "offset": offset}))

    def finish(
        self, *, attributes: bool, acl: bytes | None, xattrs: list[tuple[bytes, bytes]]
    ) -> tuple[int, list[str]]:
        """End the file."""
        answer = self._host.request(
            "finish",
            event_name="the end of a restored file",
            attributes=attributes,
            acl=None if acl is None else acl.hex(),
            xattrs=[(name.hex(), value.hex()) for name, value in xattrs],
        )
        return int(answer["errno"]), list(answer["failed"])


class RestoringPlugins:
    """Finds who restores the files of a definition."""

    def __init__(self, plugins: JobPlugins) -> None:
        self._plugins = plugins

    def open(self, definition: str) -> PluginWriter | None:
        """Return who restores; None when nobody can, which is told."""
        if plugin_name(definition) == "bpipe":
            try:
                text = self._plugins.options_in_front(definition)
                return PipeWriter(text, self._plugins.report, self._plugins.values())
            except PluginError as error:
                self._plugins.report.error(str(error))
                return None
        host = self._plugins.open_for_restore(definition)
        return PythonWriter(host, self._plugins) if host is not None else None

    def places(self) -> tuple[str | None, str | None]:
        """Return ``where`` and ``regexwhere`` as plugins are told them."""
        where = self._plugins.where
        return where.where, where.regexwhere
