"""One contract for both places where an accurate list can be."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from barque.filedaemon.accurate import AccurateList, differs
from barque.filedaemon.listed_files import DiskFiles, ListedFiles, MemoryFiles
from barque.formats.attributes import pack_status, status_of


@pytest.fixture(params=[MemoryFiles, DiskFiles])
def files(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ListedFiles]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    make: Callable[[], ListedFiles] = request.param
    made = make()
    yield made
    made.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_put_is_found(files: ListedFiles) -> None:
    files.put(b"/a", b"1")
    files.put(b"/\xff\n", b"2")
    files.put(b"/a", b"3")
    assert (files.get(b"/a"), files.get(b"/\xff\n"), files.get(b"/b")) == (b"3", b"2", None)
    assert len(files) == 2


def test_marks(files: ListedFiles) -> None:
    for name in (b"/a", b"/b", b"/c"):
        files.put(name, name)
    files.mark(b"/b", seen=True)
    files.mark(b"/nowhere", seen=True)
    assert list(files.marked(seen=True)) == [(b"/b", b"/b")]
    assert sorted(files.marked(seen=False)) == [(b"/a", b"/a"), (b"/c", b"/c")]
    files.mark(b"/b", seen=False)
    assert list(files.marked(seen=True)) == []
    files.mark_all(seen=True)
    assert list(files.marked(seen=False)) == []


def test_many(files: ListedFiles) -> None:
    for number in range(25_000):
        files.put(b"/%d" % number, b"x")
    assert len(files) == 25_000
    assert files.get(b"/24999") == b"x"


def test_a_long_list_moves_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    status = b"P4A M6PY IGk C A A A M BAA I BpVzWl BpVzWl BrAyxr A A C"
    accurate = AccurateList(in_memory=3)
    for number in range(5):
        accurate.add(b"/%d\0%s\0digest\0" % (number, status) + b"0")
    assert len(list(tmp_path.iterdir())) == 1
    accurate.mark(b"/2")
    found = accurate.find(b"/4")
    assert found is not None
    assert found[1] == "digest"
    assert sorted(path for path, _ in accurate.missing()) == [b"/0", b"/1", b"/3", b"/4"]
    accurate.close()
    assert list(tmp_path.iterdir()) == []


def test_files_are_found_in_many_and_in_large_directories(files: ListedFiles) -> None:
    names = [b"/d%d/%d/" % (number % 7, number) for number in range(20)]
    names += [name + b"%d" % number for name in names for number in range(3)]
    names += [b"/many/%d" % number for number in range(20_001)]
    for name in names:
        files.put(name, b"entry of " + name)
    asked = names[:80] + names[-3:] + names[:80]
    assert [files.get(name) for name in asked] == [b"entry of " + name for name in asked]
    assert files.get(b"/many/none") is None
    assert files.get(b"/d0/none") is None


@pytest.mark.parametrize("letter", "ipnugsamcd")
def test_the_quick_comparison_agrees_with_the_thorough_one(tmp_path: Path, letter: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    status = path.stat()
    name = os.fsencode(path)
    packed = status_of(status)
    accurate = AccurateList()
    for place, old in enumerate(packed):
        other = packed._replace(**{packed._fields[place]: old + 1})
        for listed in (packed, other):
            accurate.add(b"%b\0%b\0\0000" % (name, pack_status(listed)))
            alike = accurate.is_listed_alike(name, letter, status)
            assert not (alike and differs(letter, listed, status))
            assert alike or differs(letter, listed, status) or letter == "d"
    assert not accurate.is_listed_alike(b"/other", letter, status)
