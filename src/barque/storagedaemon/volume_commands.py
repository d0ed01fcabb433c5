"""The commands of a Director that are about devices and volumes.

Source: daemon protocol, section 5.3.
"""

import logging

from barque.errors import BarqueError, DeviceFullError, VolumeNotFoundError
from barque.storagedaemon.director_session import Command, DirectorSession
from barque.storagedaemon.drive import Drive
from barque.storagedaemon.labelling import NewLabel, holds_only_a_label, write_label
from barque.storagedaemon.volume_reader import read_label
from barque.wire.framing import Signal
from barque.wire.message import shorten
from barque.wire.messages.director_storage import Label, LabelOk, Relabel
from barque.wire.messages.storage_device import (
    AutochangerQuery,
    MountDevice,
    ReadLabel,
    ReleaseDevice,
    SetDebug,
    SetDevice,
    UnmountDevice,
)

log = logging.getLogger(__name__)


def find_drive(session: DirectorSession, name: str, number: int) -> Drive | None:
    """Return the drive of a Device, or drive *number* of an autochanger."""
    around = session.around
    changer = around.settings.autochangers.get(name)
    if changer is None:
        return around.drives.find(name)
    return around.drives.find(changer[number]) if 0 <= number < len(changer) else None


def _asked[M: (Label, Relabel, ReadLabel, MountDevice, UnmountDevice, ReleaseDevice)](
    session: DirectorSession, kind: type[M], line: bytes, refusal: str
) -> tuple[M, Drive] | None:
    """Return the command and the drive that it is about; None when that was refused."""
    command = kind.match(line)
    if command is None:
        session.finish(f"{refusal}: {shorten(line)}\n")
        return None
    drive = find_drive(session, command.device, command.drive)
    if drive is None:
        session.finish(f'3999 Device "{command.device}" not found or could not be opened.\n')
        return None
    return command, drive


def label(session: DirectorSession, line: bytes) -> None:
    """`label`: make a new volume."""
    asked = _asked(session, Label, line, "3903 Error scanning label command")
    if asked is None:
        return
    command, drive = asked
    new = NewLabel(command.volume, command.pool, "Backup", command.media_type)
    _label(session, drive, new, may_lose="")


def relabel(session: DirectorSession, line: bytes) -> None:
    """`relabel`: give a volume that is not needed any more a new name."""
    asked = _asked(session, Relabel, line, "3903 Error scanning label command")
    if asked is None:
        return
    command, drive = asked
    new = NewLabel(command.new, command.pool, "Backup", command.media_type)
    _label(session, drive, new, may_lose=command.old)


def _label(session: DirectorSession, drive: Drive, new: NewLabel, may_lose: str) -> None:
    """Write a label; *may_lose* names the volume whose contents may go, if any."""
    drives = session.around.drives
    if not drives.claim(new.volume, drive):
        session.finish(f'3937 Device "{drive.title}" is busy with writers=1 reserved=0.\n')
        return
    try:
        size = _write_new_label(session, drive, new, may_lose)
    except _RefusedError as error:
        session.finish(str(error))
    except DeviceFullError as error:
        session.finish(f"3914 Failed to label Volume (no media): ERR={error}\n")
    except BarqueError as error:
        session.finish(f"3912 Failed to label Volume: ERR={error}\n")
    else:
        session.reply(
            LabelOk(0, size, new.volume, drive.settings.name, drive.settings.archive_device)
        )
        session.signal(Signal.EOD)
    finally:
        drives.disclaim(new.volume, drive)


class _RefusedError(BarqueError):
    """Carries the answer to the Director."""


def _write_new_label(session: DirectorSession, drive: Drive, new: NewLabel, may_lose: str) -> int:
    device = drive.device
    if may_lose and may_lose != new.volume:
        _forget(drive, may_lose)
    file = device.open_append(new.volume, create=True)
    try:
        if file.size() and may_lose != new.volume:
            try:
                found = read_label(file).volume
            except BarqueError:
                if not holds_only_a_label(file):
                    raise _RefusedError(
                        f"3913 Cannot label Volume. {drive.title} has a file"
                        f' "{new.volume}" that is no volume: it is left alone.\n'
                    ) from None
            else:
                raise _RefusedError(
                    f'3920 Cannot label Volume because it is already labeled: "{found}"\n'
                )
        return write_label(file, new, session.around.clock())
    finally:
        file.close()


def _forget(drive: Drive, volume: str) -> None:
    """Empty the volume that gets another name; that it is gone already is no error."""
    try:
        file = drive.device.open_append(volume)
    except VolumeNotFoundError:
        return
    try:
        file.truncate(0)
    finally:
        file.close()


def read_volume_label(session: DirectorSession, line: bytes) -> None:
    """`readlabel`: tell which volume is in a drive."""
    asked = _asked(session, ReadLabel, line, "3909 Error scanning readlabel command")
    if asked is None:
        return
    command, drive = asked
    volume = drive.volume.name if drive.volume else drive.last_volume
    if volume:
        session.finish(f"3001 Volume={volume} Slot={command.slot}\n")
    else:
        session.finish(
            f'3902 Cannot mount Volume on Storage Device "{drive.title}" because:\n'
            "no volume is mounted.\n"
        )


def mount(session: DirectorSession, line: bytes) -> None:
    """`mount`: let jobs use the device again."""
    asked = _asked(session, MountDevice, line, "3909 Error scanning mount command")
    if asked is None:
        return
    _, drive = asked
    drive.blocked = False
    session.around.drives.notify()
    if drive.volume is not None:
        session.finish(f'3001 Device {drive.title} is mounted with Volume "{drive.volume.name}"\n')
    else:
        session.finish(f"3906 File device {drive.title} is always mounted.\n")


def unmount(session: DirectorSession, line: bytes) -> None:
    """`unmount`: no job shall begin to use the device until it is mounted again."""
    asked = _asked(session, UnmountDevice, line, "3907 Error scanning unmount command")
    if asked is None:
        return
    _, drive = asked
    if drive.writers or drive.readers:
        session.finish(_busy(drive))
    elif drive.volume is None:
        session.finish(f'3901 Device "{drive.title}" is already unmounted.\n')
    else:
        drive.blocked = True
        session.finish(f'3002 Device "{drive.title}" unmounted.\n')


def release(session: DirectorSession, line: bytes) -> None:
    """`release`: close what is open without need."""
    asked = _asked(session, ReleaseDevice, line, "3927 Error scanning release command")
    if asked is None:
        return
    _, drive = asked
    if drive.writers or drive.readers:
        session.finish(_busy(drive))
    else:
        session.finish(f'3921 Device "{drive.title}" already released.\n')


def _busy(drive: Drive) -> str:
    if drive.writers:
        count = len(drive.writers)
        return f'3937 Device "{drive.title}" is busy with writers={count} reserved=0.\n'
    return f'3936 Device "{drive.title}" is busy reading.\n'


def autochanger(session: DirectorSession, line: bytes) -> None:
    """`autochanger`: disks have no slots; the number of drives is known."""
    command = AutochangerQuery.match(line)
    if command is None:
        session.finish(
            f"3908 Error scanning autochanger drives/list/slots command: {shorten(line)}\n"
        )
        return
    drives = session.around.settings.autochangers.get(command.device)
    if drives is None:
        session.finish(f'3998 Device "{command.device}" is not an autochanger.\n')
    elif command.what == "drives":
        session.finish(f"drives={len(drives)}\n")
    elif command.what == "slots":
        session.finish("slots=0\n")
    else:
        session.signal(Signal.EOD)


def set_device(session: DirectorSession, line: bytes) -> None:
    """`setdevice`: let jobs that name the autochanger use this device, or not."""
    command = SetDevice.match(line)
    drive = session.around.drives.find(command.device) if command else None
    if command is None or drive is None:
        session.reply(f"3991 Bad setdevice command: {shorten(line)}\n")
        return
    drive.auto_select = command.auto_select
    session.reply(f"3000 OK setdevice={command.device} autoselect={int(command.auto_select)}\n")


def set_debug(session: DirectorSession, line: bytes) -> None:
    """`setdebug=`: make the program log tell more, and write it into a file."""
    command = SetDebug.match(line)
    if command is None:
        session.reply(f"3991 Bad setdebug command: {shorten(line)}\n")
        return
    settings = session.around.debug.follow(command.level, command.trace, command.timestamp)
    session.reply(
        f"3000 OK setdebug={command.level} trace={command.trace or 0}"
        f" timestamp={command.timestamp or 0} tracefile={settings.path}\n"
    )


COMMANDS: tuple[Command, ...] = (
    Command(b"label", label),
    Command(b"relabel", relabel),
    Command(b"readlabel", read_volume_label),
    Command(b"mount", mount),
    Command(b"unmount", unmount),
    Command(b"release", release),
    Command(b"autochanger", autochanger),
    Command(b"setdevice", set_device),
    Command(b"setdebug=", set_debug),
)
"""Commands about devices."""
