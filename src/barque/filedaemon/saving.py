"""Composes the streams of one file after the other into batches for the Storage Daemon.

Shape of a stream: header ``FileIndex stream 0``, data frames, EOD.  Order of a file: attributes,
data, ACLs, extended attributes, digest.
Source: daemon protocol, section 6; file attributes, sections 1 to 6.
"""

import os
import select
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from barque.errors import FormatError, JobError
from barque.filedaemon.accurate import DIGEST_LETTERS, AccurateList, differs
from barque.filedaemon.content import content_digest
from barque.filedaemon.data import EOD, LENGTH, DataSender, data_stream
from barque.filedaemon.extras import acl_streams, list_names, xattr_stream
from barque.filedaemon.fields import encode_status
from barque.filedaemon.options import DEFAULT_ACCURATE, Options
from barque.filedaemon.outbox import Outbox
from barque.filedaemon.report import JobReport
from barque.filedaemon.walker import Found
from barque.formats.attributes import AttributeRecord, FileStatus, pack_status
from barque.formats.digest import DigestKind, show_digest
from barque.formats.filetypes import DIRECTORIES, FileType
from barque.formats.streams import Stream
from barque.wire.messages.job import MessageType

_SMALL = 64 * 1024
"""byte; files up to this size are read in one call."""
_ROOM = 768
"""byte; frames around the data of a file without its name."""
_READABLE = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH

_NO_OFFSET = bytes(8)
"""Where the data of a small sparse file begins: it has no hole worth one."""
_LENGTHS = [LENGTH.pack(n) for n in range(64)]
_MANY_ERRORS = 1000
_LONG_PATH = 4096
_FIFO_PATIENCE = 60_000
"""ms"""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY

_NOTHING = FileStatus(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, data_stream=Stream.FILE_DATA)
"""Status of a file that is gone; the times are filled in."""


@dataclass(slots=True)
class SavedLink:
    """The first saved name of a file that has several."""

    file_index: int
    name: bytes
    """As stored."""
    path: bytes
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Changes:
    """What decides whether a file is saved."""

    since: int = 0
    """s since 1970, by this machine's clock; what did not change since is left out; 0 is never."""
    mtime_only: bool = False
    """Whether only changes of contents count, not those of attributes."""
    accurate: AccurateList | None = None
    """Compared instead, when there is one."""
    keep_deleted: bool = True
    """Whether listed files that are not there any more are recorded as deleted."""


def is_unchanged(changes: Changes, found: Found, status: os.stat_result) -> bool:
    """Return whether a file is as the jobs before left it, as far as times and the list tell."""
    options = found.block.options
    if changes.accurate is not None:
        listed = changes.accurate.find(stored_name(found))
        letters = options.accurate or DEFAULT_ACCURATE
        return (
            listed is not None
            and not differs(letters, listed[0], status)
            and not _may_have_changed_unseen(letters, changes.since, status)
        )
    return status[8] < changes.since and (
        options.mtime_only or changes.mtime_only or status[9] < changes.since
    )


def _may_have_changed_unseen(letters: str, since: int, status: os.stat_result) -> bool:
    """Return whether a file looks the same but may have changed after the last job read it.

    Times count whole seconds: a change in the second in which the last job read the file leaves
    them as they are in the list. Only files whose times lie behind the start of that job can be
    meant.
    """
    if not since:
        return False
    return ("c" in letters and status[9] >= since) or ("m" in letters and status[8] >= since)


class Saver:
    """Saves what a walker finds; one for a backup."""

    def __init__(
        self, outbox: Outbox, report: JobReport, changes: Changes, *, first_index: int = 0
    ) -> None:
        self._out = outbox
        self._report = report
        self._changes = changes
        self._links: dict[tuple[int, int], SavedLink] = {}
        self._tells_skipped = report.wants(MessageType.SKIPPED)
        self.file_index = first_index
        """Number of the last file saved."""
        self.examined = 0
        """Files looked at."""
        self._data = DataSender(outbox)
        self.last_name = b""
        """The file in the making, for status pages."""

    @property
    def outbox(self) -> Outbox:
        """Where frames go, for those who compose their own."""
        return self._out

    @property
    def data(self) -> DataSender:
        """What sends data and counts it."""
        return self._data

    @property
    def changes(self) -> Changes:
        """What decides whether a file is saved."""
        return self._changes

    def mark(self, name: bytes) -> None:
        """Note in the accurate list that a file is still there."""
        if self._changes.accurate is not None:
            self._changes.accurate.mark(name)

    def find_link(self, device: int, inode: int) -> SavedLink | None:
        """Return the first saved name of a file that has several."""
        return self._links.get((device, inode))

    def keep_link(self, device: int, inode: int, link: SavedLink) -> None:
        """Remember the first saved name of a file that has several."""
        self._links[device, inode] = link

    @property
    def files(self) -> int:
        """FileIndex of the last file."""
        return self.file_index

    @property
    def read(self) -> int:
        """Bytes read from files, holes counted."""
        return self._data.read

    @property
    def sent(self) -> int:
        """Bytes sent, without attributes and headers."""
        return self._data.sent

    def save(self, found: Found) -> None:
        """Save what was found, or tell why not; raises only when the connection is lost."""
        self.examined += 1
        self.last_name = found.path
        status = found.status
        kind = found.type
        options = found.block.options
        if kind is FileType.REG and status is not None:
            if options.size is not None and not options.size.allows(status.st_size):
                return
            if self._is_unchanged(found, status, options):
                return
            if status.st_nlink > 1 and options.hard_links and self._is_saved(found, status):
                return
            self._save_regular(found, status, options)
            return
        _SAVE[kind](self, found)

    # --- whether

    def _is_unchanged(self, found: Found, status: os.stat_result, options: Options) -> bool:
        accurate = self._changes.accurate
        if accurate is not None:
            unchanged = self._is_listed(accurate, found, status, options)
        else:
            unchanged = is_unchanged(self._changes, found, status)
        if unchanged and self._tells_skipped:
            self._report.send(
                MessageType.SKIPPED, f"     Unchanged file skipped: {_shown(found.path)}"
            )
        return unchanged

    def _is_listed(
        self, accurate: AccurateList, found: Found, status: os.stat_result, options: Options
    ) -> bool:
        """Return whether the accurate list has the file as it is now."""
        name = stored_name(found)
        letters = options.accurate or DEFAULT_ACCURATE
        if accurate.is_listed_alike(name, letters, status):
            changed, digest = False, ""
        else:
            listed = accurate.find(name)
            if listed is None:
                return False
            old, digest = listed
            changed = differs(letters, old, status)
        if (
            not changed
            and DIGEST_LETTERS & set(letters)
            and found.type is FileType.REG
            and options.digest is not None
        ):
            changed = self._differs_in_content(found, options.digest, digest)
        if self._changes.keep_deleted or not changed:
            accurate.mark(name)
        return not changed

    def _differs_in_content(self, found: Found, kind: DigestKind, expected: str) -> bool:
        if not expected:
            self._report.warning(f"Cannot verify checksum for {_shown(found.path)}")
            return True
        try:
            return show_digest(content_digest(found.directory, found.name, kind)) != expected
        except OSError:
            return True

    def _is_saved(self, found: Found, status: os.stat_result) -> bool:
        """Save a further name as a link to the first; return whether that is done."""
        link = self._links.get((status.st_dev, status.st_ino))
        if link is None:
            return False
        if link.path == found.path:
            return True
        options = found.block.options
        self.file_index += 1
        out = self._attributes(
            FileType.LNKSAVED, _strip(found.path, options.strip), status, link.name, options,
            link_index=link.file_index,
        )  # fmt: skip
        if options.digest is not None and link.digest:
            out += self._stream(options.digest.stream, link.digest)
        self._out.write(out)
        return True

    def _remember(self, found: Found, status: os.stat_result, digest: bytes) -> None:
        """Keep the name of a file that has several."""
        if status.st_nlink > 1 and found.block.options.hard_links:
            name = _strip(found.path, found.block.options.strip)
            self._links[status.st_dev, status.st_ino] = SavedLink(
                self.file_index, name, found.path, digest
            )

    # --- regular files

    def _save_regular(self, found: Found, status: os.stat_result, options: Options) -> None:
        size = status.st_size
        if size == 0 and status.st_mode & _READABLE == _READABLE:
            self._save_empty(found, status, options)
            return
        try:
            fd = self._open(found, options)
        except OSError as error:
            self._report.not_saved(f'Cannot open "{_shown(found.path)}": ERR={error.strerror}.')
            return
        try:
            if size < _SMALL and options.compression is None:
                self._save_small(fd, found, status, options)
            else:
                self._save_large(fd, found, status, options)
            if options.check_changes:
                self._check_changes(fd, found, status)
            if options.keep_atime:
                os.utime(fd, ns=(status.st_atime_ns, status.st_mtime_ns))
        finally:
            os.close(fd)

    @staticmethod
    def _open(found: Found, options: Options) -> int:
        if options.no_atime:
            try:
                return os.open(found.name, _OPEN | os.O_NOATIME, dir_fd=found.directory)
            except PermissionError:
                pass  # only the owner may; then the time of access changes
        return os.open(found.name, _OPEN, dir_fd=found.directory)

    def _save_small(self, fd: int, found: Found, status: os.stat_result, options: Options) -> None:
        """Save a file in one piece: its frames and its data go into one batch."""
        size = status.st_size
        self.file_index += 1
        head = self._attributes(
            FileType.REG, _strip(found.path, options.strip), status, b"", options
        )
        data_head = b"%d %d 0" % (self.file_index, data_stream(options))
        offset = _NO_OFFSET if options.sparse else b""
        out = self._out
        start = out.reserve(len(head) + size + _ROOM)
        buffer = out.buffer
        at = start + len(head)
        buffer[start:at] = head
        body = at + 8 + len(data_head) + len(offset)
        content = out.view[body : body + size]
        try:
            got = os.readv(fd, [content]) if size else 0
        except OSError as error:
            out.position = at
            self._tell_read_error(found, error)
            self._finish(fd, found, status, options, None)
            return
        if got:
            length = LENGTH.pack(got + len(offset))
            buffer[at:body] = b"".join((_LENGTHS[len(data_head)], data_head, length, offset))
            at = body + got
            buffer[at : at + 4] = EOD
            at += 4
        out.position = at
        self._data.read += got
        self._data.sent += got
        if got != size:
            content = content[:got]
            self._tell_shrunk(found, got)
        digest = options.digest.of(content) if options.digest is not None else None
        self._finish(fd, found, status, options, digest)

    def _save_large(self, fd: int, found: Found, status: os.stat_result, options: Options) -> None:
        """Save a file frame by frame; devices and FIFOs are read to their end."""
        self.file_index += 1
        name = _strip(found.path, options.strip)
        self._out.write(self._attributes(found.type, name, status, b"", options))
        digest = options.digest.new() if options.digest is not None else None
        limit = status.st_size if found.type is FileType.REG else None
        try:
            got = self._data.send(fd, self.file_index, options, digest, limit)
        except OSError as error:
            self._tell_read_error(found, error)
            digest = None
        else:
            if limit is not None and got != limit:
                self._tell_shrunk(found, got)
        self._finish(fd, found, status, options, digest.digest() if digest is not None else None)

    def _save_empty(self, found: Found, status: os.stat_result, options: Options) -> None:
        """Save a file that everybody may read and that has nothing to read; it is not opened."""
        self.file_index += 1
        name = _strip(found.path, options.strip)
        self._out.write(self._attributes(FileType.REGE, name, status, b"", options))
        digest = options.digest.of(b"") if options.digest is not None else None
        self._finish(_path_of(found), found, status, options, digest)

    def _finish(
        self,
        file: int | bytes,
        found: Found,
        status: os.stat_result,
        options: Options,
        digest: bytes | None,
    ) -> None:
        """Send what follows the data: ACLs, extended attributes, digest."""
        if options.acl or options.xattr:
            self._save_extras(file, found, options)
        if digest is not None and options.digest is not None:
            self._out.write(self._stream(options.digest.stream, digest))
        if status.st_nlink > 1:
            self._remember(found, status, digest or b"")

    def _check_changes(self, fd: int, found: Found, status: os.stat_result) -> None:
        """Complain when the file is not as it was before it was read."""
        now = os.fstat(fd)
        for what, field in (("mtime", 8), ("ctime", 9), ("size", 6)):
            if now[field] != status[field]:
                self._report.error(f"{_shown(found.path)}: {what} changed during backup.")
                return

    # --- everything else

    def _save_entry(self, found: Found) -> None:
        """Save a directory, link or special file: attributes and what hangs on them."""
        status = found.status
        assert status is not None
        options = found.block.options
        if stat.S_ISSOCK(status.st_mode):
            if self._tells_skipped:
                self._report.send(
                    MessageType.SKIPPED, f"     Socket file skipped: {_shown(found.path)}"
                )
            return
        if self._is_unchanged(found, status, options):
            return
        is_directory = found.type in DIRECTORIES
        if not is_directory and found.type is not FileType.LNK:
            linked = status.st_nlink > 1 and options.hard_links
            if linked and self._is_saved(found, status):
                return
        link = b""
        if found.type is FileType.LNK:
            try:
                link = os.readlink(found.name, dir_fd=found.directory)
            except OSError as error:
                shown = _shown(found.path)
                self._report.not_saved(f'Could not follow link "{shown}": ERR={error.strerror}')
                return
        if found.type in _NOT_ENTERED:
            self._report.info(_NOT_ENTERED[found.type](found))
        self.file_index += 1
        kind = FileType.DIREND if is_directory else found.type
        name = stored_name(found)
        self._out.write(self._attributes(kind, name, status, link, options))
        self._finish(_path_of(found), found, status, options, None)
        if is_directory and options.keep_atime:
            self._put_back_times(found, status)

    @staticmethod
    def _put_back_times(found: Found, status: os.stat_result) -> None:
        times = (status.st_atime_ns, status.st_mtime_ns)
        with suppress(OSError):
            os.utime(found.name, ns=times, dir_fd=found.directory, follow_symlinks=False)

    def _save_read(self, found: Found) -> None:
        """Save the contents of a device or FIFO that the FileSet names."""
        status = found.status
        assert status is not None
        options = found.block.options
        if self._is_unchanged(found, status, options):
            return
        try:
            fd = os.open(found.name, _OPEN, dir_fd=found.directory)
        except OSError as error:
            self._report.not_saved(f'Cannot open "{_shown(found.path)}": ERR={error.strerror}.')
            return
        try:
            _wait_for_writer(fd)
            os.set_blocking(fd, True)
            plain = replace(options, sparse=False)
            self._save_large(fd, found, status, plain)
        finally:
            os.close(fd)

    def _tell_no_status(self, found: Found) -> None:
        self._report.not_saved(f'Could not stat "{_shown(found.path)}": ERR={found.error}')

    def _tell_closed(self, found: Found) -> None:
        self._report.not_saved(
            f'Could not open directory "{_shown(found.path)}": ERR={found.error}'
        )

    def save_gone(self) -> None:
        """Record what the accurate list has and the disk has not."""
        accurate = self._changes.accurate
        if accurate is None:
            return
        if self._changes.keep_deleted:
            for name, old in accurate.missing():
                times = _NOTHING._replace(modified=old.modified, changed=old.changed)
                self._save_listed(FileType.DELETED, name, times)
        else:
            for name, old in accurate.seen():
                self._save_listed(FileType.BASE, name, old)

    def _save_listed(self, kind: FileType, name: bytes, status: FileStatus) -> None:
        self.file_index += 1
        record = AttributeRecord(self.file_index, kind, name, pack_status(status))
        self._out.write(self._stream(Stream.UNIX_ATTRIBUTES, record.pack()))

    # --- frames

    def _attributes(
        self,
        kind: FileType,
        name: bytes,
        status: os.stat_result,
        link: bytes,
        options: Options,
        *,
        link_index: int = 0,
    ) -> bytes:
        """Return the whole stream of an attribute record."""
        index = b"%d" % self.file_index
        head = index + b" 1 0"
        record = b"%b %d %b\0%b\0%b\0\0000\0" % (
            index,
            kind,
            name,
            encode_status(status, link_index, data_stream(options)),
            link,
        )
        return b"".join((_LENGTHS[len(head)], head, LENGTH.pack(len(record)), record, EOD))

    def _stream(self, stream: int, data: bytes) -> bytes:
        """Return a whole stream of one frame."""
        head = b"%d %d 0" % (self.file_index, stream)
        return b"".join((_LENGTHS[len(head)], head, LENGTH.pack(len(data)), data, EOD))

    def _save_extras(self, file: int | bytes, found: Found, options: Options) -> None:
        """Send ACLs and extended attributes; what cannot be read is told and counted."""
        try:
            names = list_names(file)
        except OSError as error:
            self._tell_extras(found, error.strerror or "")
            return
        if not names:
            return
        try:
            if options.acl and found.type is not FileType.LNK:
                for stream, text in acl_streams(file, names):
                    self._out.write(self._stream(stream, text))
                    self._data.sent += len(text)
            if options.xattr:
                record = xattr_stream(file, names, with_acls=not options.acl)
                if record:
                    self._out.write(self._stream(Stream.XATTR_LINUX, record))
                    self._data.sent += len(record)
        except (OSError, FormatError) as error:
            self._tell_extras(found, error.strerror if isinstance(error, OSError) else str(error))

    # --- words

    def _tell_extras(self, found: Found, reason: str | None) -> None:
        self._report.error(
            f"Cannot read ACLs and extended attributes of {_shown(found.path)}: ERR={reason}"
        )

    def _tell_read_error(self, found: Found, error: OSError) -> None:
        self._report.error(f"Read error on file {_shown(found.path)}. ERR={error.strerror}")
        if self._report.errors > _MANY_ERRORS:
            raise JobError(f"Too many errors. JobErrors={self._report.errors}.")

    def _tell_shrunk(self, found: Found, got: int) -> None:
        assert found.status is not None
        self._report.warning(
            f"{_shown(found.path)}: size changed during backup: "
            f"{got} of {found.status.st_size} bytes were there to save"
        )


_SAVE: dict[FileType, Callable[[Saver, Found], None]] = {
    FileType.LNK: Saver._save_entry,  # noqa: SLF001 - the table belongs to the class
    FileType.SPEC: Saver._save_entry,  # noqa: SLF001
    FileType.DIREND: Saver._save_entry,  # noqa: SLF001
    FileType.NORECURSE: Saver._save_entry,  # noqa: SLF001
    FileType.NOFSCHG: Saver._save_entry,  # noqa: SLF001
    FileType.INVALIDFS: Saver._save_entry,  # noqa: SLF001
    FileType.RAW: Saver._save_read,  # noqa: SLF001
    FileType.FIFO: Saver._save_read,  # noqa: SLF001
    FileType.NOSTAT: Saver._tell_no_status,  # noqa: SLF001
    FileType.NOOPEN: Saver._tell_closed,  # noqa: SLF001
}
"""What becomes of each type that is not a regular file."""


def _not_recursed(found: Found) -> str:
    return (
        f"     Recursion turned off. Will not descend from {_shown(found.top)} "
        f"into {_shown(found.path)}"
    )


def _other_filesystem(found: Found) -> str:
    return (
        f"     {_shown(found.path)} is a different filesystem. "
        f"Will not descend from {_shown(found.top)} into it."
    )


def _disallowed_filesystem(found: Found) -> str:
    return (
        f"     Disallowed filesystem. Will not descend from {_shown(found.top)} "
        f"into {_shown(found.path)}"
    )


_NOT_ENTERED: dict[FileType, Callable[[Found], str]] = {
    FileType.NORECURSE: _not_recursed,
    FileType.NOFSCHG: _other_filesystem,
    FileType.INVALIDFS: _disallowed_filesystem,
}
"""What is told about directories that are saved without their contents."""


def stored_name(found: Found) -> bytes:
    """Return the name under which *found* is stored."""
    return _strip(_with_slash(found), found.block.options.strip)


def _with_slash(found: Found) -> bytes:
    """Return the name as it is stored: directories end in a slash."""
    if found.type in DIRECTORIES:
        return found.path.rstrip(b"/") + b"/"
    return found.path


def _strip(name: bytes, count: int) -> bytes:
    """Return *name* without its first *count* components; unchanged when it has not as many."""
    if not count:
        return name
    parts = name.split(b"/", count + 1)
    return b"/" + parts[-1] if len(parts) == count + 2 and parts[-1] else name


def _path_of(found: Found) -> bytes:
    """Return a path for calls that take no descriptor of a directory."""
    if found.directory is None or len(found.path) < _LONG_PATH:
        return found.path
    return b"/proc/self/fd/%d/%b" % (found.directory, found.name)


def _wait_for_writer(fd: int) -> None:
    """Wait until a FIFO has data, at most a minute; devices have it at once."""
    poll = select.poll()
    poll.register(fd, select.POLLIN | select.POLLHUP)
    poll.poll(_FIFO_PATIENCE)


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
