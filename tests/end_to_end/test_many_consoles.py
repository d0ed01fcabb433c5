"""Several hundred consoles at one Director; one that reads nothing, and some that guess."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from barque.config.load import load_console
from barque.console.account import Account, account
from barque.console.choice import choices_of
from barque.console.client import Console
from barque.console.login import reach
from barque.errors import BarqueError
from barque.testing.daemons import wait_until

pytestmark = pytest.mark.slow

CONSOLES = 300


def account_of(daemons: Any) -> Account:
    return choices_of(load_console(daemons.place.console))[0].account


def test_several_hundred_consoles_are_served_at_once(daemons: Any) -> None:
    with ExitStack() as stack:
        consoles = [stack.enter_context(daemons.console()) for _ in range(CONSOLES)]
        answers: list[str] = []
        threads = [
            threading.Thread(target=lambda console=console: answers.append(console.call("version")))
            for console in consoles
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == CONSOLES
        assert all("Version: " in answer for answer in answers)


def test_a_console_that_reads_nothing_holds_up_nobody(daemons: Any) -> None:
    with daemons.console() as slow, daemons.console() as other:
        for _ in range(3000):
            slow.channel.send(b".help all")
        slow.channel.flush()
        for _ in range(20):
            assert "Version: " in other.call("version")
        slow.channel.abort()
        with daemons.console() as third:
            assert "Version: " in third.call("version")


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(BarqueError) as raised:
        attempt()
    return str(raised.value)


def test_guesses_are_slowed_down_and_nobody_is_shut_out(daemons: Any) -> None:
    right = account_of(daemons)
    wrong = account(right.director, right.address, b"0" * 32, console="*UserAgent*")
    unknown = account(right.director, right.address, b"0" * 32, console="nobody")
    said: list[str] = []

    def guess(attempt: Account) -> None:
        said.append(refused(lambda: Console.connect(attempt)))

    threads = [threading.Thread(target=guess, args=(one,)) for one in [wrong] * 10 + [unknown] * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 15
    with daemons.console() as console:
        assert "Version: " in console.call("version")


def test_named_consoles_have_a_limit_and_the_root_console_has_none(daemons: Any) -> None:
    resources = daemons.place.director_resources
    path = resources / "director" / "bareos-dir.conf"
    path.write_text(
        path.read_text().rstrip().removesuffix("}") + "Maximum Console Connections = 2\n}"
    )
    (resources / "console" / "named.conf").write_text("Console { Name = named; Password = x }")
    root = account_of(daemons)
    named = account(
        root.director, root.address, b"9dd4e461268c8034f5c8564e155c67a6", console="named"
    )
    with daemons.console() as first, daemons.console() as second:
        first.json("reload")
        assert "Version: " in second.call("version")
        refused(lambda: Console.connect(named))
        with daemons.console() as third:
            assert "Version: " in third.call("version")
    wait_until(lambda: _connects(named))


def _connects(named: Account) -> bool:
    try:
        with Console.connect(named):
            return True
    except BarqueError:
        return False


def test_half_sent_frames_and_silence_are_left_alone(daemons: Any) -> None:
    channels = [reach(account_of(daemons)) for _ in range(20)]
    for number, channel in enumerate(channels):
        channel.write_raw(b"\x00\x00\x00\x20Hello"[: number % 9])
        channel.flush()
    with daemons.console() as console:
        assert "Version: " in console.call("version")
    for channel in channels:
        channel.close()
