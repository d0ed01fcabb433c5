"""FileSets as the Director sends them, and what they select."""

import pytest

from barque.errors import RemoteProtocolError
from barque.filedaemon.fileset import FileSet, parse_fileset


def parse(*lines: str) -> FileSet:
    return parse_fileset(line.encode() + b"\n" for line in lines)


def chosen(fileset: FileSet, path: str, *, directory: bool = False) -> str | None:
    """Return the digest of the block in charge, ``none`` for no digest; None when left out."""
    encoded = path.encode()
    name = encoded.rpartition(b"/")[2]
    block = fileset.select(fileset.includes[0], encoded, name, is_directory=directory)
    if block is None:
        return None
    return block.options.digest.name if block.options.digest else "none"


def test_the_smallest() -> None:
    fileset = parse("I", "O MAX", "N", "F /path", "N", "N")
    (include,) = fileset.includes
    assert include.files == [b"/path"]
    assert include.options.acl
    assert fileset.is_simple(include)
    assert chosen(fileset, "/path/x") == "MD5"


def test_everything_in_its_place() -> None:
    fileset = parse(
        "I", "Z .nobackup", "O MHAX", "WD *cache", "WF *.bak", "RF \\.tmp$", "X ext4", "XD fixed",
        "N", "O SA", "N", "F /a b ", "F |list", "N", "P bpipe:x", "N",
        "I", "O M", "N", "F /second", "N", "N",
        "E", "O HAX", "N", "F *.iso", "F /proc", "N", "N",
    )  # fmt: skip
    first, second = fileset.includes
    assert first.ignored_if == [b".nobackup"]
    assert first.files == [b"/a b", b"|list"]
    assert first.plugins == [b"bpipe:x"]
    assert first.blocks[0].filesystem_types == {"ext4"}
    assert len(first.blocks) == 2
    assert second.files == [b"/second"]
    assert len(fileset.excluded) == 2
    assert not fileset.is_simple(first)


def test_the_first_block_with_a_hit_decides_and_exclude_is_not_asked() -> None:
    fileset = parse(
        "I", "O M", "W *.keep", "N", "O S2", "W *.c", "N", "O S3", "N", "F /", "N", "N",
        "E", "O HAX", "N", "F *.keep", "F *.iso", "N", "N",
    )  # fmt: skip
    assert chosen(fileset, "/x.keep") == "MD5"
    assert chosen(fileset, "/x.c") == "SHA256"
    assert chosen(fileset, "/x.h") == "SHA512"
    assert chosen(fileset, "/x.iso") is None


def test_the_last_block_is_in_charge_even_when_its_patterns_miss() -> None:
    fileset = parse("I", "O M", "N", "O S2", "W *.nothing", "N", "F /", "N", "N")
    assert chosen(fileset, "/x") == "SHA256"


def test_exclude_blocks() -> None:
    fileset = parse("I", "O e", "WF *.o", "WD */cache", "N", "O M", "N", "F /", "N", "N")
    assert chosen(fileset, "/x.o") is None
    assert chosen(fileset, "/x.o", directory=True) == "MD5"
    assert chosen(fileset, "/a/cache", directory=True) is None
    assert chosen(fileset, "/a/cache") == "MD5"


def test_only_what_matches() -> None:
    fileset = parse("I", "O M", "RF \\.txt$", "RD .*", "N", "O e", "N", "F /", "N", "N")
    assert chosen(fileset, "/a.txt") == "MD5"
    assert chosen(fileset, "/a.bin") is None
    assert chosen(fileset, "/a", directory=True) == "MD5"


def test_case_and_base_names() -> None:
    fileset = parse("I", "O ieW", "WB *.BAK", "R ^/tmp", "N", "O M", "N", "F /", "N", "N")
    assert chosen(fileset, "/a/x.bak") is None
    assert chosen(fileset, "/TMP/x") is None
    assert chosen(fileset, "/a/b") == "MD5"


def test_what_is_compared_is_said_for_the_whole_include() -> None:
    fileset = parse("I", "O MVpin:Cmcs5:", "W x", "N", "O S2V5:", "N", "F /", "N", "N")
    first, second = fileset.includes[0].blocks
    assert first.options.verify == second.options.verify == "VpinV5"
    assert first.options.accurate == second.options.accurate == "mcs5"


def test_without_options() -> None:
    fileset = parse("I", "F /", "N", "N")
    assert chosen(fileset, "/x") == "none"


@pytest.mark.parametrize(
    "lines",
    [("F /x",), ("I", "B base"), ("I", "O ?"), ("I", "W *.c"), ("I", "Q x"), ("I", "O M", "B x"),
     ("I", "O M", "R ("), ("I", "")],
)  # fmt: skip
def test_what_is_no_fileset(lines: tuple[str, ...]) -> None:
    with pytest.raises(RemoteProtocolError):
        parse(*lines)
