import pytest

from barque.domain.acl import AclType, allows, check_entry, is_name, is_unrestricted, matches
from barque.errors import ConfigError


@pytest.mark.parametrize(
    ("entries", "item", "allowed"),
    [
        ((), "a", False),
        (("a",), "a", True),
        (("a",), "A", True),
        (("a",), "ab", False),
        (("*all*",), "anything", True),
        (("!a", "*all*"), "a", False),
        (("!a", "*all*"), "b", True),
        (("*all*", "!a"), "a", True),
        (("back.*",), "backup", True),
        (("back.*",), "my-backup", False),
        (("back|rest",), "rest", True),
        (("!back.*", "*all*"), "backup", False),
        (("(",), "(", False),
        (("*all*",), "bad$name", False),
    ],
)
def test_the_first_entry_that_matches_decides(
    entries: tuple[str, ...], item: str, allowed: bool
) -> None:
    assert allows(AclType.JOB, [entries], item) is allowed


def test_lists_of_profiles_count_after_the_own_one() -> None:
    assert allows(AclType.COMMAND, [("!delete",), ("*all*",)], "list")
    assert not allows(AclType.COMMAND, [("!delete",), ("*all*",)], "delete")
    assert allows(AclType.COMMAND, [("delete",), ("!delete",)], "delete")


def test_directories_need_not_be_names() -> None:
    assert allows(AclType.WHERE, [("*all*",)], "/tmp/$x")
    assert allows(AclType.PLUGIN_OPTIONS, [("*all*",)], "python:a=b")


def test_an_expression_that_is_none_matches_itself_alone() -> None:
    assert matches("(", "(")
    assert not matches("(", "x")


@pytest.mark.parametrize(
    ("lists", "free"),
    [
        ([("*all*",)], True),
        ([("*ALL*", "!a")], True),
        ([("!a", "*all*")], False),
        ([("a",), ("*all*",)], True),
        ([("a",)], False),
        ([], False),
    ],
)
def test_unrestricted_is_all_before_any_exception(lists: list[tuple[str, ...]], free: bool) -> None:
    assert is_unrestricted(lists) is free


def test_entries_are_checked() -> None:
    assert check_entry("!.sql") == "!.sql"
    for entry, message in (
        ("a b", 'Illegal character " " in acl.'),
        ("a$", 'Illegal character "\\$" in acl.'),
        ("", "Empty entry"),
        ("x" * 128, "Name too long."),
    ):
        with pytest.raises(ConfigError, match=message):
            check_entry(entry)


def test_names_are_checked() -> None:
    assert is_name("a b:c.d-e_f/g")
    assert not any(map(is_name, ["", " a", "a ", "a$", "x" * 128]))
