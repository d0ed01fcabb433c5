import pytest

from barque.config import director
from barque.config.lexer import Source
from barque.config.parser import Parsed, parse
from barque.config.run import Run, show_run
from barque.domain.job import Level


def read(run: str) -> Parsed:
    text = f"Schedule {{ Name = s\nRun = {run}\n}}"
    return parse([Source("test.conf", text)], lambda _include: [], director.RESOURCES)


def one(run: str) -> Run:
    parsed = read(run)
    assert parsed.errors == []
    (schedule,) = parsed.resources
    assert isinstance(schedule, director.Schedule)
    (found,) = schedule.run
    return found


def test_overrides_stand_before_the_times() -> None:
    run = one(
        "Level=Incremental Priority=7 SpoolData=yes MaxRunSchedTime=2h Accurate=no mon at 2:10"
    )
    assert (run.level, run.priority, run.spool_data) == (Level.INCREMENTAL, 7, True)
    assert (run.max_run_sched_time, run.accurate) == (7200, False)
    assert run.times.weekdays == {1}
    assert run.times.hours == {2}
    assert run.times.minute == 10


def test_a_level_needs_no_keyword() -> None:
    assert one("VirtualFull 1st sun at 3:00").level is Level.VIRTUAL_FULL
    assert one("on 1 at 3:00").level is None


def test_a_brace_ends_a_run() -> None:
    parsed = parse(
        [Source("x", "Schedule { Name = s; Run = Full daily at 21:00 }")],
        lambda _include: [],
        director.RESOURCES,
    )
    assert parsed.errors == []
    (schedule,) = parsed.resources
    assert isinstance(schedule, director.Schedule)
    assert schedule.run[0].times.hours == {21}


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("Full", "expected a name, got: end of line"),
        ("Level Full", "Expected an equals, got: Full"),
        ("Level=Half daily", "Job level field: Half not found in run record"),
        ("Half at 3:00", "Job type field: half in run record not found"),
        ("daily at 3:00 Full", "Job type field: full in run record not found"),
        ("Full at 25:00", "Bad time specification."),
        ("Full 3:00", "Time must be preceded by keyword AT."),
        ('Full "mon" at 3:00', "Unexpected token: quoted string:mon"),
        ("Priority=high mon", "expected a positive integer number, got: high"),
        ("SpoolData=perhaps mon", "Expect YES or NO, got: perhaps"),
        ("MaxRunSchedTime=soon mon", "expected a time period, got: soon"),
    ],
)
def test_mistakes(run: str, message: str) -> None:
    assert read(run).errors[0].message == message


def test_a_run_is_shown_in_the_words_of_the_reference() -> None:
    pool = director.Pool(name="P")
    storage = director.Storage(name="S")
    run = one("Full priority=3 maxrunschedtime=7200 accurate=yes mon-fri at 10:30 at 12:30")
    changed = Run(
        run.times,
        run.level,
        pool=pool,
        next_pool=pool,
        storage=storage,
        priority=run.priority,
        max_run_sched_time=run.max_run_sched_time,
        accurate=run.accurate,
    )
    assert show_run(changed) == (
        'pool="P" nextpool="P" Full storage="S" priority=3 maxrunschedtime=7200 accurate="yes" '
        "Mon-Fri at 10:30at 12:30"
    )
