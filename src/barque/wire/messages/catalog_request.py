r"""What a Storage Daemon asks of the Director's catalog while a job runs, and the answers.

Source: daemon protocol, sections 5.5 and 5.6.
"""

import struct
from dataclasses import dataclass
from typing import Final

from barque.wire.message import Message


@dataclass(frozen=True)
class FindMedia(
    Message,
    line="CatReq Job={job:name} FindMedia={index:int} pool_name={pool:name}"
    " media_type={media_type:name}[ unwanted_volumes={unwanted:name}]\n",
):
    """Name the *index*-th Volume that could be appended to."""

    job: str
    index: int
    """From 1."""
    pool: str
    media_type: str
    unwanted: str | None = ""
    """Comma list of Volume names."""


@dataclass(frozen=True)
class GetVolumeInfo(
    Message, line="CatReq Job={job:name} GetVolInfo VolName={volume:name} write={write:flag}\n"
):
    """Tell about one Volume; with *write*, only if this job may append to it."""

    job: str
    volume: str
    write: bool


@dataclass(frozen=True)
class UpdateMedia(
    Message,
    line="CatReq Job={job:name} UpdateMedia VolName={volume:name} VolJobs={jobs:int}"
    " VolFiles={files:int} VolBlocks={blocks:int} VolBytes={size:int} VolMounts={mounts:int}"
    " VolErrors={errors:int} VolWrites={writes:int} MaxVolBytes={maximum_size:int}"
    " EndTime={end_time:int} VolStatus={status:word} Slot={slot:int} relabel={relabel:flag}"
    " InChanger={in_changer:flag} VolReadTime={read_time:int} VolWriteTime={write_time:int}"
    " VolFirstWritten={first_written:int}\n",
):
    """The state of a Volume after writing or reading."""

    job: str
    volume: str
    jobs: int
    files: int
    blocks: int
    size: int
    """byte."""
    mounts: int
    errors: int
    writes: int
    maximum_size: int
    end_time: int
    """s since 1970."""
    status: str
    slot: int = 0
    relabel: bool = False
    in_changer: bool = False
    read_time: int = 0
    """us."""
    write_time: int = 0
    """us."""
    first_written: int = 0
    """s since 1970, or 0."""


@dataclass(frozen=True)
class CreateJobMedia(
    Message,
    line="CatReq Job={job:name} CreateJobMedia FirstIndex={first_index:int}"
    " LastIndex={last_index:int} StartFile={start_file:int} EndFile={end_file:int}"
    " StartBlock={start_block:int} EndBlock={end_block:int} Copy={copy:int} Strip={stripe:int}"
    " MediaId={media_id:int}\n",
):
    """One contiguous piece of a job on a Volume; all zero is the placeholder."""

    job: str
    first_index: int
    last_index: int
    start_file: int
    end_file: int
    start_block: int
    end_block: int
    copy: int
    stripe: int
    media_id: int


@dataclass(frozen=True)
class DeleteNullJobMedia(
    Message, line="CatReq Job={job:name} DeleteNullJobmediaRecords jobid={job_id:int}\n"
):
    """Drop the placeholders of a job."""

    job: str
    job_id: int


@dataclass(frozen=True)
class UpdateFileList(Message, line="Catreq Job={job:name} UpdateFileList\n"):
    """Checkpoint: what was sent so far is on the Volume. No answer."""

    job: str


@dataclass(frozen=True)
class UpdateJobRecord(
    Message,
    line="Catreq Job={job:name} UpdateJobRecord JobFiles={files:int} JobBytes={job_bytes:int}\n",
):
    """Checkpoint: totals so far. No answer."""

    job: str
    files: int
    job_bytes: int


CATALOG_REQUESTS: Final[tuple[type[Message], ...]] = (
    FindMedia,
    GetVolumeInfo,
    UpdateMedia,
    CreateJobMedia,
    DeleteNullJobMedia,
    UpdateFileList,
    UpdateJobRecord,
)
"""Every request, in the order in which they are tried."""


@dataclass(frozen=True)
class VolumeInfo(
    Message,
    line="1000 OK VolName={volume:name} VolJobs={jobs:int} VolFiles={files:int}"
    " VolBlocks={blocks:int} VolBytes={size:int} VolMounts={mounts:int} VolErrors={errors:int}"
    " VolWrites={writes:int} MaxVolBytes={maximum_size:int} VolCapacityBytes={capacity:int}"
    " VolStatus={status:word} Slot={slot:int} MaxVolJobs={maximum_jobs:int}"
    " MaxVolFiles={maximum_files:int} InChanger={in_changer:flag} VolReadTime={read_time:int}"
    " VolWriteTime={write_time:int} EndFile={end_file:int} EndBlock={end_block:int}"
    " LabelType={label_type:int} MediaId={media_id:int} EncryptionKey={encryption_key:word}"
    " MinBlocksize={minimum_block_size:int} MaxBlocksize={maximum_block_size:int}\n",
):
    """Director → Storage Daemon: answer to the three requests about a Volume."""

    volume: str
    jobs: int = 0
    files: int = 0
    blocks: int = 0
    size: int = 0
    """byte; must equal the file's size."""
    mounts: int = 0
    errors: int = 0
    writes: int = 0
    maximum_size: int = 0
    capacity: int = 0
    status: str = "Append"
    slot: int = 0
    maximum_jobs: int = 0
    maximum_files: int = 0
    in_changer: bool = False
    read_time: int = 0
    write_time: int = 0
    end_file: int = 0
    end_block: int = 0
    label_type: int = 0
    media_id: int = 0
    encryption_key: str = ""
    minimum_block_size: int = 0
    maximum_block_size: int = 0


@dataclass(frozen=True)
class CreateJobMediaOk(Message, line="1000 OK CreateJobMedia\n"):
    """Director → Storage Daemon."""


@dataclass(frozen=True)
class DeleteNullJobMediaOk(Message, line="1000 OK DeleteNullJobmediaRecords\n"):
    """Director → Storage Daemon."""


@dataclass(frozen=True)
class NoMedia(Message, line="1901 No Media.\n"):
    """Director → Storage Daemon: answer to FindMedia."""


@dataclass(frozen=True)
class VolumeUnknown(Message, line='1997 Volume "{volume:quoted}" not in catalog.\n'):
    """Director → Storage Daemon: answer to GetVolumeInfo."""

    volume: str


@dataclass(frozen=True)
class VolumeRefused(
    Message, line='1998 Volume "{volume:quoted}" catalog status is {status:word} {reason:rest}\n'
):
    """Director → Storage Daemon: answer to GetVolumeInfo; *status* ends with a comma."""

    volume: str
    status: str
    reason: str


@dataclass(frozen=True)
class UpdateMediaFailed(Message, line="1993 Update Media error\n"):
    """Director → Storage Daemon."""


@dataclass(frozen=True)
class CreateJobMediaFailed(Message, line="1992 Create JobMedia error\n"):
    """Director → Storage Daemon."""


@dataclass(frozen=True)
class InvalidCatalogRequest(Message, line="1990 Invalid Catalog Request: {request:rest}\n"):
    """Director → Storage Daemon."""

    request: str


@dataclass(frozen=True)
class BlastAttributes(Message, line="BlastAttr Job={job:name} File={path:rest}\n"):
    """Storage Daemon → Director: the attributes were spooled to a file that you may read."""

    job: str
    path: str


@dataclass(frozen=True)
class BlastAttributesOk(Message, line="1000 OK BlastAttr\n"):
    """Director → Storage Daemon: loaded."""


@dataclass(frozen=True)
class BlastAttributesRefused(Message, line="1990 ERROR BlastAttr\n"):
    """Director → Storage Daemon: send them over the connection."""


UPDCAT_KEYWORD: Final = b"UpdCat Job="
"""Every attribute message begins so."""

UPDCAT_MARK: Final = b" FileAttributes "
"""Stands between the job's name and the binary part."""

ATTRIBUTE_HEADER: Final = struct.Struct(">IIiiI")
"""The binary part: VolSessionId, VolSessionTime, FileIndex, Stream, length of what follows."""


def encode_updcat_prefix(job: str) -> bytes:
    """Return the constant text before the binary part of each attribute message of *job*."""
    return UPDCAT_KEYWORD + job.replace(" ", "\x01").encode() + UPDCAT_MARK
