r"""The data channel of File Daemon and Storage Daemon.

Source: daemon protocol, section 6.
"""

from dataclasses import dataclass

from barque.wire.message import Message


@dataclass(frozen=True)
class AppendOpen(Message, line="append open session\n"):
    """File Daemon → Storage Daemon."""


@dataclass(frozen=True)
class OpenOk(Message, line="3000 OK open ticket = {ticket:int}\n"):
    """Storage Daemon → File Daemon; the ticket is the VolSessionId."""

    ticket: int


@dataclass(frozen=True)
class AppendData(Message, line="append data {ticket:int}\n"):
    """File Daemon → Storage Daemon; after the answer the streams follow."""

    ticket: int


@dataclass(frozen=True)
class DataOk(Message, line="3000 OK data\n"):
    """Storage Daemon → File Daemon."""


@dataclass(frozen=True)
class DataError(Message, line="3000 error\n"):
    """Storage Daemon → File Daemon: nothing to read."""


@dataclass(frozen=True)
class AppendDataOk(Message, line="3000 OK append data\n"):
    """Storage Daemon → File Daemon: everything arrived."""


@dataclass(frozen=True)
class AppendEnd(Message, line="append end session {ticket:int}\n"):
    """File Daemon → Storage Daemon."""

    ticket: int


@dataclass(frozen=True)
class EndOk(Message, line="3000 OK end\n"):
    """Storage Daemon → File Daemon."""


@dataclass(frozen=True)
class AppendClose(Message, line="append close session {ticket:int}\n"):
    """File Daemon → Storage Daemon."""

    ticket: int


@dataclass(frozen=True)
class CloseOk(Message, line="3000 OK close Status = {status:int}\n"):
    """Storage Daemon → File Daemon; EOD follows."""

    status: int
    """ASCII code of the status letter."""


@dataclass(frozen=True)
class ReadOpen(
    Message,
    line="read open session = {volume:name} {session_id:int} {session_time:int}"
    " {start_file:int} {end_file:int} {start_block:int} {end_block:int}\n",
):
    """File Daemon → Storage Daemon; the bootstrap rules, so the values are dummies."""

    volume: str = "DummyVolume"
    session_id: int = 0
    session_time: int = 0
    start_file: int = 0
    end_file: int = 0
    start_block: int = 0
    end_block: int = 0


@dataclass(frozen=True)
class ReadData(Message, line="read data {ticket:int}\n"):
    """File Daemon → Storage Daemon."""

    ticket: int


@dataclass(frozen=True)
class ReadClose(Message, line="read close session {ticket:int}\n"):
    """File Daemon → Storage Daemon."""

    ticket: int


@dataclass(frozen=True)
class RecordHeader(
    Message,
    line="rechdr {session_id:int} {session_time:int} {file_index:int} {stream:int} {length:int}",
):
    """Storage Daemon → File Daemon; the record follows as the next message."""

    session_id: int
    session_time: int
    file_index: int
    stream: int
    length: int
    """byte."""
