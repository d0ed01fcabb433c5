"""The attribute record: what is stored of a file besides its data.

Source: file attributes, sections 1 and 2.
"""

import os
from typing import NamedTuple

from barque.errors import FormatError
from barque.formats.base64 import decode_integer, encode_integer
from barque.formats.filetypes import TYPE_MASK


class FileStatus(NamedTuple):
    """The sixteen numbers of the status field, in stored order; times are seconds since 1970."""

    device: int
    inode: int
    mode: int
    links: int
    user_id: int
    group_id: int
    rdev: int
    size: int
    block_size: int
    blocks: int
    accessed: int
    modified: int
    changed: int
    link_index: int = 0
    """FileIndex of the first name of a hard-linked file; 0 in the record of that first name."""
    flags: int = 0
    """Flags of BSD file systems."""
    data_stream: int = 0
    """Stream that the data of the file is stored in; 0 when unknown."""


def status_of(stat: os.stat_result, *, link_index: int = 0, data_stream: int = 0) -> FileStatus:
    """Return the status field of a file that was looked at."""
    return FileStatus(
        stat.st_dev,
        stat.st_ino,
        stat.st_mode,
        stat.st_nlink,
        stat.st_uid,
        stat.st_gid,
        stat.st_rdev,
        stat.st_size,
        stat.st_blksize,
        stat.st_blocks,
        int(stat.st_atime),
        int(stat.st_mtime),
        int(stat.st_ctime),
        link_index,
        0,
        data_stream,
    )


def pack_status(status: FileStatus) -> bytes:
    """Return the status field: sixteen base64 numbers with blanks between them."""
    return b" ".join(map(encode_integer, status))


class _Numbers(dict[bytes, int]):
    """Numbers by their digits, remembered: most of them come again and again."""

    def __missing__(self, word: bytes) -> int:
        number = decode_integer(word)
        if len(self) > _REMEMBERED:
            self.clear()
        self[word] = number
        return number


_REMEMBERED = 20_000
"""Numbers kept; they are forgotten together when there are more."""

_NUMBERS = _Numbers()


def unpack_status(text: bytes) -> FileStatus:
    """Return what the status field *text* holds; at least the first 13 numbers must be there.

    Raises FormatError.
    """
    numbers = [_NUMBERS[word] for word in text.split()[:16]]
    if len(numbers) < 13:
        raise FormatError(f"a file status has {len(numbers)} numbers, at least 13 are needed")
    return FileStatus(*numbers)


class AttributeRecord(NamedTuple):
    """One attribute record (stream 1)."""

    file_index: int
    type: int
    """A number of FileType; numbers of later versions are kept."""
    name: bytes
    """Full path; of directories with a trailing slash."""
    status: bytes
    """The packed status field; empty in records of restore objects."""
    link: bytes = b""
    """Target of a symbolic link, or first saved name of a hard-linked file."""
    extended: bytes = b""
    """Attributes of Windows, base64; else empty."""
    delta_sequence: int = 0
    """Number of the difference, from plugins that save differences."""

    def pack(self) -> bytes:
        """Return the stored bytes."""
        return b"%d %d %b\0%b\0%b\0%b\0%d\0" % (
            self.file_index,
            self.type,
            self.name,
            self.status,
            self.link,
            self.extended,
            self.delta_sequence,
        )

    @classmethod
    def unpack(cls, record: bytes) -> "AttributeRecord":
        """Return what *record* holds.

        Records of old File Daemons without the last fields are accepted.
        Raises FormatError when a number or the name is missing.
        """
        fields = record.split(b"\0")
        words = fields[0].split(b" ", 2)
        if len(words) != 3 or not words[2] or len(fields) < 3:
            raise FormatError("an attribute record has no name or no status")
        return cls(
            _number(words[0]),
            _number(words[1]) & TYPE_MASK,
            words[2],
            fields[1],
            fields[2],
            fields[3] if len(fields) > 3 else b"",
            _number(fields[4]) if len(fields) > 4 and fields[4] else 0,
        )


def _number(text: bytes) -> int:
    """Return a plain decimal number; bounded, so that hostile records cost nothing."""
    digits = text[1:] if text[:1] == b"-" else text
    if len(digits) > 20 or not digits.isdigit():
        raise FormatError(f"{text[:24]!r} is not a number of an attribute record")
    return int(text)
