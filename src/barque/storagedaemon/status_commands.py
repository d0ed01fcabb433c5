"""The status pages.

Source: daemon protocol, section 5.3; recorded pages of the reference.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from barque.daemon.version import DATE, VERSION, system_name
from barque.domain.job import JobStatus, Level
from barque.plugins.information import PluginsInUse, plugin_info
from barque.storagedaemon.director_session import Command, DirectorSession, text_of
from barque.storagedaemon.drive import Drive
from barque.storagedaemon.job import Job
from barque.wire.framing import Signal

LEVEL_WORDS: dict[str, str] = {
    Level.FULL: "Full",
    Level.DIFFERENTIAL: "Diff",
    Level.INCREMENTAL: "Incr",
    Level.VIRTUAL_FULL: "VFul",
}
"""Levels in the four letters of status pages."""

STATUS_WORDS: dict[str, str] = {
    JobStatus.TERMINATED: "OK",
    JobStatus.WARNINGS: "OK -- with warnings",
    JobStatus.ERROR_TERMINATED: "Error",
    JobStatus.FATAL_ERROR: "Error",
    JobStatus.CANCELED: "Cancel",
    JobStatus.DIFFERENCES: "Diffs",
}
"""Statuses in the words of the list of ended jobs."""


def _when(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%d-%b-%y %H:%M}"


def show_size(size: int) -> str:
    """Return bytes in four digits and a letter, as status pages have them."""
    value = float(size)
    for unit in ("", "K", "M", "G", "T", "P"):
        if value < 1000 or unit == "P":
            return f"{value:.4g} {unit}" if unit else f"{size} "
        value /= 1000
    return f"{size} "


def header(session: DirectorSession) -> Iterator[str]:
    """Version, start, numbers of jobs."""
    settings = session.around.settings
    running = len(session.jobs.running()) - (session.job is not None)
    yield f"{settings.name} Version: {VERSION} ({DATE}) {system_name()} "
    yield (
        f"Daemon started {_when(session.started_at)}. Jobs: run={session.jobs.finished},"
        f" running={running}, barque binary"
    )
    yield " Sizes: boffset_t=8 size_t=8 int32_t=4 int64_t=8 bwlimit=0kB/s"
    loaded = tuple(
        (job.start.job_id, name)
        for job in session.jobs.running()
        if job.plugins is not None
        for name in job.plugins.names
    )
    yield from plugin_info(
        PluginsInUse("sd", settings.plugin_directory, settings.plugin_names, loaded)
    )


def running_jobs(session: DirectorSession) -> Iterator[str]:
    """Jobs that are at work."""
    shown = [job for job in session.jobs.running() if job is not session.job]
    if not shown:
        yield "No Jobs running."
    for job in shown:
        yield from _show_job(session, job)
    yield "===="


def _show_job(session: DirectorSession, job: Job) -> Iterator[str]:
    start = job.start
    verb = "Writing" if job.append else "Reading"
    kind = LEVEL_WORDS.get(_level(job), "")
    yield (
        f"{verb}: {kind} {job_type_words(start.type)} job {start.job_name} JobId={start.job_id}"
        f' Volume="{job.volume}" device="{job.device}"'
    )
    reservation = job.append or job.read
    yield f'    pool="{reservation.use.pool if reservation else ""}" Status={job.status}'
    seconds = max(1, int(session.around.clock() - job.started_at))
    yield f"    Files={job.files:,} Bytes={job.bytes:,} AveBytes/sec={job.bytes // seconds:,}"


def job_type_words(code: int) -> str:
    """Return the type of a job in words."""
    return {"B": "Backup", "R": "Restore", "V": "Verify", "c": "Copy", "g": "Migrate"}.get(
        chr(code), chr(code)
    )


def _level(job: Job) -> str:
    return chr(job.start.level)


def waiting_jobs(session: DirectorSession) -> Iterator[str]:
    """Jobs that wait for a drive."""
    for job in session.jobs.running():
        if job.append is not None and not job.device and job.status == "S":
            yield f"   JobId={job.start.job_id} {job.name} waits for a drive."
    yield "===="


def ended_jobs(session: DirectorSession) -> Iterator[str]:
    """The last jobs."""
    if not session.jobs.ended:
        yield "No Terminated Jobs."
        return
    yield " JobId  Level    Files      Bytes   Status   Finished        Name "
    yield "==================================================================="
    for job in session.jobs.ended:
        level = LEVEL_WORDS.get(_level(job), "")
        word = STATUS_WORDS.get(job.status, "Other")
        name = job.start.job_name
        yield (
            f"{job.start.job_id:6d}  {level:<4} {job.files:>10,} {show_size(job.bytes):>10} "
            f" {word:<8} {_when(job.ended_at)} {name}"
        )
    yield "===="


def devices(session: DirectorSession) -> Iterator[str]:
    """Autochangers, and each device with its volume."""
    settings = session.around.settings
    for name, members in settings.autochangers.items():
        yield f'Autochanger "{name}" with devices:'
        for member in members:
            drive = session.around.drives.find(member)
            if drive is not None:
                yield f"   {drive.title}"
        yield ""
    for drive in session.around.drives:
        yield from _show_drive(drive)
        yield "=="
        yield ""
    yield "===="


def _show_drive(drive: Drive) -> Iterator[str]:
    volume = drive.volume
    if volume is not None:
        yield f"Device {drive.title} is mounted with:"
        yield f"    Volume:      {volume.name}"
        yield f"    Pool:        {drive.pool}"
        yield f"    Media type:  {drive.settings.media_type}"
        yield f"    Total Bytes={volume.info.size:,} Blocks={volume.info.blocks:,}"
    elif drive.readers:
        yield f"Device {drive.title} is read by {len(drive.readers)} jobs."
    else:
        yield f"Device {drive.title} is not open."
    if drive.blocked:
        yield "    Device is BLOCKED. User unmounted."


def volumes(session: DirectorSession) -> Iterator[str]:
    """Volumes that are being written."""
    for name, drive in session.around.drives.claimed().items():
        yield f"{name} on device {drive.title}"
        yield f"    writers={len(drive.writers)} readers={len(drive.readers)}"
    yield "===="


def spooling(_session: DirectorSession) -> Iterator[str]:
    """Data that is spooled."""
    yield "===="


type Page = Callable[[DirectorSession], Iterator[str]]

PAGES: dict[str, Page] = {
    "header": header,
    "running": running_jobs,
    "waitreservation": waiting_jobs,
    "terminated": ended_jobs,
    "devices": devices,
    "volumes": volumes,
    "spooling": spooling,
}
"""Pages of the short form of the command."""

WHOLE: tuple[tuple[str, str], ...] = (
    ("", "header"),
    ("\nJob inventory:\n", "running"),
    ("\nJobs waiting to reserve a drive:", "waitreservation"),
    ("\nTerminated Jobs:", "terminated"),
    ("\nDevice status:", "devices"),
    ("\nUsed Volume status:", "volumes"),
    ("", "spooling"),
)
"""Titles and pages of the whole status."""


def status(session: DirectorSession, _line: bytes) -> None:
    """`status`: everything."""
    lines: list[str] = [""]
    for title, page in WHOLE:
        if title:
            lines.append(title)
        lines.extend(PAGES[page](session))
    session.finish("\n".join(lines) + "\n")


def short_status(session: DirectorSession, line: bytes) -> None:
    """`.status`: one page, or the current or last jobs in a form for programs."""
    session.reply("3000 OK .status\n")
    words = text_of(line).split()
    what = words[1] if len(words) > 1 else ""
    if what == "current":
        for job in session.jobs.running():
            if job is not session.job:
                session.reply(
                    f"JobId={job.start.job_id} JobStatus={job.status} JobErrors={job.errors}\n"
                )
    elif what == "last":
        for job in session.jobs.ended[-1:]:
            session.reply(
                f"JobId={job.start.job_id} JobStatus={job.status} JobErrors={job.errors}\n"
            )
    elif page := PAGES.get(what):
        session.reply("\n".join(page(session)) + "\n")
    else:
        session.reply("2900 Bad .status command, missing arguments.\n")
    session.signal(Signal.EOD)


def statistics(session: DirectorSession, _line: bytes) -> None:
    """`stats`: numbers of devices and jobs; the connection ends."""
    now = int(session.around.clock())
    for drive in session.around.drives:
        volume = drive.volume.info if drive.volume else None
        session.reply(
            f"Devicestats [{now}]: Device={drive.settings.name} Read={drive.read_bytes},"
            f" Write={drive.written_bytes}, SpoolSize=0, NumWaiting=0,"
            f" NumWriters={len(drive.writers)}, ReadTime=0, WriteTime=0,"
            f" MediaId={volume.media_id if volume else 0},"
            f" VolBytes={volume.size if volume else 0}, VolFiles={volume.files if volume else 0},"
            f" VolBlocks={volume.blocks if volume else 0}\n"
        )
    for job in session.jobs.running():
        if job is not session.job:
            session.reply(
                f"Jobstats [{now}]: JobId={job.start.job_id}, JobFiles={job.files},"
                f" JobBytes={job.bytes}, DevName={job.device}\n"
            )
    session.reply("2000 OK statistics\n")
    session.signal(Signal.TERMINATE)
    session.quit = True


COMMANDS: tuple[Command, ...] = (
    Command(b"status", status, monitor=True),
    Command(b".status", short_status, monitor=True),
    Command(b"stats", statistics),
)
"""Commands that ask how things stand."""
