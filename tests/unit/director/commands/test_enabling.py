import json

import pytest

from barque.testing.terminal import Terminal


@pytest.mark.parametrize(
    ("words", "plural", "key"),
    [
        ("job=backup-tree", "jobs", "Job/backup-tree"),
        ("client=alpha-fd", "clients", "Client/alpha-fd"),
        ("schedule=Weekly", "schedules", "Schedule/Weekly"),
    ],
)
def test_a_switch_holds_until_the_next_reload(
    terminal: Terminal, words: str, plural: str, key: str
) -> None:
    kind, _, name = key.partition("/")
    shown = terminal.text(f"disable {words}")
    assert shown.startswith(f'{kind} "{name}" disabled\n')
    assert "until the director reloads" in shown
    assert terminal.director.disabled == {key}
    answer = json.loads(terminal.text(f"enable {words}", api=2))
    assert answer["result"] == {"enable": {plural: [name]}}
    assert not terminal.director.disabled


def test_only_what_is_switched_off_is_offered_for_switching_on(terminal: Terminal) -> None:
    assert "Automatically selected Job: admin-noop\n" in terminal.text("enable")
    assert "Automatically selected Schedule: Paused\n" in terminal.text("enable schedule")
    assert terminal.text("enable client") == (
        'The defined Client resources are:\nSelection list for "Client" is empty!\n'
    )


def test_a_resource_that_the_console_may_not_see_is_not_found(terminal: Terminal) -> None:
    shown = terminal.text("disable job=backup-ai", console="operator")
    assert shown == 'Job "backup-ai" not found.\n'
    assert not terminal.director.disabled


def test_a_declined_choice_changes_nothing_and_is_no_failure(terminal: Terminal) -> None:
    assert "error" not in json.loads(terminal.text("disable", api=2))
    assert not terminal.director.disabled
