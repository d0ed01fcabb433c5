"""Small files, held in memory until all their records are there and then written in one go.

Nothing of such a file is on the disk while its records come, so it needs no name of its own
meanwhile, and no look at what stands in its place: the system refuses to create it where something
does. Everything unusual is left to the long way, which :class:`~barque.restoring.Restorer` goes.
"""

import os
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from barque.formats.attributes import AttributeRecord, FileStatus
from barque.formats.digest import BY_STREAM
from barque.formats.streams import Stream
from barque.restoring.metadata import Complain, set_metadata

SMALL: Final = 256 * 1024
"""byte; a longer message is written at once."""

_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN: Final = int(Stream.FILE_DATA)
_SPARSE: Final = int(Stream.SPARSE_DATA)
_OFFSET: Final = struct.Struct(">Q")
_HOLE: Final = bytes(4096)
"""What the long way makes a hole of."""


@dataclass(slots=True)
class SmallFile:
    """A regular file whose records are still coming."""

    record: AttributeRecord
    status: FileStatus
    parts: list[bytes]
    path: bytes
    stream: int = 0
    """Of its data; 0 before it came."""
    message: bytes = b""
    """Its data as it came."""
    digest_stream: int = 0
    """0 without a digest."""
    digest: bytes = b""
    extras: list[tuple[int, bytes]] = field(default_factory=list)

    def whole_content(self) -> bytes | None:
        """Return the contents; None when they are not as they should be, or not plain.

        The long way finds out why, and says so.
        """
        content = self.message
        if self.stream == _SPARSE and len(content) >= _OFFSET.size:
            if _OFFSET.unpack_from(content)[0] or _HOLE in content:
                return None
            content = content[_OFFSET.size :]
        elif self.stream not in (0, _PLAIN):
            return None
        if len(content) != self.status.size:
            return None
        if self.digest_stream and BY_STREAM[self.digest_stream].of(content) != self.digest:
            return None
        return content


def create_whole(
    directory: int, file: SmallFile, content: bytes, shown: str, complain: Complain
) -> bool:
    """Create *file* with its *content* and everything else; return whether that was possible.

    If not, nothing of it is left, and what stood in its place is untouched.
    """
    name = file.parts[-1]
    try:
        fd = os.open(name, _NEW_FILE, 0o600, dir_fd=directory)
    except (OSError, ValueError):
        return False
    try:
        written = os.write(fd, content) if content else 0
        if written == len(content):
            set_metadata(fd, file.status, file.extras, shown, complain)
            return True
    except OSError:
        pass
    finally:
        os.close(fd)
    with suppress(OSError):
        os.unlink(name, dir_fd=directory)
    return False
