from barque.config.report import format_config_error, format_config_errors, format_warnings
from barque.errors import ConfigError


def test_a_mistake_prints_with_its_place() -> None:
    error = ConfigError(
        "expected an equals, got: x", path="/etc/a.conf", line=3, column=7, text="  Name x"
    )
    assert format_config_error(error, "barque-dir") == (
        "barque-dir: CONFIG ERROR at /etc/a.conf:3\n"
        "Config error: expected an equals, got: x\n"
        "            : line 3, col 7 of file /etc/a.conf\n"
        "  Name x\n"
    )


def test_a_mistake_over_lines_says_where_it_begins() -> None:
    error = ConfigError("m", path="a", line=5, column=1, text="t", begin=2, hint="do that")
    assert format_config_error(error, "p").endswith(
        "t\nProblem probably begins at line 2.\nHint: do that\n"
    )


def test_a_mistake_without_a_place() -> None:
    assert format_config_error(ConfigError("none"), "p") == (
        "p: CONFIG ERROR\nConfig error: none\n"
    )


def test_all_mistakes_print_in_order() -> None:
    error = ConfigError("one", others=(ConfigError("two"),))
    text = format_config_errors(error, "p")
    assert text.index("one") < text.index("two")


def test_warnings_print_once_together() -> None:
    assert format_warnings([]) == ""
    assert format_warnings(["a", "b"]) == "There are configuration warnings:\n * a\n * b\n"
