import pytest

from barque.domain.fileset import (
    FileOptions,
    Setting,
    fileset_md5,
    option_characters,
    split_characters,
    without_compression,
)


@pytest.mark.parametrize(
    ("characters", "groups"),
    [
        ("", []),
        ("MHAX", ["M", "H", "A", "X"]),
        ("MZ60Cmcs5:Vpins5:AX", ["M", "Z6", "0", "Cmcs5:", "Vpins5:", "A", "X"]),
        ("S4ZffHAX", ["S4", "Zff", "H", "A", "X"]),
        ("SHAX", ["S", "H", "A", "X"]),
        ("d4EfEa3Eb", ["d4", "Ef", "Ea3", "Eb"]),
        ("P2:z1k-10m:ZoX", ["P2:", "z1k-10m:", "Zo", "X"]),
        ("Vpins", ["Vpins"]),
        ("Z", ["Z"]),
    ],
)
def test_characters_are_split_into_groups(characters: str, groups: list[str]) -> None:
    assert list(split_characters(characters)) == groups


def test_compression_can_be_taken_out() -> None:
    assert without_compression("MZ6Zf4ZoHAX") == "MHAX"
    assert without_compression("Vpins:zZ:HAX") == "Vpins:zZ:HAX"


def test_the_last_setting_of_an_option_counts() -> None:
    options = FileOptions((Setting("Sparse", "yes", "s"), Setting("Sparse", "no", "0")))
    assert options.setting("Sparse") == "no"
    assert option_characters(options) == "s0HAX"


def test_an_identity_changes_with_order_and_content() -> None:
    assert fileset_md5(["/a", "/b"]) != fileset_md5(["/b", "/a"])
    assert len(fileset_md5([])) == 22
    assert fileset_md5(["/a", "b"]) == fileset_md5(["/ab"])
