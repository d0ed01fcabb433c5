"""Emptying Volumes when they are purged."""

import pytest

from barque.testing.terminal import Terminal

LINE = "purge volume=Diff-0003 action=truncate storage=File1 yes"


@pytest.fixture
def big(terminal: Terminal) -> Terminal:
    volume = terminal.catalog.volumes.find("Diff-0003")
    assert volume
    terminal.catalog.volumes.update(volume.media_id, vol_bytes=20_000, action_on_purge=1)
    return terminal


def emptied(terminal: Terminal) -> list[str]:
    return [request.volume for request in terminal.director.labels]


@pytest.mark.parametrize("words", ["allpools", "pool=Differential", "allpools devicetype=File1"])
def test_it_is_emptied_when_it_is_purged(big: Terminal, words: str) -> None:
    assert big.text(f"{LINE} {words}").endswith("The volume 'Diff-0003' has been truncated.\n")
    assert emptied(big) == ["Diff-0003"]


@pytest.mark.parametrize("words", ["pool=Full", "allpools devicetype=LTO"])
def test_other_volumes_are_not_meant(big: Terminal, words: str) -> None:
    shown = big.text(f"{LINE} {words}")
    assert shown.endswith("No Volumes found to perform truncate action.\n")
    assert emptied(big) == []


def test_only_when_the_volume_allows_it(big: Terminal) -> None:
    volume = big.catalog.volumes.find("Diff-0003")
    assert volume
    big.catalog.volumes.update(volume.media_id, action_on_purge=0)
    assert big.text(f"{LINE} allpools").endswith('Unable to truncate volume "Diff-0003"\n')
    assert emptied(big) == []


def test_another_action(big: Terminal) -> None:
    big.text("purge volume=Diff-0003 action=nothing allpools storage=File1 yes")
    assert emptied(big) == []
