import pytest

from barque.director.access import EVERYTHING, AccessRights, Acl


def rights(*commands: str) -> AccessRights:
    return AccessRights({Acl.COMMAND: commands, Acl.WHERE: ("/srv/restore",)})


def test_the_console_without_a_name_may_do_everything_that_has_a_name() -> None:
    assert EVERYTHING.allows(Acl.COMMAND, ".sql")
    assert EVERYTHING.unrestricted(Acl.JOB)
    assert not EVERYTHING.allows(Acl.JOB, "a%b")
    assert EVERYTHING.allows(Acl.WHERE, "")


@pytest.mark.parametrize(
    ("entries", "item", "allowed"),
    [
        (("*all*",), "list", True),
        (("*ALL*",), "list", True),
        (("!list", "*all*"), "list", False),
        (("*all*", "!list"), "list", True),
        (("LIST",), "list", True),
        (("lis",), "list", False),
        (("li.*",), "list", True),
        (("li.",), "list", False),
        (("!.bvfs_.*", "*all*"), ".bvfs_update", False),
        (("[",), "list", False),
        ((), "list", False),
    ],
)
def test_the_first_entry_that_matches_decides(
    entries: tuple[str, ...], item: str, allowed: bool
) -> None:
    assert rights(*entries).allows(Acl.COMMAND, item) is allowed


@pytest.mark.parametrize(
    ("entries", "free"),
    [(("*all*",), True), (("*all*", "!x"), True), (("!x", "*all*"), False), (("x",), False)],
)
def test_unrestricted(entries: tuple[str, ...], free: bool) -> None:
    assert rights(*entries).unrestricted(Acl.COMMAND) is free


def test_where_may_be_any_text() -> None:
    assert rights().allows(Acl.WHERE, "/srv/restore")
    assert not rights().allows(Acl.WHERE, "/etc/ä")
