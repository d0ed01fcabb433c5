"""Walks through trees."""

import os
from pathlib import Path

import pytest

from barque.filedaemon.fileset import parse_fileset
from barque.filedaemon.mounts import filesystem_type
from barque.filedaemon.walker import Found, Walker, expand
from barque.formats.filetypes import FileType


def walk(*lines: str) -> tuple[list[tuple[str, FileType]], list[str]]:
    notices: list[str] = []
    fileset = parse_fileset(line.encode() for line in lines)
    found = [(os.fsdecode(item.path), item.type) for item in Walker(fileset, notices.append)]
    return found, notices


def simple(
    path: Path | str, letters: str = "M", *more: str
) -> tuple[list[tuple[str, FileType]], list[str]]:
    return walk("I", *more, f"O {letters}", "N", f"F {path}", "N", "N")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a", "b/c", "b/d/e"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def test_contents_come_before_their_directory(tree: Path) -> None:
    found, notices = simple(tree)
    paths = [path for path, _ in found]
    assert set(paths) == {str(tree / name) for name in ("a", "b", "b/c", "b/d", "b/d/e", "")}
    for path in paths:
        parent = str(Path(path).parent)
        assert parent not in paths or paths.index(parent) > paths.index(path)
    assert notices == []


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_descriptors_are_given_back(tree: Path) -> None:
    before = open_files()
    simple(tree)
    walker = iter(Walker(parse_fileset([b"I", b"F " + os.fsencode(tree)]), print))
    next(walker)
    walker.close()  # type: ignore[attr-defined]
    assert open_files() == before


def test_a_single_file_and_a_closing_slash(tree: Path) -> None:
    assert simple(tree / "a")[0] == [(str(tree / "a"), FileType.REG)]
    assert simple(f"{tree}/b/d/")[0][-1] == (str(tree / "b" / "d"), FileType.DIREND)


def test_without_recursion_only_the_first_level_is_read(tree: Path) -> None:
    found, _ = simple(tree, "h")
    assert (str(tree / "b"), FileType.NORECURSE) in found
    assert str(tree / "b" / "c") not in dict(found)


def test_a_marker_keeps_a_directory_out(tree: Path) -> None:
    (tree / "b" / ".nobackup").write_bytes(b"")
    found, _ = simple(tree, "M", "Z .nobackup")
    assert {path for path, _ in found} == {str(tree / "a"), str(tree)}
    (tree / ".nobackup").write_bytes(b"")
    assert simple(tree, "M", "Z .nobackup")[0] == []


def test_excluded_directories_are_not_read(tree: Path) -> None:
    found, _ = walk(
        "I", "O M", "N", f"F {tree}", "N", "N", "E", "O H", "N", f"F {tree}/b", "N", "N"
    )
    assert {path for path, _ in found} == {str(tree / "a"), str(tree)}


def test_an_excluded_top(tree: Path) -> None:
    assert simple(tree, "e") == ([], [])


def test_other_file_systems_are_entered_only_when_asked() -> None:
    found = dict(simple("/dev")[0])
    assert found.get("/dev/shm", FileType.NOFSCHG) is FileType.NOFSCHG
    assert "/dev/null" in found


def test_file_system_types(tree: Path) -> None:
    assert filesystem_type(b"/proc") == "proc"
    assert filesystem_type(b"/not/there") == ""
    found, notices = walk("I", "O M", "X proc", "N", f"F {tree}", "N", "N")
    assert found == []
    assert "has unlisted fstype" in notices[0]


def test_what_is_missing(tmp_path: Path) -> None:
    assert simple(tmp_path / "missing")[0] == [(str(tmp_path / "missing"), FileType.NOSTAT)]


def test_a_file_that_goes_away_and_a_directory_that_cannot_be_read(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: bytes, flags: int, *, dir_fd: int | None = None) -> int:
        if path == b"d":
            raise PermissionError(13, "Permission denied")
        return real(path, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    fileset = parse_fileset([b"I", b"F " + os.fsencode(tree)])
    found = {item.path: item for item in Walker(fileset, print)}
    refused = found[os.fsencode(tree / "b" / "d")]
    assert (refused.type, refused.error) == (FileType.NOOPEN, "Permission denied")
    assert isinstance(refused, Found)


def test_names_from_commands_and_lists(tree: Path) -> None:
    notices: list[str] = []
    (tree / "list").write_bytes(b"/one\n  /two  \n\n/three\r\n")
    items = list(expand(b"<" + os.fsencode(tree / "list"), notices.append))
    assert items == [b"/one", b"/two", b"/three"]
    assert list(expand(b"|printf '/x\\n/y\\n'", notices.append)) == [b"/x", b"/y"]
    assert list(expand(b"", notices.append)) == []
    assert notices == []
    assert list(expand(b"|exit 3", notices.append)) == []
    assert list(expand(b"</not/there", notices.append)) == []
    assert len(notices) == 2


def test_the_root_keeps_its_slash() -> None:
    walker = iter(Walker(parse_fileset([b"I", b"O h", b"N", b"F /"]), print))
    paths = [item.path for item in walker]
    assert paths[-1] == b"/"
    assert all(path.startswith(b"/") and not path.startswith(b"//") for path in paths)
