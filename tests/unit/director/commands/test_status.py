"""Which status of what."""

import pytest

from barque.testing.terminal import Terminal

HELLO = {
    "Client/alpha-fd .status": ["alpha-fd is here\n"],
    "Storage/File1 .status": ["golden-sd is here\n"],
}


@pytest.fixture
def connected(terminal: Terminal) -> Terminal:
    terminal.director.lines.update(HELLO)
    return terminal


def test_daemons_speak_for_themselves(connected: Terminal) -> None:
    assert connected.text("status client=alpha-fd") == (
        "Connecting to Client alpha-fd at 127.0.0.1:9502\nalpha-fd is here\n"
    )
    assert connected.text("status storage=File1") == (
        "Connecting to Storage daemon File1 at 127.0.0.1:9503\ngolden-sd is here\n"
    )
    assert connected.text("status storage=File1", api=1) == "golden-sd is here\n"


def test_parts_of_a_status(connected: Terminal) -> None:
    connected.director.lines["Client/alpha-fd .status running"] = ["nothing\n"]
    assert connected.text(".status client=alpha-fd running").endswith("nothing\n")


def test_why_a_daemon_is_not_reached_is_among_the_messages(connected: Terminal) -> None:
    text = connected.text("status client=beta-fd")
    assert "\nFailed to connect to Client beta-fd.\n====\n" in text
    assert b"nobody answers" in b"".join(connected.director.messages)


def test_a_client_that_is_switched_off_is_not_asked(connected: Terminal) -> None:
    connected.frames("disable client=alpha-fd")
    assert connected.text("status client=alpha-fd") == (
        'Client "alpha-fd" is disabled; skipping status call\n'
    )


def test_every_daemon_is_asked_once(connected: Terminal) -> None:
    text = connected.text("status all")
    assert text.count("Connecting to Storage daemon") == 1
    assert text.count("Connecting to Client") == 2
    assert "No Jobs running." in text


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (["1"], "No Jobs running."),
        (["2", "1"], "golden-sd is here"),
        (["3", "1"], "alpha-fd is here"),
        (["4"], "Scheduler Preview for 7 days:"),
        (["5"], "alpha-fd is here"),
    ],
)
def test_a_menu(connected: Terminal, answers: list[str], text: str) -> None:
    assert text in connected.text("status", *answers)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (".status", "1900 Bad .status command, missing arguments.\n"),
        (".status dir", "1900 Bad .status command, wrong argument.\n"),
        (".status dir nosuch", "1900 Bad .status command, wrong argument.\n"),
        (".status what", "1900 Bad .status command, wrong argument.\n"),
    ],
)
def test_wrong_words(terminal: Terminal, line: str, text: str) -> None:
    assert terminal.text(line) == text


def test_a_sound_configuration(terminal: Terminal) -> None:
    terminal.director.config.warnings.clear()
    assert terminal.text("status conf") == "No deprecated configuration settings detected.\n"
    assert "WARNINGS" not in terminal.text("status dir")


def test_only_who_may_configure_sees_what_is_deprecated(terminal: Terminal) -> None:
    text = terminal.text("status configuration", console="operator")
    assert 'needs access right to the "configure" command.\n' in text
