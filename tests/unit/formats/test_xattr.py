"""Records of extended attributes."""

import pytest

from barque.errors import FormatError
from barque.formats.xattr import pack_xattrs, unpack_xattrs

ATTRIBUTES = [(b"user.colour", b"blue"), (b"user.empty", b""), (b"security.x", b"\0\xff")]


def test_round_trip_and_layout() -> None:
    record = pack_xattrs(ATTRIBUTES)
    assert record.startswith(b"\x00\x5c\x58\x84\0\0\0\x0buser.colour\0\0\0\x04blue")
    assert unpack_xattrs(record) == ATTRIBUTES
    assert unpack_xattrs(b"") == []


def test_a_record_cut_anywhere_is_damaged() -> None:
    record = pack_xattrs(ATTRIBUTES)
    whole = {len(pack_xattrs(ATTRIBUTES[:count])) for count in range(len(ATTRIBUTES) + 1)}
    for length in range(len(record)):
        if length in whole:
            assert (
                unpack_xattrs(record[:length]) == ATTRIBUTES[: len(unpack_xattrs(record[:length]))]
            )
        else:
            with pytest.raises(FormatError):
                unpack_xattrs(record[:length])


def test_a_foreign_magic_number() -> None:
    with pytest.raises(FormatError, match="begin with"):
        unpack_xattrs(b"\1\2\3\4" + pack_xattrs(ATTRIBUTES))
