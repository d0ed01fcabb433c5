"""Types what was typed when the transcripts were recorded: layout, wording, names, types, order."""

from pathlib import Path

import pytest

from barque.catalog import Source, SQLiteSource
from barque.testing.compatibility import differences
from barque.testing.compatibility.shape import shape
from barque.testing.compatibility.transcript import transcripts
from barque.testing.compatibility.transcript_replay import replay
from barque.testing.postgresql import Cluster

TRANSCRIPTS = Path(__file__).parents[1] / "golden" / "transcripts"
ENGINES = ("sqlite", "postgresql")


@pytest.mark.parametrize("engine", ENGINES)
def test_answers_have_the_recorded_shape(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    source: Source = SQLiteSource(tmp_path / "catalog.db")
    if engine == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.copy("template_catalog", "transcripts")
        source = cluster.source("transcripts")
    other = {
        f"{found.transcript.number:03}": found.differences
        for found in replay(TRANSCRIPTS, tmp_path, source)
        if found.differences
    }
    known = differences.keys(differences.TRANSCRIPTS, engine)
    assert other.keys() == known, {key: other[key] for key in other.keys() - known}


def test_every_transcript_is_read() -> None:
    found = transcripts(TRANSCRIPTS)
    assert len(found) == len(list(TRANSCRIPTS.glob("*.txt"))) == 289
    assert all(len(one.plain.answers) == 1 for one in found)
    assert all(len(one.programs.lines) == len(one.programs.answers) for one in found)


TABLE = """\
+-------+------+----------+
| jobid | name | jobbytes |
+-------+------+----------+
|     1 | docs |   12,345 |
+-------+------+----------+
"""
JSON = """\
{
  "jobs": [
    {
      "jobid": "1",
      "priority": 10,
      "enabled": true
    }
  ]
}
"""


@pytest.mark.parametrize(
    ("text", "there", "instead"),
    [
        (TABLE, "jobid", "jobno"),
        (TABLE, "| jobid | name |", "| name | jobid |"),
        (TABLE, "|     1 |", "| 1     |"),
        (TABLE, "|     1 |", "|    1 |"),
        (TABLE, "| docs |", "| mail |"),
        (TABLE, "|   12,345 |", "|        - |"),
        (JSON, '"1"', "1"),
        (JSON, "10", '"10"'),
        (JSON, "10", "null"),
        (JSON, "true", '"yes"'),
        (JSON, '      "priority": 10,\n', ""),
        (JSON, '"priority"', '"Priority"'),
        (JSON, '"jobid": "1",\n      "priority": 10', '"priority": 10,\n      "jobid": "1"'),
        ("Job queued. JobId=6\n", "queued", "started"),
        ("Name\nLevel\n", "Name\nLevel", "Level\nName"),
    ],
)
def test_another_shape_is_noticed(text: str, there: str, instead: str) -> None:
    other = text.replace(there, instead, 1)
    assert other != text
    assert shape(other) != shape(text)


@pytest.mark.parametrize(
    ("text", "there", "instead"),
    [
        (TABLE, "|     1 |", "|     2 |"),
        (TABLE, "12,345", "99,999"),
        (JSON, '"1"', '"271"'),
        ("at 2026-11-22 18:08:27, Job=docs.2026-11-22_18.08.27_03\n", "18", "19"),
        ("You have messages.\nquit\n", "You have messages.\n", ""),
    ],
)
def test_another_run_has_the_same_shape(text: str, there: str, instead: str) -> None:
    other = text.replace(there, instead, 1)
    assert other != text
    assert shape(other) == shape(text)
