"""The commands of a Director that are about a job.

Source: daemon protocol, sections 5.1 to 5.4.
"""

import logging
import socket

from barque.errors import BarqueError, FormatError
from barque.formats.bootstrap import parse_bootstrap
from barque.storagedaemon.calling import call_for_job
from barque.storagedaemon.copy_run import CopyRun, copies
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.director_session import Command, DirectorSession, text_of
from barque.storagedaemon.job import Job, Reservation
from barque.storagedaemon.job_run import JobRun
from barque.storagedaemon.plugins import StoragePlugins
from barque.storagedaemon.replicate import ReplicationRun, dial_storage
from barque.storagedaemon.settings import DeviceSettings
from barque.transport.dial import Address
from barque.wire.framing import Signal
from barque.wire.hello import WIRE_VERSION, HelloStorageCalling
from barque.wire.message import shorten
from barque.wire.messages.director_storage import (
    BootstrapOk,
    BootstrapRefused,
    PassiveClient,
    PassiveClientOk,
    StartStorageJob,
    StartStorageJobOk,
    StoragePluginOptionsOk,
    UseDevice,
    UseDeviceOk,
    UseStorage,
)
from barque.wire.messages.job import (
    BandwidthOk,
    Cancel,
    MessageType,
    PluginOptions,
    Resolve,
    SetBandwidth,
    StorageSecureEraseCommand,
)
from barque.wire.messages.storage_storage import Replicate, ReplicateOk

log = logging.getLogger(__name__)

JUST_IN_TIME = "JustInTime Device"
"""Name of the device in the answer for a job that will write: it is chosen when data comes."""


def start_job(session: DirectorSession, line: bytes) -> None:
    """JobId=: a job begins."""
    start = StartStorageJob.match(line)
    if start is None:
        session.reply(f"3915 Bad Job command. stat=0 CMD: {shorten(line)}\n")
        return
    if session.job is not None:
        session.jobs.remove(session.job)
    job = session.jobs.add(start, session.director, session.around.clock())
    session.job = job
    name = session.around.settings.name
    session.link = DirectorLink(session.channel, name, start.job, start.job_id)
    for text in session.plugin_options:
        _add_plugin(session, text)
    session.plugin_options.clear()
    session.reply(StartStorageJobOk(job.session_id, job.session_time, job.key))


def use(session: DirectorSession, line: bytes) -> None:
    """`use storage=`: storages and devices follow until an empty list ends them."""
    job, link = session.require_job()
    if job.plugins is not None:
        job.plugins.start()
    wanted: list[tuple[UseStorage, list[str]]] = []
    frame: bytes | Signal = line
    while isinstance(frame, bytes):
        storage = UseStorage.match(frame)
        if storage is None:
            session.reply(f"3913 Bad use command: {shorten(frame)}\n")
            return
        wanted.append((storage, _device_names(session)))
        frame = session.channel.receive()
    storage = wanted[0][0]
    devices = _devices(session, wanted)
    if not devices:
        names = ", ".join(name for _, group in wanted for name in group)
        link.message(
            MessageType.FATAL,
            f'Device "{names}" with MediaType "{storage.media_type}" requested by the Director'
            " is not in the configuration of the Storage Daemon, or has another Media Type",
        )
        session.reply(
            f'3924 Device "{names}" not in SD Device resources or no matching Media Type.\n'
        )
        return
    reservation = Reservation(storage, devices)
    if storage.append:
        job.append = reservation
        link.info(f"Using just in time reservation for job {job.start.job_id}")
        session.reply(UseDeviceOk(JUST_IN_TIME))
    else:
        job.read = reservation
        session.reply(UseDeviceOk(devices[0].name))


def _device_names(session: DirectorSession) -> list[str]:
    names = []
    while isinstance(frame := session.channel.receive(), bytes):
        device = UseDevice.match(frame)
        if device is not None:
            names.append(device.device)
    return names


def _devices(
    session: DirectorSession, wanted: list[tuple[UseStorage, list[str]]]
) -> list[DeviceSettings]:
    around = session.around
    return [
        device
        for storage, names in wanted
        for name in names
        for device in around.drives.named(around.settings, name)
        if device.media_type == storage.media_type
    ]


def bootstrap(session: DirectorSession, _line: bytes) -> None:
    """`bootstrap`: its lines follow, each a message."""
    job, link = session.require_job()
    lines = []
    while isinstance(frame := session.channel.receive(), bytes):
        lines.append(text_of(frame))
    try:
        job.bootstrap = parse_bootstrap("\n".join(lines))
    except FormatError as error:
        link.message(MessageType.FATAL, f"{error}")
        session.reply(BootstrapRefused())
        return
    session.reply(BootstrapOk())


def run(session: DirectorSession, _line: bytes) -> None:
    """`run`: serve the File Daemon until the job ends; copies need none."""
    job, link = session.require_job()
    if job.replica is not None:
        ReplicationRun(job, link, session.around).run()
    elif copies(job):
        CopyRun(job, link, session.around).run()
    else:
        JobRun(job, link, session.around).run()
    session.quit = True


def listen(session: DirectorSession, _line: bytes) -> None:
    """`listen`: as run, for what another Storage Daemon sends."""
    job, link = session.require_job()
    JobRun(job, link, session.around).run()
    session.quit = True


def replicate(session: DirectorSession, line: bytes) -> None:
    """`replicate`: connect to the Storage Daemon that is to write what this one reads."""
    job, _ = session.require_job()
    command = Replicate.match(line)
    if command is None:
        session.reply(f"3991 Bad replicate command: {shorten(line)}\n")
        return
    try:
        job.replica = dial_storage(session.around.settings, command)
    except BarqueError as error:
        log.warning("%s: %s", job.name, error)
        session.reply(f"3991 Bad replicate command: {error}\n")
        return
    session.reply(ReplicateOk())


def passive(session: DirectorSession, line: bytes) -> None:
    """`passive client`: connect to the File Daemon instead of waiting for it."""
    job, link = session.require_job()
    command = PassiveClient.match(line)
    if command is None:
        session.reply(f"3991 Bad passive client command: {shorten(line)}\n")
        return
    try:
        _dial_client(session, job, command)
    except BarqueError as error:
        link.message(MessageType.FATAL, f"Failed to connect to the File Daemon: {error}")
        session.reply(f"3991 Bad passive client command: {shorten(line)}\n")
        return
    session.reply(PassiveClientOk())


def _dial_client(session: DirectorSession, job: Job, command: PassiveClient) -> None:
    channel = call_for_job(
        session.around.settings,
        Address(command.address, command.port),
        job=job.name,
        key=job.key,
        hello=HelloStorageCalling(job.name, WIRE_VERSION),
        tls_policy=command.tls_policy,
    )
    job.own_channel(channel)


def cancel(session: DirectorSession, line: bytes) -> None:
    """`cancel Job=`: end a job soon."""
    command = Cancel.match(line)
    if command is None:
        session.finish("3903 Error scanning cancel command.\n")
        return
    job = session.jobs.find(command.job)
    if job is None:
        session.finish(f"3904 Job {command.job} not found.\n")
        return
    job.cancel()
    session.around.drives.notify()
    session.finish(f'3000 JobId={job.start.job_id} Job="{job.name}" marked to be canceled.\n')


def set_bandwidth(session: DirectorSession, line: bytes) -> None:
    """`setbandwidth=`: cap the rate of one job, or of all jobs of this Director."""
    command = SetBandwidth.match(line)
    if command is None:
        session.reply(f"2991 Bad setbandwidth command: {shorten(line)}\n")
        return
    if command.job and command.job != "*":
        job = session.jobs.find(command.job)
        if job is None:
            session.reply(f"2901 Job {command.job} not found.\n")
            return
        job.bandwidth = command.limit
    session.reply(BandwidthOk())


def get_secure_erase(session: DirectorSession, _line: bytes) -> None:
    """`getSecureEraseCmd`: tell the command that deletes files."""
    command = session.around.settings.secure_erase_command or "*None*"
    session.reply(StorageSecureEraseCommand(f"{command} "))


def plugin_options(session: DirectorSession, line: bytes) -> None:
    """`pluginoptions`: load a plugin for the job, which comes before or after it."""
    command = PluginOptions.match(line)
    if command is not None and session.job is not None:
        _add_plugin(session, command.options)
    elif command is not None:
        session.plugin_options.append(command.options)
    session.reply(StoragePluginOptionsOk())


def _add_plugin(session: DirectorSession, text: str) -> None:
    job, link = session.require_job()
    if job.plugins is None:
        around = session.around
        job.plugins = StoragePlugins(job, link, around.settings, around.debug.level)
    job.plugins.add(text)


def resolve(session: DirectorSession, line: bytes) -> None:
    """`resolve`: look a host name up."""
    command = Resolve.match(line)
    host = command.host if command else ""
    name = session.around.settings.name
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, None)}
    except OSError as error:
        session.finish(f"{name}: Failed to resolve {host}: {error.strerror}\n")
        return
    session.finish(f"{name} resolves {host} to {', '.join(sorted(found))}\n")


COMMANDS: tuple[Command, ...] = (
    Command(b"JobId=", start_job),
    Command(b"use storage=", use),
    Command(b"bootstrap", bootstrap),
    Command(b"run", run),
    Command(b"listen", listen),
    Command(b"replicate", replicate),
    Command(b"passive", passive),
    Command(b"cancel", cancel),
    Command(b"setbandwidth=", set_bandwidth),
    Command(b"getSecureEraseCmd", get_secure_erase),
    Command(b"pluginoptions", plugin_options),
    Command(b"resolve", resolve),
)
"""Commands about jobs."""
