"""Moments on the command line."""

from datetime import datetime

import click
import pytest

from barque.cli.moment import parse_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", ""),
        ("2026-01-31", "2026-01-31 00:00:00"),
        ("2026-01-31 12:30", "2026-01-31 12:30:00"),
        ("2026-01-31T12:30:45", "2026-01-31 12:30:45"),
        ("3h", "2026-02-01 09:00:00"),
        ("2d", "2026-01-30 12:00:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert parse_moment(text, datetime(2026, 2, 1, 12).astimezone()) == moment


@pytest.mark.parametrize("text", ["yesterday", "3x", "2026-13-01"])
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(click.BadParameter, match=f"{text} is no moment"):
        parse_moment(text)
