"""Lines in the manner of `ls -l`."""

import re

import pytest

from barque.formats.attributes import AttributeRecord, FileStatus, pack_status
from barque.formats.ls_line import DELETED, show_ls, show_mode


def shown(kind: int, mode: int, link: bytes = b"") -> str:
    status = FileStatus(1, 2, mode, 1, 0, 5, 0, 1234, 4096, 8, 0, 0, 1_700_000_000)
    record = AttributeRecord(1, kind, b"/a", pack_status(status), link)
    return show_ls(record, "/a", lambda _: "root", lambda _: "longgroupname")


def test_a_file() -> None:
    pattern = r"-rw-r--r--   1 root     longgrou        1234 2023-11-1\d \d\d:\d\d:\d\d  /a"
    assert re.fullmatch(pattern, shown(3, 0o100644))


def test_links_and_deleted_files() -> None:
    assert shown(4, 0o120777, b"to").endswith("  /a -> to")
    assert shown(23, 0) == f"{DELETED}  /a"


@pytest.mark.parametrize(
    ("mode", "letters"),
    [(0o10644, "frw-r--r--"), (0o41777, "drwxrwxrwt"), (0o104755, "-rwsr-xr-x"), (0, "----------")],
)
def test_modes(mode: int, letters: str) -> None:
    assert show_mode(mode) == letters
