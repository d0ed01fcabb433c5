"""The commands of a Director, one handler each.

A handler returns whether the next command may come.
Source: daemon protocol, section 3.1.
"""

import socket
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from barque.daemon.version import SHORT_DATE, VERSION, distribution, system_name
from barque.domain.job import JobStatus, JobType
from barque.errors import JobError, RemoteProtocolError
from barque.filedaemon.accurate import AccurateList
from barque.filedaemon.backup import run_backup, tell_support
from barque.filedaemon.estimate import run_estimate
from barque.filedaemon.fileset import parse_fileset
from barque.filedaemon.job import Job
from barque.filedaemon.listed_files import IN_MEMORY
from barque.filedaemon.plugins import JobPlugins
from barque.filedaemon.report import ALL_TYPES, JobReport
from barque.filedaemon.restore import RestoreRun, parse_destination
from barque.filedaemon.scripts import When, run_scripts
from barque.filedaemon.since import SinceTime, measure_offset, parse_level
from barque.filedaemon.status import (
    show_header,
    show_running,
    show_running_fields,
    show_terminated,
    show_terminated_fields,
)
from barque.filedaemon.storage import connect_storage
from barque.filedaemon.verify import VERIFY_LEVELS, VerifyRun
from barque.transport.channel import Channel
from barque.transport.dial import Address
from barque.wire.framing import Signal
from barque.wire.message import Message
from barque.wire.messages.director_file import (
    AccurateList as AccurateCommand,
)
from barque.wire.messages.director_file import (
    AuthorizationOk,
    Backup,
    BackupOk,
    ConnectStorage,
    EndRestoreObjects,
    Estimate,
    EstimateOk,
    FileSetOk,
    LevelOk,
    PluginOptionsOk,
    Restore,
    RestoreObjectsOk,
    RestoreOk,
    RunBeforeNowOk,
    RunScript,
    RunScriptOk,
    SendFileSet,
    SendRestoreObject,
    SetAuthorization,
    SetDebug,
    SetLevel,
    StartJob,
    StartJobOk,
    StatusPart,
    StorageEnd,
    StorageOk,
    Verify,
    VerifyOk,
)
from barque.wire.messages.job import (
    BandwidthOk,
    Cancel,
    FileSecureEraseCommand,
    PluginOptions,
    Resolve,
    SetBandwidth,
)
from barque.wire.template import to_bytes

if TYPE_CHECKING:
    from barque.filedaemon.session import Session

type Handler = Callable[["Session", bytes], bool]
"""Takes the session and the whole command."""

_STORAGE_PATIENCE: Final = 1800.0
"""Second; how long a passive client waits for the Storage Daemon."""

_CLOCKS_DIFFER: Final = 3.0
"""Second; a larger difference of the clocks is told."""

_BAD_JOB: Final = b"2901 Bad Job\n"
_BAD_STORAGE: Final = b"2902 Bad storage\n"
_BAD_BACKUP: Final = b"2902 Bad backup\n"
_FAILED_SCRIPT: Final = b"2905 Failed RunScript\n"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: how it begins, and what it does."""

    keyword: bytes
    handler: Handler
    for_monitors: bool = False
    """Whether Directors that may only look may give it."""


def _decode[M: Message](kind: type[M], payload: bytes) -> M:
    return kind.decode(payload)


# --- the job and what it needs


def _start_job(session: "Session", payload: bytes) -> bool:
    command = StartJob.match(payload)
    if command is None:
        session.channel.send(_BAD_JOB)
        return False
    daemon = session.daemon
    report = JobReport(
        daemon=daemon.name,
        job_id=command.job_id,
        job=command.job,
        post=session.post if command.job_id else session.answer,
        clock=daemon.clock,
        wanted=daemon.wanted_messages(session.director) if command.job_id else ALL_TYPES,
    )
    policy = command.tls_policy
    job = Job(
        command.job_id,
        command.job,
        session.director.name,
        command.key,
        (4 if session.channel.tls else 0) if policy is None else policy,
        report,
        daemon.clock(),
        command.session_id,
        command.session_time,
    )
    limit = session.director.maximum_bandwidth_per_job or daemon.client.maximum_bandwidth_per_job
    job.plugins = JobPlugins(job, daemon.plugin_place(), daemon.count_plugins)
    job.bandwidth = limit
    job.pace.set_limit(limit)
    daemon.add_job(job)
    session.job = job
    session.limit_time(job, daemon.client.absolute_job_timeout)
    about = f"{VERSION} ({SHORT_DATE}) {system_name()},{distribution()[0]}"
    session.channel.send(StartJobOk(about))
    return True


def _set_level(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    said = parse_level(_decode(SetLevel, payload).words)
    if isinstance(said, SinceTime):
        offset = measure_offset(session.channel, session.daemon.clock)
        if abs(offset) > _CLOCKS_DIFFER:
            job.report.info(
                f"DIR and FD clocks differ by {int(offset)} seconds, FD automatically compensating."
            )
        job.since = said.at + int(offset)
        job.since_text = str(said.at)
        job.previous_job = said.previous_job
        job.mtime_only = said.mtime_only
    else:
        job.level = said.level
        job.rerunning = said.rerunning
        if said.level.value in "ID" or said.accurate:
            return True
    session.channel.send(LevelOk())
    return True


def _set_fileset(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    job.vss = bool(_decode(SendFileSet, payload).vss)
    lines = session.receive_lines()
    try:
        job.fileset = parse_fileset(lines)
    except RemoteProtocolError as error:
        raise JobError(str(error)) from None
    plugins = _plugins(job)
    for text in job.fileset.definitions():
        plugins.command(text)
    plugins.end_fileset()
    job.check_fatal()
    session.channel.send(FileSetOk())
    return True


def _set_accurate(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    _decode(AccurateCommand, payload)
    threshold = int(session.daemon.client.lmdb_threshold or 0)
    accurate = AccurateList(threshold or IN_MEMORY)
    while (frame := session.channel.receive()) is not Signal.EOD:
        if isinstance(frame, Signal):
            raise JobError("the Director left in the middle of the accurate list")
        accurate.add(frame)
    job.accurate = accurate
    return True


def _plugins(job: Job) -> JobPlugins:
    assert isinstance(job.plugins, JobPlugins)
    return job.plugins


def _plugin_options(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    _plugins(job).options(_decode(PluginOptions, payload).options)
    job.check_fatal()
    session.channel.send(PluginOptionsOk())
    return True


def _restore_object(session: "Session", payload: bytes) -> bool:
    """Take an object of a plugin and give it back to the plugin."""
    job = session.require_job()
    if EndRestoreObjects.match(payload) or payload.startswith(b"restoreobject end"):
        job.check_fatal()
        session.channel.send(RestoreObjectsOk())
        return True
    command = _decode(SendRestoreObject, payload)
    name = session.channel.receive_message().rstrip(b"\0").decode("utf-8", "surrogateescape")
    content = session.channel.receive_message()[: command.length]
    if command.compression:
        try:
            content = zlib.decompress(content)
        except zlib.error as error:
            raise JobError(f"Object {name} of a plugin is damaged: {error}") from None
    _plugins(job).restore_object(
        text=command.plugin.rstrip("\0\n"),
        name=name,
        kind=command.type,
        index=command.index,
        job_id=command.job_id,
        content=content,
    )
    return True


def _secure_erase(session: "Session", _payload: bytes) -> bool:
    command = session.daemon.client.secure_erase_command or "*None*"
    session.channel.send(FileSecureEraseCommand(command))
    return True


def _accept_deprecated(answer: bytes) -> Handler:
    def accept(session: "Session", _payload: bytes) -> bool:
        session.channel.send(answer)
        return True

    return accept


# --- scripts


def _take_script(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    if session.allowed_commands and "runscript" not in session.allowed_commands:
        job.report.fatal_error("Job type runscript is not allowed here (AllowedJobCommand).")
        session.channel.send(_FAILED_SCRIPT)
        return False
    script = RunScript.match(payload)
    if script is None:
        session.channel.send(_FAILED_SCRIPT)
        return False
    job.scripts.append(script)
    session.channel.send(RunScriptOk())
    return True


def _run_before(session: "Session", _payload: bytes) -> bool:
    job = session.require_job()
    succeeded = run_scripts(
        job, When.BEFORE, client=session.daemon.name, allowed=session.allowed_directories
    )
    session.channel.send(RunBeforeNowOk() if succeeded else _FAILED_SCRIPT)
    return succeeded


# --- the Storage Daemon


def _connect_storage(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    command = _decode(ConnectStorage, payload)
    if command.key:
        job.multiple_storages = True
        job.key = command.key
    client = session.daemon.client
    source = client.source_address if client.source_address not in ("", "0", "0.0.0.0") else ""  # noqa: S104 - means any
    address = Address(command.address, command.port, source)
    job.drop_storage()
    try:
        job.storage = connect_storage(
            job,
            address,
            command.tls_policy,
            patience=client.sd_connect_timeout,
            heartbeat=client.heartbeat_interval,
        )
    except JobError:
        session.channel.send(_BAD_STORAGE)
        raise
    job.check_canceled()
    session.channel.send(StorageOk())
    return True


def _set_authorization(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    job.key = _decode(SetAuthorization, payload).key
    session.channel.send(AuthorizationOk())
    return True


# --- the work


def _allow(session: "Session", what: str) -> None:
    """Raise JobError when this Director may not run such jobs."""
    allowed = session.allowed_commands
    if allowed and what not in allowed:
        raise JobError(f'Illegal "{what}" command: not in AllowedJobCommand of this client.')


def _backup(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    job.type = JobType.BACKUP
    if session.daemon.restore_only:
        raise JobError("Filed in restore only mode, backups are not allowed, aborting...")
    _allow(session, "backup")
    _refuse_encryption(session, job)
    command = Backup.match(payload) or Backup()
    tell_support(job)
    try:
        storage = job.wait_for_storage(_STORAGE_PATIENCE)
    except JobError:
        session.channel.send(_BAD_BACKUP)
        raise
    job.set_status(JobStatus.BLOCKED)
    session.channel.send(BackupOk())
    session.channel.flush()
    run_backup(job, storage, command.file_index)
    return False


def _refuse_encryption(session: "Session", job: Job) -> None:
    """Raise JobError when data is to be encrypted: it is never sent in the clear instead."""
    forced = any(
        block.options.encrypt for include in job.fileset.includes for block in include.blocks
    )
    client = session.daemon.client
    if client.pki_encryption or forced:
        where = "the FileSet (ForceEncryption)" if forced else "this client (PkiEncryption)"
        raise JobError(
            f"Data encryption is asked for by {where} but not supported yet: nothing is saved. "
            "Remove the directive to save the data unencrypted."
        )
    if client.pki_signatures:
        job.report.warning("PkiSignatures is not supported yet: the data is not signed.")


def _restore(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    job.type = JobType.RESTORE
    if session.daemon.backup_only:
        raise JobError("Filed in backup only mode, restores are not allowed, aborting...")
    _allow(session, "restore")
    command = _decode(Restore, payload)
    destination = parse_destination(command)
    where = _plugins(job).known.where
    where.where = command.where or None
    where.regexwhere = command.regexwhere or None
    where.prefix_links = bool(command.prelinks)
    storage = job.wait_for_storage(_STORAGE_PATIENCE)
    if session.restore is None:
        session.restore = RestoreRun(job, destination)
    session.channel.send(RestoreOk())
    session.channel.flush()
    session.restore.read_storage(storage)
    if job.multiple_storages:
        job.drop_storage()
        session.channel.send(StorageEnd())
    return job.multiple_storages


def _end_restore(_session: "Session", _payload: bytes) -> bool:
    return False


def _verify(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    job.type = JobType.VERIFY
    _allow(session, "verify")
    level = VERIFY_LEVELS.get(_decode(Verify, payload).level.lower())
    if level is None:
        session.channel.send(b"2994 Bad verify level: " + payload)
        return False
    job.level = level
    session.channel.send(VerifyOk())
    run = VerifyRun(job, session.channel)
    if level is VERIFY_LEVELS["volume"]:
        if job.storage is None:
            raise JobError("Storage command not issued before Verify.")
        run.verify_volume(job.storage)
    elif level is VERIFY_LEVELS["data"]:
        session.channel.send(b"2994 Bad verify level: " + payload)
        return False
    else:
        run.verify_disk()
    session.channel.signal(Signal.EOD)
    return False


def _estimate(session: "Session", payload: bytes) -> bool:
    job = session.require_job()
    _allow(session, "estimate")
    command = _decode(Estimate, payload)
    job.set_status(JobStatus.RUNNING)
    files, size = run_estimate(job, listing=command.listing)
    session.channel.send(EstimateOk(f"{files:,}", f"{size:,}"))
    session.channel.signal(Signal.EOD)
    return True


# --- commands about other jobs and the daemon itself


def _cancel(session: "Session", payload: bytes) -> bool:
    channel = session.channel
    command = Cancel.match(payload)
    if command is None:
        channel.send(b"2902 Error scanning cancel command.\n")
    else:
        job = session.daemon.find_job(command.job)
        if job is None:
            channel.send(to_bytes(f"2901 Job {command.job} not found.\n"))
        else:
            job.cancel()
            channel.send(to_bytes(f"2001 Job {command.job} marked to be canceled.\n"))
    channel.signal(Signal.EOD)
    return True


def _set_bandwidth(session: "Session", payload: bytes) -> bool:
    command = _decode(SetBandwidth, payload)
    job = session.daemon.find_job(command.job)
    if job is None and session.job is not None and session.job.name == command.job:
        job = session.job
    if job is None:
        session.channel.send(to_bytes(f"2901 Job {command.job} not found.\n"))
    else:
        job.bandwidth = max(0, command.limit)
        job.pace.set_limit(job.bandwidth)
    session.channel.send(BandwidthOk())
    return True


def _set_debug(session: "Session", payload: bytes) -> bool:
    command = _decode(SetDebug, payload)
    settings = session.daemon.debug.follow(command.level, command.trace, command.timestamp)
    stamp = f" timestamp={command.timestamp}" if b"timestamp=" in payload else ""
    session.channel.send(
        to_bytes(
            f"2000 OK setdebug={command.level} trace={command.trace} "
            f"hangup={command.hangup}{stamp} tracefile={settings.path}\n"
        )
    )
    return True


def _resolve(session: "Session", payload: bytes) -> bool:
    host = _decode(Resolve, payload).host
    name = session.daemon.name
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        answer = f"{name} failed to resolve {host}\n"
    else:
        shown = " ".join(
            dict.fromkeys(_show_host(family, place) for family, _, _, _, place in found)
        )
        answer = f"{name} resolves {host} to {shown}\n"
    session.channel.send(to_bytes(answer))
    session.channel.signal(Signal.EOD)
    return True


def _show_host(family: int, place: tuple[object, ...]) -> str:
    return f"host[{'ipv6' if family == socket.AF_INET6 else 'ipv4'};{place[0]}]"


def _status(session: "Session", _payload: bytes) -> bool:
    overview = session.daemon.overview(session)
    channel = session.channel
    channel.send(b"\n")
    for part in (show_header, show_running, show_terminated):
        _send_lines(channel, part(overview))
    channel.signal(Signal.EOD)
    return True


def _send_lines(channel: Channel, lines: Iterable[str]) -> None:
    """Send lines of a status page; each carries a closing NUL."""
    for line in lines:
        channel.send(to_bytes(line) + b"\0")


_DOT_STATUS_OK: Final = b"2000 OK .status\n"


def _status_part(session: "Session", payload: bytes) -> bool:
    command = StatusPart.match(payload)
    overview = session.daemon.overview(session)
    channel = session.channel
    part = command.part.lower() if command else ""
    if part == "current":
        channel.send(_DOT_STATUS_OK)
        for job in overview.jobs:
            channel.send(_dot_line(job.job_id, job.status, job.report.errors))
    elif part == "last":
        channel.send(_DOT_STATUS_OK)
        for ended in overview.ended[-1:]:
            channel.send(_dot_line(ended.job_id, ended.status, ended.errors))
    elif part == "header":
        _send_lines(channel, show_header(overview))
    elif part == "running":
        _send_lines(channel, show_running_fields(overview))
    elif part == "terminated":
        _send_lines(channel, show_terminated_fields(overview))
    else:
        what = "wrong" if command else "missing"
        channel.send(f"2900 Bad .status command, {what} argument.\n".encode())
        channel.signal(Signal.EOD)
        return False
    channel.signal(Signal.EOD)
    return True


def _dot_line(job_id: int, status: JobStatus, errors: int) -> bytes:
    return f"JobId={job_id} JobStatus={status.value} JobErrors={errors}\n".encode()


COMMANDS: Final = (
    Command(b"accurate", _set_accurate),
    Command(b"backup", _backup),
    Command(b"bootstrap", _accept_deprecated(b"2000 OK bootstrap\n")),
    Command(b"cancel", _cancel),
    Command(b"endrestore", _end_restore),
    Command(b"estimate", _estimate),
    Command(b"fileset", _set_fileset),
    Command(b"JobId=", _start_job),
    Command(b"level = ", _set_level),
    Command(b"pluginoptions", _plugin_options),
    Command(b"RunBeforeNow", _run_before),
    Command(b"Run", _take_script),
    Command(b"restoreobject", _restore_object),
    Command(b"restore ", _restore),
    Command(b"resolve ", _resolve),
    Command(b"getSecureEraseCmd", _secure_erase),
    Command(b"session", _accept_deprecated(b"2000 OK session\n")),
    Command(b"setauthorization", _set_authorization),
    Command(b"setbandwidth=", _set_bandwidth),
    Command(b"setdebug=", _set_debug),
    Command(b"status", _status, for_monitors=True),
    Command(b".status", _status_part, for_monitors=True),
    Command(b"storage ", _connect_storage),
    Command(b"verify", _verify),
)
"""Every command; the longer of two that begin alike comes first."""


def find_command(payload: bytes) -> Command | None:
    """Return the command that *payload* is; None when it is none."""
    for command in COMMANDS:
        if payload.startswith(command.keyword):
            return command
    return None
