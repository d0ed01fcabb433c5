"""Turns the records of saved files back into a file tree.

Records of several sessions may be interleaved; within one session the records of a file follow each
other, attributes first.
Source: file attributes, sections 1 to 4; daemon protocol, section 6.2.
"""

import contextlib
import os
import stat
from collections.abc import Iterator

from barque.errors import FormatError
from barque.formats.attributes import AttributeRecord, FileStatus, unpack_status
from barque.formats.digest import BY_STREAM, DigestKind
from barque.formats.filetypes import DIRECTORIES, NOT_ON_DISK, FileType
from barque.formats.streams import (
    ACL_STREAMS,
    ATTRIBUTE_STREAMS,
    DATA_STREAMS,
    STREAM_MASK,
    XATTR_STREAMS,
    Stream,
)
from barque.restoring.data import DataWriter
from barque.restoring.destination import Destination, Places, Replace
from barque.restoring.directories import DirectoryTree
from barque.restoring.fifo import open_for_writing, takes_data
from barque.restoring.metadata import set_metadata, set_node_metadata
from barque.restoring.observer import Observer, RestoredFile, Severity, Totals
from barque.restoring.small import SMALL, SmallFile, create_whole
from barque.restoring.underway import Node, OpenFile

INCOMPLETE = b".incomplete"
"""Ending of the name of a file whose data could not be restored whole."""

_USUAL_DIRECTORY_MODE = 0o755

_READ_THROUGH = frozenset({FileType.RAW, FileType.FIFO})
"""Devices and FIFOs whose contents were saved.

They are written into those that are there; else a plain file takes the contents.
"""

_WITH_CONTENTS = frozenset({FileType.REG, FileType.REGE})
"""Types of regular files that may be small."""

_KEYS = frozenset({Stream.ENCRYPTED_SESSION_DATA, Stream.SIGNED_DIGEST})
"""Streams that go with encrypted data, which says itself that it cannot be read."""

type Session = tuple[int, int]
"""VolSessionId and VolSessionTime."""


class Restorer:
    """Takes records and writes files; one for a restore job."""

    def __init__(self, destination: Destination, observer: Observer) -> None:
        """Restore to *destination*; raises JobError when it cannot be opened."""
        self.totals = Totals()
        self._destination = destination
        self._observer = observer
        self._tree = DirectoryTree(destination.root)
        self._places = Places(destination)
        self._current: dict[Session, OpenFile | SmallFile | Node | None] = {}
        self._digest_kind: DigestKind | None = None
        self._directories: dict[bytes, Node] = {}
        self._count = 0
        self._told: set[int] = set()

    def write(self, session: Session, file_index: int, stream: int, data: bytes) -> None:
        """Take one record.

        Whatever is wrong with a single file is told to the observer and counted; the next goes on.
        """
        kind = stream & STREAM_MASK
        if kind in ATTRIBUTE_STREAMS:
            self._finish_current(session)
            self._begin(session, file_index, data)
            return
        if kind == Stream.PLUGIN_NAME:
            self._finish_current(session)
            return
        current = self._current.get(session)
        if isinstance(current, SmallFile):
            if self._hold(current, kind, stream, data):
                return
            current = self._current[session] = self._go_the_long_way(current)
        if current is None:
            return
        if kind in DATA_STREAMS:
            self._write_data(current, stream, data)
        elif kind in ACL_STREAMS or kind in XATTR_STREAMS:
            current.extras.append((kind, data))
        elif kind in BY_STREAM:
            self._check(current, kind, data)
        elif kind not in self._told and kind not in _KEYS:
            self._told.add(kind)
            self._say(Severity.WARNING, f"Data of stream {kind} is not known and was left out.")

    def finish(self, *, complete: bool = True) -> Totals:
        """End the restore: set the attributes of directories, close everything.

        With *complete* false the records ended in the middle, so files still open are not whole.
        """
        try:
            for session in list(self._current):
                current = self._current[session]
                if not complete:
                    if isinstance(current, SmallFile) and not current.digest_stream:
                        current = self._current[session] = self._go_the_long_way(current)
                    if isinstance(current, OpenFile):
                        current.broken |= not current.checked
                self._finish_current(session)
            self._finish_directories()
        finally:
            self._tree.close()
        return self.totals

    # --- the beginning of a file

    def _begin(self, session: Session, file_index: int, data: bytes) -> None:
        """Create the file that an attribute record describes."""
        try:
            record = AttributeRecord.unpack(data)
            if record.type in NOT_ON_DISK:
                return
            status = unpack_status(record.status)
            parts, path = self._places.of(record.name)
        except FormatError as error:
            self._fail(f"Attributes of file {file_index} cannot be restored: {error}")
            return
        self._say_windows(status)
        if record.type in _WITH_CONTENTS and parts and stat.S_ISREG(status.mode):
            self._current[session] = SmallFile(record, status, parts, path)
        else:
            self._current[session] = self._created(record, status, parts, path)

    def _created(
        self, record: AttributeRecord, status: FileStatus, parts: list[bytes], path: bytes
    ) -> OpenFile | Node | None:
        """Create the file; None when that is impossible, or nothing is to follow."""
        try:
            return self._create(record, status, parts, path)
        except (OSError, ValueError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            self._fail(f"Could not create {_shown(path)}: ERR={reason}")
            return None

    def _create(
        self, record: AttributeRecord, status: FileStatus, parts: list[bytes], path: bytes
    ) -> OpenFile | Node | None:
        """Create the file; None when nothing is to follow.  Raises OSError."""
        if record.type in DIRECTORIES:
            return self._create_directory(record, status, parts, path)
        if not parts:
            raise FormatError("a file without a name")
        if stat.S_ISSOCK(status.mode):
            return None
        directory = self._tree.enter(parts[:-1])
        existing = _lstat(parts[-1], directory)
        if record.type in _READ_THROUGH and existing is not None and takes_data(existing.st_mode):
            return self._open_in_place(record, status, directory, parts, path)
        if existing is not None and not self._may_replace(status, existing, path):
            self.totals.files += 1
            return None
        if existing is not None and stat.S_ISDIR(existing.st_mode):
            os.rmdir(parts[-1], dir_fd=directory)
        if record.type == FileType.LNKSAVED:
            self._link(record, directory, parts, path, existing=existing is not None)
            return None
        target = None
        created: OpenFile | Node
        if stat.S_ISREG(status.mode) or record.type in _READ_THROUGH:
            created = self._open(record, status, directory, parts, path)
        else:
            if existing is not None:
                _unlink(parts[-1], directory)
            if stat.S_ISLNK(status.mode):
                target = self._destination.link_target(record.link)
            self._make_node(status, directory, parts[-1], target)
            created = Node(parts, path, status, record.type)
        self._tell_restored(RestoredFile(path, status, record.type, target))
        return created

    def _create_directory(
        self, record: AttributeRecord, status: FileStatus, parts: list[bytes], path: bytes
    ) -> Node | None:
        node = Node(parts, path.rstrip(b"/"), status, record.type)
        key = b"/".join(parts)
        known = key in self._directories
        made = self._tree.make(parts)
        if not known and not made:
            existing = os.fstat(self._tree.enter(parts))
            if not self._may_replace(status, existing, path):
                self.totals.files += 1
                return None
        self._directories[key] = node
        self._tell_restored(RestoredFile(path, status, record.type, None))
        return node

    def _open(
        self,
        record: AttributeRecord,
        status: FileStatus,
        directory: int,
        parts: list[bytes],
        path: bytes,
    ) -> OpenFile:
        self._count += 1
        temporary = b".barque-restore-%d-%d" % (os.getpid(), self._count)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(temporary, flags, 0o600, dir_fd=directory)
        writer = DataWriter(fd, self._digest_kind)
        return OpenFile(parts, path, status, record.type, fd, temporary, writer)

    def _open_in_place(
        self,
        record: AttributeRecord,
        status: FileStatus,
        directory: int,
        parts: list[bytes],
        path: bytes,
    ) -> OpenFile:
        """Open a device or FIFO that is there, to write into it; it keeps its owner and mode."""
        fd = open_for_writing(parts[-1], directory)
        self._tell_restored(RestoredFile(path, status, record.type, None))
        seekable = not stat.S_ISFIFO(os.fstat(fd).st_mode)
        writer = DataWriter(fd, self._digest_kind, seekable=seekable)
        return OpenFile(parts, path, status, record.type, fd, b"", writer)

    def _link(
        self,
        record: AttributeRecord,
        directory: int,
        parts: list[bytes],
        path: bytes,
        *,
        existing: bool,
    ) -> None:
        """Make a further name of a file that was restored before."""
        source = self._destination.relative(record.link)
        self._finish_file(source)
        other = os.dup(directory)
        try:
            source_directory = self._tree.enter(source[:-1])
            if existing:
                _unlink(parts[-1], other)
            os.link(
                source[-1],
                parts[-1],
                src_dir_fd=source_directory,
                dst_dir_fd=other,
                follow_symlinks=False,
            )
        except (OSError, IndexError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no name"
            target = _shown(self._destination.path(record.link))
            self._fail(f"Could not hard link {_shown(path)} -> {target}: ERR={reason}")
        else:
            status = unpack_status(record.status)
            self._tell_restored(RestoredFile(path, status, record.type, None))
        finally:
            os.close(other)

    @staticmethod
    def _make_node(status: FileStatus, directory: int, name: bytes, target: bytes | None) -> None:
        if target is not None:
            os.symlink(target, name, dir_fd=directory)
        elif stat.S_ISFIFO(status.mode):
            os.mkfifo(name, 0o600, dir_fd=directory)
        else:
            os.mknod(name, stat.S_IFMT(status.mode) | 0o600, status.rdev, dir_fd=directory)

    def _may_replace(self, status: FileStatus, existing: os.stat_result, path: bytes) -> bool:
        replace = self._destination.replace
        if replace is Replace.IF_NEWER and status.modified <= int(existing.st_mtime):
            reason = "Not newer"
        elif replace is Replace.IF_OLDER and status.modified >= int(existing.st_mtime):
            reason = "Not older"
        elif replace is Replace.NEVER:
            reason = "Already exists"
        else:
            return True
        self._say(Severity.INFO, f"File skipped. {reason}: {_shown(path)}")
        return False

    # --- small files: the short way, and back to the long one

    def _hold(self, file: SmallFile, kind: int, stream: int, data: bytes) -> bool:
        """Keep a record of a small file; return False when the file has to go the long way."""
        if kind in DATA_STREAMS:
            if file.stream or len(data) > SMALL:
                return False
            file.stream, file.message = stream, data
        elif kind in BY_STREAM:
            if file.digest_stream:
                return False
            self._digest_kind = BY_STREAM[kind]
            file.digest_stream, file.digest = kind, data
        elif kind in ACL_STREAMS or kind in XATTR_STREAMS:
            file.extras.append((kind, data))
        else:
            return False
        return True

    def _finish_small(self, file: SmallFile) -> None:
        """Create a file whose records are all there."""
        content = file.whole_content()
        if content is not None:
            try:
                directory = self._tree.enter(file.parts[:-1])
            except OSError:
                content = None
        if content is not None and create_whole(
            directory, file, content, _shown(file.path), self._fail
        ):
            self.totals.size += len(content)
            self._tell_restored(RestoredFile(file.path, file.status, file.record.type, None))
            return
        long = self._go_the_long_way(file)
        if long is not None:
            self._finish_regular(long)

    def _go_the_long_way(self, file: SmallFile) -> OpenFile | None:
        """Create a file before all its records are there; None when that is impossible."""
        opened = self._created(file.record, file.status, file.parts, file.path)
        if not isinstance(opened, OpenFile):
            return None
        opened.extras = file.extras
        if file.stream:
            self._write_data(opened, file.stream, file.message)
        if file.digest_stream:
            self._check(opened, file.digest_stream, file.digest)
        return opened

    # --- its data

    def _write_data(self, current: OpenFile | Node, stream: int, data: bytes) -> None:
        if not isinstance(current, OpenFile) or current.broken:
            return
        try:
            current.data.write(stream, data)
        except (OSError, FormatError) as error:
            current.broken = True
            reason = error.strerror if isinstance(error, OSError) else error
            self._fail(f"Write error on {_shown(current.path)}: {reason}")

    def _check(self, current: OpenFile | Node, stream: int, digest: bytes) -> None:
        self._digest_kind = BY_STREAM.get(stream)
        if not isinstance(current, OpenFile) or current.broken:
            return
        current.checked = True
        if current.data.matches(stream, digest) is False:
            current.broken = True
            self._fail(
                f"What came of {_shown(current.path)} does not match its digest: "
                "its data was damaged since it was saved"
            )

    # --- its end

    def _finish_file(self, parts: list[bytes]) -> None:
        """Put a file that is still open in its place, because a link to it is to be made."""
        for session, current in self._current.items():
            if isinstance(current, OpenFile | SmallFile) and current.parts == parts:
                self._finish_current(session)
                return

    def _finish_current(self, session: Session) -> None:
        current = self._current.get(session)
        if current is None:
            return
        self._current[session] = None
        if isinstance(current, SmallFile):
            self._finish_small(current)
        elif isinstance(current, OpenFile):
            self._finish_regular(current)
        elif current.type not in DIRECTORIES:
            with self._told_errors(current.path):
                set_node_metadata(
                    self._tree.enter(current.parts[:-1]),
                    current.parts[-1],
                    current.status,
                    current.extras,
                    _shown(current.path),
                    self._fail,
                )

    def _finish_regular(self, file: OpenFile) -> None:
        shown = _shown(file.path)
        self.totals.size += file.data.size
        if not file.temporary:
            os.close(file.fd)
            return
        try:
            with self._told_errors(file.path):
                self._settle_size(file)
                set_metadata(file.fd, file.status, file.extras, shown, self._fail)
            with self._told_errors(file.path):
                self._put_in_place(file, shown)
        finally:
            os.close(file.fd)

    def _put_in_place(self, file: OpenFile, shown: str) -> None:
        """Give the file its name; one that is not whole gets another, or none."""
        directory = self._tree.enter(file.parts[:-1])
        name = file.parts[-1]
        if file.broken and not file.data.size:
            _unlink(file.temporary, directory)
            self._say(Severity.INFO, f"Nothing of {shown} could be restored.")
            return
        if file.broken:
            name = name[:240] + INCOMPLETE
            self._say(Severity.INFO, f"{shown} is not whole, what there is: {_shown(name)}")
        try:
            os.rename(file.temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
        except OSError:
            _unlink(file.temporary, directory)
            raise

    def _settle_size(self, file: OpenFile) -> None:
        if file.broken:
            return
        if file.data.sparse:
            os.ftruncate(file.fd, max(file.status.size, file.data.end))
        elif file.type == FileType.REG and file.data.end != file.status.size:
            self._fail(
                f"File size of restored file {_shown(file.path)} not correct. "
                f"Original {file.status.size}, restored {file.data.end}."
            )
            file.broken = not file.checked  # a digest would have shown that this is all there was

    def _finish_directories(self) -> None:
        """Set the attributes of directories, the deepest first; they were open to us until now."""
        for node in sorted(self._directories.values(), key=lambda node: -len(node.parts)):
            with self._told_errors(node.path):
                fd = self._open_directory(node.parts)
                try:
                    shown = _shown(node.path)
                    set_metadata(fd, node.status, node.extras, shown, self._fail)
                finally:
                    os.close(fd)
        for key in self._tree.made - self._directories.keys():
            with self._told_errors(key):
                fd = self._open_directory(key.split(b"/"))
                try:
                    os.chmod(fd, _USUAL_DIRECTORY_MODE)
                finally:
                    os.close(fd)

    def _open_directory(self, parts: list[bytes]) -> int:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        return os.open(b".", flags, dir_fd=self._tree.enter(parts))

    # --- words

    @contextlib.contextmanager
    def _told_errors(self, path: bytes) -> Iterator[None]:
        try:
            yield
        except (OSError, FormatError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            self._fail(f"Could not restore {_shown(path)}: ERR={reason}")

    def _say_windows(self, status: FileStatus) -> None:
        """Tell once that data was saved by the backup interface of Windows."""
        layout = DATA_STREAMS.get(status.data_stream & STREAM_MASK)
        if layout and layout.windows and status.data_stream not in self._told:
            self._told.add(status.data_stream)
            self._say(Severity.INFO, "Windows data: contents are restored, attributes are not.")

    def _tell_restored(self, file: RestoredFile) -> None:
        self.totals.files += 1
        self._observer.restored(file)

    def _fail(self, text: str) -> None:
        self.totals.errors += 1
        self._observer.message(Severity.ERROR, text)

    def _say(self, severity: Severity, text: str) -> None:
        self._observer.message(severity, text)


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _lstat(name: bytes, directory: int) -> os.stat_result | None:
    try:
        return os.lstat(name, dir_fd=directory)
    except FileNotFoundError:
        return None


def _unlink(name: bytes, directory: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)
