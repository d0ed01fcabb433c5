"""Restores the files of plugins: takes their records out of the stream and gives them back.

Source: plugin interface of the File Daemon, section 7.
"""

import contextlib
import os
import stat
import struct
from dataclasses import dataclass, field
from typing import Any, Final

from barque.errors import FormatError, PluginError
from barque.filedaemon.plugin_files import ACL_END
from barque.filedaemon.plugin_writers import PluginWriter, RestoringPlugins
from barque.filedaemon.report import JobReport
from barque.formats.attributes import AttributeRecord, FileStatus, unpack_status
from barque.formats.digest import BY_STREAM, DIGESTS, DigestKind, Hash
from barque.formats.filetypes import NOT_ON_DISK, FileType
from barque.formats.streams import (
    ATTRIBUTE_STREAMS,
    DATA_STREAMS,
    OFFSETS_BIT,
    STREAM_MASK,
    Stream,
)
from barque.formats.xattr import unpack_xattrs
from barque.plugins.child import abi
from barque.restoring import Destination, RestoredFile, Restorer, show_listing
from barque.restoring.data import message_content
from barque.restoring.destination import Replace
from barque.restoring.metadata import set_metadata
from barque.wire.messages.job import MessageType

type Session = tuple[int, int]

_OFFSET: Final = struct.Struct(">Q")
_LITTLE: Final = 256 * 1024
"""byte; of a file, while nobody waits for its plugin."""
_SKIP, _ERROR, _EXTRACT, _CREATED, _CORE = 1, 2, 3, 4, 5


@dataclass(slots=True)
class _File:
    """The file that is restored just now."""

    writer: PluginWriter
    path: bytes
    status: FileStatus
    type: int
    create_status: int
    is_open: bool
    """Whether data goes to the plugin."""
    digests: dict[DigestKind, Hash]
    acl: bytes | None = None
    xattrs: list[tuple[bytes, bytes]] = field(default_factory=list)
    position: int = 0
    broken: bool = False


@dataclass(slots=True)
class _Beginning:
    """A file whose plugin was told of it and has not answered yet."""

    record: AttributeRecord
    status: FileStatus
    path: bytes
    file_index: int
    data: bytes
    """The record of its attributes."""
    answer: dict[str, Any] | None = None
    later: list[tuple[int, int, bytes]] = field(default_factory=list)
    """Kind, stream and data of the records that came meanwhile."""
    size: int = 0
    """byte; of them."""

    def take(self, answer: dict[str, Any]) -> None:
        """Keep the answer."""
        self.answer = answer


@dataclass(slots=True)
class _Section:
    """What one session gives between a plugin's beginning and its end."""

    definition: str
    writer: PluginWriter | None
    file: _File | None = None
    beginning: _Beginning | None = None
    native: bool = False
    """Whether the core makes the file, a directory or link."""


class PluginRestore:
    """Stands before the restorer of ordinary files; :meth:`write` says what it took."""

    def __init__(
        self,
        plugins: RestoringPlugins,
        restorer: Restorer,
        destination: Destination,
        report: JobReport,
    ) -> None:
        self._plugins = plugins
        self._restorer = restorer
        self._destination = destination
        self._report = report
        self._sections: dict[Session, _Section] = {}
        self._kind: DigestKind | None = None
        self._lists = report.wants(MessageType.RESTORED)

    def write(self, session: Session, file_index: int, stream: int, data: bytes) -> bool:
        """Take one record; returns False when it is not of a plugin's file."""
        kind = stream & STREAM_MASK
        if kind == Stream.PLUGIN_NAME:
            self._end(session)
            self._begin(session, data)
            return False
        section = self._sections.get(session)
        if section is None:
            return False
        if kind in ATTRIBUTE_STREAMS:
            self._finish(session, section)
            return self._create(section, file_index, data)
        if section.beginning is not None:
            self._keep(session, section, section.beginning, (kind, stream, data))
            return True
        return self._give_on(section, kind, stream, data)

    def _give_on(self, section: _Section, kind: int, stream: int, data: bytes) -> bool:
        if section.native and kind not in (Stream.ACL_PLUGIN, Stream.XATTR_PLUGIN):
            return False
        if section.file is not None:
            self._take(section.file, kind, stream, data)
        return True

    def _keep(
        self,
        session: Session,
        section: _Section,
        beginning: _Beginning,
        record: tuple[int, int, bytes],
    ) -> None:
        """Keep a record until the plugin has answered; while it is little, nobody waits."""
        beginning.later.append(record)
        beginning.size += len(record[2])
        if beginning.size > _LITTLE:
            self._go_on(session, section)

    def _begin(self, session: Session, data: bytes) -> None:
        """Open a section, when the record says that a plugin's data begins."""
        words = data.split(b" ", 3)
        if len(words) < 4 or words[1] != b"1":
            return
        text = words[3].rstrip(b"\0").decode("utf-8", "surrogateescape")
        self._sections[session] = _Section(text, None)

    def _end(self, session: Session) -> None:
        section = self._sections.pop(session, None)
        if section is not None:
            self._finish(session, section)

    def finish(self) -> None:
        """End the files that are still open, and wait for what plugins say to all."""
        for session in list(self._sections):
            self._end(session)
        try:
            self._plugins.settle()
        except PluginError as error:
            self._tell_death(error)

    # --- the beginning of a file

    def _create(self, section: _Section, file_index: int, data: bytes) -> bool:
        try:
            record = AttributeRecord.unpack(data)
            if record.type in NOT_ON_DISK:
                return True
            status = unpack_status(record.status)
            path = self._destination.path(record.name)
        except FormatError as error:
            self._fail(f"Attributes of file {file_index} cannot be restored: {error}")
            return True
        writer = section.writer = self._plugins.open(section.definition)
        if writer is None:
            self._restorer.totals.errors += 1
            return True
        packet = self._packet(record, status, path, file_index)
        beginning = section.beginning = _Beginning(record, status, path, file_index, data)
        try:
            writer.create(section.definition, packet, beginning.take)
        except PluginError as error:
            self._died(section, error)
        return True

    def _go_on(self, session: Session, section: _Section) -> None:
        """Wait for the plugin's answer, and take the records that came meanwhile."""
        beginning, section.beginning = section.beginning, None
        if beginning is None or section.writer is None:
            return
        try:
            section.writer.settle()
            self._created(session, section, beginning)
        except PluginError as error:
            self._died(section, error)
        for kind, stream, data in beginning.later:
            if not self._give_on(section, kind, stream, data):
                self._restorer.write(session, beginning.file_index, stream, data)

    def _packet(
        self, record: AttributeRecord, status: FileStatus, path: bytes, file_index: int
    ) -> dict[str, Any]:
        destination = self._destination
        link = record.link
        if record.type == FileType.LNKSAVED:
            link = destination.path(link)
        elif link:
            link = destination.link_target(link)
        where, regexwhere = self._plugins.places()
        return {
            "stream": int(Stream.UNIX_ATTRIBUTES),
            "data_stream": status.data_stream or int(Stream.FILE_DATA),
            "type": record.type,
            "file_index": file_index,
            "linkFI": status.link_index,
            "uid": 0,
            "stat": _stat_numbers(status),
            "attrEX": record.extended.decode("ascii", "replace"),
            "ofname": _text(path),
            "olname": _text(link),
            "where": where,
            "regexwhere": regexwhere,
            "replace": ord(destination.replace),
            "original_file_name": _text(record.name),
            "original_link_name": _text(record.link),
        }

    def _created(self, session: Session, section: _Section, beginning: _Beginning) -> None:
        """Go on as the plugin's answer to create_file says."""
        writer, answer = section.writer, beginning.answer
        assert writer is not None
        assert answer is not None
        record, status, path = beginning.record, beginning.status, beginning.path
        shown = _text(path)
        if not answer["started"]:
            self._fail(f"{answer['refused']} of the plugin refused {shown}")
            return
        created = answer["status"] if answer["code"] == abi.RC_OK else _ERROR
        kinds = [self._kind] if self._kind is not None else list(DIGESTS)
        file = _File(
            writer, path, status, record.type, created, False, {kind: kind.new() for kind in kinds}
        )
        section.file = file
        section.native = False
        if created == _ERROR or created not in range(_SKIP, _CORE + 1):
            self._fail(f"Plugin createFile call failed. Returned CF_ERROR file={shown}")
            file.create_status = _ERROR
            return
        if created == _SKIP:
            self._restorer.totals.files += 1
            return
        if created == _CORE:
            self._create_in_core(
                session, section, file, beginning.file_index, beginning.data, record
            )
            return
        if created == _EXTRACT:
            self._opened(file, int(answer["errno"]))
        if file.create_status != _ERROR:
            self._tell_restored(file, record)

    def _create_in_core(
        self,
        session: Session,
        section: _Section,
        file: _File,
        file_index: int,
        data: bytes,
        record: AttributeRecord,
    ) -> None:
        """Make directories, links and special files as usual; the plugin writes regular ones."""
        if record.type == FileType.LNKSAVED or not stat.S_ISREG(file.status.mode):
            section.native = True
            self._restorer.write(session, file_index, int(Stream.UNIX_ATTRIBUTES), data)
            return
        if not self._may_write(file):
            file.create_status = _SKIP
            self._restorer.totals.files += 1
            return
        self._opened(file, file.writer.open(0))
        if file.create_status != _ERROR:
            self._tell_restored(file, record)

    def _may_write(self, file: _File) -> bool:
        """Make the directories of a file; returns whether one that is there may be replaced."""
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(file.path), exist_ok=True)
        try:
            existing = os.lstat(file.path)
        except OSError:
            return True
        replace = self._destination.replace
        refused = {
            Replace.IF_NEWER: file.status.modified <= int(existing.st_mtime),
            Replace.IF_OLDER: file.status.modified >= int(existing.st_mtime),
            Replace.NEVER: True,
        }.get(replace, False)
        if refused:
            self._report.info(f"File skipped. Already exists: {_text(file.path)}")
        return not refused

    def _opened(self, file: _File, error: int) -> None:
        if error:
            file.create_status = _ERROR
            self._fail(f"Could not create {_text(file.path)}: ERR={os.strerror(error)}")
        else:
            file.is_open = True

    def _tell_restored(self, file: _File, record: AttributeRecord) -> None:
        self._restorer.totals.files += 1
        if self._lists:
            target = record.link if file.type == FileType.LNK else None
            restored = RestoredFile(file.path, file.status, file.type, target)
            line = show_listing(restored.status, restored.path, restored.target)
            self._report.send(MessageType.RESTORED, line.removesuffix("\n"))

    # --- its data

    def _take(self, file: _File, kind: int, stream: int, data: bytes) -> None:
        if kind in DATA_STREAMS:
            self._write_data(file, stream, data)
        elif kind == Stream.ACL_PLUGIN:
            file.acl = data.removesuffix(ACL_END)
        elif kind == Stream.XATTR_PLUGIN:
            try:
                file.xattrs += unpack_xattrs(data)
            except FormatError as error:
                self._fail(f"{_text(file.path)}: {error}")
        elif kind in BY_STREAM:
            self._check(file, BY_STREAM[kind], data)

    def _write_data(self, file: _File, stream: int, data: bytes) -> None:
        if not file.is_open or file.broken:
            return
        layout = DATA_STREAMS[stream & STREAM_MASK]
        if layout.encrypted:
            file.broken = True
            self._fail(f"Write error on {_text(file.path)}: the data is encrypted")
            return
        try:
            offset = file.position
            if layout.sparse or stream & OFFSETS_BIT:
                offset = _OFFSET.unpack_from(data)[0]
                data = data[_OFFSET.size :]
            content = message_content(layout, data)
        except (FormatError, struct.error) as error:
            file.broken = True
            self._fail(f"Write error on {_text(file.path)}: {error}")
            return
        for digest in file.digests.values():
            digest.update(content)
        try:
            self._give(file, offset, content)
        except PluginError as error:
            file.broken = True
            file.is_open = False
            self._report.fatal_error(str(error))

    def _give(self, file: _File, offset: int, content: bytes) -> None:
        if offset != file.position:
            file.writer.seek(offset)
        file.writer.write(content)
        file.position = offset + len(content)
        self._restorer.totals.size += len(content)

    def _check(self, file: _File, kind: DigestKind, stored: bytes) -> None:
        self._kind = kind
        digest = file.digests.get(kind)
        if digest is None or file.broken or not file.is_open:
            return
        if digest.digest() != stored:
            self._fail(
                f"{_text(file.path)} was restored but does not match its digest: "
                "its data was damaged since it was saved"
            )

    # --- its end

    def _finish(self, session: Session, section: _Section) -> None:
        self._go_on(session, section)
        file, section.file = section.file, None
        native, section.native = section.native, False
        if file is None:
            return
        try:
            self._finish_file(file, native=native)
        except PluginError as error:
            self._died(section, error)

    def _finish_file(self, file: _File, *, native: bool) -> None:
        directory = stat.S_ISDIR(file.status.mode)
        extras = file.is_open or directory

        def ended(error: int, failed: list[str]) -> None:
            self._ended(file, error, failed, native=native)

        file.writer.finish(
            ended,
            attributes=file.create_status in (_EXTRACT, _CREATED, _CORE),
            acl=file.acl if extras else None,
            xattrs=file.xattrs if extras else [],
        )

    def _ended(self, file: _File, error: int, failed: list[str], *, native: bool) -> None:
        """Tell what a plugin said to the end of a file."""
        if error and file.is_open and not file.broken:
            self._fail(f"Write error on {_text(file.path)}: {os.strerror(error)}")
        for what in failed:
            self._fail(f"Unable to set {what} of {_text(file.path)}")
        if file.is_open and file.create_status == _CORE and not native:
            self._set_attributes(file)

    def _set_attributes(self, file: _File) -> None:
        """Set owner, mode and times of a regular file that a plugin wrote for us."""
        try:
            fd = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return
        try:
            set_metadata(fd, file.status, (), _text(file.path), self._fail)
        finally:
            os.close(fd)

    # --- words

    def _died(self, section: _Section, error: PluginError) -> None:
        section.file = section.beginning = None
        section.writer = None
        self._tell_death(error)

    def _tell_death(self, error: PluginError) -> None:
        self._restorer.totals.errors += 1
        self._report.fatal_error(str(error))

    def _fail(self, text: str) -> None:
        self._restorer.totals.errors += 1
        self._report.error(text)


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _stat_numbers(status: FileStatus) -> list[int]:
    """Return the numbers of a status as packets hold them."""
    wide = (1 << 64) - 1
    narrow = (1 << 32) - 1
    return [
        status.device & narrow,
        status.inode & wide,
        status.mode & 0xFFFF,
        status.links & 0xFFFF,
        status.user_id & narrow,
        status.group_id & narrow,
        status.rdev & narrow,
        status.size & wide,
        status.accessed,
        status.modified,
        status.changed,
        status.block_size & narrow,
        status.blocks & wide,
    ]
