r"""Messages that both File Daemon and Storage Daemon exchange with the Director about a job.

Source: daemon protocol, sections 3.1, 3.9, 5.3 and 5.7.
"""

from dataclasses import dataclass
from enum import IntEnum

from barque.wire.message import Message
from barque.wire.template import bash, to_bytes


class MessageType(IntEnum):
    """Kinds of job messages; the number travels in Jmsg."""

    ABORT = 1
    DEBUG = 2
    FATAL = 3
    ERROR = 4
    WARNING = 5
    INFO = 6
    SAVED = 7
    NOTSAVED = 8
    SKIPPED = 9
    MOUNT = 10
    ERROR_TERM = 11
    TERM = 12
    RESTORED = 13
    SECURITY = 14
    ALERT = 15
    VOLMGMT = 16
    AUDIT = 17
    CONFIG_ERROR = 18


SEVERITY_WORDS = {
    MessageType.ABORT: "ABORTING due to ERROR",
    MessageType.ERROR_TERM: "ERROR TERMINATION",
    MessageType.FATAL: "Fatal error: ",
    MessageType.ERROR: "Error: ",
    MessageType.WARNING: "Warning: ",
    MessageType.SECURITY: "Security violation: ",
}
"""What stands between the line's prefix and its text; the others have no word."""


@dataclass(frozen=True)
class JobMessage(Message, line="Jmsg Job={job:name} type={type:int} level={time:int} {text:block}"):
    r"""Daemon → Director: a line for the job's log.

    *text* is ``<daemon> JobId <n>: [Fatal error: ]...`` and ends with its own line break.
    """

    job: str
    type: int
    time: int
    """s since 1970."""
    text: str

    def encode(self) -> bytes:
        """Return the payload; written out, as there is one for each file of a restore."""
        job = bash(self.job)
        return to_bytes(f"Jmsg Job={job} type={self.type} level={self.time} {self.text}")


@dataclass(frozen=True)
class JobStatusChanged(Message, line="Status Job={job:name} JobStatus={status:int}\n"):
    """Storage Daemon → Director."""

    job: str
    status: int
    """ASCII code of the status letter."""


@dataclass(frozen=True)
class Cancel(Message, line="cancel Job={job:name}\n"):
    """Director → File Daemon or Storage Daemon."""

    job: str


@dataclass(frozen=True)
class GetSecureEraseCommand(Message, line="getSecureEraseCmd\n"):
    """Director → File Daemon or Storage Daemon."""


@dataclass(frozen=True)
class FileSecureEraseCommand(Message, line="2000 OK FDSecureEraseCmd {command:rest}\n"):
    """File Daemon → Director."""

    command: str = "*None*"


@dataclass(frozen=True)
class StorageSecureEraseCommand(Message, line="2000 OK SDSecureEraseCmd {command:rest}\n"):
    """Storage Daemon → Director; upstream puts a blank before the line break."""

    command: str = "*None* "


@dataclass(frozen=True)
class SetBandwidth(Message, line="setbandwidth={limit:int} Job={job:name}\n"):
    """Director → File Daemon or Storage Daemon: cap the transfer rate of one job."""

    limit: int
    """byte/s; 0 lifts the cap."""
    job: str


@dataclass(frozen=True)
class BandwidthOk(Message, line="2000 OK Bandwidth\n"):
    """File Daemon or Storage Daemon → Director."""


@dataclass(frozen=True)
class PluginOptions(Message, line="pluginoptions {options:name}\n"):
    """Director → File Daemon or Storage Daemon."""

    options: str


@dataclass(frozen=True)
class Resolve(Message, line="resolve {host:word}\n"):
    """Director → File Daemon or Storage Daemon."""

    host: str
