"""Resources made of what was typed."""

import pytest

from barque.config.director import Client, Job, Pool, Schedule
from barque.director.resource_text import resource_text
from barque.errors import CommandError


def test_texts_are_quoted_and_words_are_not() -> None:
    values = [
        ("NAME", "p1"),
        ("pooltype", "Backup"),
        ("labelformat", "p1-"),
        ("maximumvolumes", "3"),
        ("volumeretention", "10 days"),
    ]
    assert resource_text(Pool, values) == (
        'Pool {\n  Name = "p1"\n  PoolType = Backup\n  LabelFormat = "p1-"\n'
        "  MaximumVolumes = 3\n  VolumeRetention = 10 days\n}\n"
    )


def test_discouraged_words_become_the_right_ones() -> None:
    text = resource_text(Client, [("name", "c"), ("fdaddress", "host")])
    assert '  Address = "host"\n' in text


def test_quotes_and_backslashes_are_escaped() -> None:
    text = resource_text(Job, [("name", "j"), ("description", r'a "b" \c')])
    assert r'  Description = "a \"b\" \\c"' in text


def test_a_directive_may_stand_twice() -> None:
    text = resource_text(Schedule, [("run", "Full at 1:00"), ("run", "Incremental at 2:00")])
    assert text.count("  Run = ") == 2


@pytest.mark.parametrize(
    ("keyword", "value", "text"),
    [
        ("nosuch", "1", 'Resource "Pool" does not permit directive "nosuch".'),
        ("name", None, 'Missing value for directive "name"'),
        ("name", "@x", "character '@' (include) is forbidden."),
        ("name", "x;", "character ';' (end of directive) is forbidden."),
        ("name", "x\ny", "line breaks and control characters are forbidden."),
        ("name", "x\0", "line breaks and control characters are forbidden."),
    ],
)
def test_what_could_change_more_than_one_directive(
    keyword: str, value: str | None, text: str
) -> None:
    with pytest.raises(CommandError) as caught:
        resource_text(Pool, [(keyword, value)])
    assert text in str(caught.value)


def test_letters_of_all_languages_are_kept() -> None:
    assert '"Küche 台所"' in resource_text(Pool, [("description", "Küche 台所")])
