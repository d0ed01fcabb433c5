"""Restores of recorded volumes, and restores that meet something hostile."""

import os
import stat
import struct
import threading
import zlib
from pathlib import Path

import pytest
import xxhash

from barque.errors import JobError
from barque.formats.attributes import AttributeRecord, FileStatus, pack_status
from barque.formats.filetypes import FileType
from barque.formats.streams import Stream
from barque.restoring import Destination, Replace, Restorer, Severity
from barque.restoring.destination import parse_regexwhere
from barque.testing.savedtrees import Listener, Record, Said, restore

TIMES = (1_200_000_000, 1_300_000_000, 1_400_000_000)


def status(mode: int, size: int = 0, *, stream: int = 2, rdev: int = 0) -> bytes:
    owner = os.geteuid(), os.getegid()
    return pack_status(
        FileStatus(1, 2, mode, 1, *owner, rdev, size, 4096, 8, *TIMES, data_stream=stream)
    )


def attributes(
    name: bytes, mode: int = 0o100644, size: int = 0, *, kind: int = FileType.REG, link: bytes = b"",
    stream: int = 2, rdev: int = 0, index: int = 1,
) -> Record:  # fmt: skip
    record = AttributeRecord(index, kind, name, status(mode, size, stream=stream, rdev=rdev), link)
    return index, Stream.UNIX_ATTRIBUTES, record.pack()


def file(name: bytes, content: bytes, stream: int = Stream.FILE_DATA) -> list[Record]:
    return [attributes(name, size=len(content)), (1, stream, content)]


def put(records: list[Record], where: Path, **options: object) -> Said:
    return restore(records, Destination(os.fsencode(where), **options))  # type: ignore[arg-type]


def test_a_file_has_what_was_saved(tmp_path: Path) -> None:
    said = put(file(b"/a/b", b"content"), tmp_path)
    assert said.totals.errors == 0
    restored = tmp_path / "a" / "b"
    assert restored.read_bytes() == b"content"
    assert stat.S_IMODE(restored.stat().st_mode) == 0o644
    assert restored.stat().st_mtime == TIMES[1]
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o755


def test_directories_get_their_attributes_when_all_is_written(tmp_path: Path) -> None:
    records = [
        attributes(b"/d/", 0o40500, kind=FileType.DIREND),
        *file(b"/d/late", b"written after the directory's record"),
        attributes(b"/d/sub/", 0o40511, kind=FileType.DIREND),
    ]
    said = put(records, tmp_path)
    assert said.totals.errors == 0
    assert said.totals.files == 3
    directory = (tmp_path / "d").stat()
    assert stat.S_IMODE(directory.st_mode) == 0o500
    assert directory.st_mtime == TIMES[1]
    assert stat.S_IMODE((tmp_path / "d" / "sub").stat().st_mode) == 0o511


def test_links_do_not_lead_out_of_the_restore_directory(tmp_path: Path) -> None:
    where = tmp_path / "where"
    outside = tmp_path / "outside"
    outside.mkdir()
    records = [
        attributes(b"/door", 0o120777, kind=FileType.LNK, link=os.fsencode(outside)),
        *file(b"/door/through", b"must not be there"),
        attributes(b"/door/deep/", 0o40755, kind=FileType.DIREND),
    ]
    said = put(records, where)
    assert said.totals.errors == 2
    assert list(outside.iterdir()) == []
    assert (where / "door").is_symlink()


def test_planted_links_are_not_followed_either(tmp_path: Path) -> None:
    where = tmp_path / "where"
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim").write_bytes(b"untouched")
    where.mkdir()
    (where / "etc").symlink_to(outside)
    (where / "file").symlink_to(outside / "victim")
    said = put([*file(b"/etc/passwd", b"evil"), *file(b"/file", b"replaces the link")], where)
    assert said.totals.errors == 1
    assert (outside / "victim").read_bytes() == b"untouched"
    assert not (outside / "passwd").exists()
    assert not (where / "file").is_symlink()
    assert (where / "file").read_bytes() == b"replaces the link"


@pytest.mark.parametrize(
    "name", [b"/../../escaped", b"/a/../../escaped", b"..", b"/" + b"x" * 300, b"/nul"]
)
def test_names_that_cannot_be(tmp_path: Path, name: bytes) -> None:
    where = tmp_path / "where"
    said = put(file(name, b"x"), where)
    assert not (tmp_path / "escaped").exists()
    assert said.totals.errors == (0 if name == b"/nul" else 1)


def test_a_restore_in_place_follows_links_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to("real")
    said = restore(file(os.fsencode(tmp_path / "alias" / "f"), b"x"), Destination())
    assert said.totals.errors == 0
    assert (tmp_path / "real" / "f").read_bytes() == b"x"


def test_hard_links_are_links_again(tmp_path: Path) -> None:
    records = [
        *file(b"/first", b"shared"),
        attributes(b"/sub/second", kind=FileType.LNKSAVED, link=b"/first", index=2),
    ]
    said = put(records, tmp_path)
    assert said.totals.errors == 0
    assert (tmp_path / "first").samefile(tmp_path / "sub" / "second")


def test_a_hard_link_to_what_is_not_there(tmp_path: Path) -> None:
    said = put([attributes(b"/second", kind=FileType.LNKSAVED, link=b"/first")], tmp_path)
    assert said.messages == [
        (
            Severity.ERROR,
            f"Could not hard link {tmp_path}/second -> {tmp_path}/first: "
            "ERR=No such file or directory",
        )
    ]


def test_links_devices_and_fifos(tmp_path: Path) -> None:
    records = [
        attributes(b"/fifo", 0o10640, kind=FileType.SPEC),
        attributes(b"/socket", 0o140755, kind=FileType.SPEC),
        attributes(b"/link", 0o120777, kind=FileType.LNK, link=b"/some/where"),
    ]
    if os.geteuid() == 0:
        records.append(attributes(b"/null", 0o20666, kind=FileType.SPEC, rdev=os.makedev(1, 3)))
    said = put(records, tmp_path)
    assert said.totals.errors == 0
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)
    assert not (tmp_path / "socket").exists()
    assert (tmp_path / "link").readlink() == Path("/some/where")
    assert (tmp_path / "link").lstat().st_mtime == TIMES[1]


def test_absolute_link_targets_are_moved_when_asked(tmp_path: Path) -> None:
    records = [
        attributes(b"/absolute", 0o120777, kind=FileType.LNK, link=b"/target"),
        attributes(b"/relative", 0o120777, kind=FileType.LNK, link=b"target"),
    ]
    put(records, tmp_path, prefix_links=True)
    assert (tmp_path / "absolute").readlink() == tmp_path / "target"
    assert (tmp_path / "relative").readlink() == Path("target")


def test_names_can_be_changed(tmp_path: Path) -> None:
    target = os.fsencode(tmp_path)
    substitutions = parse_regexwhere(b"!^/old!" + target + b"/new!,!\\.txt$!.text!")
    said = restore(file(b"/old/a.txt", b"x"), Destination(substitutions=substitutions))
    assert said.totals.errors == 0
    assert (tmp_path / "new" / "a.text").read_bytes() == b"x"


def test_data_that_no_codec_is_known_for_leaves_no_file(tmp_path: Path) -> None:
    for stream, data in (
        (Stream.COMPRESSED_DATA, b"NOPE" + struct.pack(">IHH", 1, 0, 1) + b"x"),
        (Stream.ENCRYPTED_FILE_DATA, b"cipher text"),
    ):
        said = put(file(b"/f", data, stream), tmp_path)
        assert said.totals.errors == 1
        assert list(tmp_path.iterdir()) == []


def test_a_file_whose_data_is_damaged_half_way_is_not_called_whole(tmp_path: Path) -> None:
    records = [
        attributes(b"/f", size=6),
        (1, Stream.GZIP_DATA, zlib.compress(b"abc")),
        (1, Stream.GZIP_DATA, b"damaged"),
        (1, Stream.MD5_DIGEST, bytes(16)),
    ]
    said = put(records, tmp_path)
    assert said.totals.errors == 1
    assert "Write error" in said.messages[0][1]
    assert [path.name for path in tmp_path.iterdir()] == ["f.incomplete"]
    assert (tmp_path / "f.incomplete").read_bytes() == b"abc"


def test_a_damaged_file_does_not_replace_a_good_one(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"good")
    put(file(b"/f", b"damaged", Stream.GZIP_DATA), tmp_path)
    assert (tmp_path / "f").read_bytes() == b"good"


def test_a_size_that_does_not_fit_is_told(tmp_path: Path) -> None:
    said = put([attributes(b"/f", size=10), (1, Stream.FILE_DATA, b"short")], tmp_path)
    assert said.messages[0][1] == (
        f"File size of restored file {tmp_path}/f not correct. Original 10, restored 5."
    )


def test_holes_and_a_hole_at_the_end(tmp_path: Path) -> None:
    block = b"B" * 4096
    records = [
        attributes(b"/f", size=1_000_000, stream=6),
        (1, Stream.SPARSE_DATA, struct.pack(">Q", 500_000) + block),
    ]
    said = put(records, tmp_path)
    assert said.totals.errors == 0
    content = (tmp_path / "f").read_bytes()
    assert content == bytes(500_000) + block + bytes(500_000 - 4096)
    assert (tmp_path / "f").stat().st_blocks * 512 < 100_000


def test_hostile_offsets(tmp_path: Path) -> None:
    for message in (b"short", struct.pack(">Q", 2**63) + b"x"):
        said = put(file(b"/f", message, Stream.SPARSE_DATA), tmp_path)
        assert said.totals.errors == 1


def test_the_digest_tells_damage(tmp_path: Path) -> None:
    from barque.formats.digest import DIGESTS

    for kind in DIGESTS:
        for first_kind in DIGESTS:
            records = [
                *file(b"/a", b"a"),
                (1, first_kind.stream, first_kind.of(b"a")),
                *file(b"/good", b"good"),
                (1, kind.stream, kind.of(b"good")),
                *file(b"/bad", b"bad"),
                (1, kind.stream, kind.of(b"good")),
            ]
            said = put(records, tmp_path)
            assert said.totals.errors == 1
            assert f"What came of {tmp_path}/bad does not match its digest" in str(said)
            assert not (tmp_path / "bad").exists()
            assert (tmp_path / "bad.incomplete").read_bytes() == b"bad"


def test_data_of_windows_becomes_a_plain_file(tmp_path: Path) -> None:
    header = struct.Struct("<IIQI")
    wrapped = (
        header.pack(3, 0, 5, 0) + b"acl.." + header.pack(1, 0, 11, 0) + b"hello "
        b"world" + header.pack(4, 0, 3, 8) + b"s\0t\0r\0m\0" + b"abc"
    )
    for cut in (1, 7, 19, 30, len(wrapped) - 1):
        records = [
            attributes(b"C:/f", size=11, stream=11),
            (1, Stream.WIN32_DATA, wrapped[:cut]),
            (1, Stream.WIN32_DATA, wrapped[cut:]),
        ]
        said = put(records, tmp_path)
        assert said.totals.errors == 0
        assert (tmp_path / "C:" / "f").read_bytes() == b"hello world"


def test_what_is_not_on_the_disk_is_left_out(tmp_path: Path) -> None:
    records = [
        attributes(b"/gone", kind=FileType.DELETED),
        attributes(b"/base", kind=FileType.BASE),
        (1, Stream.FILE_DATA, b"belongs to nothing"),
    ]
    said = put(records, tmp_path)
    assert (said.totals.files, said.totals.errors) == (0, 0)
    assert list(tmp_path.iterdir()) == []


def test_records_of_a_plugin_are_bracketed(tmp_path: Path) -> None:
    records = [
        (1, Stream.PLUGIN_NAME, b"1 1 0 python:x\0"),
        *file(b"/f", b"x"),
        (1, Stream.PLUGIN_NAME, b"1 0"),
        (1, Stream.FILE_DATA, b"behind the end"),
    ]
    said = put(records, tmp_path)
    assert said.totals.errors == 0
    assert (tmp_path / "f").read_bytes() == b"x"


def test_damaged_attributes_are_counted_and_the_next_file_is_restored(tmp_path: Path) -> None:
    records = [(1, Stream.UNIX_ATTRIBUTES, b"damaged"), (1, Stream.FILE_DATA, b"x")]
    said = put([*records, *file(b"/next", b"y")], tmp_path)
    assert said.totals.errors == 1
    assert (tmp_path / "next").read_bytes() == b"y"


def test_unknown_streams_are_told_once(tmp_path: Path) -> None:
    records = [*file(b"/f", b"x"), (1, 77, b"?"), (1, 77, b"?")]
    said = put(records, tmp_path)
    assert [text for _, text in said.messages] == [
        "Data of stream 77 is not known and was left out."
    ]


def test_lists_that_this_system_does_not_know_are_told(tmp_path: Path) -> None:
    records = [
        *file(b"/f", b"x"),
        (1, Stream.ACL_LINUX_ACCESS, b"user:nobody-of-that-name:rwx\0"),
        (1, 1003, b"of another system"),
        (1, 1990, b"of another system"),
        (1, Stream.XATTR_LINUX, b"damaged"),
    ]
    said = put(records, tmp_path)
    assert said.totals.errors == 4
    assert (tmp_path / "f").read_bytes() == b"x"


def test_a_directory_in_the_way_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "content").write_bytes(b"kept")
    said = put([*file(b"/empty", b"x"), *file(b"/full", b"y")], tmp_path)
    assert said.totals.errors == 1
    assert (tmp_path / "empty").read_bytes() == b"x"
    assert (tmp_path / "full" / "content").read_bytes() == b"kept"


def test_a_directory_that_is_there_is_kept_when_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir(mode=0o711)
    records = [
        attributes(b"/d/", 0o40700, kind=FileType.DIREND),
        *file(b"/d/new", b"x"),
        attributes(b"/made/", 0o40710, kind=FileType.DIREND),
    ]
    said = put(records, tmp_path, replace=Replace.NEVER)
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) == 0o711
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o710
    assert [text for _, text in said.messages] == [f"File skipped. Already exists: {tmp_path}/d/"]


def test_a_restore_directory_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(JobError, match="Cannot restore to"):
        put([], tmp_path / "file")
    with pytest.raises(JobError, match="Cannot restore to"):
        put([], tmp_path / "file" / "below")


def test_interleaved_sessions(tmp_path: Path) -> None:
    from barque.restoring import Restorer
    from barque.testing.savedtrees import Listener

    restorer = Restorer(Destination(os.fsencode(tmp_path)), Listener())
    first, second = file(b"/first", b"1"), file(b"/second", b"2")
    for one, other in zip(first, second, strict=True):
        restorer.write((1, 1), *one)
        restorer.write((2, 1), *other)
    assert restorer.finish().files == 2
    assert (tmp_path / "first").read_bytes() == b"1"
    assert (tmp_path / "second").read_bytes() == b"2"


def test_contents_of_devices_and_fifos_go_into_those_that_are_there(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    reader.start()
    records = [
        attributes(b"/fifo", 0o10600, kind=FileType.FIFO),
        (1, Stream.FILE_DATA, b"through "),
        (1, Stream.FILE_DATA, b"the pipe"),
        (1, Stream.MD5_DIGEST, bytes(16)),
    ]
    said = put(records, tmp_path)
    reader.join()
    assert got == [b"through the pipe"]
    assert said.totals.errors == 0
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_contents_of_devices_that_are_not_there_go_into_plain_files(tmp_path: Path) -> None:
    for kind, mode in ((FileType.FIFO, 0o10600), (FileType.RAW, 0o60600)):
        records = [attributes(b"/node", mode, kind=kind), (1, Stream.FILE_DATA, b"contents")]
        said = put(records, tmp_path / str(kind))
        assert said.totals.errors == 0
        assert (tmp_path / str(kind) / "node").read_bytes() == b"contents"


def test_nobody_reads_from_a_fifo(tmp_path: Path) -> None:
    from barque.restoring.fifo import open_for_writing

    os.mkfifo(tmp_path / "fifo")
    directory = os.open(tmp_path, os.O_PATH)
    with pytest.raises(OSError, match="No such device or address"):
        open_for_writing(b"fifo", directory, patience=0.2)
    os.close(directory)


def digest(content: bytes) -> Record:
    return 1, Stream.XXH128_DIGEST, xxhash.xxh3_128_digest(content)


def test_a_small_file_is_not_on_the_disk_before_all_of_it_came(tmp_path: Path) -> None:
    listener = Listener()
    restorer = Restorer(Destination(os.fsencode(tmp_path)), listener)
    for index, stream, data in [*file(b"/d/small", b"content"), digest(b"content")]:
        restorer.write((1, 1), index, stream, data)
        assert not list(tmp_path.rglob("*small*"))
    assert restorer.finish().errors == 0
    assert (tmp_path / "d" / "small").read_bytes() == b"content"


def test_a_small_file_that_broke_off_is_not_called_whole(tmp_path: Path) -> None:
    restorer = Restorer(Destination(os.fsencode(tmp_path)), Listener())
    for index, stream, data in file(b"/small", b"content"):
        restorer.write((1, 1), index, stream, data)
    restorer.finish(complete=False)
    assert [path.name for path in tmp_path.iterdir()] == ["small.incomplete"]


def test_a_small_file_replaces_one_or_leaves_it(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"old")
    skipped = put([*file(b"/small", b"new"), digest(b"new")], tmp_path, replace=Replace.NEVER)
    assert (skipped.totals.files, skipped.restored) == (1, [])
    assert (tmp_path / "small").read_bytes() == b"old"
    replaced = put([*file(b"/small", b"new"), digest(b"new")], tmp_path)
    assert (replaced.totals.files, len(replaced.restored)) == (1, 1)
    assert (tmp_path / "small").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
