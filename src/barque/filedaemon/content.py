"""Reads whole files for their digests."""

import os

from barque.formats.digest import DigestKind

_PIECE = 1024 * 1024


def content_digest(directory: int | None, name: bytes, kind: DigestKind) -> bytes:
    """Return the digest of a file's contents; raises OSError."""
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    digest = kind.new()
    buffer = bytearray(_PIECE)
    try:
        with memoryview(buffer) as view:
            while got := os.readv(fd, [view]):
                digest.update(view[:got])
    finally:
        os.close(fd)
    return digest.digest()
