"""Access control lists: text and table."""

import struct

import pytest

from barque.errors import FormatError
from barque.formats.acl import is_trivial, parse_acl, show_acl

RECORDED = b"user::rwx\nuser:cloudsdk:rwx\ngroup::r-x\nmask::rwx\nother::r-x\n\x00"
"""The default list of a directory, from a recorded volume."""

NONE = 2**32 - 1


def table(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def name_of(kind: str, number: int) -> str | None:
    return {("user", 1000): "cloudsdk", ("group", 100): "users"}.get((kind, number))


def number_of(kind: str, name: str) -> int | None:
    return {("user", "cloudsdk"): 1000, ("group", "users"): 100}.get((kind, name))


BINARY = table((1, 7, NONE), (2, 7, 1000), (4, 5, NONE), (16, 7, NONE), (32, 5, NONE))


def test_a_recorded_list() -> None:
    assert parse_acl(RECORDED, number_of) == BINARY
    assert show_acl(BINARY, name_of) == RECORDED


def test_unknown_names_stay_numbers() -> None:
    binary = table((1, 6, NONE), (2, 4, 4711), (4, 0, NONE), (8, 1, 815), (16, 7, NONE),
                   (32, 0, NONE))  # fmt: skip
    text = show_acl(binary, name_of)
    assert b"user:4711:r--\n" in text
    assert b"group:815:--x\n" in text
    assert parse_acl(text, number_of) == binary


def test_entries_come_in_the_order_of_the_file_system() -> None:
    text = b"other::---\nmask::rwx\ngroup:users:r--\ngroup::r--\nuser:cloudsdk:r--\nuser::rw-\n"
    tags = [entry[0] for entry in struct.iter_unpack("<HHI", parse_acl(text, number_of)[4:])]
    assert tags == sorted(tags)


def test_other_ways_to_write_the_text() -> None:
    text = b"u::rwx,user:1000:rwx\t#effective:r--\ng::r-x,m::rwx, o::r-x"
    assert parse_acl(text, number_of) == BINARY


def test_a_list_that_says_no_more_than_the_mode() -> None:
    assert is_trivial(table((1, 6, NONE), (4, 4, NONE), (32, 4, NONE)))
    assert not is_trivial(BINARY)


@pytest.mark.parametrize(
    "text",
    [b"nonsense", b"user::rwz", b"mask:1:rwx", b"user:nobody-here:rwx", b"user:99999999999:rwx",
     b"user:4294967295:rwx"],
)  # fmt: skip
def test_text_that_cannot_be_a_list(text: bytes) -> None:
    with pytest.raises(FormatError):
        parse_acl(text, number_of)


@pytest.mark.parametrize("binary", [b"", b"\2\0\0", b"\3\0\0\0", BINARY[:-1], table((3, 7, NONE))])
def test_tables_that_are_none(binary: bytes) -> None:
    with pytest.raises(FormatError):
        show_acl(binary, name_of)
