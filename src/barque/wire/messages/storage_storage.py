r"""Replication: a Storage Daemon sends what it reads to another one.

Source: daemon protocol, section 5.8.
"""

from dataclasses import dataclass

from barque.wire.message import Message


@dataclass(frozen=True)
class Replicate(
    Message,
    line="replicate JobId={job_id:int} Job={job:name} address={address:word} port={port:int}"
    " ssl={tls_policy:int} Authorization={key:word}\n",
):
    """Director → reading Storage Daemon: connect to the one that writes."""

    job_id: int
    job: str
    """Unique name of the job there."""
    address: str
    port: int
    tls_policy: int
    key: str
    """Authorization key of the job there."""


@dataclass(frozen=True)
class ReplicateOk(Message, line="3000 OK replicate\n"):
    """Reading Storage Daemon → Director."""


@dataclass(frozen=True)
class StartReplicate(Message, line="start replicate\n"):
    """Reading → writing Storage Daemon."""


@dataclass(frozen=True)
class StartReplicateOk(Message, line="3000 OK start replicate ticket = {ticket:int}\n"):
    """Writing → reading Storage Daemon; the ticket is the VolSessionId."""

    ticket: int


@dataclass(frozen=True)
class ReplicateData(Message, line="replicate data {ticket:int}\n"):
    """Reading → writing Storage Daemon; streams follow as from a File Daemon."""

    ticket: int


@dataclass(frozen=True)
class ReplicateDataOk(Message, line="3000 OK replicate data\n"):
    """Writing → reading Storage Daemon: everything arrived."""


@dataclass(frozen=True)
class EndReplicate(Message, line="end replicate\n"):
    """Reading → writing Storage Daemon."""


@dataclass(frozen=True)
class EndReplicateOk(Message, line="3000 OK end replicate\n"):
    """Writing → reading Storage Daemon."""
