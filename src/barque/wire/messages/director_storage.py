r"""The dialogue of Director and Storage Daemon: commands and replies.

Source: daemon protocol, section 5.
"""

from dataclasses import dataclass

from barque.wire.message import Message


@dataclass(frozen=True)
class StartStorageJob(
    Message,
    line="JobId={job_id:int} job={job:name} job_name={job_name:name} client_name={client:name}"
    " type={type:int} level={level:int} FileSet={fileset:name} NoAttr={no_attributes:flag}"
    " SpoolAttr={spool_attributes:flag} FileSetMD5={fileset_md5:name}"
    " SpoolData={spool_data:flag} PreferMountedVols={prefer_mounted:flag}"
    " SpoolSize={spool_size:int} rerunning={rerunning:flag} VolSessionId={session_id:int}"
    " VolSessionTime={session_time:int} Quota={quota:int} Protocol={protocol:int}"
    " BackupFormat={backup_format:name}\n",
):
    """Director → Storage Daemon: the job that the next commands are about."""

    job_id: int
    job: str
    job_name: str
    client: str
    type: int
    """ASCII code of the type letter."""
    level: int
    """ASCII code of the level letter."""
    fileset: str = "**Dummy**"
    no_attributes: bool = False
    spool_attributes: bool = False
    fileset_md5: str = "**Dummy**"
    spool_data: bool = False
    prefer_mounted: bool = True
    spool_size: int = 0
    """byte; 0 is no limit of the job's own."""
    rerunning: bool = False
    session_id: int = 0
    session_time: int = 0
    quota: int = 0
    protocol: int = 0
    backup_format: str = "Native"


@dataclass(frozen=True)
class StartStorageJobOk(
    Message,
    line="3000 OK Job SDid={session_id:int} SDtime={session_time:int} Authorization={key:word}\n",
):
    """Storage Daemon → Director."""

    session_id: int
    session_time: int
    key: str


@dataclass(frozen=True)
class UseStorage(
    Message,
    line="use storage={storage:name} media_type={media_type:name} pool_name={pool:name}"
    " pool_type={pool_type:name} append={append:flag} copy={copy:int} stripe={stripe:int}\n",
):
    """Director → Storage Daemon; UseDevice and EOD follow, another EOD ends the list."""

    storage: str
    media_type: str
    pool: str
    pool_type: str
    append: bool
    copy: int = 0
    stripe: int = 0


@dataclass(frozen=True)
class UseDevice(Message, line="use device={device:name}\n"):
    """Director → Storage Daemon."""

    device: str


@dataclass(frozen=True)
class UseDeviceOk(Message, line="3000 OK use device device={device:name}\n"):
    """Storage Daemon → Director; native append jobs get ``JustInTime Device``."""

    device: str


@dataclass(frozen=True)
class StoragePluginOptionsOk(Message, line="2000 OK plugin options\n"):
    """Storage Daemon → Director."""


@dataclass(frozen=True)
class BeginBootstrap(Message, line="bootstrap\n"):
    """Director → Storage Daemon; the lines follow, then EOD."""


@dataclass(frozen=True)
class BootstrapOk(Message, line="3000 OK bootstrap\n"):
    """Storage Daemon → Director."""


@dataclass(frozen=True)
class BootstrapRefused(Message, line="3904 Error bootstrap\n"):
    """Storage Daemon → Director."""


@dataclass(frozen=True)
class Run(Message, line="run"):
    """Director → Storage Daemon: go."""


@dataclass(frozen=True)
class JobStarted(Message, line="3010 Job {job:name} start\n"):
    """Storage Daemon → Director."""

    job: str


@dataclass(frozen=True)
class StorageJobEnded(
    Message,
    line="3099 Job {job:name} end JobStatus={status:int} JobFiles={files:int}"
    " JobBytes={job_bytes:int}[ JobErrors={errors:int}]\n",
):
    """Storage Daemon → Director: how the job ended here; both numbers are 0 for a reader."""

    job: str
    status: int
    files: int
    job_bytes: int
    errors: int | None = 0


@dataclass(frozen=True)
class PassiveClient(
    Message, line="passive client address={address:word} port={port:int} ssl={tls_policy:int}\n"
):
    """Director → Storage Daemon: connect to this File Daemon."""

    address: str
    port: int
    tls_policy: int


@dataclass(frozen=True)
class PassiveClientOk(Message, line="2000 OK passive client\n"):
    """Storage Daemon → Director."""


@dataclass(frozen=True)
class Label(
    Message,
    line="label {device:name} VolumeName={volume:name} PoolName={pool:name}"
    " MediaType={media_type:name} Slot={slot:int} drive={drive:int}"
    " MinBlocksize={minimum_block_size:int} MaxBlocksize={maximum_block_size:int}\n",
):
    """Director → Storage Daemon."""

    device: str
    volume: str
    pool: str
    media_type: str
    slot: int = 0
    drive: int = 0
    minimum_block_size: int = 0
    maximum_block_size: int = 0


@dataclass(frozen=True)
class Relabel(
    Message,
    line="relabel {device:name} OldName={old:name} NewName={new:name} PoolName={pool:name}"
    " MediaType={media_type:name} Slot={slot:int} drive={drive:int}"
    " MinBlocksize={minimum_block_size:int} MaxBlocksize={maximum_block_size:int}\n",
):
    """Director → Storage Daemon."""

    device: str
    old: str
    new: str
    pool: str
    media_type: str
    slot: int = 0
    drive: int = 0
    minimum_block_size: int = 0
    maximum_block_size: int = 0


@dataclass(frozen=True)
class LabelOk(
    Message,
    line='3000 OK label. VolFiles={files:int} VolBytes={size:int} Volume="{volume:quoted}"'
    ' Device="{device:quoted}" ({path:word})\n',
):
    """Storage Daemon → Director."""

    files: int
    size: int
    """byte; length of the label block."""
    volume: str
    device: str
    path: str
