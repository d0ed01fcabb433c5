"""Wildcards and regular expressions."""

import pytest

from barque.errors import RemoteProtocolError
from barque.filedaemon.patterns import compile_regex, compile_wild


@pytest.mark.parametrize(
    ("pattern", "name", "hits"),
    [
        (b"*.txt", b"/a/b.txt", True),
        (b"*.txt", b"/a/b.txt.old", False),
        (b"/a/*", b"/a/b/c", True),
        (b"/a/?", b"/a/b", True),
        (b"/a/?", b"/a/\xc3\xbc", True),
        (b"/a/?", b"/a/bc", False),
        (b"/[a-c]x", b"/bx", True),
        (b"/[!a-c]x", b"/bx", False),
        (b"/[^a-c]x", b"/dx", True),
        (b"/[[:digit:]]", b"/7", True),
        (b"/[]a]", b"/]", True),
        (b"/[ab", b"/[ab", True),
        (rb"/\*", b"/*", True),
        (rb"/\*", b"/x", False),
        (b"/a.b", b"/axb", False),
        (b"*\n*", b"/a\nb", True),
        (b"/A*", b"/abc", False),
    ],
)
def test_wild(pattern: bytes, name: bytes, hits: bool) -> None:
    compiled = compile_wild(pattern, ignore_case=False, pathname=False)
    assert bool(compiled.match(name)) is hits


def test_wild_with_flags() -> None:
    assert compile_wild(b"/A*", ignore_case=True, pathname=False).match(b"/abc")
    pathname = compile_wild(b"/a*", ignore_case=False, pathname=True)
    assert pathname.match(b"/abc")
    assert not pathname.match(b"/a/c")
    assert not compile_wild(b"/?[/x]", ignore_case=False, pathname=True).match(b"//x")


@pytest.mark.parametrize(
    ("pattern", "name", "hits"),
    [
        (rb"\.(o|a)$", b"/src/x.o", True),
        (rb"\.(o|a)$", b"/src/x.obj", False),
        (rb"^/home/[^/]+/tmp", b"/home/joe/tmp/x", True),
        (rb"[[:upper:]]{2}", b"/aBC", True),
        (rb"[[:upper:]]{2}", b"/abc", False),
        (rb"[a&&b]", b"/&", True),
        (rb"x\[1", b"/x[1]", True),
    ],
)
def test_regex(pattern: bytes, name: bytes, hits: bool) -> None:
    assert bool(compile_regex(pattern, ignore_case=False).search(name)) is hits


def test_regex_that_is_none() -> None:
    with pytest.raises(RemoteProtocolError, match="not a usable pattern"):
        compile_regex(b"(", ignore_case=False)
    assert compile_regex(b"ABC", ignore_case=True).search(b"/abc")
