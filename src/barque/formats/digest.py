"""The digests of file data: stream, letter in the FileSet, name and function.

Source: file attributes, section 4; crypto and compression, section 4; File Daemon commands, 3.2.
"""

import base64
import hashlib
from collections.abc import Buffer, Callable
from dataclasses import dataclass
from typing import Protocol

import xxhash

from barque.formats.streams import Stream


class Hash(Protocol):
    """A digest in the making."""

    def update(self, data: Buffer, /) -> None:
        """Take *data* in."""

    def digest(self) -> bytes:
        """Return the digest of everything taken in."""


@dataclass(frozen=True, slots=True)
class DigestKind:
    """One kind of digest."""

    name: str
    """Name in the configuration and in the answers of verify jobs."""
    option: str
    """Letters in the option line of a FileSet."""
    stream: Stream
    size: int
    """byte"""
    new: Callable[[], Hash]
    """Begins a digest."""
    of: Callable[[Buffer], bytes]
    """Returns the digest of something that is there as a whole."""


def _new_md5() -> Hash:
    return hashlib.md5(usedforsecurity=False)


def _new_sha1() -> Hash:
    return hashlib.sha1(usedforsecurity=False)


def _md5(data: Buffer) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha1(data: Buffer) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _sha256(data: Buffer) -> bytes:
    return hashlib.sha256(data).digest()


def _sha512(data: Buffer) -> bytes:
    return hashlib.sha512(data).digest()


DIGESTS = (
    DigestKind("MD5", "M", Stream.MD5_DIGEST, 16, _new_md5, _md5),
    DigestKind("SHA1", "S1", Stream.SHA1_DIGEST, 20, _new_sha1, _sha1),
    DigestKind("SHA256", "S2", Stream.SHA256_DIGEST, 32, hashlib.sha256, _sha256),
    DigestKind("SHA512", "S3", Stream.SHA512_DIGEST, 64, hashlib.sha512, _sha512),
    DigestKind("XXH128", "S4", Stream.XXH128_DIGEST, 16, xxhash.xxh3_128, xxhash.xxh3_128_digest),
)
"""All kinds; XXH128 is XXH3 of 128 bits, seed 0, stored big-endian."""

BY_STREAM: dict[int, DigestKind] = {kind.stream: kind for kind in DIGESTS}
"""Kind of each digest stream."""

BY_OPTION = {kind.option: kind for kind in DIGESTS} | {"S": DIGESTS[1]}
"""Kind of each option of a FileSet; ``S`` alone is SHA1."""


def show_digest(digest: bytes) -> str:
    """Return *digest* as the catalog and verify jobs have it: standard base64 without padding."""
    return base64.b64encode(digest).rstrip(b"=").decode()
