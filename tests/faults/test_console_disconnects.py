"""A console that goes away at any question leaves nothing locked and nothing half done."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from barque.catalog import SQLiteSource
from barque.config.load import load_director
from barque.testing.clock import in_utc
from barque.testing.compatibility.copies import SQLiteCopies, opened
from barque.testing.compatibility.frames import Record
from barque.testing.compatibility.golden import Golden, director_over, replay

pytestmark = pytest.mark.slow

GOLDEN = Golden(Path(__file__).parents[1] / "golden")
ASKS = {"restore", "run", "label", "delete", "purge", "prune", "update", "sqlquery", "query"}


@pytest.fixture(scope="module", autouse=True)
def utc() -> Iterator[None]:
    """Everything was recorded in UTC."""
    with in_utc():
        yield


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> SQLiteCopies:
    return SQLiteCopies(tmp_path_factory.mktemp("copies"), GOLDEN.dump)


def typed(record: Record) -> list[str]:
    return [step["send"] for step in record["steps"] if "send" in step]


def questions() -> list[Record]:
    """Return the dialogues in which the Director asks something."""
    return [
        record
        for record in GOLDEN.dialogues()
        if len(typed(record)) > 1 and typed(record)[0].split()[0] in ASKS
    ]


def check_that_anybody_may_write(path: Path) -> None:
    """Take the lock of the catalog at once, as another program would."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def test_every_question_may_be_left_unanswered(copies: SQLiteCopies, tmp_path: Path) -> None:
    cuts = 0
    etc = tmp_path / "etc"
    for record in questions():
        shutil.copytree(GOLDEN.etc, etc)
        lines = typed(record)
        source = copies.take()
        assert isinstance(source, SQLiteSource)
        with opened(source) as catalog:
            whole = director_over(catalog, load_director(etc))
            for cut in range(1, len(lines)):
                replay(whole, record, lines[:cut])
                check_that_anybody_may_write(source.path)
                heard = replay(whole, {"console": "default", "api": 0}, ["list jobs"])
                assert "jobid" in str(heard), (record["id"], cut)
                cuts += 1
        shutil.rmtree(etc)
    assert cuts > 200
