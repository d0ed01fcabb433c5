"""Walks the trees of a FileSet and names what is to be looked at, directories after their contents.

Decides what belongs to the FileSet; not whether it changed, nor how it is saved.
Source: daemon protocol, section 3.2; file attributes, section 3.
"""

import os
import stat
import subprocess
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

from barque.filedaemon.fileset import FileSet, Include, OptionsBlock
from barque.filedaemon.mounts import filesystem_type
from barque.formats.filetypes import FileType

type Notice = Callable[[str], None]
"""Takes a line about names that cannot be used."""


class Found(NamedTuple):
    """Something to save, or something that should have been saved and cannot be."""

    type: FileType
    path: bytes
    """Full path, without a closing slash."""
    directory: int | None
    """Descriptor that *name* is relative to, valid until the next step; None for a full path."""
    name: bytes
    status: os.stat_result | None
    """None when it could not be had."""
    block: OptionsBlock
    error: str = ""
    """Why it cannot be saved, in the system's words."""
    top: bytes = b""
    """The name in the FileSet below which it was found."""


class _Level(NamedTuple):
    """A directory that is being read."""

    path: bytes
    parent: int | None
    name: bytes
    fd: int
    entries: "os._ScandirIterator[str]"
    status: os.stat_result
    block: OptionsBlock

    def close(self) -> None:
        """Let go of the directory."""
        self.entries.close()
        os.close(self.fd)


_OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FORMAT = stat.S_IFMT


class Walker:
    """Goes through a FileSet once."""

    def __init__(self, fileset: FileSet, notice: Notice) -> None:
        self._fileset = fileset
        self._notice = notice

    def __iter__(self) -> Iterator[Found]:
        """Yield everything, in the order of the FileSet."""
        for include in self._fileset.includes:
            for item in include.files:
                for top in expand(item, self._notice):
                    yield from self._tree(include, top)

    def _tree(self, include: Include, top: bytes) -> Iterator[Found]:
        """Yield what is below *top*, and *top* itself last."""
        path = top.rstrip(b"/") or b"/"
        block = self._fileset.select(include, path, _base(path), is_directory=False) or _ANY
        try:
            status = os.lstat(path)
        except (OSError, ValueError) as error:
            yield Found(FileType.NOSTAT, path, None, path, None, block, _reason(error), top)
            return
        is_directory = stat.S_ISDIR(status.st_mode)
        chosen = self._fileset.select(include, path, _base(path), is_directory=is_directory)
        if chosen is None:
            return
        if chosen.filesystem_types and filesystem_type(path) not in chosen.filesystem_types:
            self._notice(
                f'Top level directory "{os.fsdecode(top)}" has unlisted fstype '
                f'"{filesystem_type(path)}"'
            )
            return
        if not is_directory:
            kind = _kind(status.st_mode, is_top=True, read_fifo=chosen.options.read_fifo)
            yield Found(kind, path, None, path, status, chosen, "", top)
            return
        yield from self._directories(include, path, status, chosen, top)

    def _directories(
        self,
        include: Include,
        path: bytes,
        status: os.stat_result,
        block: OptionsBlock,
        top: bytes,
    ) -> Iterator[Found]:
        """Yield everything in the directory *path*, depth first."""
        levels: list[_Level] = []
        try:
            pending = self._enter(include, path, None, path, status, block)
            if isinstance(pending, Found):
                yield pending
                return
            if pending is not None:
                levels.append(pending)
            while levels:
                level = levels[-1]
                below = yield from self._contents(include, level, top)
                if below is not None:
                    levels.append(below)
                    continue
                yield Found(
                    FileType.DIREND,
                    level.path,
                    level.parent,
                    level.name,
                    level.status,
                    level.block,
                    "",
                    top,
                )
                levels.pop().close()
        finally:
            for level in levels:
                level.close()

    def _contents(
        self, include: Include, level: _Level, top: bytes
    ) -> Generator[Found, None, _Level | None]:
        """Yield the entries of *level* up to the next directory to enter, and return that."""
        fd = level.fd
        prefix = level.path if level.path == b"/" else level.path + b"/"
        simple = self._fileset.is_simple(include)
        block: OptionsBlock | None = level.block
        select = self._fileset.select
        for entry in level.entries:
            name = entry.name.encode("utf-8", "surrogateescape")
            path = prefix + name
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield Found(FileType.NOSTAT, path, fd, name, None, level.block, _reason(error), top)
                continue
            mode = status.st_mode
            is_directory = _FORMAT(mode) == stat.S_IFDIR
            if not simple:
                block = select(include, path, name, is_directory=is_directory)
            if block is None:
                continue
            if not is_directory:
                kind = FileType.REG if _FORMAT(mode) == stat.S_IFREG else _kind(mode)
                yield Found(kind, path, fd, name, status, block, "", top)
                continue
            kept_out = self._kept_out(level, path, status, block)
            if kept_out is not None:
                if not self._ignored(include, fd, name):
                    yield Found(kept_out, path, fd, name, status, block, "", top)
                continue
            below = self._enter(include, path, fd, name, status, block)
            if isinstance(below, Found):
                yield below._replace(top=top)
            elif below is not None:
                return below
        return None

    @staticmethod
    def _kept_out(
        level: _Level, path: bytes, status: os.stat_result, block: OptionsBlock
    ) -> FileType | None:
        """Return why the directory is not descended into, if so; it is saved by itself."""
        if not block.options.recurse:
            return FileType.NORECURSE
        if status.st_dev == level.status.st_dev:
            return None
        if block.options.one_filesystem:
            return FileType.NOFSCHG
        if block.filesystem_types and filesystem_type(path) not in block.filesystem_types:
            return FileType.INVALIDFS
        return None

    def _enter(
        self,
        include: Include,
        path: bytes,
        parent: int | None,
        name: bytes,
        status: os.stat_result,
        block: OptionsBlock,
    ) -> _Level | Found | None:
        """Open a directory; None when a file in it says that it is to be left out."""
        if self._ignored(include, parent, name):
            return None
        try:
            fd = os.open(name, _OPEN_DIRECTORY, dir_fd=parent)
            return _Level(path, parent, name, fd, os.scandir(fd), status, block)
        except OSError as error:
            return Found(FileType.NOOPEN, path, parent, name, status, block, _reason(error))

    @staticmethod
    def _ignored(include: Include, parent: int | None, name: bytes) -> bool:
        """Return whether the directory holds a file that keeps it out (ExcludeDirContaining)."""
        for marker in include.ignored_if:
            try:
                os.stat(name + b"/" + marker, dir_fd=parent)
            except OSError:
                continue
            return True
        return False


_ANY = OptionsBlock(Include().options)


def _kind(mode: int, *, is_top: bool = False, read_fifo: bool = False) -> FileType:
    """Return the type of what is no directory."""
    if stat.S_ISREG(mode):
        return FileType.REG
    if stat.S_ISLNK(mode):
        return FileType.LNK
    if is_top and stat.S_ISBLK(mode):
        return FileType.RAW
    if is_top and read_fifo and stat.S_ISFIFO(mode):
        return FileType.FIFO
    return FileType.SPEC


def expand(item: bytes, notice: Notice) -> Iterator[bytes]:
    """Yield the paths that a File item names: itself, lines of ``|command`` or of ``<file``."""
    if item[:1] not in (b"|", b"<"):
        if item:
            yield item
        return
    try:
        lines = _run(item[1:]) if item[:1] == b"|" else _read(item[1:].strip())
    except OSError as error:
        notice(f"Cannot get names from {os.fsdecode(item)}: ERR={error.strerror}")
        return
    for line in lines:
        path = line.strip()
        if path:
            yield path


def _run(command: bytes) -> list[bytes]:
    done = subprocess.run(
        ["/bin/sh", "-c", command], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    if done.returncode:
        raise OSError(done.returncode, f"the command exited with code {done.returncode}")
    return done.stdout.splitlines()


def _read(path: bytes) -> list[bytes]:
    with open(path, "rb") as file:
        return file.read().splitlines()


def _base(path: bytes) -> bytes:
    return path.rpartition(b"/")[2] or path


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
