"""Questions of commands: numbers, names, yes or no."""

from barque.testing.terminal import Terminal
from barque.wire.framing import Signal


def test_a_number_out_of_range_is_asked_for_again(terminal: Terminal) -> None:
    text = terminal.text("status client", "0", "9", "x", "")
    assert "Expected a positive integer, got: \n" in text
    frames = terminal.frames("status client", "9")
    assert "Please enter a number between 1 and 2\n" in frames[-1]


def test_yes_or_no(terminal: Terminal) -> None:
    text = terminal.text("delete pool=Copies", "perhaps")
    assert text.startswith("Invalid response. You must answer YES or NO.\n")


def test_programs_get_signals_around_choices(terminal: Terminal) -> None:
    [frames] = terminal.frames("status client", api=1)
    assert frames == [
        Signal.CMD_BEGIN,
        Signal.START_SELECT,
        "The defined Client resources are:\n",
        "alpha-fd",
        "beta-fd",
        Signal.END_SELECT,
        Signal.SELECT_INPUT,
        Signal.TEXT_INPUT,
        "Select Client (File daemon) resource (1-2): ",
    ]


def test_programs_that_read_json_are_not_asked(terminal: Terminal) -> None:
    [frames] = terminal.frames("status client", api=2)
    assert Signal.START_SELECT not in frames


def test_the_only_choice_is_taken(terminal: Terminal) -> None:
    text = terminal.text("mount", console="operator")
    assert "Automatically selected Storage: File1\n" in text
