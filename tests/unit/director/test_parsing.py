import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.director import parsing
from barque.director.parsing import CommandLine, Word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  \t ", []),
        ("list jobs\r\n", ["list", "jobs"]),
        ('run job="a b" yes', ["run", "job=a b", "yes"]),
        ('run "job=a b" yes', ["run", "job=a b", "yes"]),
        ('list client="alpha fd', ["list", "client=alpha fd"]),
        (r'x "a\"b" c\ d \\', ["x", 'a"b', "c d", "\\"]),
        ('list "" jobs', ["list"]),
        ("a\\", ["a"]),
    ],
)
def test_words_of_a_line(text: str, words: list[str]) -> None:
    assert parsing.split_words(text) == words


def test_a_line_has_at_most_thirty_words() -> None:
    assert len(CommandLine.parse("w " * 50).words) == parsing.MAX_WORDS


def test_keyword_and_value() -> None:
    line = CommandLine.parse("llist Jobs LIMIT=3 offset= where=a=b last")
    assert line.name == "llist"
    assert line.arguments[0] == Word("Jobs", None)
    assert line.value("limit") == "3"
    assert line.value("offset") == ""
    assert line.value("where") == "a=b"
    assert line.value("last") is None
    assert line.has("jobs", "nothing")
    assert not line.has("llist")
    assert not line.yes


def test_only_the_first_occurrence_of_a_keyword_counts() -> None:
    line = CommandLine.parse("x jobid jobid=2")
    assert line.value("jobid") is None
    assert line.values("jobid") == ["2"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [("1,2,30", [1, 2, 30]), ("7", [7]), ("1,,2", None), ("", None), ("1,", None), (None, None)],
)
def test_id_lists(text: str | None, ids: list[int] | None) -> None:
    assert parsing.parse_id_list(text) == ids


def test_numbers() -> None:
    assert [parsing.is_number(t) for t in ("1", "-1.5", "1e9", ".5", "", "x", "1x")] == [
        True,
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert parsing.leading_integer("12,3") == 12
    assert parsing.leading_integer("x") == 0
    assert parsing.leading_integer("9" * 60) == 2**63 - 1


@pytest.mark.parametrize("name", ["a", "Full-0001", "a b", "c:/x_y.z", "x" * 127])
def test_names(name: str) -> None:
    assert parsing.is_name(name)


@pytest.mark.parametrize("name", ["", " a", "a ", "a%", "x" * 128, "ä", "a\nb", "*UserAgent*"])
def test_what_is_no_name(name: str) -> None:
    assert not parsing.is_name(name)


def test_comments() -> None:
    assert parsing.comment_fault("first full") is None
    assert parsing.comment_fault("a<b") == 'Illegal character "<" in a comment.\n'
    assert parsing.comment_fault("") is not None
    assert parsing.comment_fault("x" * 200) == "Comment too long.\n"


@given(st.text())
def test_any_text_is_a_line(text: str) -> None:
    line = CommandLine.parse(text)
    assert len(line.words) <= parsing.MAX_WORDS
    parsing.is_number(text)
    parsing.is_name(text)
    parsing.leading_integer(text)
    parsing.parse_id_list(text)
