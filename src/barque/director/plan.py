"""What the Schedules will start: for the status pages and ``list nextvol``.

Source: configuration, section 5; console commands, status.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from barque.catalog import Catalog
from barque.config.director import Job
from barque.config.load import DirectorConfig
from barque.config.run import Run
from barque.director.job_setup import storage_for
from barque.director.scheduler import Enabled, due_between
from barque.director.services import RunRequest, ScheduledRun
from barque.director.volume_selection import VolumeSelection, VolumeWish
from barque.domain.job import JobType, Level


def scheduled_runs(
    config: DirectorConfig, enabled: Enabled, start: datetime, days: int
) -> Iterator[ScheduledRun]:
    """Yield what is started until midnight *days* days after *start*'s, the next first."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = due_between(config, start, midnight + timedelta(days=days + 1), enabled)
    for due in sorted(ahead, key=lambda due: (due.at, due.run.priority or due.job.priority)):
        yield _run(due.job, due.run, due.at)


def request_of(job: Job, run: Run, at: datetime) -> RunRequest:
    """Return the request that a Run directive stands for."""
    level = run.level or job.level or Level.INCREMENTAL
    by_level = {
        Level.FULL: (run.full_pool, "Run FullPool override"),
        Level.INCREMENTAL: (run.incremental_pool, "Run IncPool override"),
        Level.DIFFERENTIAL: (run.differential_pool, "Run DiffPool override"),
    }
    pool, source = by_level.get(level, (None, ""))
    if pool is None:
        pool, source = run.pool, "Run Pool override"
    return RunRequest(
        job=job,
        level=level,
        pool=pool,
        pool_source=source,
        next_pool=run.next_pool,
        storage=run.storage,
        when=at.timestamp(),
        priority=run.priority or job.priority,
        spool_data=run.spool_data,
        accurate=run.accurate,
        max_run_sched_time=run.max_run_sched_time or 0,
    )


def _run(job: Job, run: Run, at: datetime) -> ScheduledRun:
    assert job.schedule is not None
    request = request_of(job, run, at)
    pool = run.pool or job.pool
    storage, _ = storage_for(pool, job, request)
    writes = job.type in {JobType.BACKUP, JobType.COPY, JobType.MIGRATE}
    return ScheduledRun(
        job=job,
        schedule=job.schedule,
        at=at.timestamp(),
        level=request.level,
        priority=request.priority,
        pool=pool if writes else None,
        storage=storage if writes else None,
        overrides=_overrides(run),
        directive=job.schedule.run.index(run),
    )


def _overrides(run: Run) -> dict[str, str | int | bool]:
    named = {
        "level": run.level.name.capitalize() if run.level else None,
        "pool": run.pool.name if run.pool else None,
        "storage": run.storage.name if run.storage else None,
        "messages": run.messages.name if run.messages else None,
        "priority": run.priority,
        "spooldata": run.spool_data,
        "accurate": run.accurate,
    }
    return {key: value for key, value in named.items() if value is not None}


def next_volume(run: ScheduledRun, catalog: Catalog, now: Callable[[], float]) -> str:
    """Return the Volume that *run* would write to now; empty when there is none."""
    pool = catalog.pools.find(run.pool.name) if run.pool else None
    if pool is None or run.storage is None:
        return ""
    selection = VolumeSelection(catalog, now, lambda _text: None)
    volume = selection.look(VolumeWish(pool.pool_id, run.storage.media_type))
    return volume.volume_name if volume else ""
