"""Recorded data of consoles, and the Director that answers the same commands again."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from barque.catalog import Catalog
from barque.config.load import DirectorConfig, load_director
from barque.director.access import EVERYTHING
from barque.director.console_server import identity_of
from barque.director.output import ApiMode
from barque.director.plan import next_volume
from barque.director.services import ConsoleIdentity, DaemonIdentity, TerminatedJob
from barque.director.session import ConsoleSession
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.compatibility.copies import Copies, opened
from barque.testing.compatibility.frames import Record, in_golden, matches
from barque.testing.director import Ending, Frame, MemoryDirector, ScriptedPeer

NOW: Final = 1795375893.0
"""2026-11-22 19:31:33 UTC: shortly after the recording."""

IDENTITY: Final = DaemonIdentity(
    version="26.0.0~pre1298.eda204c31",
    date="21 August 2026",
    system="Debian GNU/Linux 12 (bookworm)",
    distribution="debian",
    distribution_version="Debian GNU/Linux 12 (bookworm)",
    binary_info="self-compiled",
)
"""Who answered."""

_TERMINATED: Final = (
    (6, "restore-files", "R", " ", 31, 8998),
    (7, "verify-tree", "V", "O", 11, 0),
    (8, "backup-ai", "B", "F", 9, 427),
    (9, "copy-full", "c", "F", 0, 0),
    (10, "copy-full", "c", "I", 29, 7890),
    (11, "backup-tree", "B", "D", 29, 7890),
    (12, "copy-full", "c", "I", 9, 1605),
    (13, "backup-ai", "B", "F", 9, 1605),
    (14, "admin-noop", "D", " ", 0, 0),
    (16, "backup-ai", "B", "I", 2, 124),
)
"""What the Director remembered of ended jobs."""

_ENDING: Final = Ending(files=1, size=30, seconds=1)
"""How the jobs ended that dialogues waited for."""

_RELAYED: Final = re.compile(
    r"\.?status (?P<kind>client|storage)=(?P<name>\S+)(?: (?P<option>\S+))?"
)
"""Commands that a daemon answers."""


@dataclass(frozen=True, slots=True)
class Golden:
    """The folder with recorded data: configuration, catalog, commands and dialogues."""

    folder: Path

    @property
    def etc(self) -> Path:
        """The recorded configuration."""
        return self.folder / "config" / "etc"

    @property
    def dump(self) -> str:
        """The recorded catalog, as SQL."""
        return (self.folder / "catalog" / "catalog.sql").read_text("utf-8")

    @property
    def transcripts(self) -> Path:
        """The folder with the transcripts."""
        return self.folder / "transcripts"

    def commands(self) -> list[Record]:
        """Return the recorded commands that change nothing."""
        return self._records("readonly")

    def dialogues(self) -> list[Record]:
        """Return the recorded dialogues, each from the recorded catalog on."""
        return self._records("dialogues")

    def _records(self, name: str) -> list[Record]:
        text = (self.folder / "console" / f"{name}.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]


def different_commands(golden: Golden, copies: Copies) -> set[str]:
    """Return the numbers of the commands that are answered in another way."""
    config = load_director(golden.etc)
    source = copies.take()
    with opened(source) as catalog:
        found = {
            str(record["id"])
            for record in golden.commands()
            if not matches(record, in_golden(golden.etc, _answer(catalog, config, record)))
        }
    copies.give_back(source)
    return found


def _answer(catalog: Catalog, config: DirectorConfig, record: Record) -> list[Frame]:
    director = director_over(catalog, config)
    director.lines = _relayed(record)
    return replay(director, record, [record["command"]])[0]


def director_over(catalog: Catalog, config: DirectorConfig) -> MemoryDirector:
    """Return the Director as it was when the answers were recorded."""
    director = MemoryDirector(config, catalog, NOW, IDENTITY, started_at=NOW - 300)
    director.next_volume_of = lambda run: next_volume(run, catalog, lambda: NOW)
    director.endings = [_ENDING] * 9
    director.terminated = [
        TerminatedJob(
            JobId(job_id),
            f"{name}.2026-11-22_18.46.00_01",
            JobType(letter),
            Level(level),
            JobStatus.TERMINATED,
            files,
            size,
            ended_at=1795373160.0,
        )
        for job_id, name, letter, level, files, size in _TERMINATED
    ]
    return director


def replay(director: MemoryDirector, record: Record, lines: list[str]) -> list[list[Frame]]:
    """Return the frames that each of *lines* is answered with."""
    peer = ScriptedPeer(lines)
    session = ConsoleSession(director, peer, identity(director.config, record["console"]))
    session.out.mode = ApiMode(record["api"])
    session.run()
    return peer.received[1:]


def identity(config: DirectorConfig, name: str) -> ConsoleIdentity:
    """Return the console *name*; `default` has none, and all rights."""
    if name == "default":
        return ConsoleIdentity("", EVERYTHING)
    return identity_of(config.consoles[name], name)


def _relayed(record: Record) -> dict[str, list[str]]:
    """Return what daemons said in a recorded answer."""
    found = _RELAYED.fullmatch(record["command"])
    texts = [frame["text"] for frame in record["frames"] if "text" in frame]
    if found is None or "Failed to connect" in "".join(texts) or record["api"] == 2:
        return {}
    lines = [text for text in texts if not text.startswith("Connecting to ")]
    key = f"{found['kind'].title()}/{found['name']} .status {found['option'] or ''}".rstrip()
    return {key: lines}
