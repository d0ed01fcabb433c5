"""Walks into and makes directories below the restore directory, by descriptors.

Below a restore directory symbolic links are never followed, so that no stored or planted link leads
out of it.  A restore to the original places follows them, as all programs do that open those paths.
"""

import contextlib
import os
from collections.abc import Sequence

from barque.errors import JobError

_NEW_DIRECTORY = 0o700
"""Mode while the restore runs; the stored one, or the usual one, comes at the end."""


class DirectoryTree:
    """The open path of directories from the root down to the one in use."""

    def __init__(self, root: bytes) -> None:
        """Open *root*, the restore directory; empty means the root of the file system.

        Raises JobError when it cannot be made or opened.
        """
        self._root = root or b"/"
        self._follow = not root
        self._names: list[bytes] = []
        self._fds: list[int] = []
        self.made: set[bytes] = set()
        """Directories that this restore made, as paths below the root."""
        try:
            os.makedirs(self._root, exist_ok=True)
            self._fds.append(os.open(self._root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
        except OSError as error:
            raise JobError(
                f"Cannot restore to {os.fsdecode(self._root)}: ERR={error.strerror}"
            ) from None

    def close(self) -> None:
        """Close all descriptors."""
        while self._fds:
            os.close(self._fds.pop())

    def enter(self, names: Sequence[bytes]) -> int:
        """Return a descriptor of the directory at *names*, made if missing.

        The descriptor lives until the next call.  Raises OSError.
        """
        if names == self._names:
            return self._fds[-1]
        common = 0
        for mine, wanted in zip(self._names, names, strict=False):
            if mine != wanted:
                break
            common += 1
        while len(self._names) > common:
            self._names.pop()
            os.close(self._fds.pop())
        for name in names[common:]:
            self._fds.append(self._open(name))
            self._names.append(name)
        return self._fds[-1]

    def make(self, names: Sequence[bytes]) -> bool:
        """Make the directory at *names* and those above; return whether this restore made it.

        Raises OSError, also when something else stands in its place.
        """
        self.enter(names)
        return b"/".join(names) in self.made

    def _open(self, name: bytes) -> int:
        parent = self._fds[-1]
        flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
        if not self._follow:
            flags |= os.O_NOFOLLOW
        with contextlib.suppress(FileNotFoundError):
            return os.open(name, flags, dir_fd=parent)
        os.mkdir(name, _NEW_DIRECTORY, dir_fd=parent)
        self.made.add(b"/".join([*self._names, name]))
        return os.open(name, flags | os.O_NOFOLLOW, dir_fd=parent)
