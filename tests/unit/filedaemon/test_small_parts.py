"""Level words, clock offsets, rate limits, batches, the accurate list."""

import os
import socket
import threading
from pathlib import Path

import pytest

from barque.domain.job import Level
from barque.errors import ConnectionLostError, RemoteProtocolError
from barque.filedaemon.accurate import AccurateList, differs
from barque.filedaemon.outbox import BATCH, Outbox
from barque.filedaemon.pace import Pace
from barque.filedaemon.since import LevelWords, SinceTime, measure_offset, parse_level
from barque.formats.attributes import pack_status, status_of
from barque.transport.channel import Channel
from barque.wire.framing import Signal


def test_level_words() -> None:
    assert parse_level("full  mtime_only=0 ") == LevelWords(Level.FULL, False, False)
    assert parse_level("accurate_incremental  mtime_only=0 ") == LevelWords(
        Level.INCREMENTAL, True, False
    )
    assert parse_level("differential rerunning mtime_only=0 ").rerunning  # type: ignore[union-attr]
    assert parse_level("base  mtime_only=0") == LevelWords(Level.BASE, False, False)
    since = "since_utime 1795370414 mtime_only=1 prev_job=prev.2026-01-01"
    assert parse_level(since) == SinceTime(1795370414, True, "prev.2026-01-01")


@pytest.mark.parametrize("words", ["", "sometimes", "since_utime x", "accurate_"])
def test_levels_that_are_none(words: str) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_level(words)


def answer_times(answers: list[bytes]) -> float:
    """Return the offset measured with a peer that gives *answers* at time 100 of our clock."""
    ours, theirs = socket.socketpair()
    peer = Channel(theirs, peer="director")

    def serve() -> None:
        for answer in answers:
            assert peer.receive(20) is Signal.BTIME
            peer.send(answer)
            peer.flush()
        assert peer.receive(20) in (Signal.EOD, Signal.BTIME)

    thread = threading.Thread(target=serve)
    thread.start()
    with Channel(ours, peer="fd") as channel:
        try:
            offset = measure_offset(channel, lambda: 100.0)
            channel.flush()
        finally:
            channel.abort()
            peer.abort()
    thread.join()
    peer.close()
    return offset


def test_the_offset_of_the_clocks_without_the_first_answers() -> None:
    slow, steady = b"btime 1000000\n", b"btime 95000000\n"
    assert answer_times([slow, slow] + [steady] * 8) == 5.0


def test_limits_are_kept_on_average_and_can_be_lifted() -> None:
    now = [0.0]
    waits: list[float] = []
    pace = Pace(1000, clock=lambda: now[0])

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    pace._changed.wait = wait  # type: ignore[method-assign, assignment]
    pace.wait(500)
    pace.wait(1500)
    assert sum(waits) == 2.0
    pace.set_limit(0)
    pace.wait(10**9)
    pace.set_limit(1)
    pace.release()
    pace.wait(10**9)
    assert sum(waits) == 2.0


def test_batches_keep_order_and_size() -> None:
    sent: list[bytes] = []
    outbox = Outbox(lambda view: sent.append(bytes(view)))
    for number in range(300):
        outbox.write(b"%06d" % number * 1000)
    outbox.write(os.urandom(1) * (2 * BATCH + 5))
    outbox.finish()
    whole = b"".join(sent)
    assert whole.startswith(b"".join(b"%06d" % number * 1000 for number in range(300)))
    assert len(whole) == 300 * 6000 + 2 * BATCH + 5
    assert all(len(batch) <= BATCH for batch in sent)
    assert len(sent) < 10


def test_what_sending_raised_comes_back() -> None:
    def fail(_view: memoryview) -> None:
        raise ConnectionLostError("gone")

    outbox = Outbox(fail)
    with pytest.raises(ConnectionLostError):
        for _ in range(50):
            outbox.write(bytes(BATCH))
    outbox.abandon()
    outbox = Outbox(fail)
    outbox.write(b"x")
    with pytest.raises(ConnectionLostError):
        outbox.finish()

    def crash(_view: memoryview) -> None:
        raise ValueError("bug")

    outbox = Outbox(crash)
    outbox.write(b"x")
    with pytest.raises(ConnectionLostError, match="bug"):
        outbox.finish()


def test_the_accurate_list(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x")
    stat = file.lstat()
    status = pack_status(status_of(stat))
    accurate = AccurateList()
    accurate.add(b"/f\0" + status + b"\0digest\0000")
    accurate.add(b"/short\0" + status)
    accurate.add(b"/damaged\0?")
    assert len(accurate) == 3
    assert accurate.find(b"/f") == (status_of(stat), "digest")
    assert accurate.find(b"/short") == (status_of(stat), "")
    assert accurate.find(b"/damaged") is None
    assert accurate.find(b"/other") is None
    accurate.mark(b"/f")
    assert [path for path, _ in accurate.missing()] == [b"/short"]
    assert [path for path, _ in accurate.seen()] == [b"/f"]
    for entry in (b"", b"/f", b"\0x"):
        with pytest.raises(RemoteProtocolError):
            accurate.add(entry)


def test_what_is_compared(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x")
    stat = file.lstat()
    same = status_of(stat)
    assert not differs("ipnugsamcd", same, stat)
    assert differs("A", same, stat)
    changes = {
        "i": same._replace(inode=1),
        "p": same._replace(mode=0),
        "n": same._replace(links=9),
        "u": same._replace(user_id=9),
        "g": same._replace(group_id=9),
        "s": same._replace(size=9),
        "a": same._replace(accessed=9),
        "m": same._replace(modified=9),
        "c": same._replace(changed=9),
        "d": same._replace(size=9),
    }
    for letter, old in changes.items():
        assert differs(letter, old, stat), letter
        assert not differs("".join(set("ipnugamc") - {letter}), old, stat) or letter in "sd"
    assert not differs("d", same._replace(size=0), stat)
