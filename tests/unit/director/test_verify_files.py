from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.director.verify_files import (
    COMPARISONS,
    ExaminedDigest,
    ExaminedFile,
    differences,
    parse_examined,
)
from barque.errors import RemoteProtocolError
from barque.formats.attributes import FileStatus, pack_status
from barque.testing.recordings import read_recording

RECORDING = Path(__file__).parents[2] / "golden" / "dialogues" / "director.txt"

STATUS = FileStatus(1, 2, 0o100644, 4, 5, 6, 7, 800, 9, 10, 11, 12, 13)
LSTAT = pack_status(STATUS).decode()


def test_recorded_frames() -> None:
    frames = [one.frame for one in read_recording(RECORDING, "fd#10") if not one.sent]
    parsed = [
        parse_examined(frame)
        for frame in frames
        if isinstance(frame, bytes) and not frame.startswith((b"2000", b"2800"))
    ]
    files = [one for one in parsed if isinstance(one, ExaminedFile)]
    digests = [one for one in parsed if isinstance(one, ExaminedDigest)]
    assert (len(files), len(digests)) == (12, 8)
    assert files[1].shown == "/srv/sample/tree/in/small/dir/name with spaces ü.txt"
    assert (files[1].options, files[1].wants_digest) == ("VVpins5", True)
    assert files[0].name == b""
    assert digests[0] == ExaminedDigest(2, "SHA256", "c8s4WKaHqElMozIwUwFigvPa051Cz2LKTnndoqrH2aw")


def test_restore_objects_are_passed_over() -> None:
    assert parse_examined(b"3 28 ReStOrEObJeCt something\0") is None


@pytest.mark.parametrize(
    "frame",
    [b"", b"1", b"1 1 pins5", b"x 1 pins5 /a\0A\0\0", b"1 1 pins5 /a\0A", b"1 3 \xff *MD5-1*"],
)
def test_what_makes_no_sense(frame: bytes) -> None:
    with pytest.raises(RemoteProtocolError, match="instead of a file that it examined"):
        parse_examined(frame)


@given(st.binary(max_size=100))
def test_arbitrary_frames(frame: bytes) -> None:
    try:
        parse_examined(frame)
    except RemoteProtocolError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("letter", "change", "line"),
    [
        ("i", {"inode": 99}, "      st_ino   differ. Cat: 2 File: 99"),
        ("p", {"mode": 0o100600}, "      st_mode  differ. Cat: 81a4 File: 8180"),
        ("n", {"links": 99}, "      st_nlink differ. Cat: 4 File: 99"),
        ("u", {"user_id": 99}, "      st_uid   differ. Cat: 5 File: 99"),
        ("g", {"group_id": 99}, "      st_gid   differ. Cat: 6 File: 99"),
        ("s", {"size": 900}, "      st_size  differ. Cat: 800 File: 900"),
        ("a", {"accessed": 99}, "      st_atime differs"),
        ("m", {"modified": 99}, "      st_mtime differs"),
        ("c", {"changed": 99}, "      st_ctime differs"),
        ("d", {"size": 700}, "      st_size  decrease. Cat: 800 File: 700"),
    ],
)
def test_each_letter(letter: str, change: dict[str, int], line: str) -> None:
    changed = pack_status(STATUS._replace(**change)).decode()
    assert list(differences(letter, LSTAT, changed)) == [line]
    assert list(differences(letter, LSTAT, LSTAT)) == []
    others = "".join(set(COMPARISONS) - {letter, "s", "d"})
    assert list(differences(others, LSTAT, changed)) == []


def test_a_file_that_grew_did_not_decrease() -> None:
    assert list(differences("d", LSTAT, pack_status(STATUS._replace(size=900)).decode())) == []


def test_letters_that_mean_nothing_are_passed_over() -> None:
    assert list(differences("VV:5 1x", LSTAT, LSTAT)) == []


def test_a_status_that_cannot_be_read_is_the_peers_fault() -> None:
    with pytest.raises(RemoteProtocolError, match="cannot be compared"):
        list(differences("p", LSTAT, "!!"))
