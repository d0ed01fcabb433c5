"""When a job runs: the time part of a Run directive.

Knows which days and hours a Run means. Does not know the clock or time zones: all times are naive
datetimes of the local time.

Source: configuration, section 5.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from barque.errors import ConfigError

DAYS = range(1, 32)
"""Days of a month."""
WEEKDAYS = range(7)
"""Days of a week; 0 is Sunday."""
MONTHS = range(1, 13)
"""Months of a year."""
WEEKS_OF_MONTH = range(1, 6)
"""Weeks of a month: days 1 to 7 are the first."""
WEEKS = range(54)
"""Weeks of a year; week 1 holds 4 January, the days before it are week 0."""
HOURS = range(24)
"""Hours of a day."""

WEEKDAY_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
ORDINALS = ("1st", "2nd", "3rd", "4th", "5th")
_ORDINAL_WORDS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class RunTimes:
    """The hours at which a Run starts a job: every restriction has to hold."""

    days: frozenset[int] = frozenset(DAYS)
    months: frozenset[int] = frozenset(MONTHS)
    weekdays: frozenset[int] = frozenset(WEEKDAYS)
    weeks_of_month: frozenset[int] = frozenset(WEEKS_OF_MONTH)
    last_week: bool = False
    """The last seven days of a month count, whatever their week of the month is."""
    weeks: frozenset[int] = frozenset(WEEKS)
    hours: frozenset[int] = frozenset(HOURS)
    minute: int = 0
    """Minute of each hour; one for all of them."""

    def matches_day(self, day: date) -> bool:
        """Tell whether *day* is one of those days."""
        in_week = week_of_month(day) in self.weeks_of_month
        return (
            day.month in self.months
            and day.day in self.days
            and day.isoweekday() % 7 in self.weekdays
            and (in_week or (self.last_week and is_in_last_week(day)))
            and week_of_year(day) in self.weeks
        )

    def matches(self, moment: datetime) -> bool:
        """Tell whether a job starts in the minute of *moment*."""
        return (
            moment.minute == self.minute
            and moment.hour in self.hours
            and self.matches_day(moment.date())
        )

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Return the times from *start* up to, not including, *end*, in order."""
        day = start.date()
        while day <= end.date():
            if self.matches_day(day):
                for hour in sorted(self.hours):
                    moment = datetime.combine(day, time(hour, self.minute))
                    if start <= moment < end:
                        yield moment
            day += timedelta(days=1)

    def next_time(self, start: datetime, days: int = 366) -> datetime | None:
        """Return the first time not before *start*; None when there is none within *days*."""
        return next(self.between(start, start + timedelta(days=days)), None)


def week_of_month(day: date) -> int:
    """Return the week of the month: 1 for the days 1 to 7."""
    return (day.day - 1) // 7 + 1


def is_in_last_week(day: date) -> bool:
    """Tell whether *day* is one of the last seven of its month."""
    return (day + timedelta(days=7)).month != day.month


def week_of_year(day: date) -> int:
    """Return the week of the year: 1 holds 4 January, days before its Monday are week 0."""
    fourth = date(day.year, 1, 4)
    first_monday = fourth - timedelta(days=fourth.weekday())
    return max((day - first_monday).days // 7 + 1, 0)


class _Builder:
    """Collects the words of a Run; the first of a kind drops the default of that kind."""

    def __init__(self) -> None:
        self.sets: dict[str, set[int]] = {
            "days": set(DAYS),
            "months": set(MONTHS),
            "weekdays": set(WEEKDAYS),
            "weeks_of_month": set(WEEKS_OF_MONTH),
            "weeks": set(WEEKS),
            "hours": set(HOURS),
        }
        self.touched: set[str] = set()
        self.last_week = False
        self.at = False
        self.minute = 0

    def add(self, kind: str, values: Iterable[int]) -> None:
        if kind not in self.touched:
            self.touched.add(kind)
            self.sets[kind].clear()
        self.sets[kind].update(values)

    def word(self, word: str) -> None:
        """Take one word in."""
        if _is_number(word):
            self.add("days", [_within(word, DAYS, "Day number out of range (1-31)")])
        elif "-" in word:
            self._range(word)
        elif ":" in word:
            self._time(word)
        elif "/" in word:
            self._every(word)
        elif _is_week(word):
            self.add("weeks", [_within(word[1:], WEEKS, "Week number out of range (0-53)")])
        elif word in _KEYWORDS:
            kind, value = _KEYWORDS[word]
            self.add(kind, [value])
        elif word in _SPECIAL:
            _SPECIAL[word](self)
        else:
            raise ConfigError(
                f"Job type field: {word} in run record not found",
                hint="write days, weekdays, weeks and months, then: at HH:MM",
            )

    def _range(self, word: str) -> None:
        first, _, last = word.partition("-")
        if _is_number(first) and _is_number(last):
            message = "Bad day range specification."
            start, end = _within(first, DAYS, message), _within(last, DAYS, message)
            self.add("days", _wrapped(start, end, DAYS))
        elif _is_week(first) and _is_week(last):
            message = "Week number out of range (0-53)"
            start, end = _within(first[1:], WEEKS, message), _within(last[1:], WEEKS, message)
            self.add("weeks", _wrapped(start, end, WEEKS))
        else:
            start_kind, start = _KEYWORDS.get(first, ("", 0))
            end_kind, end = _KEYWORDS.get(last, ("", 0))
            if not start_kind or start_kind != end_kind or start == end:
                raise ConfigError(f"Invalid month, weekday or position range: {word}")
            self.add(start_kind, _wrapped(start, end, _RANGES[start_kind]))

    def _every(self, word: str) -> None:
        first, _, step = word.partition("/")
        if _is_number(first) and _is_number(step):
            message = "Bad day specification in modulo."
            start, every = _within(first, DAYS, message), _within(step, DAYS, message)
            if start - 1 > every:
                raise ConfigError("Bad day specification, offset must always be <= than modulo.")
            self.add("days", range(start, DAYS.stop, every))
        elif _is_week(first) and _is_week(step):
            start = _within(first[1:], WEEKS, "Week number out of range (0-53) in modulo")
            every = _within(step[1:], range(1, 54), "Week interval out of range (1-53) in modulo")
            if start > every:
                raise ConfigError(
                    "Bad week number specification in modulo, offset must always be <= than modulo."
                )
            self.add("weeks", range(start, WEEKS.stop, every))
        else:
            raise ConfigError(
                "Bad modulo time specification. Format for weekdays is '01/02', for yearweeks "
                "is 'w01/w02'."
            )

    def _time(self, word: str) -> None:
        if not self.at:
            raise ConfigError("Time must be preceded by keyword AT.")
        hours, _, minutes = word.removesuffix("at").partition(":")
        half = minutes[2:]
        if not (_is_number(hours) and _is_number(minutes[:2]) and half in {"", "am", "pm"}):
            raise ConfigError("Bad time specification.", hint="write HH:MM, HH:MMam or HH:MMpm")
        if len(minutes) < 2 or len(hours) > 2:
            raise ConfigError("Bad time specification.", hint="write HH:MM, HH:MMam or HH:MMpm")
        hour, minute = int(hours), int(minutes[:2])
        if half == "pm" and hour != 12:
            hour += 12
        elif half == "am" and hour == 12:
            hour = 0
        if hour not in HOURS or minute > 59:
            raise ConfigError("Bad time specification.", hint="hours are 0 to 23, minutes 0 to 59")
        self.add("hours", [hour])
        self.minute = minute

    def hourly(self) -> None:
        self.touched.add("hours")
        self.sets["hours"].update(HOURS)

    def daily(self) -> None:
        self.touched.add("days")
        self.sets["weekdays"].update(WEEKDAYS)

    def weekly(self) -> None:
        for kind in ("days", "weeks_of_month", "weeks"):
            self.touched.add(kind)
            self.sets[kind].update(_RANGES[kind])

    def monthly(self) -> None:
        self.touched.add("months")
        self.sets["months"].update(MONTHS)

    def last(self) -> None:
        self.last_week = True
        self.add("weeks_of_month", ())

    def expect_time(self) -> None:
        self.at = True

    def nothing(self) -> None:
        """Words that only read well."""


_RANGES = {
    "days": DAYS,
    "months": MONTHS,
    "weekdays": WEEKDAYS,
    "weeks_of_month": WEEKS_OF_MONTH,
    "weeks": WEEKS,
}

_SPECIAL: dict[str, Callable[[_Builder], None]] = {
    "on": _Builder.nothing,
    "at": _Builder.expect_time,
    "last": _Builder.last,
    "daily": _Builder.daily,
    "weekly": _Builder.weekly,
    "monthly": _Builder.monthly,
    "hourly": _Builder.hourly,
}

_KEYWORDS = {
    word: (kind, number)
    for kind, names, first in (
        ("weekdays", WEEKDAY_NAMES, 0),
        ("months", MONTH_NAMES, 1),
        ("weeks_of_month", ORDINALS, 1),
        ("weeks_of_month", _ORDINAL_WORDS, 1),
    )
    for number, name in enumerate(names, first)
    for word in ({name, name[:3]} if kind != "weeks_of_month" else {name})
}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_week(word: str) -> bool:
    return len(word) == 3 and word[0] == "w" and _is_number(word[1:])


def _within(text: str, limits: range, message: str) -> int:
    number = int(text[:9])
    if number not in limits:
        raise ConfigError(message)
    return number


def _wrapped(first: int, last: int, limits: range) -> list[int]:
    """Return the numbers from *first* to *last*; over the end when *last* is not larger."""
    if first < last:
        return list(range(first, last + 1))
    return [*range(first, limits.stop), *range(limits.start, last + 1)]


def parse_run_times(words: Iterable[str]) -> RunTimes:
    """Return what the *words* of a Run mean; case is ignored, commas have been dropped.

    What ``show`` writes is understood too: an ``at`` may stick to the time before it.

    Raises ConfigError for a word that means no time.
    """
    builder = _Builder()
    for word in words:
        builder.word(word.lower())
    return RunTimes(
        **{kind: frozenset(values) for kind, values in builder.sets.items()},
        last_week=builder.last_week,
        minute=builder.minute,
    )


def show_run_times(times: RunTimes) -> str:
    """Return *times* in the words of ``show``; several hours follow each other unseparated."""
    parts = [
        _intervals(times.days, DAYS, str),
        _intervals(times.weeks_of_month, WEEKS_OF_MONTH, lambda week: ORDINALS[week - 1]),
        "last " if times.last_week else "",
        _intervals(times.weekdays, WEEKDAYS, lambda day: WEEKDAY_NAMES[day][:3].title()),
        _intervals(times.months, MONTHS, lambda month: MONTH_NAMES[month - 1][:3].title()),
        _intervals(times.weeks, WEEKS, lambda week: f"w{week:02}"),
    ]
    hours = "".join(f"at {hour:02}:{times.minute:02}" for hour in sorted(times.hours))
    return "".join(parts) + hours


def _intervals(values: frozenset[int], limits: range, name: Callable[[int], str]) -> str:
    """Return *values* as names and ranges of names; nothing when all are there."""
    if values == frozenset(limits):
        return ""
    shown = []
    for first in limits:
        if first not in values or first - 1 in values:
            continue
        last = first
        while last + 1 in values:
            last += 1
        shown.append(name(first))
        if last > first:
            shown[-1] += f"-{name(last)}"
    return ",".join(shown) + " " if shown else ""
