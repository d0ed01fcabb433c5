import re

from barque.catalog.sqlfunctions import FUNCTIONS, from_base64, matches, now


def test_numbers_of_lstat() -> None:
    assert from_base64("BA") == 64
    assert from_base64("IGk") == 0o100644
    assert from_base64("-B") == -1
    assert from_base64("") == 0
    assert from_base64(None) is None


def test_regular_expressions_search() -> None:
    assert matches("b+", "abbc") == 1
    assert matches("^b", "abbc") == 0
    assert matches(None, "a") is None
    assert matches("a", None) is None


def test_now_is_a_time_of_sql() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", now() or "")


def test_functions_are_named_once() -> None:
    assert len({function.name for function in FUNCTIONS}) == len(FUNCTIONS)
