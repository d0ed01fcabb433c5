"""Option letters of a FileSet."""

import pytest

from barque.errors import RemoteProtocolError
from barque.filedaemon.options import SizeRule, parse_options, parse_size_rule


def test_a_recorded_line() -> None:
    options = parse_options("MZ60Cmcs5:Vpins5:AX")
    assert options.digest is not None
    assert options.digest.name == "MD5"
    assert options.compression is not None
    assert options.compression.level == 6
    assert options.accurate == "mcs5"
    assert options.verify == "Vpins5"
    assert options.acl
    assert options.xattr
    assert options.hard_links


@pytest.mark.parametrize(
    ("letters", "name"),
    [("M", "MD5"), ("S", "SHA1"), ("S1", "SHA1"), ("S2", "SHA256"), ("S3", "SHA512"),
     ("S4", "XXH128"), ("SM", "MD5")],
)  # fmt: skip
def test_digests(letters: str, name: str) -> None:
    digest = parse_options(letters).digest
    assert digest is not None
    assert digest.name == name


@pytest.mark.parametrize(
    ("letters", "field", "value"),
    [
        ("H", "hard_links", False),
        ("h", "recurse", False),
        ("f", "one_filesystem", False),
        ("s", "sparse", True),
        ("r", "read_fifo", True),
        ("m", "mtime_only", True),
        ("K", "no_atime", True),
        ("k", "keep_atime", True),
        ("c", "check_changes", True),
        ("e", "exclude", True),
        ("i", "ignore_case", True),
        ("W", "enhanced_wild", True),
        ("P3:", "strip", 3),
        ("P:", "strip", 0),
        ("Ef", "encrypt", True),
        ("0awnNpRxd1d4E3EbEa1Ec3Eh2Jxy:", "exclude", False),
        ("V:", "verify", "V"),
    ],
)
def test_letters(letters: str, field: str, value: object) -> None:
    assert getattr(parse_options(letters), field) == value


@pytest.mark.parametrize("letters", ["Z", "Zq", "C", "E", "Ea9", "d9", "?", "MQ", "z1q:"])
def test_what_is_not_known(letters: str) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_options(letters)


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("1000", [1000, 1009, 991], [1010, 990]),
        ("1k-2k", [1024, 2048], [1023, 2049]),
        ("<1kb", [999, 0], [1000]),
        (">1m", [1048577], [1048576]),
    ],
)
def test_sizes(text: str, yes: list[int], no: list[int]) -> None:
    rule = parse_size_rule(text)
    assert all(rule.allows(size) for size in yes)
    assert not any(rule.allows(size) for size in no)


def test_a_size_rule_within_the_letters() -> None:
    assert parse_options("Mz<5m:A").size == SizeRule("<", 5 << 20)
