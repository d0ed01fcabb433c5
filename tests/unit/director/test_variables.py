"""What can be done with variables."""

from datetime import datetime

import pytest

from barque.director.variables import expand_variables, time_variable
from barque.errors import CommandError

VALUES = {"Name": "Full-Backup", "Empty": "", "Number": "7"}


def expand(text: str) -> str:
    return expand_variables(text, lambda name, _increment: VALUES.get(name))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain", "plain"),
        ("$Name", "Full-Backup"),
        ("a${Name}b", "aFull-Backupb"),
        (r"\$Name \\", "$Name \\"),
        ("${Name:l}", "full-backup"),
        ("${Name:u}", "FULL-BACKUP"),
        ("${Name:#}", "11"),
        ("${Number:p/4/0/r}", "0007"),
        ("${Number:p/4//l}|", "7   |"),
        ("${Number:p/4/-/c}", "-7--"),
        ("${Name:o5,3}", "Bac"),
        ("${Name:o0-3}", "Full"),
        ("${Name:o5-}", "Backup"),
        ("${Name:s/[a-z]+/x/}", "Fx-Backup"),
        ("${Name:s/[a-z]+/x/g}", "Fx-Bx"),
        ("${Name:s/F/x/i:u}", "XULL-BACKUP"),
        ("${Empty:-none}", "none"),
        ("${Nosuch:-none}", "none"),
        ("${Name:+yes}${Empty:+no}", "yes"),
        ("$", "$"),
        ("${", "${"),
    ],
)
def test_expansion(text: str, result: str) -> None:
    assert expand(text) == result


@pytest.mark.parametrize("text", ["$Nosuch", "${Name:z}", "${Name:s/(/x/}", "${Name:p/x/0/r}"])
def test_mistakes(text: str) -> None:
    with pytest.raises(CommandError):
        expand(text)


def test_a_counter_is_told_to_move_on() -> None:
    asked = []

    def lookup(name: str, increment: bool) -> str:
        asked.append((name, increment))
        return "1"

    assert expand_variables("${Tapes+}$Tapes", lookup) == "11"
    assert asked == [("Tapes", True), ("Tapes", False)]


def test_time() -> None:
    now = datetime(2026, 11, 22, 19, 31, 33)  # noqa: DTZ001 - local time
    words = ("Year", "MONTH", "day", "Hour", "Minute", "Second", "WeekDay", "Name")
    assert [time_variable(word, now) for word in words] == [
        "2026",
        "11",
        "22",
        "19",
        "31",
        "33",
        "0",
        None,
    ]
