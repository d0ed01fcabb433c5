"""Questions with a list of answers."""

from barque.director.selection import format_choices


def test_few_choices_have_a_line_each() -> None:
    assert format_choices(["a", "b"]) == "1: a\n2: b\n"
    assert format_choices([]) == ""
    assert format_choices([str(n) for n in range(1, 11)]).startswith(" 1: 1\n")


def test_many_choices_share_lines() -> None:
    lines = format_choices([f"item{n}" for n in range(1, 25)]).splitlines()
    assert len(lines) < 24
    assert lines[0].startswith(" 1: item1")
    assert all(len(line) <= 80 for line in lines)


def test_long_names_do_not_share_lines() -> None:
    assert format_choices(["x" * 40] * 25).count("\n") == 25
