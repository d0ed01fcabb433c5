import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from barque.catalog import Catalog, SQLiteSource, open_catalog
from barque.catalog.jobs import JobKey
from barque.director.level import (
    NO_DIFFERENTIAL,
    NO_FULL,
    NO_FULL_RECORD,
    NO_FULL_VIRTUAL,
    LevelDecision,
    LevelRules,
    decide,
)
from barque.domain.job import JobType, Level
from barque.testing.catalog import DAY, make_job

KEY = JobKey("job", client_id=1, file_set_id=1)  # type: ignore[arg-type]  # first numbers
FULL, DIFFERENTIAL, INCREMENTAL = Level.FULL, Level.DIFFERENTIAL, Level.INCREMENTAL


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with open_catalog(SQLiteSource(tmp_path / "catalog.db")) as opened:
        yield opened


@dataclass(frozen=True)
class Case:
    """Earlier jobs as ``<level><status><day>``, and what comes of a request on day 20."""

    earlier: str
    asked: Level
    level: Level
    since: int = 0
    """Day."""
    rules: LevelRules = LevelRules()  # noqa: RUF009 - frozen
    messages: tuple[str, ...] = ()


FAILED = "Prior failed job found in catalog. Upgrading to {}.\n"
NONE_YET = (NO_FULL_RECORD, NO_FULL)
RERUN = LevelRules(rerun_failed_levels=True)

CASES = (
    Case("", FULL, FULL),
    Case("", Level.VIRTUAL_FULL, Level.VIRTUAL_FULL),
    Case("", INCREMENTAL, FULL, messages=NONE_YET),
    Case("", DIFFERENTIAL, FULL, messages=NONE_YET),
    Case("Ff3 FE4 FA5", INCREMENTAL, FULL, messages=NONE_YET),
    Case("IT3 DT4", INCREMENTAL, FULL, messages=NONE_YET),
    Case("FT3", INCREMENTAL, INCREMENTAL, 3),
    Case("FW3", INCREMENTAL, INCREMENTAL, 3),
    Case("FT3 FT9", INCREMENTAL, INCREMENTAL, 9),
    Case("FT3 IT5", INCREMENTAL, INCREMENTAL, 5),
    Case("FT3 IT5 If6 IA7", INCREMENTAL, INCREMENTAL, 5),
    Case("FT3 DT5 IT6", DIFFERENTIAL, DIFFERENTIAL, 3),
    Case("FT3 DT5", INCREMENTAL, INCREMENTAL, 5),
    Case("FT3", INCREMENTAL, FULL, 0, LevelRules(17 * DAY), (NO_FULL,)),
    Case("FT3", INCREMENTAL, INCREMENTAL, 3, LevelRules(17 * DAY + 1)),
    Case("FT3", DIFFERENTIAL, FULL, 0, LevelRules(17 * DAY), (NO_FULL,)),
    Case("FT3", INCREMENTAL, Level.VIRTUAL_FULL, 0, LevelRules(0, 17 * DAY), (NO_FULL_VIRTUAL,)),
    Case("FT3", INCREMENTAL, INCREMENTAL, 3, LevelRules(18 * DAY, 17 * DAY)),
    Case("FT3 IT5", INCREMENTAL, DIFFERENTIAL, 3, LevelRules(0, 0, 17 * DAY), (NO_DIFFERENTIAL,)),
    Case("FT3 DT4 IT5", INCREMENTAL, INCREMENTAL, 5, LevelRules(0, 0, 17 * DAY)),
    Case(
        "FT3 DT4 IT5", INCREMENTAL, DIFFERENTIAL, 3, LevelRules(0, 0, 16 * DAY), (NO_DIFFERENTIAL,)
    ),
    Case("FT3 DT4 FT9", INCREMENTAL, INCREMENTAL, 9, LevelRules(0, 0, 12 * DAY)),
    Case("FT3", DIFFERENTIAL, DIFFERENTIAL, 3, LevelRules(0, 0, DAY)),
    Case("FT3 IT5", INCREMENTAL, FULL, 0, LevelRules(DAY, 0, DAY), (NO_FULL,)),
    Case("FT3 Ff5", INCREMENTAL, INCREMENTAL, 3),
    Case("FT3 Ff5", INCREMENTAL, FULL, 0, RERUN, (FAILED.format("Full"),)),
    Case("FT3 DE5", INCREMENTAL, DIFFERENTIAL, 3, RERUN, (FAILED.format("Differential"),)),
    Case("FT3 If5", INCREMENTAL, INCREMENTAL, 3, RERUN),
    Case("FT3 Ff5 IT6", INCREMENTAL, INCREMENTAL, 6, RERUN),
    Case("FT3 Ff5 DA6", INCREMENTAL, DIFFERENTIAL, 3, RERUN, (FAILED.format("Differential"),)),
    Case("FT3 DA5 Ff6", DIFFERENTIAL, FULL, 0, RERUN, (FAILED.format("Full"),)),
    Case("FT3 DA5", DIFFERENTIAL, DIFFERENTIAL, 3, RERUN),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.earlier}-{case.asked.name}")
def test_the_level(catalog: Catalog, case: Case) -> None:
    decision = decided(catalog, case)
    assert decision.level is case.level
    assert decision.since == case.since * DAY
    assert decision.messages == case.messages


def decided(catalog: Catalog, case: Case) -> LevelDecision:
    for word in case.earlier.split():
        make_job(catalog, word[0], int(word[2:]), status=word[1])
    return decide(case.asked, KEY, catalog.jobs, case.rules, 20 * DAY)


def test_the_note_says_where_the_level_and_the_time_come_from(catalog: Catalog) -> None:
    raised = decided(catalog, Case("", INCREMENTAL, FULL))
    assert raised.note == " (upgraded from Incremental)"
    plain = decided(catalog, Case("FT3", INCREMENTAL, INCREMENTAL))
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(3 * DAY))
    assert plain.note == f", since={since}"
    rules = LevelRules(max_diff_interval=DAY)
    both = decide(INCREMENTAL, KEY, catalog.jobs, rules, 20 * DAY)
    assert both.note == f" (upgraded from Incremental), since={since}"


def test_the_job_that_the_time_comes_from_is_named(catalog: Catalog) -> None:
    decision = decided(catalog, Case("FT3 IT5", INCREMENTAL, INCREMENTAL))
    assert (decision.previous_job, decision.previous_job_id) == ("job.5.one", 2)


def test_jobs_of_other_names_clients_and_filesets_do_not_count(catalog: Catalog) -> None:
    make_job(catalog, "F", 1, job_type=JobType.ARCHIVE)
    make_job(catalog, "F", 2, client="two")
    make_job(catalog, "F", 3, md5="b")
    for key in (KEY, JobKey("other", KEY.client_id, KEY.file_set_id)):
        assert decide(INCREMENTAL, key, catalog.jobs, LevelRules(), 9 * DAY).level is FULL
