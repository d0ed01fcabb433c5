"""The status pages of the File Daemon.

Source: daemon protocol, section 3.1 (status, .status), and a recorded page.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from barque.daemon.version import DATE, VERSION, system_name
from barque.domain.job import LEVEL_WORDS, TYPE_WORDS, JobStatus, JobType, Level
from barque.filedaemon.job import Job
from barque.plugins.information import PluginsInUse, plugin_info

HISTORY = 10
"""Jobs that ended and are still shown."""

_WORDS = {
    JobStatus.CREATED: "Created",
    JobStatus.FATAL_ERROR: "Error",
    JobStatus.ERROR_TERMINATED: "Error",
    JobStatus.DIFFERENCES: "Diffs",
    JobStatus.CANCELED: "Cancel",
    JobStatus.TERMINATED: "OK",
}
_LEVELS = {
    Level.VERIFY_INIT: "Init Catalog",
    Level.VERIFY_VOLUME: "Volume to Catalog",
    Level.VERIFY_DISK: "Disk to Catalog",
    Level.VERIFY_DATA: "Data",
}
"""Levels that this page calls otherwise than the reports do."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that ended."""

    job_id: int
    name: str
    type: JobType
    level: Level
    status: JobStatus
    files: int
    size: int
    errors: int
    ended_at: float


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the pages tell about."""

    name: str
    started_at: float
    jobs_run: int
    jobs: tuple[Job, ...]
    connections: tuple[tuple[str, float], ...]
    """Name of each Director that is connected without a job, and since when."""
    ended: tuple[Ended, ...]
    now: float
    bandwidth: int = 0
    debug_level: int = 0
    trace: int = 0
    has_warnings: bool = False
    plugins: PluginsInUse | None = None


def show_header(overview: Overview) -> Iterator[str]:
    """Yield what the daemon says about itself."""
    yield f"{overview.name} Version: {VERSION} ({DATE}) {system_name()}\n"
    yield (
        f"Daemon started {_show_time(overview.started_at)}. "
        f"Jobs: run={overview.jobs_run} running={len(overview.jobs)}, barque binary\n"
    )
    yield (
        f" Sizeof: boffset_t=8 size_t=8 debug={overview.debug_level} trace={overview.trace} "
        f"bwlimit={overview.bandwidth // 1024:,}kB/s\n"
    )
    if overview.plugins is not None:
        yield from (f"{line}\n" for line in plugin_info(overview.plugins))
    if overview.has_warnings:
        yield (
            "\nThere are WARNINGS for this filedaemon's configuration!\n"
            "See output of 'barque-fd -t' for details.\n"
        )


def show_running(overview: Overview) -> Iterator[str]:
    """Yield the jobs that run and the connections that wait."""
    yield "\nRunning Jobs:\n"
    for director, since in overview.connections:
        yield f"{director} (director) connected at: {_show_time(since)}\n"
    for job in overview.jobs:
        yield from _show_job(job, overview.now)
    if not overview.jobs:
        yield "No Jobs running.\n"
    yield "====\n"


def _show_job(job: Job, now: float) -> Iterator[str]:
    progress = job.progress
    rate = int(progress.sent / max(1, now - job.started_at))
    yield f"JobId {job.job_id} Job {job.name} is running.\n"
    yield (
        f"    {_level(job.level)} {TYPE_WORDS[job.type]} Job started: "
        f"{_show_time(job.started_at)}\n"
    )
    yield (
        f"    Files={progress.files:,} Bytes={progress.sent:,} Bytes/sec={rate:,} "
        f"Errors={job.report.errors}\n    Bwlimit={job.bandwidth:,}\n"
    )
    yield f"    Files Examined={progress.examined:,}\n"
    if progress.files:
        yield f"    Processing file: {progress.last_name.decode('utf-8', 'surrogateescape')}\n"
    yield f"    SDSocket {'open' if job.storage is not None else 'closed'}.\n"


def show_running_fields(overview: Overview) -> Iterator[str]:
    """Yield the same as fields for programs."""
    for _, since in overview.connections:
        yield f"DirectorConnected={_show_program_time(since)}\n"
    for job in overview.jobs:
        progress = job.progress
        rate = int(progress.sent / max(1, overview.now - job.started_at))
        yield f"JobId={job.job_id}\n Job={job.name}\n"
        yield (
            f" VSS=0\n Level={job.level.value}\n JobType={job.type.value}\n"
            f" JobStarted={_show_program_time(job.started_at)}\n"
        )
        yield (
            f" Files={progress.files}\n Bytes={progress.sent}\n Bytes/sec={rate}\n"
            f" Errors={job.report.errors}\n Bwlimit={job.bandwidth}\n"
        )
        yield f" Files Examined={progress.examined}\n"
        if progress.files:
            name = progress.last_name.decode("utf-8", "surrogateescape")
            yield f" Processing file={name}\n"
        yield f" SDSocket={'open' if job.storage is not None else 'closed'}\n"


def show_terminated(overview: Overview) -> Iterator[str]:
    """Yield the table of the jobs that ended last."""
    yield "\nTerminated Jobs:\n"
    if overview.ended:
        yield " JobId  Level    Files      Bytes   Status   Finished        Name \n"
        yield "=" * 70 + "\n"
    for ended in overview.ended:
        job_id, level, files, size, status, finished, name = _columns(ended)
        yield f"{job_id:>6}  {level:6} {files:>8} {size:>10}  {status:7}  {finished:8} {name}\n"
    yield "====\n"


def show_terminated_fields(overview: Overview) -> Iterator[str]:
    """Yield the same with tabs between the columns, for programs."""
    for ended in overview.ended:
        job_id, level, files, size, status, finished, name = _columns(ended)
        yield (
            f"{job_id:>6}\t{level:6}\t{files:>8}\t{size:>10}\t{status:7}\t{finished:8}\t{name}\n"
        )


def _columns(ended: Ended) -> Iterable[str]:
    has_level = ended.type not in (JobType.ADMIN, JobType.RESTORE)
    return (
        str(ended.job_id),
        _level(ended.level)[:4] if has_level else "    ",
        f"{ended.files:,}",
        _show_size(ended.size),
        _WORDS.get(ended.status, "Other"),
        _show_time(ended.ended_at),
        re.sub(r"(\.[^.]*){3}$", "", ended.name),
    )


def _level(level: Level) -> str:
    return _LEVELS.get(level, LEVEL_WORDS[level])


def _show_size(size: int) -> str:
    """Return a size with a unit, as the tables have it: ``689.1 M``."""
    value, units = float(size), ["", "K", "M", "G", "T", "P", "E"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    if not units[0]:
        return f"{size} "
    return f"{value:.{1 if value >= 100 else 2 if value >= 10 else 3}f} {units[0]}"


def _show_time(at: float) -> str:
    return time.strftime("%d-%b-%y %H:%M", time.localtime(at))


def _show_program_time(at: float) -> str:
    return time.strftime("%d-%b-%y %H:%M:%S", time.localtime(at))
