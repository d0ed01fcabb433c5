"""The file device: each volume is a file, named as the volume, of an archive directory.

Source: volume format, section 1.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from barque.errors import DeviceError, DeviceFullError, VolumeNotFoundError

FILE_MODE = 0o640
"""Permissions of a new volume."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def _translated(action: str, path: str) -> Iterator[None]:
    """Turn what the system says into the errors of devices."""
    try:
        yield
    except FileNotFoundError as error:
        raise VolumeNotFoundError(f"cannot {action} {path}: {error.strerror}") from error
    except OSError as error:
        kind = DeviceFullError if error.errno in _FULL else DeviceError
        raise kind(f"cannot {action} {path}: {error.strerror}") from error


class FileVolume:
    """A volume in a file."""

    def __init__(self, name: str, path: str, descriptor: int) -> None:
        self.name = name
        """Name of the volume."""
        self.path = path
        """Path of the file."""
        self._descriptor = descriptor

    def size(self) -> int:
        """Return how many bytes the volume has now."""
        with _translated("look at", self.path):
            return os.fstat(self._descriptor).st_size

    def read_at(self, offset: int, size: int) -> bytes:
        """Return *size* bytes from *offset*; fewer only where the volume ends."""
        with _translated("read", self.path):
            data = os.pread(self._descriptor, size, offset)
            while len(data) < size and (
                more := os.pread(self._descriptor, size - len(data), offset + len(data))
            ):
                data += more
        return data

    def append(self, data: memoryview | bytes) -> None:
        """Write *data* behind the last byte, all of it or nothing.

        What a failed write left behind is cut off again: it is part of a block that nobody was
        promised, and a volume must end where a block ends.
        """
        start = self.size()
        try:
            self._write_all(memoryview(data), start)
        except DeviceError:
            self.truncate(start)
            raise

    def _write_all(self, view: memoryview, offset: int) -> None:
        with _translated("write", self.path):
            while view:
                count = os.pwrite(self._descriptor, view, offset)
                view = view[count:]
                offset += count

    def truncate(self, size: int) -> None:
        """Cut the volume to *size* bytes."""
        with _translated("truncate", self.path):
            os.ftruncate(self._descriptor, size)

    def sync(self) -> None:
        """Return when all that was appended would survive a power failure."""
        with _translated("sync", self.path):
            os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Give the volume back; closing twice does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class FileDevice:
    """An archive directory."""

    def __init__(self, path: str) -> None:
        self.path = path
        """The archive directory."""

    def volumes(self) -> list[str]:
        """Return the names of the files in the archive directory, sorted."""
        with _translated("list", self.path), os.scandir(self.path) as entries:
            return sorted(entry.name for entry in entries if entry.is_file())

    def open_read(self, volume: str) -> FileVolume:
        """Open a volume for reading."""
        path = self._path_of(volume)
        with _translated("open", path):
            return FileVolume(volume, path, os.open(path, os.O_RDONLY | os.O_CLOEXEC))

    def open_append(self, volume: str, *, create: bool = False) -> FileVolume:
        """Open a volume for appending; a second writer, also of another process, is refused."""
        path = self._path_of(volume)
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        with _translated("open", path):
            descriptor = os.open(path, flags, FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise DeviceError(
                f"cannot open {path} for writing: another writer has it open"
            ) from error
        return FileVolume(volume, path, descriptor)

    def free_space(self) -> int | None:
        """Return how many bytes can still be written to the archive directory."""
        with _translated("look at", self.path):
            status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def _path_of(self, volume: str) -> str:
        if not volume or "/" in volume or "\0" in volume or volume in {".", ".."}:
            raise DeviceError(f'"{volume}" cannot name a volume: it is no file name')
        return f"{self.path}/{volume}"
