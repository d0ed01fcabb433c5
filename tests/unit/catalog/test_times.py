import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.catalog.times import from_sql, to_sql


@pytest.fixture(params=["UTC", "Europe/Berlin", "Pacific/Apia"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def test_times_are_local(zone: str) -> None:
    expected = {
        "UTC": "2023-11-14 22:13:20",
        "Europe/Berlin": "2023-11-14 23:13:20",
        "Pacific/Apia": "2023-11-15 11:13:20",
    }
    assert to_sql(1_700_000_000) == expected[zone]
    assert from_sql(expected[zone]) == 1_700_000_000


def test_no_time_is_null() -> None:
    assert to_sql(0) is None
    assert from_sql(None) == 0
    assert from_sql("") == 0


@given(st.one_of(st.text(), st.integers(), st.binary(), st.none()))
def test_anything_else_is_no_time(value: object) -> None:
    assert from_sql(value) >= -(2**62)


@given(st.integers(1, 4_000_000_000))
def test_round_trip_outside_repeated_hours(seconds: int) -> None:
    text = to_sql(seconds)
    assert text is not None
    assert len(text) == 19
    assert to_sql(from_sql(text)) == text


def test_fractions_are_dropped() -> None:
    assert to_sql(from_sql("2026-01-02 03:04:05.678")) == "2026-01-02 03:04:05"
