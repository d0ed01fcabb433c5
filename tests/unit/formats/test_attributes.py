"""Attribute records."""

import os
from pathlib import Path

import pytest

from barque.errors import FormatError
from barque.filedaemon.fields import encode_status
from barque.formats.attributes import (
    AttributeRecord,
    FileStatus,
    pack_status,
    status_of,
    unpack_status,
)
from barque.formats.filetypes import FileType

STATUS = b"P4A M6PY IGk C A A A M BAA I BpVzWl BpVzWl BrAyxr A A C"
"""Recorded from a File Daemon."""

DELETED = b"6 23 /srv/tree/sub/random.bin\0A A A A A A A A A A A BrAyxr BrAyxr A A C\0\0\x000\0"


def test_a_recorded_status() -> None:
    status = unpack_status(STATUS)
    assert status == FileStatus(
        65024, 3384280, 0o100644, 2, 0, 0, 0, 12, 4096, 8,
        1767323045, 1767323045, 1795370091, 0, 0, 2,
    )  # fmt: skip
    assert pack_status(status) == STATUS


def test_the_last_three_numbers_are_optional() -> None:
    status = unpack_status(b" ".join(STATUS.split()[:13]))
    assert status.changed == 1795370091
    assert (status.link_index, status.flags, status.data_stream) == (0, 0, 0)


def test_a_status_that_is_cut() -> None:
    words = STATUS.split()
    for count in range(13):
        with pytest.raises(FormatError):
            unpack_status(b" ".join(words[:count]))


def test_a_recorded_record_of_a_deleted_file() -> None:
    record = AttributeRecord.unpack(DELETED)
    assert record.type == FileType.DELETED
    assert record.name == b"/srv/tree/sub/random.bin"
    assert record.pack() == DELETED


def test_a_record_with_everything() -> None:
    record = AttributeRecord(7, FileType.LNK, b"/a b\xff", STATUS, b"target", b"ex", 3)
    assert record.pack() == b"7 4 /a b\xff\0" + STATUS + b"\0target\0ex\x003\0"
    assert AttributeRecord.unpack(record.pack()) == record


def test_records_of_old_file_daemons_lack_the_last_fields() -> None:
    record = AttributeRecord.unpack(b"1 3 /file\0" + STATUS + b"\0\0")
    assert (record.link, record.extended, record.delta_sequence) == (b"", b"", 0)


def test_flags_of_the_type_are_taken_off() -> None:
    assert AttributeRecord.unpack(b"1 65539 /file\0" + STATUS + b"\0\0\0").type == FileType.REG


@pytest.mark.parametrize(
    "record",
    [b"", b"1", b"1 3", b"1 3 ", b"1 3 \0A\0\0", b"x 3 /f\0A\0\0", b"1 y /f\0A\0\0", b"1 3 /f",
     b"1 3 /f\0A\0\0\0z\0", b"1 3 /f\0A\0\0\0" + b"9" * 21 + b"\0"],
)  # fmt: skip
def test_what_is_no_record(record: bytes) -> None:
    with pytest.raises(FormatError):
        AttributeRecord.unpack(record)


def test_the_status_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 5000)
    stat = file.lstat()
    status = status_of(stat, link_index=4, data_stream=29)
    assert status.size == 5000
    assert status.mode == stat.st_mode
    assert status.modified == int(stat.st_mtime)
    assert (status.link_index, status.data_stream) == (4, 29)


def test_the_fast_way_gives_the_same_status(tmp_path: Path) -> None:
    for path in (tmp_path, Path(__file__), Path("/dev/null"), Path("/proc/self/exe")):
        stat = os.lstat(path)
        for link_index in (0, 70_000):
            exact = pack_status(status_of(stat, link_index=link_index, data_stream=2))
            assert encode_status(stat, link_index, 2) == exact
