"""Turns the calls of the plugin interface into those of a FilePlugin: the other half of barque_sdk.

Source: plugin interface of the File Daemon, sections 4, 6 and 7.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Callable, Optional

import bareosfd
from BareosFdPluginBaseclass import BareosFdPluginBaseclass
from barque_options import PluginFailure, TypedOptions
from barque_sdk import Entry, Job, LocalFilePlugin, RestoredFile, set_attributes

_IN_MEMORY = 4 << 20
"""byte; restored files up to this size need no temporary file."""


class _Options:
    """The options of a plugin, taken from definitions.

    The base class of published plugins takes definitions apart, so that ``defaults_file``,
    ``overrides_file`` and ``name#enc`` mean what they mean there.
    """

    def __init__(self, cls: type) -> None:
        self._typed = TypedOptions(cls)
        self._reader: Any = None

    def take(self, plugin: Any, definition: str) -> None:
        """Set the attributes of *plugin* from a definition; raises PluginFailure."""
        if self._reader is None:
            self._reader = BareosFdPluginBaseclass(definition)  # type: ignore[no-untyped-call]
            bareosfd.UnRegisterEvents([bareosfd.bEventHandleBackupFile])
        self._reader.parse_plugin_definition(definition)
        self._typed.set(plugin, self._reader.options)


class _Runner:
    """Turns the calls of the interface into those of a FilePlugin."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._options = _Options(cls)
        self._plugin: Any = None
        self._entries: Optional[Iterator[Entry]] = None
        self._entry: Optional[Entry] = None
        self._next: Optional[Entry] = None
        self._reader: Iterator[bytes] = iter(())
        self._rest = b""
        self._file: Optional[BinaryIO] = None
        self._xattrs: Optional[Iterator[tuple[str, bytes]]] = None
        self._restored: Optional[RestoredFile] = None
        self._data: Any = None

    # --- options and events

    def load_bareos_plugin(self, plugindef: str) -> int:
        bareosfd.RegisterEvents(
            [bareosfd.bEventEndBackupJob, bareosfd.bEventStartRestoreJob,
             bareosfd.bEventEndRestoreJob]
        )  # fmt: skip
        self._plugin = self._cls()
        self._plugin.job = Job()
        return int(bareosfd.bRC_OK)

    def parse_plugin_definition(self, plugindef: str) -> int:
        return self._guard(lambda: self._options.take(self._plugin, plugindef))

    def handle_plugin_event(self, event: int) -> int:
        plugin = self._plugin
        if event == bareosfd.bEventEndBackupJob:
            return self._guard(self._end_backup)
        if event == bareosfd.bEventStartRestoreJob:
            return self._guard(lambda: plugin.begin_restore(plugin.job))
        if event == bareosfd.bEventEndRestoreJob:
            return self._guard(lambda: plugin.end_restore(plugin.job))
        return int(bareosfd.bRC_OK)

    def _guard(self, step: Callable[[], Any]) -> int:
        try:
            step()
        except PluginFailure as error:
            text = "%s: %s\n" % (self._cls.__name__, error)
            bareosfd.JobMessage(bareosfd.M_FATAL, text)
            return int(bareosfd.bRC_Error)
        return int(bareosfd.bRC_OK)

    # --- backup

    def start_backup_file(self, packet: Any) -> int:
        if self._entries is None and self._guard(self._begin) != bareosfd.bRC_OK:
            return int(bareosfd.bRC_Stop)
        if self._next is None:
            return int(bareosfd.bRC_Stop)
        self._entry = self._next
        self._entry.fill(packet)
        return int(bareosfd.bRC_OK)

    def _begin(self) -> None:
        self._entries = iter(self._plugin.backup(self._plugin.job))
        self._advance()

    def _advance(self) -> None:
        """Take the next entry; one whose name the interface cannot carry is told and left out."""
        assert self._entries is not None
        for entry in self._entries:
            if _is_text(entry.name) and _is_text(entry.link):
                self._next = entry
                return
            entry.close()
            Job.error("%r is not UTF-8: a plugin cannot save it" % os.fsencode(entry.name))
        self._next = None

    def get_xattr(self, packet: Any) -> int:
        """Give one attribute of a local file at a time; ACLs are among them."""
        if self._xattrs is None and self._entry is not None:
            local = isinstance(self._plugin, LocalFilePlugin)
            self._xattrs = _xattrs_of(self._entry.name.rstrip("/")) if local else iter(())
        found = next(self._xattrs, None) if self._xattrs is not None else None
        if found is None:
            return int(bareosfd.bRC_OK)
        packet.name, packet.value = bytearray(os.fsencode(found[0])), bytearray(found[1])
        return int(bareosfd.bRC_More)

    def end_backup_file(self) -> int:
        self._xattrs = None
        if self._entry is not None:
            self._entry.close()
        if self._guard(self._advance) != bareosfd.bRC_OK:
            return int(bareosfd.bRC_Error)
        return int(bareosfd.bRC_OK if self._next is None else bareosfd.bRC_More)

    def _end_backup(self) -> None:
        """End the generator, so that its ``finally`` is done even after a failure."""
        try:
            close = getattr(self._entries, "close", None)
            if close is not None:
                close()
        finally:
            self._plugin.done(self._plugin.job)

    # --- data

    def plugin_io(self, packet: Any) -> int:
        packet.io_errno = 0
        try:
            _IO[packet.func](self, packet)
        except OSError as error:
            packet.status = -1
            packet.io_errno = error.errno or 5
            return int(bareosfd.bRC_Error)
        return int(bareosfd.bRC_OK)

    def _open(self, packet: Any) -> None:
        if packet.flags & (os.O_CREAT | os.O_WRONLY):
            if self._data is not None:
                return
            self._file = _open_place(packet.fname)
        else:
            assert self._entry is not None
            self._file = self._entry.descriptor()
            self._reader, self._rest = self._entry.open(), b""
        if self._file is not None:
            packet.filedes = self._file.fileno()
            packet.status = bareosfd.iostat_do_in_core

    def _read(self, packet: Any) -> None:
        while not self._rest:
            piece = next(self._reader, None)
            if piece is None:
                break
            self._rest = piece
        data, self._rest = self._rest[: packet.count], self._rest[packet.count :]
        packet.buf = bytearray(data)
        packet.status = len(data)

    def _write(self, packet: Any) -> None:
        self._data.write(packet.buf)
        packet.status = packet.count

    def _seek(self, packet: Any) -> None:
        self._data.seek(packet.offset)

    def _close(self, packet: Any) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        restored, self._restored = self._restored, None
        data, self._data = self._data, None
        if restored is None:
            return
        try:
            if data is None:
                set_attributes(restored)
                return
            data.seek(0)
            with data:
                self._guard(lambda: self._plugin.restore(restored, data))
        except OSError as error:
            Job.error("%s was not restored: %s" % (restored.name, error))

    # --- restore

    def create_file(self, packet: Any) -> int:
        try:
            return self._create(packet)
        except OSError as error:
            Job.error("%s was not restored: %s" % (packet.ofname, error))
            packet.create_status = bareosfd.CF_SKIP
            return int(bareosfd.bRC_OK)

    def _create(self, packet: Any) -> int:
        regular = packet.type in (bareosfd.FT_REG, bareosfd.FT_REGE)
        restored = RestoredFile(packet)
        self._restored = restored if regular else None
        if isinstance(self._plugin, LocalFilePlugin):
            return self._create_in_core(packet, restored)
        if regular:
            self._data = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)
            packet.create_status = bareosfd.CF_EXTRACT
            return int(bareosfd.bRC_OK)
        packet.create_status = bareosfd.CF_CREATED
        return self._guard(lambda: self._plugin.restore(restored, io.BytesIO()))

    def _create_in_core(self, packet: Any, restored: RestoredFile) -> int:
        """Let the daemon make a file, but for what it would not make as it was.

        It would fill a FIFO, and refuses links whose names end in a slash: some published plugins
        name them so.
        """
        fifo = packet.type == bareosfd.FT_FIFO
        if not fifo and not (packet.type == bareosfd.FT_LNK and restored.name.endswith("/")):
            packet.create_status = bareosfd.CF_CORE
            return int(bareosfd.bRC_OK)
        path = restored.name.rstrip("/")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        if fifo:
            os.mkfifo(path)
            set_attributes(restored)
        else:
            os.symlink(restored.link, path)
        packet.create_status = bareosfd.CF_CREATED
        return int(bareosfd.bRC_OK)

    def set_file_attributes(self, packet: Any) -> int:
        if isinstance(self._plugin, LocalFilePlugin):
            packet.create_status = bareosfd.CF_CORE
        return int(bareosfd.bRC_OK)

    def set_xattr(self, packet: Any) -> int:
        if not isinstance(self._plugin, LocalFilePlugin):
            return int(bareosfd.bRC_OK)
        name, value = os.fsdecode(bytes(packet.name)), bytes(packet.value or b"")
        try:
            os.setxattr(packet.fname.rstrip("/"), name, value, follow_symlinks=False)
        except OSError as error:
            Job.error("%s of %s was not restored: %s" % (name, packet.fname, error))
        return int(bareosfd.bRC_OK)

    def restore_object_data(self, found: Any) -> int:
        content = bytes(found.object)
        return self._guard(lambda: self._plugin.state(found.object_name, content, found.jobid))

    def check_file(self, name: str) -> int:
        there = self._plugin.still_there(name)
        return int(bareosfd.bRC_Seen if there else bareosfd.bRC_OK)

    def fine(self, *_arguments: Any) -> int:
        """Answer what needs nothing."""
        return int(bareosfd.bRC_OK)


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _xattrs_of(path: str) -> Iterator[tuple[str, bytes]]:
    """Yield the extended attributes of a file; none where there are none."""
    try:
        names = os.listxattr(path, follow_symlinks=False)
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError):
            yield name, os.getxattr(path, name, follow_symlinks=False)


def _open_place(path: str) -> BinaryIO:
    """Open a file of the disk anew; what lies there and is no plain file of one name goes first."""
    os.makedirs(os.path.dirname(path) or "/", exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            os.unlink(path)
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=0)


_IO: dict[int, Callable[[_Runner, Any], None]] = {
    bareosfd.IO_OPEN: _Runner._open,
    bareosfd.IO_READ: _Runner._read,
    bareosfd.IO_WRITE: _Runner._write,
    bareosfd.IO_SEEK: _Runner._seek,
    bareosfd.IO_CLOSE: _Runner._close,
}

_ENTRY_POINTS = (
    "load_bareos_plugin", "parse_plugin_definition", "handle_plugin_event", "start_backup_file",
    "end_backup_file", "plugin_io", "create_file", "set_file_attributes", "restore_object_data",
    "check_file", "get_xattr", "set_xattr",
)  # fmt: skip
_NOTHING_TO_DO = (
    "start_restore_file", "end_restore_file", "get_acl", "set_acl",
    "handle_backup_file",
)  # fmt: skip


def entry_points(cls: type) -> dict[str, Callable[..., int]]:
    """Return the functions of the interface for the plugin that *cls* describes, by name."""
    runner = _Runner(cls)
    points = {name: getattr(runner, name) for name in _ENTRY_POINTS}
    points.update((name, runner.fine) for name in _NOTHING_TO_DO)
    return points
