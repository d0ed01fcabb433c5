"""The level of a job, and the moment since which files count as changed.

Source: daemon protocol, section 3.4.
"""

import re
from dataclasses import dataclass
from typing import Final

from barque.domain.job import Level
from barque.errors import RemoteProtocolError
from barque.filedaemon.job import Clock
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.message import shorten

_ROUNDS: Final = 10
_IGNORED_ROUNDS: Final = 2
"""The first answers take longer than the others."""
_PATIENCE: Final = 180.0
"""Second; for each answer."""

_WORDS: Final = {
    "base": Level.BASE,
    "full": Level.FULL,
    "differential": Level.DIFFERENTIAL,
    "incremental": Level.INCREMENTAL,
}

_SINCE: Final = re.compile(r"since_utime (\d{1,19}) mtime_only=(\d)(?: prev_job=(\S+))?")


@dataclass(frozen=True, slots=True)
class SinceTime:
    """``level = since_utime``: files changed since then are saved."""

    at: int
    """s since 1970, by the Director's clock."""
    mtime_only: bool
    previous_job: str


@dataclass(frozen=True, slots=True)
class LevelWords:
    """``level = full`` and the like."""

    level: Level
    accurate: bool
    rerunning: bool


def parse_level(words: str) -> SinceTime | LevelWords:
    """Return what a level command says; raises RemoteProtocolError."""
    since = _SINCE.match(words.strip())
    if since:
        return SinceTime(int(since[1]), since[2] == "1", since[3] or "")
    first = words.split(maxsplit=1)[:1]
    word = first[0] if first else ""
    level = _WORDS.get(word.removeprefix("accurate_"))
    if level is None:
        raise RemoteProtocolError(f"unknown level «{words.strip()[:80]}»")
    return LevelWords(level, word.startswith("accurate_"), " rerunning" in f" {words}")


def measure_offset(channel: Channel, clock: Clock) -> float:
    """Return by how many seconds this machine's clock is ahead of the Director's.

    Asks ten times and averages the last eight; ends the questions with EOD.
    """
    offsets = []
    for _ in range(_ROUNDS):
        asked = clock()
        channel.signal(Signal.BTIME)
        answer = channel.receive(_PATIENCE)
        answered = clock()
        found = None if isinstance(answer, Signal) else re.match(rb"btime (\d{1,19})", answer)
        if found is None:
            shown = answer.name if isinstance(answer, Signal) else shorten(answer)
            raise RemoteProtocolError(f"expected the Director's time, got «{shown}»")
        offsets.append((asked + answered) / 2 - int(found[1]) / 1e6)
    channel.signal(Signal.EOD)
    counted = offsets[_IGNORED_ROUNDS:]
    return sum(counted) / len(counted)
