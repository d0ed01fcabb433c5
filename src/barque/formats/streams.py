"""The streams of a file: number, contents and how the data is laid out.

Source: file attributes, section 4.
"""

from dataclasses import dataclass
from enum import IntEnum

STREAM_MASK = 0x7FF
"""Bits of a stream number that name the stream; the higher ones are flags."""
PORTABLE_BIT = 1 << 25
"""Portable data."""
OFFSETS_BIT = 1 << 26
"""Every message begins with its offset in the file, 8 bytes."""
DELTA_BIT = 1 << 27
"""The data is a difference to earlier data."""
PLUGIN_BIT = 1 << 28
"""A plugin wrote the data."""


class Stream(IntEnum):
    """Stream numbers as they are stored."""

    UNIX_ATTRIBUTES = 1
    FILE_DATA = 2
    MD5_DIGEST = 3
    GZIP_DATA = 4
    UNIX_ATTRIBUTES_EX = 5
    SPARSE_DATA = 6
    SPARSE_GZIP_DATA = 7
    PROGRAM_NAMES = 8
    PROGRAM_DATA = 9
    SHA1_DIGEST = 10
    WIN32_DATA = 11
    WIN32_GZIP_DATA = 12
    MACOS_FORK_DATA = 13
    HFSPLUS_ATTRIBUTES = 14
    UNIX_ACCESS_ACL = 15
    UNIX_DEFAULT_ACL = 16
    SHA256_DIGEST = 17
    SHA512_DIGEST = 18
    SIGNED_DIGEST = 19
    ENCRYPTED_FILE_DATA = 20
    ENCRYPTED_WIN32_DATA = 21
    ENCRYPTED_SESSION_DATA = 22
    ENCRYPTED_FILE_GZIP_DATA = 23
    ENCRYPTED_WIN32_GZIP_DATA = 24
    ENCRYPTED_MACOS_FORK_DATA = 25
    PLUGIN_NAME = 26
    PLUGIN_DATA = 27
    RESTORE_OBJECT = 28
    COMPRESSED_DATA = 29
    SPARSE_COMPRESSED_DATA = 30
    WIN32_COMPRESSED_DATA = 31
    ENCRYPTED_FILE_COMPRESSED_DATA = 32
    ENCRYPTED_WIN32_COMPRESSED_DATA = 33
    XXH128_DIGEST = 40
    NDMP_SEPARATOR = 999
    ACL_LINUX_DEFAULT = 1007
    ACL_LINUX_ACCESS = 1008
    ACL_PLUGIN = 1020
    XATTR_PLUGIN = 1988
    XATTR_LINUX = 1998


@dataclass(frozen=True, slots=True)
class DataLayout:
    """How the messages of a data stream are made up."""

    words: str
    """Name of the contents in messages."""
    sparse: bool = False
    """Each message begins with its 8-byte offset."""
    compressed: bool = False
    """Each message carries a compressed block behind a 12-byte header."""
    old_gzip: bool = False
    """Each message is a zlib stream without a header."""
    encrypted: bool = False
    """The messages together are one encrypted stream."""
    windows: bool = False
    """Data of the Windows backup interface, not of a plain file."""


DATA_STREAMS: dict[int, DataLayout] = {
    Stream.FILE_DATA: DataLayout("file data"),
    Stream.GZIP_DATA: DataLayout("GZIP data", old_gzip=True),
    Stream.SPARSE_DATA: DataLayout("sparse data", sparse=True),
    Stream.SPARSE_GZIP_DATA: DataLayout("sparse GZIP data", sparse=True, old_gzip=True),
    Stream.WIN32_DATA: DataLayout("Windows data", windows=True),
    Stream.WIN32_GZIP_DATA: DataLayout("Windows GZIP data", old_gzip=True, windows=True),
    Stream.ENCRYPTED_FILE_DATA: DataLayout("encrypted data", encrypted=True),
    Stream.ENCRYPTED_WIN32_DATA: DataLayout("encrypted Windows data", encrypted=True, windows=True),
    Stream.ENCRYPTED_FILE_GZIP_DATA: DataLayout(
        "encrypted GZIP data", old_gzip=True, encrypted=True
    ),
    Stream.ENCRYPTED_WIN32_GZIP_DATA: DataLayout(
        "encrypted Windows GZIP data", old_gzip=True, encrypted=True, windows=True
    ),
    Stream.COMPRESSED_DATA: DataLayout("compressed data", compressed=True),
    Stream.SPARSE_COMPRESSED_DATA: DataLayout(
        "sparse compressed data", sparse=True, compressed=True
    ),
    Stream.WIN32_COMPRESSED_DATA: DataLayout(
        "compressed Windows data", compressed=True, windows=True
    ),
    Stream.ENCRYPTED_FILE_COMPRESSED_DATA: DataLayout(
        "encrypted compressed data", compressed=True, encrypted=True
    ),
    Stream.ENCRYPTED_WIN32_COMPRESSED_DATA: DataLayout(
        "encrypted compressed Windows data", compressed=True, encrypted=True, windows=True
    ),
}
"""Streams that hold the data of a file."""

ATTRIBUTE_STREAMS = frozenset({Stream.UNIX_ATTRIBUTES, Stream.UNIX_ATTRIBUTES_EX})
"""Streams that begin a file."""

ACL_STREAMS = frozenset({15, 16, *range(1000, 1021)})
"""Streams of access control lists, of all systems."""

XATTR_STREAMS = frozenset(range(1988, 2000))
"""Streams of extended attributes, of all systems."""
