"""Verify jobs: attributes and digests of the disk, or of what a volume holds, for the Director.

Source: daemon protocol, section 4.3.
"""

import os
import stat
from typing import Final

from barque.domain.job import JobStatus, JobType, Level
from barque.errors import FormatError
from barque.filedaemon.content import content_digest
from barque.filedaemon.fields import encode_status
from barque.filedaemon.job import Job
from barque.filedaemon.restore import read_records
from barque.filedaemon.saving import stored_name
from barque.filedaemon.storage import ReadSession
from barque.filedaemon.walker import Found, Walker
from barque.formats.attributes import AttributeRecord
from barque.formats.digest import BY_STREAM, DigestKind, show_digest
from barque.formats.filetypes import FileType
from barque.formats.streams import ATTRIBUTE_STREAMS, STREAM_MASK, Stream
from barque.transport.channel import Channel
from barque.wire.messages.job import MessageType

VERIFY_LEVELS: Final = {
    "init": Level.VERIFY_INIT,
    "catalog": Level.VERIFY_CATALOG,
    "volume": Level.VERIFY_VOLUME,
    "data": Level.VERIFY_DATA,
    "disk_to_catalog": Level.VERIFY_DISK,
}
"""Words of the verify command."""

_VOLUME_OPTIONS: Final = b"pinsug5"
"""What the Director is to compare when a volume is verified."""


class VerifyRun:
    """One verify job."""

    def __init__(self, job: Job, director: Channel) -> None:
        self._job = job
        self._director = director
        self.files = 0
        self.read = 0
        self.last_name = b""
        job.type = JobType.VERIFY
        job.progress = self
        job.set_status(JobStatus.RUNNING)

    @property
    def sent(self) -> int:
        """Bytes looked at, as the end of the job tells them."""
        return self.read

    @property
    def examined(self) -> int:
        """Files looked at."""
        return self.files

    # --- the disk

    def verify_disk(self) -> None:
        """Tell the Director about every file of the FileSet."""
        job = self._job
        links: dict[tuple[int, int], tuple[int, bytes]] = {}
        for found in Walker(job.fileset, job.report.info):
            job.check_canceled()
            status = found.status
            if status is None or found.type is FileType.NOOPEN:
                what = "stat" if status is None else "open directory"
                shown = found.path.decode("utf-8", "surrogateescape")
                job.report.not_saved(f"Could not {what} {shown}: ERR={found.error}")
            elif found.type is FileType.NOFSCHG:
                shown = found.path.decode("utf-8", "surrogateescape")
                text = f"     File system change prohibited. Directory skipped: {shown}"
                job.report.send(MessageType.SKIPPED, text)
            elif not stat.S_ISSOCK(status.st_mode):
                self._verify_file(found, status, links)
        job.set_status(JobStatus.TERMINATED)

    def _verify_file(
        self,
        found: Found,
        status: os.stat_result,
        links: dict[tuple[int, int], tuple[int, bytes]],
    ) -> None:
        options = found.block.options
        self.files += 1
        self.last_name = found.path
        name = stored_name(found)
        link, link_index = b"", 0
        known = None
        if found.type is FileType.LNK:
            try:
                link = os.readlink(found.name, dir_fd=found.directory)
            except OSError as error:
                self._job.report.error(f"{_shown(found)}: ERR={error.strerror}")
        elif options.hard_links and status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
            identity = status.st_dev, status.st_ino
            known = links.get(identity)
            link_index, link = known or (0, b"")
            links.setdefault(identity, (self.files, name))
        fields = encode_status(status, link_index, 0)
        self._tell(self.files, b"V" + options.verify.encode(), name, fields, link)
        if found.type is FileType.REG and options.digest is not None and known is None:
            self._verify_content(found, status, options.digest)

    def _verify_content(self, found: Found, status: os.stat_result, kind: DigestKind) -> None:
        try:
            digest = content_digest(found.directory, found.name, kind)
        except OSError as error:
            self._job.report.error(f"     Cannot open {_shown(found)}: ERR={error.strerror}.")
            return
        self.read += status.st_size
        self._tell_digest(kind, digest)

    # --- a volume

    def verify_volume(self, storage: Channel) -> None:
        """Tell the Director what the records of a Storage Daemon say."""
        session = ReadSession(storage)
        session.open()
        for _, _, stream, data in read_records(storage):
            self._job.check_canceled()
            kind = stream & STREAM_MASK
            if kind in ATTRIBUTE_STREAMS:
                self._verify_record(data)
            elif kind in BY_STREAM:
                self._tell_digest(BY_STREAM[kind], data)
            elif kind == Stream.RESTORE_OBJECT:
                self.files += 1
                head = b"%d %d ReStOrEObJeCt " % (self.files, Stream.RESTORE_OBJECT)
                self._director.send(head + self.last_name + b"\0\0\0")
        session.close()
        self._job.set_status(JobStatus.TERMINATED)

    def _verify_record(self, data: bytes) -> None:
        try:
            record = AttributeRecord.unpack(data)
        except FormatError as error:
            self._job.report.error(f"An attribute record on the volume is damaged: {error}")
            return
        self.files += 1
        self.last_name = record.name
        has_link = record.type in (FileType.LNK, FileType.LNKSAVED)
        self._tell(
            0 if record.type == FileType.DELETED else self.files,
            _VOLUME_OPTIONS,
            record.name,
            record.status,
            record.link if has_link else b"",
        )

    # --- lines

    def _tell(self, index: int, options: bytes, name: bytes, status: bytes, link: bytes) -> None:
        line = b"%d %d %b %b\0%b\0%b\0" % (
            index,
            Stream.UNIX_ATTRIBUTES,
            options,
            name,
            status,
            link,
        )
        self._director.send(line)

    def _tell_digest(self, kind: DigestKind, digest: bytes) -> None:
        text = show_digest(digest)
        self._director.send(
            f"{self.files} {int(kind.stream)} {text} *{kind.name}-{self.files}*".encode()
        )


def _shown(found: Found) -> str:
    return found.path.decode("utf-8", "surrogateescape")
