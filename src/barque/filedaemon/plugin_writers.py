"""Those who restore the files of plugins: Python's in their processes, and bpipe.

Source: plugin interface of the File Daemon, section 7.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

from barque.errors import PluginError
from barque.filedaemon.bpipe import PipeWriter
from barque.filedaemon.plugins import JobPlugins
from barque.plugins.child import pipe
from barque.plugins.definition import plugin_name
from barque.plugins.host import Done, PluginHost

_PIECE: Final = 256 * 1024


type Ended = Callable[[int, list[str]], None]
"""Takes the number of the first error of writing, or 0, and what could not be set."""


class PluginWriter(Protocol):
    """Restores one file after the other, as the plugin it stands for wants."""

    def create(self, definition: str, packet: dict[str, Any], done: Done) -> None:
        """Begin a file; *done* gets the answer, at the latest in :meth:`settle`.

        It has ``started``, ``code``, ``status`` and ``errno``.
        """

    def settle(self) -> None:
        """Wait for the answers that did not come yet; raises PluginError."""

    def open(self, mode: int) -> int:
        """Open the file for writing; returns the number of an error, or 0."""

    def write(self, content: bytes) -> None:
        """Write data; raises PluginError."""

    def seek(self, offset: int) -> None:
        """Go on at another place, because a hole lies before it."""

    def finish(
        self,
        ended: Ended,
        *,
        attributes: bool,
        acl: bytes | None,
        xattrs: list[tuple[bytes, bytes]],
    ) -> None:
        """All data is written: end the file; *ended* is called before the next one begins.

        Or when all plugins are settled.
        """


class PythonWriter:
    """Restores by a Python plugin."""

    def __init__(self, host: PluginHost, plugins: JobPlugins, options: str | None) -> None:
        """*options* are parsed before the file begins."""
        self._host = host
        self._plugins = plugins
        self._options = options

    def create(self, definition: str, packet: dict[str, Any], done: Done) -> None:
        """Begin a file."""
        self._host.request_later(
            "create", done, definition=self._options, cmd=definition, packet=packet,
            values=self._plugins.known.values(), event_name="create_file",
        )  # fmt: skip

    def settle(self) -> None:
        """Wait for the answers that did not come yet."""
        self._host.settle()

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
        self,
        ended: Ended,
        *,
        attributes: bool,
        acl: bytes | None,
        xattrs: list[tuple[bytes, bytes]],
    ) -> None:
        """End the file; what comes of it is heard with the next one."""
        self._host.request_later(
            "finish",
            lambda answer: ended(int(answer["errno"]), list(answer["failed"])),
            event_name="the end of a restored file",
            attributes=attributes,
            acl=None if acl is None else acl.hex(),
            xattrs=[(name.hex(), value.hex()) for name, value in xattrs],
        )


class RestoringPlugins:
    """Finds who restores the files of a definition."""

    def __init__(self, plugins: JobPlugins) -> None:
        self._plugins = plugins

    def open(self, definition: str) -> PluginWriter | None:
        """Return who restores; None when nobody can, which is told."""
        if plugin_name(definition) == "bpipe":
            try:
                text = self._plugins.options_in_front(definition)
                return PipeWriter(text, self._plugins.report, self._plugins.known.values())
            except PluginError as error:
                self._plugins.report.error(str(error))
                return None
        found = self._plugins.open_for_restore(definition)
        if found is None:
            return None
        host, options = found
        return PythonWriter(host, self._plugins, options)

    def settle(self) -> None:
        """Wait until every file has ended; raises PluginError."""
        self._plugins.settle()

    def places(self) -> tuple[str | None, str | None]:
        """Return ``where`` and ``regexwhere`` as plugins are told them."""
        where = self._plugins.known.where
        return where.where, where.regexwhere
