"""The accurate list: what the catalog believes to be on the disk.

Source: daemon protocol, section 3.5; comparison letters in section 3.2.
"""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache

from barque.errors import FormatError, RemoteProtocolError
from barque.filedaemon.fields import Places, is_same
from barque.filedaemon.listed_files import IN_MEMORY, DiskFiles, ListedFiles, MemoryFiles
from barque.formats.attributes import FileStatus, unpack_status

_CHECKS: dict[str, Callable[[FileStatus, os.stat_result], bool]] = {
    "i": lambda old, new: old.inode != new.st_ino,
    "p": lambda old, new: old.mode != new.st_mode,
    "n": lambda old, new: old.links != new.st_nlink,
    "u": lambda old, new: old.user_id != new.st_uid,
    "g": lambda old, new: old.group_id != new.st_gid,
    "s": lambda old, new: old.size != new.st_size,
    "a": lambda old, new: old.accessed != new[7],
    "m": lambda old, new: old.modified != new[8],
    "c": lambda old, new: old.changed != new[9],
    "d": lambda old, new: old.size > new.st_size,
    "A": lambda _old, _new: True,
}
"""What each letter compares; times are whole seconds. 5 and 1, the digests, need the contents."""

_PLACES = {
    "i": (1, 1),
    "p": (0, 2),
    "n": (3, 3),
    "u": (4, 4),
    "g": (5, 5),
    "s": (6, 7),
    "a": (7, 10),
    "m": (8, 11),
    "c": (9, 12),
}
"""Where the number that a letter compares stands in a status of the system and in a packed one."""

DIGEST_LETTERS = frozenset("51")
"""Letters that ask for a comparison of contents."""


class AccurateList:
    """Files of the jobs before, by name; each is either seen again or was deleted."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        """Keep up to *in_memory* files in memory, and a longer list on the disk."""
        self._in_memory = in_memory
        self._files: ListedFiles = MemoryFiles()

    def __len__(self) -> int:
        return len(self._files)

    def add(self, message: bytes) -> None:
        """Take one message: path NUL status NUL digest NUL number.

        Raises RemoteProtocolError when it has no status.
        """
        path, _, rest = message.partition(b"\0")
        if not path or not rest:
            raise RemoteProtocolError("an entry of the accurate list has no name or no status")
        self._files.put(path, rest)
        if isinstance(self._files, MemoryFiles) and len(self._files) > self._in_memory:
            self._move_to_disk()

    def _move_to_disk(self) -> None:
        disk = DiskFiles()
        for path, entry in self._files.marked(seen=False):
            disk.put(path, entry)
        self._files.close()
        self._files = disk

    def close(self) -> None:
        """Give the memory, or the file, back."""
        self._files.close()

    def find(self, path: bytes) -> tuple[FileStatus, str] | None:
        """Return status and digest (base64, or empty) of *path*; None when it is not listed."""
        entry = self._files.get(path)
        return None if entry is None else _read(entry)

    def is_listed_alike(self, path: bytes, letters: str, status: os.stat_result) -> bool:
        """Return whether *path* is listed with the same numbers, as far as *letters* ask.

        Most files are as they were: this needs no number of theirs decoded. False means only that
        :meth:`find` and :func:`differs` have to look closer.
        """
        places = _places(letters)
        entry = self._files.get(path) if places is not None else None
        if entry is None or places is None:
            return False
        return is_same(entry[: entry.find(b"\0")].split(b" "), status, places)

    def mark(self, path: bytes) -> None:
        """Note that *path* is still there."""
        self._files.mark(path, seen=True)

    def set_seen(self, path: bytes | None, *, seen: bool) -> int:
        """Note of *path*, or of everything, that it is there or not; returns 0, 2 if unknown."""
        if path is None:
            self._files.mark_all(seen=seen)
        elif self._files.get(path) is None:
            return 2
        else:
            self._files.mark(path, seen=seen)
        return 0

    def delta(self, path: bytes) -> int:
        """Return the number of the difference that *path* was last saved as."""
        fields = (self._files.get(path) or b"").split(b"\0")
        number = fields[2] if len(fields) > 2 else b""
        return int(number) if number.isdigit() and len(number) < 10 else 0

    def unseen(self) -> list[bytes]:
        """Return the names of what was not seen."""
        return [path for path, _ in self._files.marked(seen=False)]

    def missing(self) -> Iterator[tuple[bytes, FileStatus]]:
        """Yield what was not seen: these files are deleted."""
        return self._statuses(seen=False)

    def seen(self) -> Iterator[tuple[bytes, FileStatus]]:
        """Yield what was seen, in a job with base jobs: files that need not be saved again."""
        return self._statuses(seen=True)

    def _statuses(self, *, seen: bool) -> Iterator[tuple[bytes, FileStatus]]:
        for path, entry in self._files.marked(seen=seen):
            found = _read(entry)
            if found is not None:
                yield path, found[0]


def _read(entry: bytes) -> tuple[FileStatus, str] | None:
    """Return status and digest of an entry; None when the status means nothing."""
    fields = entry.split(b"\0")
    try:
        status = unpack_status(fields[0])
    except FormatError:
        return None
    return status, fields[1].decode("ascii", "replace") if len(fields) > 1 else ""


@lru_cache
def _places(letters: str) -> Places | None:
    """Return the places of the numbers that *letters* compare; None when one compares otherwise."""
    if not set(letters) & _CHECKS.keys() <= _PLACES.keys() or DIGEST_LETTERS & set(letters):
        return None
    return tuple(_PLACES[letter] for letter in letters if letter in _PLACES)


def differs(letters: str, old: FileStatus, new: os.stat_result) -> bool:
    """Return whether the file changed as far as *letters* ask; digests are not looked at."""
    return any(_CHECKS[letter](old, new) for letter in letters if letter in _CHECKS)
