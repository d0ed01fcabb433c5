import pytest

from barque.domain.duration import DAY, HOUR, MONTH, WEEK, YEAR, parse_duration, show_duration
from barque.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        ("90s", 90),
        ("1m", MONTH),
        ("1 mo", MONTH),
        ("1 mi", 60),
        ("3min", 180),
        ("2 mins", 120),
        ("1n", 60),
        ("1 h 30 min", 5400),
        ("1week2days", WEEK + 2 * DAY),
        ("1q", 91 * DAY),
        ("1.5 hours", 5400),
        ("1 YEAR", YEAR),
        ("365days", YEAR),
    ],
)
def test_numbers_with_units_are_summed(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1 fortnight", "days", "1,5h", "-1", "9" * 501])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="expected a time period, got"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0"),
        (1, "1 seconds "),
        (HOUR, "1 hours "),
        (WEEK + 2 * DAY + 3 * HOUR, "1 weeks 2 days 3 hours "),
        (40 * DAY, "1 months 1 weeks 3 days "),
        (5 * YEAR, "5 years "),
    ],
)
def test_periods_are_shown_in_words(seconds: int, text: str) -> None:
    assert show_duration(seconds) == text
