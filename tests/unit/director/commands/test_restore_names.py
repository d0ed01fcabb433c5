"""Names of restored files: prefixes, suffixes, expressions."""

import pytest

from barque.director.commands.restore_names import build_regex_where, parse_regex_where
from barque.errors import CommandError
from barque.testing.terminal import Terminal


def renamed(path: str, regex_where: str) -> str:
    for substitution in parse_regex_where(regex_where):
        path = substitution.apply(path)
    return path


@pytest.mark.parametrize(
    ("strip", "add", "suffix", "name"),
    [
        ("/home", "", "", "/user/file"),
        ("", "/tmp", "", "/tmp/home/user/file"),
        ("", "", ".old", "/home/user/file.old"),
        ("/home", "/tmp", "!new", "/tmp/user/file!new"),
        ("/HOME", "", "", "/user/file"),
    ],
)
def test_prefixes_and_suffixes(strip: str, add: str, suffix: str, name: str) -> None:
    assert renamed("/home/user/file", build_regex_where(strip, add, suffix)) == name


def test_nothing_to_do() -> None:
    assert build_regex_where("", "", "") == ""


def test_directories_get_no_suffix() -> None:
    assert renamed("/home/", build_regex_where("", "", ".old")) == "/home/"


@pytest.mark.parametrize(
    ("regex_where", "name"),
    [
        ("!a!b!", "/b/x/a"),
        (r"!/(.)/x!/$1$1$0!", "/aa/a/x/a"),
        (r"!/(.)/x!\1!", "a/a"),
        (r"#/a/#\#/#", "#/x/a"),
        ("!A!b!i", "/b/x/a"),
        ("!^!/c!,!x!y!", "/c/a/y/a"),
        ("!n(o)?!$1!", "/a/x/a"),
        ("!/a(q)?!<$1$9>!", "<>/x/a"),
    ],
)
def test_expressions(regex_where: str, name: str) -> None:
    assert renamed("/a/x/a", regex_where) == name


@pytest.mark.parametrize("text", ["", "a!b!", "!a!b", "!a", "!(!b!", "!a!b!x", "!a\\", "!a!b!,c"])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(CommandError):
        parse_regex_where(text)


RELOCATION = ["restore jobid=1 client=alpha-fd all done", "mod", "11"]


def test_relocation_is_asked_for(terminal: Terminal) -> None:
    said = terminal.frames(*RELOCATION, "1", "/srv/golden", "2", "/tmp", "3", ".new", "6", "yes")
    shown = "".join(frame for frame in said[-2] if isinstance(frame, str))
    assert "RegexWhere:" in shown
    [request] = terminal.director.runs
    assert request.where is None
    assert renamed("/srv/golden/tree/a", request.regex_where or "") == "/tmp/tree/a.new"


def test_relocation_can_be_tried(terminal: Terminal) -> None:
    text = terminal.text(*RELOCATION, "4", "!golden!silver!", "5", "/srv/golden/x", ".", "6", "no")
    assert not terminal.director.runs
    assert "Job not run." in text


def test_a_wrong_expression_is_refused(terminal: Terminal) -> None:
    assert "Cannot use your regexp" in terminal.text(*RELOCATION, "4", "!(", "5")
