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
this file, ``barque_sdk_calls.py`` and ``barque_options.py`` beside it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Optional, Union

import bareosfd
from barque_options import PluginFailure

__all__ = [
    "Content", "Directory", "Entry", "File", "FilePlugin", "Job", "Link", "LocalFilePlugin",
    "PluginFailure", "RestoredFile", "State", "local_entry", "register", "set_attributes",
    "write_file",
]  # fmt: skip

Content = Union[bytes, str, BinaryIO, Iterable[bytes], None]
"""What a file holds: bytes, a path, an open file, or pieces one after the other."""

_UNREAD = 1
"""s since 1970; compared with it, every file has changed."""


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
    def accurate(self) -> bool:
        """Whether the files are compared with those of the catalog."""
        return bool(bareosfd.GetValue(bareosfd.bVarAccurate))

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
        self, name: str, *, mode: int, link: str = "", changed: bool = False, **status: float
    ) -> None:
        """*status* is what a StatPacket has: mtime, ctime, atime, uid, gid, size, dev, ino, nlink.

        With *changed* it is saved whatever its times say; otherwise Incrementals leave it out when
        it is older than the backup before.
        """
        self.name = name
        self.mode = mode
        self.link = link
        self.changed = changed
        self.status = {key: int(value) for key, value in status.items()}
        mtime = self.status.setdefault("mtime", int(time.time()))
        self.status.setdefault("size", 0)
        self.status.setdefault("atime", mtime)
        self.status.setdefault("ctime", mtime)

    def fill(self, packet: Any) -> None:
        """Fill in what start_backup_file is given."""
        packet.fname = self.name
        packet.link = self.link
        packet.type = self.kind()
        packet.no_read = packet.type != bareosfd.FT_REG
        packet.statp = bareosfd.StatPacket(mode=self.mode, **self.status)
        if self.changed:
            packet.save_time = _UNREAD

    def kind(self) -> int:
        """Return the number of bFileType."""
        for matches, number in _KINDS:
            if matches(self.mode):
                return int(number)
        return int(bareosfd.FT_REG)

    def open(self) -> Iterator[bytes]:
        """Yield what it holds."""
        return iter(())

    def descriptor(self) -> Optional[BinaryIO]:
        """Return an open file that the daemon can read by itself; None for none."""
        return None

    def close(self) -> None:
        """It is saved, or was left out."""


_KINDS = (
    (stat.S_ISDIR, bareosfd.FT_DIREND),
    (stat.S_ISLNK, bareosfd.FT_LNK),
    (stat.S_ISFIFO, bareosfd.FT_FIFO),
)
"""Everything else is a regular file."""


class File(Entry):
    """A regular file."""

    def __init__(self, name: str, content: Content = None, **status: Any) -> None:
        """*content* is bytes, the path of a file, an open file, or pieces.

        Of a path, or an open file of a file system, it has size, mode, owner and time, unless
        *status* says otherwise.  An open file is closed when it was saved; it cannot vanish
        meanwhile as the file of a path can.  Raises OSError when there is no file.
        """
        self.content = content
        found = _status_of(content)
        if isinstance(content, bytes):
            status.setdefault("size", len(content))
        elif found is not None:
            status.setdefault("mode", found.st_mode)
            for key in ("size", "mtime", "uid", "gid"):
                status.setdefault(key, getattr(found, "st_" + key))
        status.setdefault("mode", stat.S_IFREG | 0o640)
        super().__init__(name, **status)

    def descriptor(self) -> Optional[BinaryIO]:
        """Return an open file with the contents, if they are in one."""
        if isinstance(self.content, str):
            return open(self.content, "rb", buffering=0)
        return self.content if _number_of(self.content) >= 0 else None  # type: ignore[return-value]

    def open(self) -> Iterator[bytes]:
        """Yield the contents in pieces."""
        if isinstance(self.content, bytes):
            yield self.content
        elif hasattr(self.content, "read"):
            while piece := self.content.read(256 * 1024):  # type: ignore[union-attr]
                yield piece
        elif self.content is not None and not isinstance(self.content, str):
            yield from self.content

    def close(self) -> None:
        """Close an open file that the contents came from."""
        if hasattr(self.content, "close"):
            self.content.close()  # type: ignore[union-attr]


def _number_of(content: Content) -> int:
    """Return the descriptor of an open file; -1 for what has none."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        return int(content.fileno())  # type: ignore[union-attr]
    return -1


def _status_of(content: Content) -> Optional[os.stat_result]:
    """Return the status of a file of the file system; None for other contents."""
    if isinstance(content, str):
        return os.stat(content)
    number = _number_of(content)
    found = os.fstat(number) if number >= 0 else None
    return found if found is not None and stat.S_ISREG(found.st_mode) else None


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
        packet.fname = "/" + self.name.lstrip("/")
        packet.object_name = self.name
        packet.object = bytearray(self.content)
        packet.object_len = len(self.content)
        packet.object_index = int(time.time())
        packet.statp = bareosfd.StatPacket()


def local_entry(path: str) -> Optional[Entry]:
    """Return what lies at *path*, with its whole status; None for sockets and devices.

    Hard links stay hard links.  Raises OSError when nothing is there.
    """
    found = os.lstat(path)
    keys = ("mtime", "ctime", "atime", "uid", "gid", "size", "dev", "ino", "nlink")
    status = {key: getattr(found, "st_" + key) for key in keys}
    status["mode"] = found.st_mode
    if stat.S_ISDIR(found.st_mode):
        return Directory(path, **status)
    if stat.S_ISLNK(found.st_mode):
        return Link(path, os.readlink(path), **status)
    if stat.S_ISFIFO(found.st_mode):
        return Entry(path, **status)
    return File(path, path, **status) if stat.S_ISREG(found.st_mode) else None


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

    def end_restore(self, job: Job) -> None:
        """Everything was given back."""

    def state(self, name: str, content: bytes, job_id: int) -> None:
        """Take back what an earlier backup kept as State."""

    def still_there(self, name: str) -> bool:
        """Tell whether a file of an earlier backup still exists, in accurate jobs."""
        return False

    def done(self, job: Job) -> None:
        """The backup is over, well or not."""


class LocalFilePlugin(FilePlugin):
    """Derive from it when the files are those of this machine.

    The daemon puts them back as it does with ordinary files, without the plugin: ``restore`` is not
    called, and data goes from the daemon into the file.  With XattrSupport in the FileSet, extended
    attributes and ACLs of the files are saved and come back, too.
    """


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
    set_attributes(file)


def set_attributes(file: RestoredFile) -> None:
    """Give a restored file its mode, owner and time."""
    path = file.name.rstrip("/") or "/"
    os.chmod(path, stat.S_IMODE(file.mode))
    if os.geteuid() == 0:
        os.chown(path, file.uid, file.gid)
    os.utime(path, (file.mtime, file.mtime))


def register(cls: type, module: dict[str, Any]) -> None:
    """Make *module*, the globals of a file, the plugin that *cls* describes."""
    from barque_sdk_calls import entry_points

    module.update(entry_points(cls))
