"""Volumes whose retention is over."""

import json

import pytest

from barque.testing.terminal import Terminal


def expire(terminal: Terminal, name: str, status: str = "Full") -> int:
    """Make every job on a Volume too old for it."""
    volume = terminal.catalog.volumes.find(name)
    assert volume
    terminal.catalog.volumes.update(volume.media_id, vol_status=status, vol_retention=1)
    return volume.media_id


def status(terminal: Terminal, name: str) -> str:
    volume = terminal.catalog.volumes.find(name)
    assert volume
    return volume.vol_status


def test_an_expired_volume_is_purged(terminal: Terminal) -> None:
    expire(terminal, "Diff-0003")
    shown = terminal.text("prune volume=Diff-0003 yes")
    assert shown.splitlines() == [
        "The current Volume (Diff-0003) retention period is: 1 sec",
        'Volume "Diff-0003" has Volume Retention of 1 sec. and has 1 jobs that will be pruned',
        "Pruning volume Diff-0003: 1 Jobs have expired and can be pruned.",
        "Purging the following 1 JobIds: 3",
        'There are no more Jobs associated with Volume "Diff-0003". Marking it purged.',
        'Volume "Diff-0003" contains no jobs after pruning.',
    ]
    assert status(terminal, "Diff-0003") == "Purged"


def test_jobs_within_their_retention_stay(terminal: Terminal) -> None:
    media_id = expire(terminal, "Full-0001")
    terminal.catalog.volumes.update(media_id, vol_retention=86_400 * 365)
    shown = terminal.text("prune volume=Full-0001 yes")
    assert "Pruning volume Full-0001: 0 Jobs have expired and can be pruned.\n" in shown
    assert shown.endswith('Volume "Full-0001" still contains jobs after pruning.\n')
    assert status(terminal, "Full-0001") == "Full"


def test_a_volume_that_reached_a_limit_counts_as_used(terminal: Terminal) -> None:
    media_id = expire(terminal, "Diff-0003", "Append")
    terminal.catalog.volumes.update(media_id, max_vol_jobs=1)
    assert "contains no jobs after pruning" in terminal.text("prune volume=Diff-0003 yes")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"enabled": 2}, 'Cannot prune Volume "Full-0001" because it is archived.\n'),
        ({"vol_status": "Append"}, "needs to be Full or Used.\n"),
        (
            {"vol_status": "Full", "first_written": 0, "last_written": 0},
            "then call 'purge volume=\"Full-0001\"'\n",
        ),
    ],
)
def test_what_cannot_be_pruned(terminal: Terminal, fields: dict[str, object], text: str) -> None:
    volume = terminal.catalog.volumes.find("Full-0001")
    assert volume
    terminal.catalog.volumes.update(volume.media_id, **fields)
    assert terminal.text("prune volume=Full-0001 yes").endswith(text)
    assert "error" in json.loads(terminal.text("prune volume=Full-0001 yes", api=2))


def test_all_volumes_of_a_pool(terminal: Terminal) -> None:
    expire(terminal, "Incr-0002")
    shown = terminal.text("prune volume all pool=Incremental yes")
    assert "(Incr-0002)" in shown
    assert "(Incr-old)" in shown
    assert "Full-0001" not in shown
    assert terminal.text("prune volume all", "no") == ""


def test_volumes_that_are_not_there(terminal: Terminal) -> None:
    assert terminal.text("prune volume=nosuch yes").endswith('Volume "nosuch" not found.\n')
    shown = terminal.text("prune volume=Full-0001 pool=Copies yes")
    assert shown == 'Volume "Full-0001" is not in Pool "Copies".\n'


@pytest.mark.parametrize("answer", ["1", "Incr-0002", "all", " 1 , Incr-0002"])
def test_prunable_volumes_of_a_pool_can_be_chosen(terminal: Terminal, answer: str) -> None:
    expire(terminal, "Incr-0002")
    shown = terminal.text("prune volume pool=Incremental")
    assert "  1: Incr-0002 | lastwritten=2026-11-22 18:46:45 | jobs=2 | bytes=" in shown
    shown = terminal.text("prune volume pool=Incremental yes", answer)
    assert shown.endswith('Volume "Incr-0002" contains no jobs after pruning.\n')


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("", "No volumes selected.\n"),
        ("2", 'Invalid prune selection "2".\n'),
        ("Incr-old", 'Volume "Incr-old" is not currently prunable in Pool "Incremental".\n'),
    ],
)
def test_choices_that_make_no_sense(terminal: Terminal, answer: str, text: str) -> None:
    expire(terminal, "Incr-0002")
    assert terminal.text("prune volume pool=Incremental yes", answer) == text
    assert status(terminal, "Incr-0002") == "Full"


def test_a_pool_with_nothing_to_prune(terminal: Terminal) -> None:
    assert terminal.text("prune volume pool=Full") == (
        'No prunable volumes found in Pool "Full".\n'
    )
