"""Several hundred consoles at one Director; one that reads nothing, and some that guess."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from barque.config.load import load_console
from barque.console.account import Account, account
from barque.console.choice import choices_of
from barque.console.client import Console
from barque.console.login import reach
from barque.errors import BarqueError
from barque.local.jobs import job_id_in
from barque.local.path_jobs import path_job
from barque.testing.daemons import finished, wait_until

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


def test_two_restores_at_once_bring_back_what_each_asked_for(daemons: Any, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("one", "two"):
        (data / name).write_text(name * 1000)
    assert daemons.backup(data).status == "T"
    fileset = path_job([str(data)]).fileset
    targets = {name: tmp_path / f"restored-{name}" for name in ("one", "two")}
    with daemons.console() as first, daemons.console() as second:
        consoles = dict(zip(targets, (first, second), strict=True))
        for name, console in consoles.items():
            where = f"where={targets[name]}"
            said(console, f"restore client=bareos-fd fileset={fileset} {where} select current")
        for name, console in consoles.items():
            said(console, f"cd {data}")
            assert "1 file newly marked" in said(console, f"mark {name}")
        jobs = [
            job_id_in("yes", said(console, "done") + said(console, "yes"))
            for console in consoles.values()
        ]
        assert len(set(jobs)) == 2
        for job_id in jobs:
            assert finished(first, job_id).status == "T"
    for name, target in targets.items():
        restored = target / data.relative_to("/")
        assert [path.name for path in restored.iterdir()] == [name]
        assert (restored / name).read_text() == name * 1000


def said(console: Console, line: str) -> str:
    """Say something in a dialogue, which goes on."""
    return "".join(console.stream(line))
