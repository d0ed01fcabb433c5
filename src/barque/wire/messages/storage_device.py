r"""Director → Storage Daemon: commands about devices.

Source: daemon protocol, section 5.3.
"""

from dataclasses import dataclass

from barque.wire.message import Message


@dataclass(frozen=True)
class MountDevice(Message, line="mount {device:name} drive={drive:int}[ slot={slot:int}]\n"):
    """Let jobs use a device."""

    device: str
    drive: int = 0
    slot: int | None = None


@dataclass(frozen=True)
class UnmountDevice(Message, line="unmount {device:name} drive={drive:int}\n"):
    """Let no job use a device."""

    device: str
    drive: int = 0


@dataclass(frozen=True)
class ReleaseDevice(Message, line="release {device:name} drive={drive:int}\n"):
    """Close a device that nobody uses."""

    device: str
    drive: int = 0


@dataclass(frozen=True)
class ReadLabel(Message, line="readlabel {device:name} Slot={slot:int} drive={drive:int}\n"):
    """Tell which volume is in a drive."""

    device: str
    slot: int = 0
    drive: int = 0


@dataclass(frozen=True)
class AutochangerQuery(Message, line="autochanger {what:word} {device:name}[ drive={drive:int}]\n"):
    """Ask for the slots, drives or volumes of an autochanger."""

    what: str
    """list, listall, slots, drives."""
    device: str
    drive: int | None = None


@dataclass(frozen=True)
class SetDevice(Message, line="setdevice device={device:name} autoselect={auto_select:flag}\n"):
    """Let jobs choose a device by its autochanger, or not."""

    device: str
    auto_select: bool


@dataclass(frozen=True)
class SetDebug(
    Message, line="setdebug={level:int}[ trace={trace:int}][ timestamp={timestamp:int}]\n"
):
    """Set the debug level."""

    level: int
    trace: int | None = None
    timestamp: int | None = None
