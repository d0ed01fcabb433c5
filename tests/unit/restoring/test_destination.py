"""Where restored files go."""

import pytest

from barque.errors import FormatError
from barque.restoring.destination import Destination, parse_regexwhere


def changed(text: bytes, name: bytes) -> bytes:
    for substitution in parse_regexwhere(text):
        name = substitution.apply(name)
    return name


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (b"!a!b!", b"/a/a", b"/b/a"),
        (b"!A!b!i", b"/a/a", b"/b/a"),
        (b"!^/prod!/rect!i,!/$!/test/!", b"/PROD/x/", b"/rect/x/test/"),
        (rb"/([a-z]+)\.txt/$1.\1.old/", b"/dir/note.txt", b"/dir/note.note.old"),
        (b"!/x!\\!y!", b"/x", b"!y"),
        (b"!no match!y!", b"/x", b"/x"),
        (b"!(a)|b!<$1>$7!", b"/b", b"/<>"),
    ],
)
def test_regexwhere(text: bytes, name: bytes, expected: bytes) -> None:
    assert changed(text, name) == expected


@pytest.mark.parametrize("text", [b"", b"abc", b"!a!b", b"!a", b"!(!b!", b"xa!b!"])
def test_malformed_regexwhere(text: bytes) -> None:
    with pytest.raises(FormatError):
        parse_regexwhere(text)


def test_paths() -> None:
    assert Destination(b"/where/").path(b"/a//b/./c/") == b"/where/a/b/c/"
    assert Destination(b"/where").path(b"relative") == b"/where/relative"
    assert Destination(b"/").path(b"/a") == b"/a"
    assert Destination().path(b"/") == b"/"
    substituted = Destination(b"/ignored", parse_regexwhere(b"!^/a!/b!"))
    assert substituted.root == b""
    assert substituted.path(b"/a/c") == b"/b/c"


def test_link_targets() -> None:
    plain = Destination(b"/where")
    assert plain.link_target(b"/x") == b"/x"
    prefixed = Destination(b"/where", prefix_links=True)
    assert prefixed.link_target(b"/x") == b"/where/x"
    assert prefixed.link_target(b"x") == b"x"
    substituted = Destination(substitutions=parse_regexwhere(b"!^/a!/b!"), prefix_links=True)
    assert substituted.link_target(b"/a/x") == b"/b/x"
