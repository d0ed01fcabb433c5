"""The Director's status: itself, and jobs that come, run or ended.

Source: console commands, sections 5.1 and 5.3; console JSON, status.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.access import Acl
from barque.director.listing import with_commas, with_suffix
from barque.director.output import ApiMode
from barque.director.parsing import leading_integer
from barque.director.times import short_time
from barque.director.words import level_words, type_words
from barque.domain.job import JobType
from barque.plugins.information import PluginsInUse, plugin_info

if TYPE_CHECKING:
    from barque.director.parsing import CommandLine
    from barque.director.services import RunningJob, ScheduledRun, TerminatedJob
    from barque.director.session import ConsoleSession

_MOST_DAYS: Final = 500
_WITHOUT_LEVEL: Final = frozenset({JobType.ADMIN, JobType.ARCHIVE, JobType.RESTORE})
_ENDINGS: Final = {
    "C": "Created",
    "f": "Error",
    "E": "Error",
    "D": "Diffs",
    "A": "Cancel",
    "T": "OK",
    "W": "OK -- with warnings",
}
_DOING: Final = {
    "C": "is waiting execution",
    "R": "is running",
    "B": "is blocked",
    "T": "has terminated",
    "W": "has terminated with warnings",
    "E": "has erred",
    "e": "has errors",
    "f": "has a fatal error",
    "D": "has verify differences",
    "A": "has been canceled",
    "s": "is waiting on max Storage jobs",
    "c": "is waiting on max Client jobs",
    "j": "is waiting on max Job jobs",
    "d": "is waiting on max total jobs",
    "p": "is waiting for higher priority jobs to finish",
    "L": "SD committing Data",
    "l": "SD despooling Data",
    "a": "SD despooling Attributes",
    "i": "Dir inserting Attributes",
    "M": "is waiting for a mount request",
    "m": "is waiting for an appendable Volume",
}


def show(session: "ConsoleSession", line: "CommandLine") -> None:
    """Show all of it."""
    for part in (header, scheduled, running, terminated, _connections):
        part(session, line)
    session.out.plain("====\n")


def header(session: "ConsoleSession", _line: "CommandLine") -> None:
    """Show what the Director is, and whether its configuration has warnings."""
    director, out = session.director, session.out
    identity, config = director.identity, director.config
    name, started = config.director.name, short_time(director.started_at)
    jobs = director.running_jobs()
    with out.object("header"):
        out.pair("director", name)
        out.pair("version", identity.version)
        out.pair("release_date", identity.date)
        out.pair("os", identity.system)
        out.pair("binary_info", identity.binary_info)
        out.pair("daemon_started", started)
        out.pair("jobs_run", director.jobs_run)
        out.pair("jobs_running", len(jobs))
        out.pair("config_warnings", bool(config.warnings))
    out.plain(f"{name} Version: {identity.version} ({identity.date}) {identity.system}\n")
    out.plain(
        f"Daemon started {started}. Jobs: run={director.jobs_run}, running={len(jobs)}"
        f" db:postgresql, {identity.binary_info} binary\n"
    )
    if config.director.secure_erase_command:
        out.plain(f" secure erase command='{config.director.secure_erase_command}'\n")
    modules = tuple((int(job.job_id), name) for job in jobs for name in job.plugins)
    resource = config.director
    use = PluginsInUse("dir", resource.plugin_directory, tuple(resource.plugin_names), modules)
    for line in plugin_info(use):
        out.plain(f"{line}\n")
    if config.warnings:
        out.plain(
            "\nThere are WARNINGS for the director configuration!\n"
            "See 'status configuration' for details.\n\n"
        )


def current(session: "ConsoleSession", _line: "CommandLine") -> None:
    """Show numbers and statuses of running jobs."""
    session.out.plain("1000 OK .status\n")
    for job in _running(session):
        session.out.plain(f"JobId={job.job_id} JobStatus={job.status} JobErrors={job.errors}\n")


def last(session: "ConsoleSession", _line: "CommandLine") -> None:
    """Show number and status of the job that ended last."""
    session.out.plain("1000 OK .status\n")
    for job in session.director.terminated_jobs()[-1:]:
        if session.rights.allows(Acl.JOB, _name_of(job)):
            session.out.plain(f"JobId={job.job_id} JobStatus={job.status} JobErrors={job.errors}\n")


# -- jobs that will start ------------------------------------------------------------------------


def scheduled(session: "ConsoleSession", line: "CommandLine") -> None:
    """Show what the Schedules will start."""
    out, runs = session.out, list(_next_runs(session, _days(session, line)))
    if session.out.mode is ApiMode.TEXT:
        if runs:
            out.plain("\nScheduled Jobs:\n")
            out.plain("Level          Type     Pri  Scheduled          Name               Volume\n")
            out.plain("=" * 83 + "\n")
        else:
            out.plain("No Scheduled Jobs.\n")
    with out.array("scheduled"):
        for run in runs:
            _scheduled(session, run)
    if not session.api:
        out.plain("====\n")


def _days(session: "ConsoleSession", line: "CommandLine") -> int:
    value = line.value("days")
    days = leading_integer(value) if value is not None else 1
    if 0 <= days <= _MOST_DAYS:
        return days
    if not session.api:
        session.out.plain("Ignoring invalid value for days. Max is 500.\n")
        return 1
    return max(0, min(days, _MOST_DAYS))


def _next_runs(session: "ConsoleSession", days: int) -> Iterator["ScheduledRun"]:
    """Yield the next run of each Run directive, of jobs that the console may see."""
    seen = set()
    for run in session.director.scheduled_runs(days):
        key = (run.job.name, run.directive)
        if key not in seen and session.rights.allows(Acl.JOB, run.job.name):
            seen.add(key)
            yield run


def _scheduled(session: "ConsoleSession", run: "ScheduledRun") -> None:
    out, job = session.out, run.job
    at, kind = short_time(run.at), type_words(job.type or "")
    level = _level_of(job.type or JobType.BACKUP, run.level, " ")
    volume = ""
    if job.type == JobType.BACKUP:
        volume = session.director.next_volume(run) or "*unknown*"
    columns = (f"{level:<14}", f"{kind:<8}", f"{run.priority:>3}", f"{at:<18}", f"{job.name:<18}")
    with out.object():
        out.pair("name", job.name)
        out.pair("type", kind)
        out.pair("level", level)
        out.pair("priority", run.priority)
        out.pair("scheduled", at)
        out.pair("volume", volume)
        if "pool" in run.overrides:
            out.pair("pool", run.overrides["pool"])
        storage = run.overrides.get("storage")
        if storage is None and (own := resources.storage_and_source(job)[0]) is not None:
            storage = own.name
        if storage is not None:
            out.pair("storage", storage)
    if session.api:
        out.plain("\t".join((*columns, volume)) + "\n")
    else:
        out.plain(" ".join(columns[:3]) + f"  {columns[3]} {columns[4]} {volume}\n")


def _level_of(job_type: str, level: str, blank: str) -> str:
    return blank if job_type in _WITHOUT_LEVEL else level_words(level)


# -- jobs that run -------------------------------------------------------------------------------


def running(session: "ConsoleSession", _line: "CommandLine") -> None:
    """Show jobs that did not end."""
    out, every = session.out, session.director.running_jobs()
    if not session.api:
        out.plain("\nRunning Jobs:\n")
        for since in session.director.connected_consoles():
            out.plain(f"Console connected at {short_time(since)}\n")
        if not every:
            out.plain("No Jobs running.\n====\n")
            return
        out.plain(" JobId Level   Name                       Status\n")
        out.plain("=" * 70 + "\n")
    with out.array("running"):
        for job in _running(session):
            _show_running(session, job)
    if not session.api:
        out.plain("====\n")


def _running(session: "ConsoleSession") -> Iterator["RunningJob"]:
    for job in session.director.running_jobs():
        if session.rights.allows(Acl.JOB, job.name):
            yield job


def _show_running(session: "ConsoleSession", job: "RunningJob") -> None:
    out, doing = session.out, _doing(job)
    level = _level_of(job.type, job.level, " " * 6)[:7]
    with out.object():
        out.pair("jobid", job.job_id)
        out.pair("name", job.job)
        out.pair("level", level)
        out.pair("type", type_words(job.type))
        out.pair("status", doing)
        out.pair("start_time", short_time(job.started_at))
        out.pair("files", job.files)
        out.pair("bytes", job.bytes)
        if job.comment:
            out.pair("comment", job.comment)
    if session.api:
        comment = job.comment.replace(" ", "\x01")
        out.plain(f"{job.job_id:>6}\t{level:<6}\t{job.job:<20}\t{doing}\t{comment}\n")
        return
    out.plain(f"{job.job_id:>6} {level:<6}  {job.job:<20} {doing}\n")
    if job.comment:
        out.plain(f"{'':15}{job.comment:<30}\n")


def _doing(job: "RunningJob") -> str:
    """Return what a job does, in words."""
    match job.status:
        case "F":
            return f"is waiting on Client {job.client}".rstrip()
        case "S":
            return f'is waiting on Storage "{job.storage}"' if job.storage else _ON_STORAGE
        case "t" if job.scheduled_at:
            return f"is waiting for its start time at {short_time(job.scheduled_at)}"
        case "t":
            return "is waiting for its start time"
        case status:
            return _DOING.get(status, f"is in unknown state {status}")


_ON_STORAGE: Final = "is waiting on Storage"


# -- jobs that ended -----------------------------------------------------------------------------


def terminated(session: "ConsoleSession", _line: "CommandLine") -> None:
    """Show the latest jobs that ended."""
    out, every = session.out, session.director.terminated_jobs()
    if not session.api:
        if not every:
            out.plain("No Terminated Jobs.\n")
            return
        out.plain("\nTerminated Jobs:\n")
        out.plain(" JobId  Level    Files      Bytes   Status   Finished        Name \n")
        out.plain("=" * 68 + "\n")
    with out.array("terminated"):
        for job in every:
            if session.rights.allows(Acl.JOB, _name_of(job)):
                _show_terminated(session, job)
    if not session.api:
        out.plain("\n")


def _name_of(job: "TerminatedJob") -> str:
    """Return the name of the Job resource: the unique name without time and number."""
    return job.job.rsplit(".", 3)[0]


def _show_terminated(session: "ConsoleSession", job: "TerminatedJob") -> None:
    out, name, finished = session.out, _name_of(job), short_time(job.ended_at)
    level = _level_of(job.type, job.level, " " * 4)[:4]
    ending = _ENDINGS.get(job.status, "Other")
    with out.object():
        out.pair("jobid", job.job_id)
        out.pair("name", name)
        out.pair("level", level)
        out.pair("type", type_words(job.type))
        out.pair("status", ending)
        out.pair("files", job.files)
        out.pair("bytes", job.bytes)
        out.pair("finished", finished)
    files, size = with_commas(str(job.files)), with_suffix(job.bytes)
    if session.api:
        out.plain(
            f"{job.job_id:>6}\t{level:<6}\t{files:>8}\t{size:>10}\t{ending:<7}\t{finished:<8}"
            f"\t{name}\n"
        )
    else:
        out.plain(
            f"{job.job_id:>6}  {level:<6} {files:>8} {size:>10}  {ending:<7}  {finished:<8}"
            f" {name}\n"
        )


# -- clients that dialled in ---------------------------------------------------------------------


def _connections(session: "ConsoleSession", _line: "CommandLine") -> None:
    out, width = session.out, 20
    out.decoration("\nClient Initiated Connections (waiting for jobs):\n")
    heads = ("Connect time", "Protocol", "Authenticated")
    out.decoration("".join(f"{head:<{width}}" for head in heads) + f"{'Name':<40}\n")
    out.decoration("=" * width * 5 + "\n")
    with out.array("client-connection"):
        for client in session.director.connected_clients():
            since = short_time(client.connected_at)
            protocol = client.protocol_version
            with out.object():
                out.pair("connecttime", since, f"{since:<{width}}")
                out.pair("protocol_version", protocol, f"{protocol:<{width}}")
                out.pair("authenticated", client.authenticated, f"{1:<{width}}")
                out.pair("name", client.name, f"{client.name:<40}")
            out.decoration("\n")
