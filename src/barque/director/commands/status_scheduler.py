"""``status scheduler``: which Schedules start which jobs, and when.

Source: console commands, section 5.2; console JSON, status scheduler.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.output import ApiMode
from barque.director.parsing import leading_integer
from barque.director.times import local_time, long_time
from barque.director.words import level_words

if TYPE_CHECKING:
    from barque.config.director import Client, Job, Schedule
    from barque.config.run import Run
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_DAYS: Final = 7
_MOST_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class _Question:
    """What the line asks for."""

    first: int
    """Days from now; may be negative."""
    last: int
    job: "Job | None"
    client: "Client | None"
    schedule: str
    """Name of the only Schedule to show; empty for all."""

    @property
    def days(self) -> int:
        """How many days people are told about; negative for the past."""
        return self.first if -self.first > self.last else self.last


def show(session: "ConsoleSession", line: "CommandLine") -> None:
    """Show the jobs of each Schedule, then each moment at which one acts."""
    question = _question(session, line)
    jobs = {
        schedule: names
        for schedule in _schedules(session, question)
        if (names := [job for job in _jobs(session, question) if job.schedule is schedule])
    }
    preview = list(_preview(session, question))
    if session.out.mode is ApiMode.JSON:
        _for_programs(session, jobs, preview)
    else:
        _for_people(session, jobs, preview, question.days)


def _question(session: "ConsoleSession", line: "CommandLine") -> _Question:
    first, last = _days(session, line)
    client = resources.named_client(session, line) if line.value("client") else None
    job = None
    if name := line.value("job"):
        job = resources.find(session, resources.JOB, name)
        job = job or resources.choose(session, resources.JOB)
    return _Question(first, last, job, client, line.value("schedule") or "")


def _days(session: "ConsoleSession", line: "CommandLine") -> tuple[int, int]:
    value = line.value("days")
    if value is None:
        return 0, _DAYS
    begin, comma, end = value.partition(",")
    limits = sorted((leading_integer(begin), leading_integer(end) if comma else 0))
    if limits[0] < -_MOST_DAYS or limits[1] > _MOST_DAYS:
        if not session.api:
            session.out.plain(_BAD_RANGE if comma else _BAD_DAYS)
            return 0, _DAYS
        limits = [max(-_MOST_DAYS, limits[0]), min(_MOST_DAYS, limits[1])]
    return limits[0], limits[1]


_HOUR: Final = 3600
"""Seconds."""

_BAD_DAYS: Final = "Ignoring invalid value for days. Allowed is -366 < days < 366.\n"
_BAD_RANGE: Final = "Ignoring invalid days range. Allowed: -366..366.\n"


def _schedules(session: "ConsoleSession", question: _Question) -> Iterator["Schedule"]:
    for schedule in resources.permitted(session, resources.SCHEDULE):
        if session.director.is_enabled(schedule) and question.schedule in {"", schedule.name}:
            yield schedule


def _jobs(session: "ConsoleSession", question: _Question) -> Iterator["Job"]:
    """Yield the jobs that the line asks about, started or not."""
    if question.job is not None:
        yield question.job
        return
    for job in resources.permitted(session, resources.JOB):
        if question.client is None or job.client is question.client:
            yield job


def _is_enabled(session: "ConsoleSession", job: "Job") -> bool:
    enabled = session.director.is_enabled
    return enabled(job) and (job.client is None or enabled(job.client))


def _preview(
    session: "ConsoleSession", question: _Question
) -> Iterator[tuple[float, "Schedule", "Run"]]:
    """Yield each moment, Schedule and Run directive: hour by hour, Schedule by Schedule."""
    shown = list(_schedules(session, question))
    if question.job is not None or question.client is not None:
        jobs = [job for job in _jobs(session, question) if _is_enabled(session, job)]
        shown = [schedule for schedule in shown if any(job.schedule is schedule for job in jobs)]
    now = local_time(session.director.now()).replace(tzinfo=None)
    start, stop = now + timedelta(days=question.first), now + timedelta(days=question.last)
    found = (
        (moment.timestamp(), schedule, run)
        for schedule in shown
        for run in schedule.run
        for moment in run.times.between(start, stop)
    )
    return iter(sorted(found, key=lambda row: row[0] // _HOUR))


def _for_people(
    session: "ConsoleSession",
    jobs: "dict[Schedule, list[Job]]",
    preview: "list[tuple[float, Schedule, Run]]",
    days: int,
) -> None:
    out = session.out
    out.plain("Scheduler Jobs:\n\n")
    out.plain("Schedule               Jobs Triggered\n")
    out.plain("=" * 59 + "\n")
    for schedule, names in jobs.items():
        out.plain(f"{schedule.name}\n")
        for job in names:
            note = "" if _is_enabled(session, job) else " (disabled)"
            out.plain(f"{'':23}{job.name}{note}\n")
        out.plain("\n")
    out.plain("====\n\n")
    out.plain(f"Scheduler Preview for {days} days:\n\n")
    dates = [long_time(at) for at, _, _ in preview]
    width = max(map(len, dates), default=0)
    out.plain(f"{'Date':<{width}}  {'Schedule':<22}  Overrides\n")
    out.plain("=" * 62 + "\n")
    rows = (
        f"{date:<{width}}  {schedule.name[:22]:<22}  {_overrides(run)}\n"
        for date, (_, schedule, run) in zip(dates, preview, strict=True)
    )
    out.plain("".join(rows))
    out.plain("====\n")


def _overrides(run: "Run") -> str:
    parts = {
        "Level": level_words(run.level) if run.level else None,
        "Priority": run.priority or None,
        "Spool Data": None if run.spool_data is None else int(run.spool_data),
        "Accurate": None if run.accurate is None else int(run.accurate),
        "Pool": run.pool and run.pool.name,
        "Storage": run.storage and run.storage.name,
        "Messages": run.messages and run.messages.name,
    }
    return " ".join(f"{name}={value}" for name, value in parts.items() if value is not None)


def _for_programs(
    session: "ConsoleSession",
    jobs: "dict[Schedule, list[Job]]",
    preview: "list[tuple[float, Schedule, Run]]",
) -> None:
    out = session.out
    with out.array("schedules"):
        for schedule, names in jobs.items():
            with out.object():
                out.pair("name", schedule.name)
                out.pair("enabled", True)
                with out.array("jobs"):
                    for job in names:
                        with out.object():
                            out.pair("name", job.name)
                            out.pair("enabled", _is_enabled(session, job))
    with out.array("preview"):
        for at, schedule, run in preview:
            with out.object():
                _moment(session, at, schedule, run)


def _moment(session: "ConsoleSession", at: float, schedule: "Schedule", run: "Run") -> None:
    out = session.out
    out.pair("datetime", long_time(at))
    out.pair("runtime", int(at))
    out.pair("schedule", schedule.name)
    if run.level:
        out.pair("level", level_words(run.level))
    if run.priority:
        out.pair("priority", run.priority)
    for key, resource in (
        ("pool", run.pool),
        ("storage", run.storage),
        ("messages", run.messages),
    ):
        if resource is not None:
            out.pair(key, resource.name)
    if run.spool_data is not None:
        out.pair("spool_data", run.spool_data)
    if run.accurate is not None:
        out.pair("accurate", run.accurate)
