"""What is saved can be restored as it was: the two local halves of the File Daemon together."""

import os
import random
import socket
import stat
import struct
from pathlib import Path

import pytest

from barque.filedaemon.accurate import AccurateList
from barque.filedaemon.saving import Changes
from barque.formats.attributes import AttributeRecord, unpack_status
from barque.formats.streams import Stream
from barque.restoring import Destination, Replace
from barque.testing.savedtrees import SavedTree, restore, save
from barque.testing.trees import assert_same_tree, read_tree

ACL = struct.pack("<I" + "HHI" * 5, 2, 1, 7, 2**32 - 1, 2, 5, 1234, 4, 5, 2**32 - 1,
                  16, 7, 2**32 - 1, 32, 0, 2**32 - 1)  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with one of everything."""
    root = tmp_path / "tree"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "empty-readable").write_bytes(b"")
    (root / "empty-private").write_bytes(b"")
    (root / "empty-private").chmod(0o600)
    (root / "hello").write_bytes(b"hello, world")
    (root / "two words é").write_bytes(b"x" * 5000)
    Path(os.fsdecode(os.fsencode(root) + b"/not-utf8-\xff\xfe")).write_bytes(b"raw name")
    (root / "sub" / "large").write_bytes(random.Random(1).randbytes(700_000))
    (root / "sub" / "setuid").write_bytes(b"#!/bin/sh\n")
    (root / "sub" / "setuid").chmod(0o4755)
    os.link(root / "hello", root / "sub" / "hello-again")
    (root / "link").symlink_to("hello")
    (root / "dangling").symlink_to("/nowhere/at all")
    os.mkfifo(root / "fifo", 0o640)
    if os.geteuid() == 0:
        os.mknod(root / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.chown(root / "hello", 1234, 4321)
        os.lchown(root / "link", 77, 78)
    os.setxattr(root / "hello", "user.colour", b"blue")
    os.setxattr(root / "sub", "user.empty", b"")
    os.setxattr(root / "two words é", "system.posix_acl_access", ACL)
    os.setxattr(root / "sub" / "deep", "system.posix_acl_default", ACL)
    with (root / "holes").open("wb") as file:
        file.write(b"A" * 100)
        file.seek(524_272 * 2)
        file.write(b"B" * 50)
        file.truncate(3_000_000)
    for path in [*root.rglob("*"), root]:
        os.utime(path, (1_000_000_000, 1_100_000_000), follow_symlinks=False)
    (root / "sub" / "deep").chmod(0o555)
    os.utime(root / "sub" / "deep", (1_000_000_000, 1_100_000_000))
    return root


def restored(saved: SavedTree, where: Path) -> Path:
    """Restore everything to *where* and return the copy of the tree."""
    said = restore(saved.records, Destination(os.fsencode(where)))
    assert not said.messages
    assert said.totals.errors == 0
    return where


@pytest.mark.parametrize(
    "letters",
    ["S4AX", "MAX", "AX", "S2sAX", "S3Z6AX", "SZf4AX", "S4ZfhsAX", "MZ1skAX", "S4KAX", "S4mcAX",
     "S4ZoAX", "S4ZffAX", "MZ0AX"],
)  # fmt: skip
def test_a_saved_tree_is_restored_as_it_was(tree: Path, tmp_path: Path, letters: str) -> None:
    before = read_tree(tree)
    saved = save(str(tree), letters=letters)
    assert saved.errors == 0, saved.texts()
    copy = restored(saved, tmp_path / "copy") / str(tree).lstrip("/")
    ignore = () if "s" in letters else ("allocated",)
    assert_same_tree(before, copy, ignore=ignore)
    assert_same_tree(before, tree)


def test_without_the_options_there_are_no_acls_attributes_or_links(tree: Path) -> None:
    saved = save(str(tree), letters="H")
    kinds = {stream for _, stream, _ in saved.records}
    assert kinds == {Stream.UNIX_ATTRIBUTES, Stream.FILE_DATA}
    types = [AttributeRecord.unpack(data).type for _, stream, data in saved.records if stream == 1]
    assert 1 not in types


def test_indexes_count_from_one_and_attributes_come_first(tree: Path) -> None:
    saved = save(str(tree))
    seen = 0
    for index, stream, _ in saved.records:
        if stream == Stream.UNIX_ATTRIBUTES:
            assert index == seen + 1
            seen = index
        assert index == seen
    assert saved.files == seen


def test_a_directory_comes_after_what_it_contains(tree: Path) -> None:
    names = save(str(tree)).names()
    root = os.fsencode(tree)
    assert names[-1] == root + b"/"
    for name in names[:-1]:
        parent = name.rstrip(b"/").rpartition(b"/")[0] + b"/"
        assert names.index(parent) > names.index(name)


def test_the_last_of_linked_names_carries_link_index_and_digest(tree: Path) -> None:
    saved = save(str(tree / "hello"), str(tree / "sub" / "hello-again"), letters="MX")
    first, second = (
        AttributeRecord.unpack(data) for _, stream, data in saved.records if stream == 1
    )
    assert second.type == 1
    assert second.link == first.name
    assert unpack_status(second.status).link_index == 1
    assert unpack_status(first.status).link_index == 0
    digests = [data for _, stream, data in saved.records if stream == Stream.MD5_DIGEST]
    assert len(digests) == 2
    assert digests[0] == digests[1]


def test_the_same_name_twice_is_saved_once_when_links_are_followed(tree: Path) -> None:
    saved = save(str(tree / "hello"), str(tree / "hello"), letters="MX")
    assert saved.files == 1


def test_totals_count_data_and_what_hangs_on_it(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 1000)
    os.setxattr(file, "user.a", b"b")
    saved = save(str(file))
    assert saved.read == 1000
    assert saved.sent == 1000 + 4 + 4 + 6 + 4 + 1


def test_nothing_newer_than_the_last_job_saves_nothing(tree: Path) -> None:
    saved = save(str(tree), changes=Changes(since=2**40))
    assert saved.records == []
    assert "Unchanged file skipped" in saved.texts()


def test_what_changed_since_the_last_job_is_saved(tree: Path) -> None:
    newest = tree / "new"
    newest.write_bytes(b"new")
    changed = int(newest.stat().st_ctime)
    os.utime(newest, (2_000_000_000, 2_000_000_000))
    saved = save(str(tree), letters="mAX", changes=Changes(since=changed + 100))
    assert saved.names() == [os.fsencode(newest)]


def accurate_list(saved: SavedTree, *, digests: bool = False) -> AccurateList:
    """Return the list that a Director would send after *saved*."""
    accurate = AccurateList()
    for index, stream, data in saved.records:
        if stream == Stream.UNIX_ATTRIBUTES:
            record = AttributeRecord.unpack(data)
            digest = b""
            if digests:
                from barque.formats.digest import BY_STREAM, show_digest

                found = [d for i, s, d in saved.records if i == index and s in BY_STREAM]
                digest = show_digest(found[0]).encode() if found else b""
            accurate.add(record.name + b"\0" + record.status + b"\0" + digest + b"\0000")
    return accurate


def test_an_accurate_job_saves_changes_and_records_what_is_gone(tree: Path) -> None:
    accurate = accurate_list(save(str(tree)))
    (tree / "fifo").unlink()
    (tree / "sub" / "large").write_bytes(b"changed")
    (tree / "old-date").write_bytes(b"new, with an old date")
    os.utime(tree / "old-date", (1, 1))
    saved = save(str(tree), changes=Changes(accurate=accurate))
    records = [AttributeRecord.unpack(data) for _, stream, data in saved.records if stream == 1]
    saved_names = {record.name for record in records if record.type != 23}
    root = os.fsencode(tree)
    assert saved_names == {root + b"/sub/large", root + b"/old-date", root + b"/"}
    gone = [record for record in records if record.type == 23]
    assert [record.name for record in gone] == [root + b"/fifo"]
    assert gone[0].status.startswith(b"A A A A A A A A A A A ")
    assert gone[0].status.endswith(b" A A C")
    assert saved.files == len(records)


def test_an_accurate_job_can_compare_contents(tree: Path) -> None:
    accurate = accurate_list(save(str(tree), letters="MAX"), digests=True)
    before = (tree / "hello").stat()
    (tree / "hello").write_bytes(b"HELLO, WORLD")
    os.utime(tree / "hello", ns=(before.st_atime_ns, before.st_mtime_ns))
    saved = save(str(tree), letters="MC5:HAX", changes=Changes(accurate=accurate))
    names = {name.rpartition(b"/")[2] for name in saved.names()}
    assert names == {b"hello", b"hello-again"}


def test_what_cannot_be_read_is_told_and_the_rest_is_saved(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(b"good")
    lines = ["I", "O S4", "N", f"F {tmp_path}/missing", f"F {tmp_path}/good", "N", "N"]
    saved = save(lines=lines)
    assert saved.names() == [os.fsencode(tmp_path / "good")]
    assert saved.errors == 1
    text = f'fd JobId 1:      Could not stat "{tmp_path}/missing": ERR=No such file or directory\n'
    assert [message.text for message in saved.messages] == [text]
    assert saved.messages[0].type == 8


def test_sockets_are_skipped(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        os.chdir(tmp_path)
        sock.bind("socket")
        saved = save(str(tmp_path))
    assert saved.names() == [os.fsencode(tmp_path) + b"/"]
    assert "Socket file skipped" in saved.texts()


def test_components_can_be_stripped_from_names(tree: Path) -> None:
    saved = save(str(tree / "sub"), letters="P2:AX")
    stripped = os.fsencode(tree / "sub").split(b"/", 3)[3]
    assert saved.names()[-1] == b"/" + stripped + b"/"


def test_only_files_of_the_stated_size_are_saved(tree: Path) -> None:
    saved = save(str(tree / "sub"), letters="z>100k:AX")
    assert os.fsencode(tree / "sub" / "large") in saved.names()
    assert os.fsencode(tree / "sub" / "setuid") not in saved.names()


def test_an_existing_file_is_replaced_or_kept_as_asked(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"saved")
    os.utime(file, (1_500_000_000, 1_500_000_000))
    saved = save(str(file))
    cases = [
        (Replace.ALWAYS, 1_600_000_000, True),
        (Replace.IF_NEWER, 1_600_000_000, False),
        (Replace.IF_NEWER, 1_400_000_000, True),
        (Replace.IF_OLDER, 1_600_000_000, True),
        (Replace.IF_OLDER, 1_400_000_000, False),
        (Replace.NEVER, 1_400_000_000, False),
    ]
    for replace, modified, replaced in cases:
        file.write_bytes(b"there")
        os.utime(file, (modified, modified))
        said = restore(saved.records, Destination(replace=replace))
        assert file.read_bytes() == (b"saved" if replaced else b"there"), replace
        assert bool(said.messages) is not replaced
        assert said.totals.files == 1


def test_digests_of_small_and_large_files_are_checked_on_restore(
    tree: Path, tmp_path: Path
) -> None:
    saved = save(str(tree / "hello"), str(tree / "sub" / "large"), letters="S2")
    damaged = [
        (index, stream, b"X" + data[1:] if stream == Stream.FILE_DATA else data)
        for index, stream, data in saved.records
    ]
    said = restore(damaged, Destination(os.fsencode(tmp_path / "copy")))
    assert said.totals.errors == 2
    assert sum("does not match its digest" in text for _, text in said.messages) == 2
    assert sum("is not whole" in text for _, text in said.messages) == 2
