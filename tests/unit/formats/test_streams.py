"""The tables of streams, file types and digests agree with each other."""

import hashlib

import xxhash

from barque.formats.digest import BY_OPTION, BY_STREAM, DIGESTS, show_digest
from barque.formats.filetypes import DIRECTORIES, NOT_ON_DISK, FileType
from barque.formats.streams import (
    ACL_STREAMS,
    ATTRIBUTE_STREAMS,
    DATA_STREAMS,
    STREAM_MASK,
    XATTR_STREAMS,
    Stream,
)


def test_each_stream_has_one_meaning() -> None:
    groups: list[set[int]] = [set(DATA_STREAMS), set(ATTRIBUTE_STREAMS), set(ACL_STREAMS), set(XATTR_STREAMS),
              set(BY_STREAM)]  # fmt: skip
    assert sum(len(group) for group in groups) == len(set().union(*groups))
    assert all(stream <= STREAM_MASK for stream in Stream)


def test_types_are_directories_or_not_on_disk_or_neither() -> None:
    assert not DIRECTORIES & NOT_ON_DISK
    assert FileType.REG not in DIRECTORIES


def test_digests() -> None:
    data = b"some data"
    for kind in DIGESTS:
        digest = kind.new()
        digest.update(data)
        assert digest.digest() == kind.of(data)
        assert len(kind.of(data)) == kind.size
        assert BY_STREAM[kind.stream] is kind
        assert BY_OPTION[kind.option] is kind
    assert BY_OPTION["S"].name == "SHA1"
    assert BY_OPTION["S4"].of(data) == xxhash.xxh3_128(data).intdigest().to_bytes(16, "big")


def test_a_digest_in_words() -> None:
    assert show_digest(hashlib.md5(b"").digest()) == "1B2M2Y8AsgTpgAmY7PhCfg"
