"""Command lines are cut into words."""

import pytest

from barque.console.words import keywords_of, words_of


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  a  b ", ["a", "b"]),
        ('"a b" c', ["a b", "c"]),
        ('client="a b"', ["client=a b"]),
        (r"a\ b \"c", ["a b", '"c']),
        ('"open end', ["open end"]),
        (" ".join("x" * 40), ["x"] * 30),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    assert words_of(line) == words


def test_keywords_stand_before_the_equals_sign() -> None:
    assert keywords_of("@echo a=b =c d") == ["@echo", "a", "", "d"]
