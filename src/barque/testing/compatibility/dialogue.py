"""Holds recorded dialogues again, each from the recorded catalog on, and what they leave."""

import shutil
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from barque.catalog import Catalog, Source
from barque.catalog.schema import TABLE
from barque.config.load import load_director
from barque.director.output import ApiMode
from barque.testing.compatibility.copies import Copies, opened
from barque.testing.compatibility.frames import Record, comparable_step, in_golden, recorded
from barque.testing.compatibility.golden import Golden, director_over, replay
from barque.testing.compatibility.recorded_daemons import RecordedDaemons
from barque.testing.director import Frame

type Rows = dict[str, Counter[tuple[object, ...]]]
"""The rows of each table."""


@dataclass
class Conversation:
    """One dialogue, held again."""

    record: Record
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

    @cached_property
    def difference(self) -> tuple[int, list[Frame], list[Frame]] | None:
        """The first answer that is another one: its number, what was said, what is said."""
        for number, want in enumerate(self.want):
            got = self.got[number] if number < len(self.got) else []
            pair = [comparable_step(frames) for frames in (want, got)]
            if pair[0] != pair[1]:
                return number, pair[0], pair[1]
        return None

    @property
    def changed_alike(self) -> bool:
        """Tell whether as many rows went and came in each table."""
        if self.runs:
            return True
        tables = self.record["catalog_rows"].items()
        return self.changes == {name: rows for name, rows in tables if name in TABLE}


def hold(golden: Golden, record: Record, copies: Copies, folder: Path) -> Conversation:
    """Hold a dialogue on a copy of the recorded catalog; *folder* takes the configuration."""
    etc = folder / record["id"]
    shutil.copytree(golden.etc, etc)
    source = copies.take()
    conversation = _hold(record, source, etc)
    if not conversation.changes:
        copies.give_back(source)
    shutil.rmtree(etc)
    return conversation


def _hold(record: Record, source: Source, etc: Path) -> Conversation:
    config = load_director(etc)
    sends = [step["send"] for step in record["steps"] if "send" in step]
    with opened(source) as catalog:
        before = rows_of(catalog)
        director = director_over(catalog, config)
        director.lines = RecordedDaemons(
            [
                [frame["text"] for frame in step.get("recv", ()) if "text" in frame]
                for step in record["steps"]
            ],
            programs=record["api"] == ApiMode.JSON,
        )
        got = replay(director, record, sends)
        changed = _changes(before, rows_of(catalog))
    said = [in_golden(etc, frames) for frames in got]
    return Conversation(record, said, changed, runs=bool(director.runs))


def rows_of(catalog: Catalog) -> Rows:
    """Return the rows of each table, whatever their order."""
    return {name: Counter(catalog.store.rows(f"SELECT * FROM {name}")) for name in TABLE}


def _changes(before: Rows, after: Rows) -> dict[str, list[int]]:
    """Return how many rows of each table went and came."""
    found = {
        name: [(before[name] - after[name]).total(), (after[name] - before[name]).total()]
        for name in before
    }
    return {name: counts for name, counts in found.items() if any(counts)}
