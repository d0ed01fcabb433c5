"""No line that a console types does harm: each is answered, in the frames that its form asks for."""

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from barque.catalog import SQLiteSource, open_catalog
from barque.config.load import DirectorConfig, load_director
from barque.director.commands.table import COMMANDS
from barque.director.console_server import identity_of
from barque.director.output import ApiMode
from barque.director.services import ConsoleIdentity, DaemonIdentity
from barque.director.session import ConsoleSession
from barque.testing.catalog import load_dump
from barque.testing.director import Frame, MemoryDirector, ScriptedPeer

GOLDEN = Path(__file__).parents[1] / "golden"
NOW = 1795375893.0
MISTAKE = "failed by a mistake in barque"

ENDLESS = {"configure", "wait"}
"""Commands that write files, or wait."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> DirectorConfig:
    etc = tmp_path_factory.mktemp("configuration") / "etc"
    shutil.copytree(GOLDEN / "config" / "etc", etc)
    return load_director(etc)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalog") / "frozen.db"
    with open_catalog(SQLiteSource(path)) as catalog:
        load_dump(catalog.store, (GOLDEN / "catalog" / "catalog.sql").read_text("utf-8"))
    return path


KEYWORDS = [
    "job",
    "jobid",
    "jobname",
    "ujobid",
    "client",
    "fd",
    "fileset",
    "pool",
    "storage",
    "sd",
    "volume",
    "volumes",
    "level",
    "jobstatus",
    "jobtype",
    "days",
    "hours",
    "since",
    "before",
    "limit",
    "offset",
    "count",
    "last",
    "reverse",
    "current",
    "enabled",
    "disabled",
    "order",
    "select",
    "all",
    "done",
    "yes",
    "where",
    "file",
    "directory",
    "path",
    "pathid",
    "fname",
    "fileid",
    "dirid",
    "hardlink",
    "copies",
    "versions",
    "catalog",
    "schedule",
    "scheduler",
    "item",
    "query",
    "type",
    "name",
    "state",
    "slot",
    "slots",
    "drive",
    "mediatype",
    "fields",
    "filter",
    "comment",
    "restorejob",
    "replace",
    "pluginoptions",
    "regexwhere",
    "strip_prefix",
    "add_prefix",
    "add_suffix",
    "fileregex",
    "restoreclient",
    "backupformat",
    "priority",
    "when",
    "accurate",
    "listing",
    "until_jobid",
    "since_jobid",
    "timeout",
    "joblog",
    "jobs",
    "files",
    "media",
    "pools",
    "clients",
    "backups",
    "nextvolume",
    "poolid",
    "mediaid",
    "volstatus",
    "volretention",
    "frompool",
    "actiononpurge",
    "stats",
    "subscriptions",
    "plugins",
    "dir",
    "sub",
    "conf",
    "header",
    "running",
    "terminated",
    "compact",
    "on",
    "off",
    "verbose",
]

ODD = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                "0",
                "-1",
                "1",
                "2,3",
                "1-3",
                "99999999999999999999",
                "1e400",
                "nan",
                "+1",
                "1.5",
            ),
            *(
                "*",
                "*all*",
                "%",
                "'",
                '"',
                "\\",
                "a'b",
                "; drop table job",
                "$(id)",
                "\x00",
                "\x01",
            ),
            *("backup-tree", "alpha-fd", "Tree", "Full", "File1", "Full-0001", "Weekly", "nosuch"),
            *("2026-11-22 18:45:00", "0000-00-00 00:00:00", "9999-99-99 99:99:99", "yes", "no"),
            *("/srv/golden/tree/", "\udcff\udc80", "日本語", "b20000001", "T", "F", "x" * 200),
        ]
    ),
    st.text(max_size=12),
    st.integers().map(str),
    st.binary(max_size=8).map(lambda data: data.decode("utf-8", "surrogateescape")),
)


def word(keyword: str, value: str | None, quoted: bool) -> str:
    if value is None:
        return keyword
    return f'{keyword}="{value}"' if quoted else f"{keyword}={value}"


WORDS = st.builds(
    word, st.one_of(st.sampled_from(KEYWORDS), ODD), st.one_of(st.none(), ODD), st.booleans()
)
LINES = st.builds(
    lambda name, words: " ".join([name, *words]),
    st.sampled_from([command.name for command in COMMANDS if command.name not in ENDLESS]),
    st.lists(WORDS, max_size=6),
)


def recorded_lines() -> list[str]:
    """Return what consoles typed when the answers of the reference were recorded."""
    found = set()
    for name in ("readonly", "dialogues"):
        for text in (GOLDEN / "console" / f"{name}.jsonl").read_text("utf-8").splitlines():
            record = json.loads(text)
            steps = record.get("steps", [])
            found.add(record.get("command") or next(s["send"] for s in steps if "send" in s))
    return sorted(line for line in found if line.split()[0] not in ENDLESS)


def spoiled(line: str, place: int, odd: str, only_value: bool) -> str:
    """Return *line* with one of its words, or the value in it, replaced."""
    words = line.split(" ")
    index = place % len(words)
    keyword, equals, _ = words[index].partition("=")
    words[index] = f"{keyword}={odd}" if only_value and equals else odd
    return " ".join(words)


SPOILED = st.builds(
    spoiled, st.sampled_from(recorded_lines()), st.integers(0, 9), ODD, st.booleans()
)
ANSWERS = st.lists(st.one_of(ODD, st.sampled_from(["1", "2", "3", ".", "done", "yes"])), max_size=8)


def frames_of(
    frozen: Path, config: DirectorConfig, console: str, api: int, lines: list[str]
) -> list[list[Frame]]:
    path = frozen.with_name(f"{os.getpid()}.db")
    shutil.copy(frozen, path)
    identity = ConsoleIdentity()
    if console:
        identity = identity_of(config.consoles[console], console)
    with open_catalog(SQLiteSource(path)) as catalog:
        peer = ScriptedPeer(lines)
        director = MemoryDirector(config, catalog, NOW, DaemonIdentity("26.0.0", "today", "Linux"))
        session = ConsoleSession(director, peer, identity)
        session.out.mode = ApiMode(api)
        session.run()
    return peer.received[1:]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    line=st.one_of(LINES, SPOILED, st.sampled_from(recorded_lines())),
    answers=ANSWERS,
    api=st.sampled_from([0, 1, 2]),
    console=st.sampled_from(["", "operator"]),
)
def test_every_line_is_answered(
    frozen: Path,
    config: DirectorConfig,
    line: str,
    answers: list[str],
    api: int,
    console: str,
) -> None:
    received = frames_of(frozen, config, console, api, [line, *answers])
    texts = [frame for frames in received for frame in frames if isinstance(frame, str)]
    assert not [text for text in texts if MISTAKE in text]
    if api == 2 and received:
        for text in texts:
            if text.startswith("{\n"):
                assert json.loads(text)["jsonrpc"] == "2.0"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=60), api=st.sampled_from([0, 1, 2]))
def test_any_bytes_are_answered(
    frozen: Path, config: DirectorConfig, data: bytes, api: int
) -> None:
    received = frames_of(frozen, config, "", api, [data.decode("utf-8", "surrogateescape")])
    assert not any(
        MISTAKE in frame for frames in received for frame in frames if isinstance(frame, str)
    )
