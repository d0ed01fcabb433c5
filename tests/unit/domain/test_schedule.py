from datetime import date, datetime

import pytest

from barque.domain.schedule import (
    HOURS,
    RunTimes,
    is_in_last_week,
    parse_run_times,
    show_run_times,
    week_of_month,
    week_of_year,
)
from barque.errors import ConfigError


def times(text: str) -> RunTimes:
    return parse_run_times(text.replace(",", " ").split())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def days(text: str, year: int, month: int) -> list[int]:
    start = at(f"{year}-{month:02}-01")
    end = at(f"{year + month // 12}-{month % 12 + 1:02}-01")
    return [moment.day for moment in times(text).between(start, end)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sat at 21:00", [3, 10, 17, 24, 31]),
        ("1st sat at 21:00", [3]),
        ("2nd-5th sat at 21:00", [10, 17, 24, 31]),
        ("last sat at 21:00", [31]),
        ("last sun at 1:00", [25]),
        ("1,15 at 1:00", [1, 15]),
        ("2/7 at 1:00", [2, 9, 16, 23, 30]),
        ("30-2 at 1:00", [1, 2, 30, 31]),
        ("sat-mon at 1:00", [3, 4, 5, 10, 11, 12, 17, 18, 19, 24, 25, 26, 31]),
        ("w01 at 1:00", [1, 2, 3, 4]),
        ("w01/w04 mon at 1:00", [26]),
        ("w52-w02 mon at 1:00", [5]),
        ("feb at 1:00", []),
        ("first mon jan-mar at 1:00", [5]),
        ("monthly 5 at 1:00", [5]),
        ("saturday on january at 1:00", [3, 10, 17, 24, 31]),
    ],
)
def test_days_of_january_2026(text: str, expected: list[int]) -> None:
    assert days(text, 2026, 1) == expected


@pytest.mark.parametrize("word", ["daily", "weekly", "monthly"])
def test_some_words_restrict_nothing(word: str) -> None:
    assert days(f"{word} at 2:00", 2026, 1) == list(range(1, 32))


def test_without_a_time_it_is_every_hour() -> None:
    assert times("mon").hours == set(HOURS)
    assert times("hourly at 0:30").minute == 30
    assert times("hourly at 0:30").hours == set(HOURS)


def test_several_times_share_the_last_minute() -> None:
    both = times("at 10:10 at 12:30")
    assert (sorted(both.hours), both.minute) == ([10, 12], 30)


@pytest.mark.parametrize(
    ("text", "hour"), [("12:05am", 0), ("12:05pm", 12), ("1:05pm", 13), ("11:05AM", 11)]
)
def test_halves_of_a_day(text: str, hour: int) -> None:
    assert times(f"at {text}").hours == {hour}


@pytest.mark.parametrize(
    "text",
    [
        "32",
        "0",
        "1-40",
        "w54",
        "w60-w70",
        "at 24:00",
        "at 1:60",
        "at 1:5",
        "at 1:00xm",
        "at 123:00",
        "2:00",
        "someday",
        "mon-mon",
        "mon-feb",
        "x-y",
        "1/0",
        "9/7",
        "w09/w07",
        "w01/w00",
        "w99/w01",
        "a/b",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        times(text)


def test_a_moment_matches_in_its_minute() -> None:
    run = times("sat at 21:05")
    assert run.matches(at("2026-01-03 21:05:59"))
    assert not run.matches(at("2026-01-03 21:06"))
    assert not run.matches(at("2026-01-03 20:05"))
    assert not run.matches(at("2026-01-04 21:05"))


def test_the_next_time_is_not_before_the_start() -> None:
    run = times("sat at 21:05")
    assert run.next_time(at("2026-01-03 21:05")) == at("2026-01-03 21:05")
    assert run.next_time(at("2026-01-03 21:06")) == at("2026-01-10 21:05")
    assert times("feb 30 at 1:00").next_time(at("2026-01-01")) is None


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 1, 1), 1),
        (date(2026, 1, 5), 2),
        (date(2021, 1, 1), 0),
        (date(2021, 1, 4), 1),
        (date(2023, 1, 1), 0),
        (date(2020, 12, 31), 53),
        (date(2024, 12, 30), 53),
    ],
)
def test_weeks_of_a_year(day: date, week: int) -> None:
    assert week_of_year(day) == week


def test_weeks_of_a_month() -> None:
    assert [week_of_month(date(2026, 1, day)) for day in (1, 7, 8, 31)] == [1, 1, 2, 5]
    assert is_in_last_week(date(2026, 1, 25))
    assert not is_in_last_week(date(2026, 1, 24))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1st sat at 21:00", "1st Sat at 21:00"),
        ("2nd-5th sat at 21:00", "2nd-5th Sat at 21:00"),
        ("mon-fri at 21:00", "Mon-Fri at 21:00"),
        ("on 1 at 3:05", "1 at 03:05"),
        ("fri-sat at 1:00", "Fri-Sat at 01:00"),
        ("last mon,wed jan,mar at 1:00", "last Mon,Wed Jan,Mar at 01:00"),
        ("w01/w26 at 1:00 at 2:00", "w01,w27,w53 at 01:00at 02:00"),
        ("daily at 2:10", "at 02:10"),
    ],
)
def test_times_are_shown_in_the_words_of_the_reference(text: str, shown: str) -> None:
    assert show_run_times(times(text)) == shown
    assert times(shown) == times(text)
