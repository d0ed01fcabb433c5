import pytest

from barque.domain.size import parse_size, parse_speed, show_size
from barque.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("334", 334),
        ("1k", 1024),
        ("1kb", 1000),
        ("1 KB", 1000),
        ("1.5 g", 1024**3 + 512 * 1024**2),
        ("50G", 50 * 1024**3),
        ("2t", 2 * 1024**4),
        ("1p1e", 1024**5 + 1024**6),
        ("11m792k334", 11 * 1024**2 + 792 * 1024 + 334),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "k", "1q", "1kbx", "-5", "17e"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="expected a size number, got"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "speed"), [("5", 5), ("2mb/s", 2_000_000), ("1k/s", 1024), ("1 m/s", 1024**2)]
)
def test_speeds(text: str, speed: int) -> None:
    assert parse_speed(text) == speed


def test_what_is_no_speed_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected a speed number, got: 1 g/s"):
        parse_speed("1 g/s")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0"),
        (1, "1"),
        (1024, "1 k"),
        (11 * 1024**2 + 792 * 1024 + 334, "11 m 792 k 334"),
        (10_000_000, "9 m 549 k 640"),
        (2_000_000_000, "1 g 883 m 357 k"),
    ],
)
def test_sizes_are_shown_in_parts(size: int, text: str) -> None:
    assert show_size(size) == text
