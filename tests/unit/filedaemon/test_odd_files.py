"""Files that cannot be read, change meanwhile, or are no files; jobs with base jobs."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from barque.errors import JobError
from barque.filedaemon.accurate import AccurateList
from barque.filedaemon.saving import Changes
from barque.formats.attributes import AttributeRecord
from barque.formats.streams import Stream
from barque.restoring import Destination
from barque.testing.savedtrees import SavedTree, restore, save
from barque.testing.trees import assert_same_tree


def types(saved: SavedTree) -> dict[bytes, int]:
    records = [AttributeRecord.unpack(data) for _, stream, data in saved.records if stream == 1]
    return {record.name: record.type for record in records}


def contents(saved: SavedTree) -> bytes:
    return b"".join(data for _, stream, data in saved.records if stream == Stream.FILE_DATA)


def fail_open(monkeypatch: pytest.MonkeyPatch, name: bytes, number: int) -> None:
    """Let opening of *name* fail."""
    real = os.open

    def refuse(path: bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == name:
            raise OSError(number, os.strerror(number))
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)


def on_read(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
    """Call *act* with the number of each read before it is done."""
    real = os.readv
    count = 0

    def read(fd: int, buffers: list[memoryview]) -> int:
        nonlocal count
        count += 1
        act(count)
        return real(fd, buffers)

    monkeypatch.setattr(os, "readv", read)


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    fail_open(monkeypatch, b"a", errno.EACCES)
    saved = save(str(tmp_path))
    assert saved.errors == 1
    assert f'     Cannot open "{tmp_path}/a": ERR=Permission denied.\n' in saved.texts()
    assert types(saved) == {os.fsencode(tmp_path / "b"): 3, os.fsencode(tmp_path) + b"/": 5}
    assert saved.files == 2


def test_a_directory_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d").mkdir()
    fail_open(monkeypatch, b"d", errno.EACCES)
    saved = save(str(tmp_path))
    text = f'     Could not open directory "{tmp_path}/d": ERR=Permission denied\n'
    assert text in saved.texts()
    assert saved.errors == 1


@pytest.mark.parametrize("size", [1000, 700_000])
def test_a_read_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    (tmp_path / "bad").write_bytes(b"x" * size)

    def fail(number: int) -> None:
        if number == (1 if size < 65536 else 2):
            raise OSError(errno.EIO, "Input/output error")

    on_read(monkeypatch, fail)
    saved = save(str(tmp_path / "bad"))
    assert saved.errors == 1
    assert f"Read error on file {tmp_path}/bad. ERR=Input/output error" in saved.texts()
    assert Stream.XXH128_DIGEST not in {stream for _, stream, _ in saved.records}


def test_too_many_read_errors_end_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1003):
        (tmp_path / str(number)).write_bytes(b"x")

    def fail(_number: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    on_read(monkeypatch, fail)
    with pytest.raises(JobError, match="Too many errors"):
        save(str(tmp_path))


@pytest.mark.parametrize("size", [1000, 700_000])
def test_a_file_that_gets_shorter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"x" * size)

    def truncate(number: int) -> None:
        if number == 1:
            os.truncate(file, 400)

    on_read(monkeypatch, truncate)
    saved = save(str(file))
    assert contents(saved) == b"x" * 400
    assert f"{file}: size changed during backup: 400 of {size} bytes" in saved.texts()


@pytest.mark.parametrize("size", [1000, 700_000])
def test_a_file_that_grows_is_saved_as_long_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"x" * size)

    def grow(_number: int) -> None:
        with file.open("ab") as stream:
            stream.write(b"y" * 1000)

    on_read(monkeypatch, grow)
    saved = save(str(file))
    assert contents(saved) == b"x" * size
    assert saved.errors == 0


def test_changes_are_errors_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x" * 10)
    on_read(monkeypatch, lambda _number: os.utime(file, (1, 1)))
    saved = save(str(file), letters="S4c")
    assert saved.errors == 1
    assert f"Error: {file}: mtime changed during backup.\n" in saved.texts()


def test_a_small_file_that_becomes_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x" * 10)
    on_read(monkeypatch, lambda _number: os.truncate(file, 0))
    saved = save(str(file))
    assert Stream.FILE_DATA not in {stream for _, stream, _ in saved.records}


def test_times_of_access(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    file = tmp_path / "d" / "f"
    file.write_bytes(b"x")
    old = 1_000_000_000
    for letters in ("k", "K"):
        os.utime(file, (old, old + 1))
        os.utime(file.parent, (old, old + 1))
        saved = save(str(file.parent), letters=letters)
        assert saved.files == 2
        assert file.stat().st_atime == old
    os.utime(file.parent, (old, old + 1))
    save(str(file.parent), letters="k")
    assert file.parent.stat().st_atime == old


def test_no_atime_is_for_owners_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"content")
    real = os.open

    def refuse(path: bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_NOATIME:
            raise PermissionError(errno.EPERM, "Operation not permitted")
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    assert contents(save(str(file), letters="K")) == b"content"


def test_a_named_fifo_is_read_when_asked(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    def write() -> None:
        fifo.write_bytes(b"through the pipe" * 1000)

    writer = threading.Thread(target=write)
    writer.start()
    saved = save(str(fifo), letters="S4rs")
    writer.join()
    assert types(saved) == {os.fsencode(fifo): 17}
    assert contents(saved) == b"through the pipe" * 1000
    assert types(save(str(fifo))) == {os.fsencode(fifo): 6}


def test_directories_that_are_not_entered_are_saved_and_told(tmp_path: Path) -> None:
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    saved = save(str(tmp_path), letters="h")
    assert types(saved) == {
        os.fsencode(tmp_path / "sub") + b"/": 5,
        os.fsencode(tmp_path) + b"/": 5,
    }
    assert (
        f"     Recursion turned off. Will not descend from {tmp_path} into {tmp_path}/sub\n"
        in saved.texts()
    )


def test_a_link_that_cannot_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to("x")

    def refuse(_path: bytes, *, dir_fd: int | None = None) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "readlink", refuse)
    saved = save(str(tmp_path / "link"))
    text = f'     Could not follow link "{tmp_path}/link": ERR=Input/output error\n'
    assert text in saved.texts()


def test_a_job_with_base_jobs_records_what_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "same").write_bytes(b"same")
    (tmp_path / "other").write_bytes(b"other")
    accurate = AccurateList()
    for _, stream, data in save(str(tmp_path)).records:
        if stream == 1:
            record = AttributeRecord.unpack(data)
            accurate.add(record.name + b"\0" + record.status + b"\0\0000")
    (tmp_path / "other").write_bytes(b"changed")
    saved = save(str(tmp_path), changes=Changes(accurate=accurate, keep_deleted=False))
    found = types(saved)
    assert found[os.fsencode(tmp_path / "same")] == 24
    assert found[os.fsencode(tmp_path / "other")] == 3
    assert 23 not in found.values()


def test_extended_attributes_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x")

    def refuse(_file: int | bytes, **_arguments: bool) -> list[str]:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "listxattr", refuse)
    saved = save(str(file))
    assert saved.errors == 1
    assert contents(saved) == b"x"

    def have_none(_file: int | bytes, **_arguments: bool) -> list[str]:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(os, "listxattr", have_none)
    assert save(str(file)).errors == 0


def test_attributes_too_large_for_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x")
    os.setxattr(file, "user.a", b"b")
    monkeypatch.setattr(os, "getxattr", lambda *_, **__: bytes(2_000_000))
    saved = save(str(file))
    assert saved.errors == 1
    assert "do not fit into a record" in saved.texts()


def test_acls_are_plain_attributes_when_acls_are_not_asked_for(tmp_path: Path) -> None:
    import struct

    none = 2**32 - 1
    entries = (1, 7, none, 2, 5, 1234, 4, 5, none, 16, 7, none, 32, 0, none)
    file = tmp_path / "f"
    file.write_bytes(b"x")
    os.setxattr(file, "system.posix_acl_access", struct.pack("<I" + "HHI" * 5, 2, *entries))
    for letters, kinds in (
        ("X", {Stream.XATTR_LINUX}),
        ("A", {Stream.ACL_LINUX_ACCESS}),
        ("AX", {Stream.ACL_LINUX_ACCESS}),
    ):
        saved = save(str(file), letters=letters)
        found = {stream for _, stream, _ in saved.records if stream > 1000}
        assert found == kinds, letters
        copy = tmp_path / letters
        assert restore(saved.records, Destination(os.fsencode(copy))).messages == []
        assert_same_tree(file, copy / str(file).lstrip("/"))


def test_paths_longer_than_the_system_takes(tmp_path: Path) -> None:
    component = "long-" * 40
    depth = 25
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(component, dir_fd=here)
        below = os.open(component, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    file = os.open("file", os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=here)
    os.write(file, b"deep down")
    os.setxattr(file, "user.depth", b"25")
    os.close(file)
    os.close(here)
    saved = save(str(tmp_path))
    assert saved.errors == 0, saved.texts()
    assert len(max(saved.names(), key=len)) > 4096
    assert contents(saved) == b"deep down"
    said = restore(saved.records, Destination(os.fsencode(tmp_path / "copy")))
    assert said.messages == []
    again = save(str(tmp_path / "copy"))
    assert again.errors == 0
    assert contents(again) == b"deep down"
