"""Replays what consoles of Bareos were answered, frame by frame."""

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from barque.catalog import Catalog, SQLiteSource, open_catalog
from barque.catalog.schema import TABLE
from barque.config.load import DirectorConfig, load_director
from barque.director.access import EVERYTHING
from barque.director.console_server import identity_of
from barque.director.output import ApiMode
from barque.director.plan import next_volume
from barque.director.services import ConsoleIdentity, DaemonIdentity, TerminatedJob
from barque.director.session import ConsoleSession
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.catalog import load_dump
from barque.testing.director import Frame, MemoryDirector, ScriptedPeer

GOLDEN = Path(__file__).parents[1] / "golden"
NOW = 1795375893.0
"""2026-11-22 19:31:33 UTC: shortly after the recording."""

IDENTITY = DaemonIdentity(
    version="26.0.0~pre1298.eda204c31",
    date="21 August 2026",
    system="Debian GNU/Linux 12 (bookworm)",
    binary_info="self-compiled",
)


@pytest.fixture(scope="module", autouse=True)
def utc() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="module")
def config() -> DirectorConfig:
    return load_director(GOLDEN / "config" / "etc")


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file with the frozen catalog."""
    path = tmp_path_factory.mktemp("catalog") / "frozen.db"
    with open_catalog(SQLiteSource(path)) as catalog:
        load_dump(catalog.store, (GOLDEN / "catalog" / "catalog.sql").read_text("utf-8"))
    yield path


TERMINATED = (
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


def director_over(catalog: Catalog, config: DirectorConfig) -> MemoryDirector:
    director = MemoryDirector(config, catalog, NOW, IDENTITY, started_at=NOW - 300)
    director.next_volume_of = lambda run: next_volume(run, catalog, lambda: NOW)
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
        for job_id, name, letter, level, files, size in TERMINATED
    ]
    return director


def identity(config: DirectorConfig, name: str) -> ConsoleIdentity:
    if name == "default":
        return ConsoleIdentity("", EVERYTHING)
    return identity_of(config.consoles[name], name)


def answer(catalog: Catalog, config: DirectorConfig, record: dict[str, Any]) -> list[Frame]:
    director = director_over(catalog, config)
    director.lines = relayed(record)
    return replay(director, record["console"], record["api"], [record["command"]])[0]


def replay(director: MemoryDirector, console: str, api: int, lines: list[str]) -> list[list[Frame]]:
    """Return the frames that each of *lines* is answered with."""
    peer = ScriptedPeer(lines)
    session = ConsoleSession(director, peer, identity(director.config, console))
    session.out.mode = ApiMode(api)
    session.run()
    return peer.received[1:]


def recorded(frames: list[dict[str, Any]]) -> list[Frame]:
    return [frame["text"] if "text" in frame else frame["signal"] for frame in frames]


def without_notice(frames: list[Frame]) -> list[Frame]:
    """Leave out whether messages waited: it depends on what ran before."""
    return [frame for frame in frames if frame not in {-17, "You have messages.\n"}]


SOURCE_LINE = re.compile(r"cats/\w+\.cc:\d+ ")
"""Where in its own source the reference found a mistake."""

UNORDERED = re.compile(
    r"^l?list (volumes|media)( (count|limit=2|enabled))?$|^l?list files |^status conf",
    re.IGNORECASE,
)
"""Lists whose order is that of the rows in a PostgreSQL table, or of files in a directory."""

CHANGING = re.compile(
    r"\w{3} \d\d-\w{3}-\d{4} \d\d:\d\d:\d\d|\d\d-\w{3}-\d\d \d\d:\d\d|\d{4}-\d\d-\d\d[ _]\d\d[.:]\d\d[.:]\d\d|\{SHA256\}[0-9a-f]+"
    rf"|/srv/golden/etc|{re.escape(str(GOLDEN / 'config' / 'etc'))}"
)
"""Times, sums over them, and where the configuration lies."""

PROBE = re.compile(
    r"Probing client protocol\.\.\. \(result will be saved until config reload\)\r?\v?"
)
"""Said by the reference when it tries what a client speaks, which is not needed."""

RELAYED = re.compile(r"\.?status (?P<kind>client|storage)=(?P<name>\S+)(?: (?P<option>\S+))?")
"""Commands that a daemon answers."""


def relayed(record: dict[str, Any]) -> dict[str, list[str]]:
    """Return what daemons said in a recorded answer."""
    found = RELAYED.fullmatch(record["command"])
    texts = [frame["text"] for frame in record["frames"] if "text" in frame]
    if found is None or "Failed to connect" in "".join(texts) or record["api"] == 2:
        return {}
    lines = [text for text in texts if not text.startswith("Connecting to ")]
    key = f"{found['kind'].title()}/{found['name']} .status {found['option'] or ''}".rstrip()
    return {key: lines}


def joined(frames: list[Frame], api: int, command: str) -> list[Frame]:
    """Put text frames together where their boundaries mean nothing."""
    if api == 1 and not command.startswith("show"):
        return frames
    found: list[Frame] = []
    for frame in frames:
        if isinstance(frame, str) and found and isinstance(found[-1], str):
            found[-1] += frame
        else:
            found.append(frame)
    return found


def masked(frames: list[Frame], lines: list[list[Any]]) -> list[Frame]:
    """Blank the lines that depend on clock, host or version."""
    volatile = {(frame, line) for frame, line, *_ in lines}
    return [
        "".join(
            "~\n" if (number, index) in volatile else text
            for index, text in enumerate(frame.splitlines(keepends=True))
        )
        if isinstance(frame, str)
        else frame
        for number, frame in enumerate(frames)
    ]


def comparable(frames: list[Frame], record: dict[str, Any], lines: list[list[Any]]) -> list[Frame]:
    frames = without_notice(masked(frames, lines))
    if record["volatile"] or record["command"].startswith("status"):
        frames = [CHANGING.sub("~", frame) if isinstance(frame, str) else frame for frame in frames]
        frames = [PROBE.sub("", frame) if isinstance(frame, str) else frame for frame in frames]
        frames = [frame for frame in frames if frame not in {"", "\r\v"}]
    found = joined(frames, record["api"], record["command"])
    if UNORDERED.search(record["command"]) and record["api"] == 1:
        found = sorted(frames, key=str)
    elif UNORDERED.search(record["command"]):
        found = [
            "".join(sorted(re.split(r"(?<=\n)", frame))) if isinstance(frame, str) else frame
            for frame in joined(frames, 0, "")
        ]
    return [SOURCE_LINE.sub("", frame) if isinstance(frame, str) else frame for frame in found]


def matches(record: dict[str, Any], got: list[Frame]) -> bool:
    """Tell whether *got* is what was recorded, but for what is volatile."""
    lines = record.get("volatile_lines", []) if record["volatile"] else []
    lines = [] if isinstance(lines, str) else lines
    want = recorded(record["frames"])
    return comparable(want, record, lines) == comparable(got, record, lines)


def rows_of(catalog: Catalog) -> dict[str, Counter[tuple[object, ...]]]:
    """Return the rows of each table."""
    return {name: Counter(catalog.store.rows(f"SELECT * FROM {name}")) for name in TABLE}


def changes(
    before: dict[str, Counter[tuple[object, ...]]], after: dict[str, Counter[tuple[object, ...]]]
) -> dict[str, list[int]]:
    """Return how many rows of each table went and came."""
    found = {
        name: [(before[name] - after[name]).total(), (after[name] - before[name]).total()]
        for name in before
    }
    return {name: counts for name, counts in found.items() if any(counts)}


@dataclass
class Conversation:
    """One dialogue, held again."""

    record: dict[str, Any]
    got: list[list[Frame]]
    changes: dict[str, list[int]]
    """Rows of the catalog that went and came, by table."""
    runs: bool
    """Jobs were started: they leave records of their own."""

    @property
    def sent(self) -> list[str]:
        """What the console typed."""
        return [step["send"] for step in self.record["steps"] if "send" in step]

    @property
    def want(self) -> list[list[Frame]]:
        """What it was answered."""
        return [recorded(step["recv"]) for step in self.record["steps"] if "recv" in step]

    def difference(self) -> tuple[int, list[Frame], list[Frame]] | None:
        """Return the first answer that is another one: its number, what was said, what is said."""
        for number, want in enumerate(self.want):
            got = self.got[number] if number < len(self.got) else []
            pair = [self._comparable(frames) for frames in (want, got)]
            if pair[0] != pair[1]:
                return number, pair[0], pair[1]
        return None

    def _comparable(self, frames: list[Frame]) -> list[Frame]:
        kept = joined(without_notice(frames), self.record["api"], "")
        texts = [SOURCE_LINE.sub("", f) if isinstance(f, str) else f for f in kept]
        return [CHANGING.sub("~", f) if isinstance(f, str) else f for f in texts]

    @property
    def changed_alike(self) -> bool:
        """Tell whether as many rows went and came in each table."""
        if self.runs:
            return True
        tables = self.record["catalog_rows"].items()
        return self.changes == {name: rows for name, rows in tables if name in TABLE}


def hold(record: dict[str, Any], frozen: Path, folder: Path) -> Conversation:
    """Hold a dialogue on a copy of the frozen catalog."""
    path, etc = folder / f"{record['id']}.db", folder / record["id"]
    shutil.copy(frozen, path)
    shutil.copytree(GOLDEN / "config" / "etc", etc)
    config = load_director(etc)
    sends = [step["send"] for step in record["steps"] if "send" in step]
    with open_catalog(SQLiteSource(path)) as catalog, rows_in_order(catalog):
        before = rows_of(catalog)
        director = director_over(catalog, config)
        director.lines = RecordedDaemons(record)
        got = replay(director, record["console"], record["api"], sends)
        changed = changes(before, rows_of(catalog))
    path.unlink()
    said = [in_golden(etc, frames) for frames in got]
    return Conversation(record, said, changed, runs=bool(director.runs))


@contextmanager
def rows_in_order(catalog: Catalog) -> Iterator[None]:
    """Keep Pools in the order that their rows had in the recorded catalog."""
    pools = sorted(catalog.pools.all(), key=lambda pool: POOLS.index(pool.name))
    with patch.object(catalog.pools, "all", lambda: pools):
        yield


POOLS = ("Full", "Differential", "Copies", "Scratch", "Incremental")


def in_golden(etc: Path, frames: list[Frame]) -> list[Frame]:
    """Name the configuration as it was called when the dialogues were recorded."""
    return [f.replace(str(etc), "/srv/golden/etc") if isinstance(f, str) else f for f in frames]


class RecordedDaemons(dict[str, list[str]]):
    """What daemons answered in a recorded dialogue, in order, whatever they are asked."""

    def __init__(self, record: dict[str, Any]) -> None:
        super().__init__()
        self._programs = record["api"] == 2
        self._answers = list(self._read(record))

    def _read(self, record: dict[str, Any]) -> Iterator[list[str] | None]:
        for step in record["steps"]:
            answer: list[str] | None = None
            for frame in step.get("recv", ()):
                text = frame.get("text", "")
                if text.startswith("Connecting to "):
                    if answer is not None:
                        yield answer
                    answer = []
                elif answer is not None and text.startswith("Failed to connect"):
                    yield None
                    answer = None
                elif answer is not None and "text" in frame and not DIRECTOR_SAYS.match(text):
                    answer.append(text)
            if answer is not None:
                yield answer

    def __contains__(self, key: object) -> bool:
        if self._programs:
            return True
        if self._answers and self._answers[0] is None:
            self._answers.pop(0)
            return False
        return bool(self._answers)

    def __getitem__(self, key: str) -> list[str]:
        if self._programs:
            return ["3906 File device is always mounted.\n"] if " mount " in key else []
        if " label " in key and self._answers and self._answers[0]:
            return [self._answers[0].pop(0)]
        return self._answers.pop(0) or []


DIRECTOR_SAYS = re.compile(r"Sending |Catalog record|Device |No |Failed |You have|Requesting ")
"""Lines behind those of a daemon."""


OTHER_ANSWERS = {
    "var": "the reference prints what happens to be in memory",
}
"""Commands that are answered in another way, and why."""

OTHER_DIALOGUES = {
    "d049": "a job type that does not exist is refused",
    "d107": "no job runs here",
    "d108": "no job runs here",
    "d188": "a directive of the catalog is shown once it was given",
    "d189": "likewise",
    "d190": "empty directives are not shown",
    "d191": "likewise",
    "d237": "the catalog says in other words what is wrong with a statement",
    "d246": "the reference prints what happens to be in memory",
    "d260": "the reference counts files once more for each job",
    "d262": "the Pool that the level chooses is shown",
}
"""Dialogues that go another way, and why."""

OTHER_ROWS = {
    "d049": "see above",
    "d090": "the number of Volumes in the Pool is kept up to date",
    "d091": "likewise",
    "d092": "likewise",
    "d096": "what lies on a deleted Volume is forgotten",
}
"""Dialogues that leave other rows in the catalog, and why."""


def test_recorded_answers(config: DirectorConfig, frozen: Path) -> None:
    lines = (GOLDEN / "console" / "readonly.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    with open_catalog(SQLiteSource(frozen)) as catalog:
        wrong = [
            f"{record['id']} {record['command']}"
            for record in records
            if record["command"] not in OTHER_ANSWERS
            and not matches(record, answer(catalog, config, record))
        ]
    assert not wrong


def test_recorded_dialogues(frozen: Path, tmp_path: Path) -> None:
    lines = (GOLDEN / "console" / "dialogues.jsonl").read_text("utf-8").splitlines()
    held = [hold(json.loads(line), frozen, tmp_path) for line in lines]
    wrong = [
        (talk.record["id"], talk.sent, talk.difference())
        for talk in held
        if talk.record["id"] not in OTHER_DIALOGUES and talk.difference()
    ]
    assert not wrong
    changed = [
        (talk.record["id"], talk.changes, talk.record["catalog_rows"])
        for talk in held
        if talk.record["id"] not in OTHER_ROWS and not talk.changed_alike
    ]
    assert not changed
