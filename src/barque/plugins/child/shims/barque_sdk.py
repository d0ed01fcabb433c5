# mypy: ignore-errors
"""Writes a File Daemon plugin as one class: typed options, a generator of files, and the way back.

    from barque_sdk import File, FilePlugin, register

    class Hello(FilePlugin):
        greeting: str = "hello"

        def backup(self, job):
            yield File("/hello.txt", self.greeting.encode())

        def restore(self, file, data):
            ...

    register(Hello, globals())

It uses nothing but the public interface, so a plugin made with it runs in other daemons, too, with
this file beside it.
"""

from __future__ import annotations

import io
import os
import stat
import time
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Callable, Optional, Union

import bareosfd

Content = Union[bytes, str, BinaryIO, Iterable[bytes], None]
"""What a file holds: bytes, a path, an open file, or pieces one after the other."""

_TRUE = frozenset({"1", "yes", "true", "on"})
_FALSE = frozenset({"0", "no", "false", "off"})


class PluginFailure(Exception):
    """Ends the job; the text tells why."""


class Job:
    """The job that a plugin works for."""

    @property
    def id(self) -> int:
        """JobId."""
        return int(bareosfd.GetValue(bareosfd.bVarJobId) or 0)

    @property
    def name(self) -> str:
        """Unique name."""
        return str(bareosfd.GetValue(bareosfd.bVarJobName) or "")

    @property
    def level(self) -> str:
        """Letter of the level: F, I, D."""
        return chr(bareosfd.GetValue(bareosfd.bVarLevel) or 32)

    @property
    def since(self) -> int:
        """S since 1970; what changed since then is wanted. 0 is everything."""
        return int(bareosfd.GetValue(bareosfd.bVarSinceTime) or 0)

    @property
    def where(self) -> str:
        """Directory that a restore goes to; empty for the original places."""
        return str(bareosfd.GetValue(bareosfd.bVarWhere) or "")

    @property
    def working_directory(self) -> str:
        """Directory of the File Daemon for files of its own."""
        return str(bareosfd.GetValue(bareosfd.bVarWorkingDir) or "")

    @staticmethod
    def info(text: str) -> None:
        """Write to the job's log."""
        bareosfd.JobMessage(bareosfd.M_INFO, text + "\n")

    @staticmethod
    def warning(text: str) -> None:
        """Write a warning to the job's log."""
        bareosfd.JobMessage(bareosfd.M_WARNING, text + "\n")

    @staticmethod
    def error(text: str) -> None:
        """Write an error to the job's log; the job goes on."""
        bareosfd.JobMessage(bareosfd.M_ERROR, text + "\n")


class Entry:
    """Something to save."""

    def __init__(
        self,
        name: str,
        *,
        mode: int,
        mtime: Optional[int] = None,
        uid: int = 0,
        gid: int = 0,
        size: int = 0,
        link: str = "",
    ) -> None:
        self.name = name
        self.mode = mode
        self.mtime = int(time.time()) if mtime is None else int(mtime)
        self.uid = uid
        self.gid = gid
        self.size = size
        self.link = link

    def fill(self, packet: Any) -> None:
        """Fill in what start_backup_file is given."""
        packet.fname = self.name
        packet.link = self.link
        packet.type = self.kind()
        packet.no_read = packet.type != bareosfd.FT_REG
        packet.statp = bareosfd.StatPacket(
            mode=self.mode,
            size=self.size,
            uid=self.uid,
            gid=self.gid,
            atime=self.mtime,
            mtime=self.mtime,
            ctime=self.mtime,
        )

    def kind(self) -> int:
        """Return the number of bFileType."""
        if stat.S_ISDIR(self.mode):
            return int(bareosfd.FT_DIREND)
        return int(bareosfd.FT_LNK if stat.S_ISLNK(self.mode) else bareosfd.FT_REG)

    def open(self) -> Iterator[bytes]:
        """Yield what it holds."""
        return iter(())

    def descriptor(self) -> Optional[BinaryIO]:
        """Return an open file that the daemon can read by itself; None for none."""
        return None


class File(Entry):
    """A regular file."""

    def __init__(self, name: str, content: Content = None, **status: Any) -> None:
        """*content* is bytes, the path of a file, an open file, or pieces."""
        self.content = content
        if isinstance(content, bytes):
            status.setdefault("size", len(content))
        elif isinstance(content, str):
            found = os.stat(content)
            status.setdefault("size", found.st_size)
            status.setdefault("mtime", int(found.st_mtime))
            status.setdefault("mode", found.st_mode)
            status.setdefault("uid", found.st_uid)
            status.setdefault("gid", found.st_gid)
        status.setdefault("mode", stat.S_IFREG | 0o640)
        super().__init__(name, **status)

    def descriptor(self) -> Optional[BinaryIO]:
        """Return an open file with the contents, if they are in one."""
        if isinstance(self.content, str):
            return open(self.content, "rb", buffering=0)
        if hasattr(self.content, "fileno"):
            return self.content  # type: ignore[return-value]
        return None

    def open(self) -> Iterator[bytes]:
        """Yield the contents in pieces."""
        if isinstance(self.content, bytes):
            yield self.content
        elif hasattr(self.content, "read"):
            while piece := self.content.read(256 * 1024):  # type: ignore[union-attr]
                yield piece
        elif self.content is not None and not isinstance(self.content, str):
            yield from self.content  # type: ignore[misc]


class Directory(Entry):
    """A directory."""

    def __init__(self, name: str, **status: Any) -> None:
        status.setdefault("mode", stat.S_IFDIR | 0o750)
        super().__init__(name.rstrip("/") + "/", **status)
        self.link = self.name


class Link(Entry):
    """A symbolic link."""

    def __init__(self, name: str, target: str, **status: Any) -> None:
        status.setdefault("mode", stat.S_IFLNK | 0o777)
        super().__init__(name, link=target, **status)


class State(Entry):
    """Bytes that the plugin gets back before the next backup and before a restore."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(name, mode=stat.S_IFREG | 0o600)
        self.content = content

    def fill(self, packet: Any) -> None:
        """Fill in what start_backup_file is given."""
        packet.type = bareosfd.FT_RESTORE_FIRST
        packet.fname = "/" + self.name
        packet.object_name = self.name
        packet.object = bytearray(self.content)
        packet.object_len = len(self.content)
        packet.object_index = int(time.time())
        packet.statp = bareosfd.StatPacket()


class RestoredFile:
    """A file that comes back."""

    def __init__(self, packet: Any) -> None:
        self.name: str = packet.ofname
        """Where it is wanted."""
        self.original: str = getattr(packet, "original_file_name", "") or packet.ofname
        """As it was saved."""
        self.type: int = packet.type
        self.mode: int = packet.statp.st_mode
        self.mtime: int = packet.statp.st_mtime
        self.uid: int = packet.statp.st_uid
        self.gid: int = packet.statp.st_gid
        self.link: str = packet.olname

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory."""
        return stat.S_ISDIR(self.mode)


class FilePlugin:
    """Derive from it; annotated class attributes are options of the plugin.

    An attribute without a value is an option that must be given.
    """

    job: Job

    def backup(self, job: Job) -> Iterable[Entry]:
        """Yield what to save."""
        return ()

    def restore(self, file: RestoredFile, data: BinaryIO) -> None:
        """Take a file back whose contents are in *data*; the usual is to write it to its place."""
        write_file(file, data)

    def begin_restore(self, job: Job) -> None:
        """A restore begins."""

    def state(self, name: str, content: bytes, job_id: int) -> None:
        """Take back what an earlier backup kept as State."""

    def still_there(self, name: str) -> bool:
        """Tell whether a file of an earlier backup still exists, in accurate jobs."""
        return False

    def done(self, job: Job) -> None:
        """The backup is over, well or not."""


def write_file(file: RestoredFile, data: BinaryIO) -> None:
    """Write a restored file to its place, with its mode, owner and time."""
    path = file.name.rstrip("/") or "/"
    os.makedirs(os.path.dirname(path) or "/", exist_ok=True)
    if file.is_directory:
        os.makedirs(path, exist_ok=True)
    elif stat.S_ISLNK(file.mode):
        if not os.path.lexists(path):
            os.symlink(file.link, path)
        return
    else:
        with open(path, "wb") as target:
            while piece := data.read(1 << 20):
                target.write(piece)
    os.chmod(path, stat.S_IMODE(file.mode))
    if os.geteuid() == 0:
        os.chown(path, file.uid, file.gid)
    os.utime(path, (file.mtime, file.mtime))


class _Options:
    """The typed options of a plugin class."""

    def __init__(self, cls: type) -> None:
        self._types: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            self._types.update(getattr(base, "__annotations__", {}))
        self._types.pop("job", None)
        self._defaults = {name: getattr(cls, name) for name in self._types if hasattr(cls, name)}

    def take(self, plugin: Any, definition: str) -> None:
        """Set the attributes of *plugin* from a definition; raises PluginFailure."""
        given: dict[str, str] = {}
        glued = ""
        for part in definition.split(":"):
            if part.endswith("\\"):
                glued += part[:-1] + ":"
                continue
            text, glued = glued + part, ""
            name, equals, value = text.partition("=")
            if equals:
                given.setdefault(name.strip(), value.strip())
        for name, value in given.items():
            if name not in self._types:
                known = ", ".join(sorted(self._types))
                raise PluginFailure("unknown option %r; there are %s" % (name, known))
            if name not in plugin.__dict__:
                setattr(plugin, name, self._convert(name, value))
        missing = [
            name
            for name in self._types
            if name not in self._defaults and name not in plugin.__dict__
        ]
        if missing:
            raise PluginFailure("Mandatory option '%s' not defined." % missing[0])

    def _convert(self, name: str, value: str) -> Any:
        kind = str(self._types[name]).lower()
        try:
            if "bool" in kind:
                low = value.lower()
                if low not in _TRUE | _FALSE:
                    raise ValueError("%r is neither yes nor no" % value)
                return low in _TRUE
            if "int" in kind:
                return int(value)
        except ValueError as error:
            raise PluginFailure("option %r: %s" % (name, error)) from None
        return value.split(",") if "list" in kind else value


class _Runner:
    """Turns the calls of the interface into those of a FilePlugin."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._options = _Options(cls)
        self._plugin: Any = None
        self._entries: Iterator[Entry] = iter(())
        self._entry: Optional[Entry] = None
        self._next: Optional[Entry] = None
        self._reader: Iterator[bytes] = iter(())
        self._rest = b""
        self._file: Optional[BinaryIO] = None
        self._owns = False
        self._restored: Optional[RestoredFile] = None
        self._data: Any = None

    def load_bareos_plugin(self, plugindef: str) -> int:
        bareosfd.RegisterEvents(
            [bareosfd.bEventStartBackupJob, bareosfd.bEventEndBackupJob,
             bareosfd.bEventStartRestoreJob]
        )  # fmt: skip
        self._plugin = self._cls()
        self._plugin.job = Job()
        return int(bareosfd.bRC_OK)

    def parse_plugin_definition(self, plugindef: str) -> int:
        return self._guard(lambda: self._options.take(self._plugin, plugindef))

    def handle_plugin_event(self, event: int) -> int:
        plugin = self._plugin
        if event == bareosfd.bEventStartBackupJob:
            return self._guard(self._begin)
        if event == bareosfd.bEventEndBackupJob:
            return self._guard(lambda: plugin.done(plugin.job))
        if event == bareosfd.bEventStartRestoreJob:
            return self._guard(lambda: plugin.begin_restore(plugin.job))
        return int(bareosfd.bRC_OK)

    def _guard(self, step: Callable[[], Any]) -> int:
        try:
            step()
        except PluginFailure as error:
            text = "%s: %s\n" % (self._cls.__name__, error)
            bareosfd.JobMessage(bareosfd.M_FATAL, text)
            return int(bareosfd.bRC_Error)
        return int(bareosfd.bRC_OK)

    def _begin(self) -> None:
        self._entries = iter(self._plugin.backup(self._plugin.job))
        self._next = next(self._entries, None)

    def start_backup_file(self, packet: Any) -> int:
        if self._next is None:
            return int(bareosfd.bRC_Stop)
        self._entry = self._next
        self._entry.fill(packet)
        return int(bareosfd.bRC_OK)

    def end_backup_file(self) -> int:
        code = self._guard(self._advance)
        if code != bareosfd.bRC_OK:
            return code
        return int(bareosfd.bRC_OK if self._next is None else bareosfd.bRC_More)

    def _advance(self) -> None:
        self._next = next(self._entries, None)

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
            return
        assert self._entry is not None
        self._file = self._entry.descriptor()
        if self._file is not None:
            packet.filedes = self._file.fileno()
            packet.status = bareosfd.iostat_do_in_core
        else:
            self._reader, self._rest = self._entry.open(), b""

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
        if self._restored is not None:
            restored, self._restored = self._restored, None
            self._data.seek(0)
            with self._data:
                try:
                    self._guard(lambda: self._plugin.restore(restored, self._data))
                except OSError as error:
                    Job.error("%s was not restored: %s" % (restored.name, error))

    def start_restore_file(self, cmd: str) -> int:
        return int(bareosfd.bRC_OK)

    def create_file(self, packet: Any) -> int:
        self._restored = RestoredFile(packet)
        if packet.type in (bareosfd.FT_REG, bareosfd.FT_REGE):
            import tempfile

            self._data = tempfile.SpooledTemporaryFile(max_size=1 << 22)
            packet.create_status = bareosfd.CF_EXTRACT
            return int(bareosfd.bRC_OK)
        packet.create_status = bareosfd.CF_CREATED
        restored, self._restored = self._restored, None
        return self._guard(lambda: self._plugin.restore(restored, io.BytesIO()))

    def restore_object_data(self, found: Any) -> int:
        content = bytes(found.object)
        return self._guard(lambda: self._plugin.state(found.object_name, content, found.jobid))

    def check_file(self, name: str) -> int:
        there = self._plugin.still_there(name)
        return int(bareosfd.bRC_Seen if there else bareosfd.bRC_OK)

    def fine(self, *_arguments: Any) -> int:
        """Answer what needs nothing."""
        return int(bareosfd.bRC_OK)


_IO: dict[int, Callable[[_Runner, Any], None]] = {
    bareosfd.IO_OPEN: _Runner._open,
    bareosfd.IO_READ: _Runner._read,
    bareosfd.IO_WRITE: _Runner._write,
    bareosfd.IO_SEEK: _Runner._seek,
    bareosfd.IO_CLOSE: _Runner._close,
}

_ENTRY_POINTS: list[str] = [
    "load_bareos_plugin", "parse_plugin_definition", "handle_plugin_event", "start_backup_file",
    "end_backup_file", "plugin_io", "start_restore_file", "create_file", "restore_object_data",
    "check_file",
]  # fmt: skip
_NOTHING_TO_DO = (
    "set_file_attributes", "end_restore_file", "get_acl", "set_acl", "get_xattr", "set_xattr",
    "handle_backup_file",
)  # fmt: skip


def register(cls: type, module: dict[str, Any]) -> None:
    """Make *module*, the globals of a file, the plugin that *cls* describes."""
    runner = _Runner(cls)
    for name in _ENTRY_POINTS:
        module[name] = getattr(runner, name)
    for name in _NOTHING_TO_DO:
        module[name] = runner.fine
