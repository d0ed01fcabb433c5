"""How much a backup takes: the level that is possible, and since when files count as changed.

Source: job semantics, section 3.
"""

import time
from dataclasses import dataclass
from typing import Protocol

from barque.catalog.jobs import JobKey, JobRecord
from barque.director.report import upgraded
from barque.domain.ids import JobId
from barque.domain.job import LEVEL_WORDS, Level


class PriorJobs(Protocol):
    """Earlier jobs of the same name, client and FileSet."""

    def last_backup(self, key: JobKey, levels: tuple[str, ...]) -> JobRecord | None:
        """Return the newest successful one at one of *levels*."""

    def last_failed_backup(
        self, key: JobKey, levels: tuple[str, ...], after: int
    ) -> JobRecord | None:
        """Return the newest unsuccessful one that started later than *after*."""


@dataclass(frozen=True, slots=True)
class LevelRules:
    """What a Job says about raising the level; intervals in seconds, 0 is never."""

    max_full_interval: int = 0
    max_virtual_full_interval: int = 0
    max_diff_interval: int = 0
    rerun_failed_levels: bool = False


@dataclass(frozen=True, slots=True)
class LevelDecision:
    """The level a backup runs at."""

    level: Level
    since: int = 0
    """s since 1970; 0 for a Full."""
    previous_job: str = ""
    """Unique name of the job that *since* comes from."""
    previous_job_id: JobId = JobId(0)  # noqa: RUF009 - a number
    note: str = ""
    """What the report writes behind the level."""
    messages: tuple[str, ...] = ()
    """For the job's log."""


NO_FULL_RECORD = "No prior Full backup Job record found.\n"
NO_FULL = "No prior or suitable Full backup found in catalog. Doing FULL backup.\n"
NO_FULL_VIRTUAL = "No prior or suitable Full backup found in catalog. Doing Virtual FULL backup.\n"
NO_DIFFERENTIAL = (
    "No prior or suitable Differential backup found in catalog. Doing Differential backup.\n"
)
"""Messages that scripts look for."""


def decide(
    asked: Level, key: JobKey, prior: PriorJobs, rules: LevelRules, now: int
) -> LevelDecision:
    """Return the level for a backup that was asked for at *asked*; *now* is s since 1970."""
    if asked not in {Level.INCREMENTAL, Level.DIFFERENTIAL}:
        return LevelDecision(asked)
    full = prior.last_backup(key, (Level.FULL,))
    if full is None:
        note = upgraded(asked)
        return LevelDecision(Level.FULL, note=note, messages=(NO_FULL_RECORD, NO_FULL))
    raised = _raised(asked, full, key, prior, rules, now)
    if raised is not None and raised.level is not Level.DIFFERENTIAL:
        return raised
    level = raised.level if raised else asked
    messages = raised.messages if raised else ()
    levels = (Level.FULL,) if level is Level.DIFFERENTIAL else tuple("FDI")
    base = prior.last_backup(key, levels) or full
    failed = _failed(asked, key, prior, rules, base.start_time)
    if failed is not None and _rank(Level(failed.level)) > _rank(level):
        text = (
            f"Prior failed job found in catalog. Upgrading to {LEVEL_WORDS[Level(failed.level)]}.\n"
        )
        messages = (*messages, text)
        level = Level(failed.level)
        if level is Level.FULL:
            return LevelDecision(level, note=upgraded(asked), messages=messages)
        base = full
    return _since(level, asked, base, messages)


def _since(level: Level, asked: Level, base: JobRecord, messages: tuple[str, ...]) -> LevelDecision:
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(base.start_time))
    note = upgraded(asked) if level is not asked else ""
    return LevelDecision(
        level, base.start_time, base.job, base.job_id, f"{note}, since={moment}", messages
    )


def _raised(
    asked: Level,
    full: JobRecord,
    key: JobKey,
    prior: PriorJobs,
    rules: LevelRules,
    now: int,
) -> LevelDecision | None:
    age = now - full.start_time
    if rules.max_full_interval:
        if age >= rules.max_full_interval:
            return LevelDecision(Level.FULL, note=upgraded(asked), messages=(NO_FULL,))
    elif rules.max_virtual_full_interval and age >= rules.max_virtual_full_interval:
        note = upgraded(asked)
        return LevelDecision(Level.VIRTUAL_FULL, note=note, messages=(NO_FULL_VIRTUAL,))
    if asked is Level.INCREMENTAL and rules.max_diff_interval:
        newest = prior.last_backup(key, (Level.FULL, Level.DIFFERENTIAL)) or full
        if now - newest.start_time >= rules.max_diff_interval:
            return LevelDecision(Level.DIFFERENTIAL, messages=(NO_DIFFERENTIAL,))
    return None


def _failed(
    asked: Level, key: JobKey, prior: PriorJobs, rules: LevelRules, since: int
) -> JobRecord | None:
    if not rules.rerun_failed_levels:
        return None
    levels = (Level.FULL, Level.DIFFERENTIAL) if asked is Level.INCREMENTAL else (Level.FULL,)
    return prior.last_failed_backup(key, levels, since)


def _rank(level: Level) -> int:
    return {Level.INCREMENTAL: 0, Level.DIFFERENTIAL: 1, Level.FULL: 2}.get(level, 0)
