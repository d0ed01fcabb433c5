"""Job reports, in the layout that people and scripts know.

Source: job semantics, sections 9.3, 11.1, 11.2 and 11.3.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from barque.director.job_state import ActiveJob
from barque.director.services import DaemonIdentity
from barque.domain.job import LEVEL_WORDS, JobStatus, Level

LABEL_WIDTH: Final = 24
"""Characters of the label column, colon included, behind two blanks."""

STATUS_WORDS: Final = {
    JobStatus.TERMINATED: "OK",
    JobStatus.WARNINGS: "OK -- with warnings",
    JobStatus.ERROR_TERMINATED: "Error",
    JobStatus.NON_FATAL_ERROR: "Error",
    JobStatus.FATAL_ERROR: "Fatal Error",
    JobStatus.CANCELED: "Canceled",
    JobStatus.DIFFERENCES: "Differences",
}
"""How a daemon's part ended."""

UNITS: Final = (
    (31_536_000, "year"),
    (2_592_000, "month"),
    (86_400, "day"),
    (3600, "hour"),
    (60, "min"),
)
"""Seconds and word of the larger units of an elapsed time."""


@dataclass(frozen=True, slots=True)
class VolumeSummary:
    """What the report says about Volumes."""

    names: str
    """Names with ``|`` between them."""
    last_size: int
    """byte; size of the last one."""


def commas(number: int) -> str:
    """Return *number* with commas between its thousands."""
    return f"{number:,}"


def human(number: int) -> str:
    """Return *number* shortened: ``1,313`` is ``1.313 K``, ``12,345`` is ``12.34 K``."""
    text = commas(number)
    groups = text.count(",")
    if not groups:
        return f"{text} "
    return f"{text.replace(',', '.', 1).replace(',', '')[:5]} {' KMGTPEZY'[groups]}"


def size_line(number: int) -> str:
    """Return a size as the report writes it: ``1,313 (1.313 KB)``."""
    return f"{commas(number)} ({human(number)}B)"


def elapsed(seconds: int) -> str:
    """Return a duration in words; a whole number of minutes keeps its trailing blank."""
    if seconds <= 0:
        return "0 secs"
    words = []
    for size, name in UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count} {name}{'s' if count > 1 else ''} ")
    if seconds:
        words.append(f"{seconds} sec{'s' if seconds > 1 else ''}")
    return "".join(words)


def moment(at: float) -> str:
    """Return a time as reports write it: ``22-Nov-2026 18:01:27``."""
    return time.strftime("%d-%b-%Y %H:%M:%S", time.localtime(at))


def lines_of(head: str, rows: Iterable[tuple[str, str]]) -> str:
    """Return the report's text: *head*, a line for each (label, value), an empty line."""
    body = "".join(f"  {label + ':':<{LABEL_WIDTH}}{value}\n" for label, value in rows)
    return f"{head}\n{body}\n"


def head_of(director: str, identity: DaemonIdentity) -> str:
    """Return the first line of most reports."""
    return f"Bareos {director} {identity.version} ({short_date(identity.date)}):"


def short_date(date: str) -> str:
    """Return ``21Aug26`` for ``21 August 2026``."""
    day, month, year = date.split()
    return f"{int(day):02}{month[:3]}{year[-2:]}"


def level_line(job: ActiveJob) -> str:
    """Return the level with its note."""
    return f"{LEVEL_WORDS[job.level]}{job.level_note}"


def status_word(status: JobStatus | None) -> str:
    """Return how a daemon's part ended; empty when it was never reached."""
    return "" if status is None else STATUS_WORDS.get(status, status.name.capitalize())


def rate(job: ActiveJob) -> float:
    """Return kB/s (1000 bytes) of the whole job; 0 when no time passed."""
    seconds = int(job.ended_at) - int(job.started_at)
    return job.totals.bytes / 1000 / seconds if seconds > 0 else 0.0


def compression(job: ActiveJob) -> str:
    """Return how much smaller the data became, with the algorithm of the FileSet."""
    read, written = job.totals.read_bytes, job.totals.bytes
    if not read:
        return "None"
    saved = 100.0 * (1.0 - written / read)
    return "None" if abs(saved) < 0.5 else f"{saved:.1f} % ({_algorithms(job)})"


def _algorithms(job: ActiveJob) -> str:
    names = []
    for include in job.fileset.include if job.fileset else ():
        for options in include.options:
            name = (options.setting("Compression") or "").lower()
            name = "gzip" if name.startswith("gzip") else name
            if name and name not in names:
                names.append(name)
    return ",".join(names) or "gzip"


YES_NO: Final = {True: "yes", False: "no"}

NO_COMMAND: Final = "*None*"
"""What a daemon says that erases files in the ordinary way."""

BACKUP_TERMINATIONS: Final = {
    JobStatus.TERMINATED: "Backup OK",
    JobStatus.WARNINGS: "Backup OK -- with warnings",
    JobStatus.ERROR_TERMINATED: "*** Backup Error ***",
    JobStatus.NON_FATAL_ERROR: "*** Backup Error ***",
    JobStatus.FATAL_ERROR: "*** Backup Error ***",
    JobStatus.CANCELED: "Backup Canceled",
    JobStatus.INCOMPLETE: "Backup failed -- incomplete",
}

RESTORE_TERMINATIONS: Final = {
    JobStatus.TERMINATED: "Restore OK",
    JobStatus.WARNINGS: "Restore OK -- with warnings",
    JobStatus.ERROR_TERMINATED: "*** Restore Error ***",
    JobStatus.NON_FATAL_ERROR: "*** Restore Error ***",
    JobStatus.FATAL_ERROR: "*** Restore Error ***",
    JobStatus.CANCELED: "Restore Canceled",
}

VERIFY_WORDS: Final = {
    Level.VERIFY_INIT: "InitCatalog",
    Level.VERIFY_CATALOG: "Catalog",
    Level.VERIFY_VOLUME: "VolumeToCatalog",
    Level.VERIFY_DISK: "DiskToCatalog",
    Level.VERIFY_DATA: "Data",
}
"""Levels of verify jobs, as the configuration and their reports write them."""

VERIFY_TERMINATIONS: Final = {
    JobStatus.TERMINATED: "Verify OK",
    JobStatus.WARNINGS: "Verify warnings",
    JobStatus.ERROR_TERMINATED: "*** Verify Error ***",
    JobStatus.NON_FATAL_ERROR: "*** Verify Error ***",
    JobStatus.FATAL_ERROR: "*** Verify Error ***",
    JobStatus.CANCELED: "Verify Canceled",
    JobStatus.DIFFERENCES: "Verify Differences",
}

ADMIN_TERMINATIONS: Final = {
    JobStatus.TERMINATED: "Admin OK",
    JobStatus.ERROR_TERMINATED: "*** Admin Error ***",
    JobStatus.NON_FATAL_ERROR: "*** Admin Error ***",
    JobStatus.FATAL_ERROR: "*** Admin Error ***",
    JobStatus.CANCELED: "Admin Canceled",
}


def termination(words: dict[JobStatus, str], status: JobStatus) -> str:
    """Return the last line's value."""
    return words.get(status, f"Inappropriate term code: {status}")


def backup_report(job: ActiveJob, identity: DaemonIdentity, volumes: VolumeSummary) -> str:
    """Return the report of a backup job."""
    client = job.client.name if job.client else ""
    fileset = job.fileset.name if job.fileset else ""
    created = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(job.fileset_created))
    rows = [
        ("OS Information", identity.system),
        ("JobId", str(job.job_id)),
        ("Job", job.unique_name),
        ("Backup Level", level_line(job)),
        ("Client", f'"{client}" {job.client_uname}'),
        ("FileSet", f'"{fileset}" {created}'),
        ("Pool", f'"{job.pool.name if job.pool else ""}" (From {job.sources.pool})'),
        ("Catalog", f'"{_catalog(job)}" (From {job.sources.catalog})'),
        ("Storage", f'"{job.storage.name if job.storage else ""}" (From {job.sources.storage})'),
        ("Scheduled time", moment(job.scheduled_at)),
        ("Start time", moment(job.started_at)),
        ("End time", moment(job.ended_at)),
        ("Elapsed time", elapsed(int(job.ended_at) - int(job.started_at))),
        ("Priority", str(job.priority)),
        ("Allow Mixed Priority", YES_NO[bool(job.resource.allow_mixed_priority)]),
        *(_merged(job, volumes) if job.level is Level.VIRTUAL_FULL else _saved(job, volumes)),
        *_erase_commands(job),
        *_ending(job, identity, BACKUP_TERMINATIONS),
    ]
    return lines_of(head_of(job.director, identity), rows)


def _saved(job: ActiveJob, volumes: VolumeSummary) -> list[tuple[str, str]]:
    totals = job.totals
    return [
        ("FD Files Written", commas(totals.files)),
        ("SD Files Written", commas(totals.storage_files)),
        ("FD Bytes Read", size_line(totals.read_bytes)),
        ("FD Bytes Written", size_line(totals.bytes)),
        ("SD Bytes Written", size_line(totals.storage_bytes)),
        *_quota(job),
        ("Rate", f"{rate(job):.1f} KB/s"),
        ("Software Compression", compression(job)),
        ("VSS", "no"),
        ("Encryption", "no"),
        ("Accurate", YES_NO[job.accurate]),
        *_volumes(job, volumes),
        ("Non-fatal FD errors", str(totals.errors)),
        ("SD Errors", str(totals.storage_errors)),
        ("FD termination status", status_word(job.client_status)),
        ("SD termination status", status_word(job.storage_status)),
    ]


def _quota(job: ActiveJob) -> Iterator[tuple[str, str]]:
    standing, client = job.quota, job.client
    if standing is None or client is None:
        return
    yield "Quota Used", size_line(standing.used + job.totals.storage_bytes)
    yield "Burst Quota", size_line(standing.burst)
    yield "Soft Quota", size_line(int(client.soft_quota))
    yield "Hard Quota", size_line(int(client.hard_quota))
    ends = standing.grace_began + int(client.soft_quota_grace_period)
    yield "Grace Expiry Date", moment(ends) if standing.grace_began else "Soft Quota not exceeded"


def _merged(job: ActiveJob, volumes: VolumeSummary) -> list[tuple[str, str]]:
    totals = job.totals
    return [
        ("SD Files Written", commas(totals.storage_files)),
        ("SD Bytes Written", size_line(totals.storage_bytes)),
        ("Rate", f"{rate(job):.1f} KB/s"),
        *_volumes(job, volumes),
        ("SD Errors", str(totals.storage_errors)),
        ("SD termination status", status_word(job.storage_status)),
        ("Accurate", YES_NO[job.accurate]),
    ]


def _volumes(job: ActiveJob, volumes: VolumeSummary) -> list[tuple[str, str]]:
    return [
        ("Volume name(s)", volumes.names),
        ("Volume Session Id", str(job.session_id)),
        ("Volume Session Time", str(job.session_time)),
        ("Last Volume Bytes", size_line(volumes.last_size)),
    ]


def restore_report(job: ActiveJob, identity: DaemonIdentity) -> str:
    """Return the report of a restore job."""
    totals = job.totals
    rows = [
        ("OS Information", identity.system),
        ("JobId", str(job.job_id)),
        ("Job", job.unique_name),
        ("Restore Client", f'"{job.client.name if job.client else ""}" {job.client_uname}'),
        ("Start time", moment(job.started_at)),
        ("End time", moment(job.ended_at)),
        ("Elapsed time", elapsed(int(job.ended_at) - int(job.started_at))),
        ("Files Expected", commas(totals.expected_files)),
        ("Files Restored", commas(totals.files)),
        ("Bytes Restored", commas(totals.bytes)),
        ("Rate", f"{rate(job):.1f} KB/s"),
        ("FD Errors", str(totals.errors)),
        ("FD termination status", status_word(job.client_status)),
        ("SD termination status", status_word(job.storage_status)),
        *_ending(job, identity, RESTORE_TERMINATIONS),
    ]
    return lines_of(head_of(job.director, identity), rows)


def verify_report(job: ActiveJob, identity: DaemonIdentity) -> str:
    """Return the report of a verify job."""
    volume = job.level is Level.VERIFY_VOLUME
    expected = [("Files Expected", commas(job.totals.expected_files))]
    storage = [("SD termination status", status_word(job.storage_status))]
    rows = [
        ("OS Information" if volume else "Build", identity.system),
        ("JobId", str(job.job_id)),
        ("Job", job.unique_name),
        ("FileSet", job.fileset.name if job.fileset else ""),
        ("Verify Level", VERIFY_WORDS.get(job.level, level_line(job))),
        ("Client", job.client.name if job.client else ""),
        ("Verify JobId", str(job.verified_job_id)),
        ("Verify Job", job.verify_job.name if job.verify_job else ""),
        ("Start time", moment(job.started_at)),
        ("End time", moment(job.ended_at)),
        *(expected if volume else []),
        ("Files Examined", commas(job.totals.files)),
        ("Non-fatal FD errors", str(job.totals.errors)),
        ("FD termination status", status_word(job.client_status)),
        *(storage if volume else []),
        *_ending(job, identity, VERIFY_TERMINATIONS),
    ]
    return lines_of(head_of(job.director, identity), rows)


def admin_report(job: ActiveJob, identity: DaemonIdentity) -> str:
    """Return the report of a job that only runs scripts."""
    head = f"BAREOS {identity.version} ({short_date(identity.date)}): {moment(job.ended_at)}"
    rows = [
        ("JobId", str(job.job_id)),
        ("Job", job.unique_name),
        ("Scheduled time", moment(job.scheduled_at)),
        ("Start time", moment(job.started_at)),
        ("End time", moment(job.ended_at)),
        *_ending(job, identity, ADMIN_TERMINATIONS),
    ]
    return lines_of(head, rows)


def _erase_commands(job: ActiveJob) -> list[tuple[str, str]]:
    """Return with what files are erased; daemons that were never asked are shown, too."""
    commands = [
        ("Dir Secure Erase Cmd", job.erase_command or NO_COMMAND),
        ("FD  Secure Erase Cmd", job.client_erase_command),
        ("SD  Secure Erase Cmd", job.storage_erase_command),
    ]
    return [
        (label, "(null)" if command is None else command)
        for label, command in commands
        if command != NO_COMMAND
    ]


def _ending(
    job: ActiveJob, identity: DaemonIdentity, words: dict[JobStatus, str]
) -> list[tuple[str, str]]:
    return [
        ("Bareos binary info", identity.binary_info),
        ("Job triggered by", job.trigger),
        ("Termination", termination(words, job.status)),
    ]


def _catalog(job: ActiveJob) -> str:
    return job.catalog_resource.name if job.catalog_resource else ""


def upgraded(level: Level) -> str:
    """Return the note of a level that was raised from *level*."""
    return f" (upgraded from {LEVEL_WORDS[level]})"
