"""Composes the streams of files that a plugin gives.

Order of a file: beginning of the plugin's data with its definition, attributes, data, ACL, extended
attributes, digest, end of the plugin's data.
Source: plugin interface of the File Daemon, section 6.
"""

import os
import stat
import struct
import zlib
from dataclasses import replace
from typing import Any, Final

from barque.errors import PluginError
from barque.filedaemon.data import CHUNK, EOD, LENGTH, SPARSE_CHUNK, data_stream
from barque.filedaemon.fields import encode_numbers
from barque.filedaemon.options import Options
from barque.filedaemon.report import JobReport
from barque.filedaemon.saving import SavedLink, Saver
from barque.formats.compression import BY_OPTION as COMPRESSIONS
from barque.formats.digest import DIGESTS, DigestKind, Hash
from barque.formats.filetypes import FileType
from barque.formats.streams import Stream
from barque.formats.xattr import MAX_RECORD, pack_xattrs
from barque.plugins.child import abi, pipe
from barque.wire.messages.job import MessageType

ACL_END: Final = b"\0"
"""What follows a plugin's ACL in its stream; it is no part of the ACL."""

_OFFSET: Final = struct.Struct(">Q")
_COMPRESSED_FROM: Final = 1000
"""byte; longer restore objects are compressed."""
_DIGESTED: Final = frozenset({FileType.REGE, FileType.REG, FileType.RAW})
"""Types whose data gets a digest."""
_SAVED: Final = frozenset(
    {
        FileType.LNKSAVED, FileType.REGE, FileType.REG, FileType.LNK, FileType.DIREND,
        FileType.SPEC, FileType.RAW, FileType.FIFO, FileType.REPARSE, FileType.JUNCTION,
        FileType.DELETED, FileType.NORECURSE, FileType.NOFSCHG, FileType.INVALIDFS,
    }
)  # fmt: skip
_DIRECTORY_ONLY: Final = frozenset({FileType.NORECURSE, FileType.NOFSCHG, FileType.INVALIDFS})

_DIRECTORIES: Final = _DIRECTORY_ONLY | {FileType.DIREND, FileType.DIRNOCHG}

_TOLD: Final = {
    FileType.NOACCESS: (MessageType.NOTSAVED, 'Could not access "{}"'),
    FileType.NOFOLLOW: (MessageType.NOTSAVED, 'Could not follow link "{}"'),
    FileType.NOSTAT: (MessageType.NOTSAVED, 'Could not stat "{}"'),
    FileType.NOCHG: (MessageType.SKIPPED, "Unchanged file skipped: {}"),
    FileType.DIRNOCHG: (MessageType.SKIPPED, "Unchanged file skipped: {}"),
    FileType.ISARCH: (MessageType.NOTSAVED, "Archive file not saved: {}"),
    FileType.NOOPEN: (MessageType.NOTSAVED, 'Could not open directory "{}"'),
    FileType.INVALIDDT: (MessageType.SKIPPED, "Disallowed drive type. Will not descend into {}"),
}
"""What is told about types that are not saved."""

_DIGEST_BITS: Final = tuple(
    (abi.option_bit(kind.name), kind) for kind in DIGESTS if kind.name in abi.FILE_OPTIONS
)
_COMPRESS: Final = abi.option_bit("COMPRESS")


def option_flags(options: Options) -> bytes:
    """Return the flags of a packet for what the FileSet says."""
    bits = 0
    for name, wanted in (
        ("COMPRESS", options.compression is not None),
        ("NO_RECURSION", not options.recurse),
        ("MULTIFS", not options.one_filesystem),
        ("SPARSE", options.sparse),
        ("READFIFO", options.read_fifo),
        ("MTIMEONLY", options.mtime_only),
        ("KEEPATIME", options.keep_atime),
        ("EXCLUDE", options.exclude),
        ("ACL", options.acl),
        ("NO_HARDLINK", not options.hard_links),
        ("IGNORECASE", options.ignore_case),
        ("NOATIME", options.no_atime),
        ("ENHANCEDWILD", options.enhanced_wild),
        ("CHKCHANGES", options.check_changes),
        ("STRIPPATH", options.strip > 0),
        ("XATTR", options.xattr),
        ("FORCE_ENCRYPT", options.encrypt),
    ):
        if wanted:
            bits |= abi.option_bit(name)
    for bit, kind in _DIGEST_BITS:
        if options.digest is kind:
            bits |= bit
    return bits.to_bytes(abi.FLAG_BYTES, "little")


def options_of(flags: bytes, options: Options) -> Options:
    """Return *options* with what the *flags* of a packet say otherwise."""
    bits = int.from_bytes(flags, "little")
    compression = options.compression or COMPRESSIONS["Z6"] if bits & _COMPRESS else None
    digest: DigestKind | None = None
    for bit, kind in _DIGEST_BITS:
        if bits & bit:
            digest = kind
    sparse = bool(bits & abi.option_bit("SPARSE"))
    return replace(options, compression=compression, digest=digest, sparse=sparse)


def recorded_name(kind: int, name: bytes, link: bytes) -> bytes:
    """Return the name that the catalog has of a file: of a directory, the *link* of its packet.

    Source: plugin interface of the File Daemon, section 6.
    """
    if kind not in _DIRECTORIES or not link:
        return name
    return link if link.endswith(b"/") else link + b"/"


class PluginFiles:
    """Takes the frames of one plugin and sends files; one for a definition and its options."""

    def __init__(
        self, saver: Saver, report: JobReport, definition: bytes, options: Options
    ) -> None:
        self._saver = saver
        self._out = saver.outbox
        self._report = report
        self._definition = definition
        self._base = options
        self._flags = option_flags(options)
        self._options = options
        self._options_flags = self._flags
        self._tells_skipped = report.wants(MessageType.SKIPPED)
        self._in_file = False
        self._digest: Hash | None = None
        self._data_open = False
        self._offset = 0
        self._size = 0
        self._name = b""
        self._numbers: tuple[int, ...] = ()
        self._keeps_link = False
        self._type = 0
        self._xattrs: list[tuple[bytes, bytes]] = []
        self.cuts_data = False
        """Whether reading the data of the present file failed."""

    @property
    def flags(self) -> bytes:
        """What packets are filled with."""
        return self._flags

    def take(self, kind: int, body: memoryview) -> None:
        """Take one frame; raises PluginError when it makes no sense."""
        if kind == pipe.ENTRY:
            self._begin(body)
        elif kind == pipe.OBJECT:
            self._save_object(body)
        elif not self._in_file:
            raise PluginError("a plugin sent data without a file")
        elif kind == pipe.DATA:
            self._send(body)
        elif kind == pipe.END_DATA:
            self._end_data(int(pipe.decode_json(body)))
        elif kind == pipe.ACL:
            self._count(self._write(Stream.ACL_PLUGIN, bytes(body) + ACL_END))
        elif kind == pipe.XATTR:
            self._xattrs.append(pipe.decode_pair(body))
        elif kind == pipe.END_ENTRY:
            self._end()
        else:
            raise PluginError(f"a plugin sent a frame of kind {kind}")

    # --- one file

    def _begin(self, body: memoryview) -> None:
        if self._in_file:
            raise PluginError("a plugin began a file within another")
        kind, flags, delta, _, switches, numbers, name, link, data = pipe.decode_entry(body)
        saver = self._saver
        saver.examined += 1
        saver.last_name = name
        if kind not in _SAVED or (kind == FileType.SPEC and stat.S_ISSOCK(numbers[2])):
            self._tell(kind, name, link)
            return
        if flags != self._options_flags:
            self._options_flags = flags
            self._options = self._base if flags == self._flags else options_of(flags, self._base)
        options = self._options
        recorded = recorded_name(kind, name, link)
        self._mark(recorded)
        self._type = FileType.DIREND if kind in _DIRECTORY_ONLY else kind
        self._name, self._numbers = name, numbers
        self._keeps_link = numbers[3] > 1
        saver.file_index += 1
        index = saver.file_index
        saved = self._link_of(numbers) if switches & pipe.LINKED else None
        if saved is not None:
            self._type, link, self._keeps_link = FileType.LNKSAVED, saved.name, False
        difference = delta + 1 if flags[3] & 16 else 0
        status = encode_numbers(
            numbers, saved.file_index if saved is not None else 0, data_stream(options)
        )
        if self._type == FileType.DIREND:
            link = b""
        record = b"%d %d %b\0%b\0%b\0\0%d\0" % (
            index, self._type, recorded, status, link, difference
        )  # fmt: skip
        start = b"%d 1 1 %b\0" % (index, self._definition)
        has_digest = options.digest is not None and self._type in _DIGESTED
        if switches & pipe.COMPLETE and options.compression is None and not options.sparse:
            self._send_whole(index, start, record, data, options if has_digest else None)
            return
        self._out.write(_stream(index, Stream.PLUGIN_NAME, start))
        self._out.write(_stream(index, Stream.UNIX_ATTRIBUTES, record))
        self._in_file = True
        self._digest = options.digest.new() if has_digest and options.digest is not None else None
        self._offset, self._size, self.cuts_data = 0, numbers[7], False
        self._xattrs = []
        if data:
            self._send(data)
        if switches & pipe.COMPLETE:
            self._end_data(0)
            self._end()

    def _send_whole(
        self, index: int, start: bytes, record: bytes, data: memoryview, digested: Options | None
    ) -> None:
        """Send a file that came in one piece."""
        parts: list[bytes | memoryview] = [
            _stream(index, Stream.PLUGIN_NAME, start),
            _stream(index, Stream.UNIX_ATTRIBUTES, record),
        ]
        size = len(data)
        if size:
            head = b"%d 2 0" % index
            parts += [LENGTH.pack(len(head)), head, LENGTH.pack(size), data, EOD]
            self._saver.data.read += size
            self._saver.data.sent += size
        digest = b""
        if digested is not None and digested.digest is not None:
            digest = digested.digest.of(data)
            parts.append(_stream(index, digested.digest.stream, digest))
        parts.append(_stream(index, Stream.PLUGIN_NAME, b"%d 0" % index))
        self._out.write(b"".join(parts))
        self._remember(digest)

    def _tell(self, kind: int, name: bytes, link: bytes) -> None:
        """Tell about a file that is not saved."""
        shown = name.decode("utf-8", "surrogateescape")
        if kind == FileType.SPEC:
            severity, text = MessageType.SKIPPED, "Socket file skipped: {}"
        elif kind in (FileType.DIRBEGIN, FileType.BASE):
            return
        elif kind in _TOLD:
            severity, text = _TOLD[FileType(kind)]
        else:
            severity, text = MessageType.NOTSAVED, f"Unknown file type {kind}; not saved: {{}}"
        if kind in (FileType.NOCHG, FileType.DIRNOCHG):
            self._mark(recorded_name(kind, name, link))
        if severity is not MessageType.SKIPPED or self._tells_skipped:
            self._report.send(severity, "     " + text.format(shown))

    def _mark(self, name: bytes) -> None:
        accurate = self._saver.changes.accurate
        if accurate is not None:
            accurate.mark(name)

    # --- data

    def _send(self, data: memoryview) -> None:
        """Send data, in frames that are not too long."""
        step = SPARSE_CHUNK if self._options.sparse else CHUNK
        if len(data) <= step:
            self._send_chunk(data)
            return
        for at in range(0, len(data), step):
            self._send_chunk(data[at : at + step])

    def _send_chunk(self, data: memoryview) -> None:
        options = self._options
        counters = self._saver.data
        size = len(data)
        offset, self._offset = self._offset, self._offset + size
        counters.read += size
        if options.sparse and self._is_hole(data, offset):
            return
        if self._digest is not None:
            self._digest.update(data)
        self._open_data()
        place = _OFFSET.pack(offset) if options.sparse else b""
        if options.compression is not None:
            packed = place + options.compression.pack(data)
            self._out.write(LENGTH.pack(len(packed)) + packed)
            counters.sent += len(packed)
            return
        out = self._out
        at = out.reserve(size + 12)
        front = LENGTH.pack(size + len(place)) + place
        body = at + len(front)
        out.buffer[at:body] = front
        out.view[body : body + size] = data
        out.position = body + size
        counters.sent += size

    def _is_hole(self, data: memoryview, offset: int) -> bool:
        end = offset + len(data)
        return end < self._size < 1 << 63 and not any(data[:64]) and not bytes(data).strip(b"\0")

    def _open_data(self) -> None:
        if not self._data_open:
            head = b"%d %d 0" % (self._saver.file_index, data_stream(self._options))
            self._out.write(LENGTH.pack(len(head)) + head)
            self._data_open = True

    def send_descriptor(self, fd: int) -> int:
        """Send what an open file holds; returns the number of the error that ended it, or 0."""
        options = self._options
        regular = stat.S_ISREG(os.fstat(fd).st_mode)
        if options.sparse and not (regular and os.lseek(fd, 0, os.SEEK_CUR) == 0):
            return self._send_read(fd)
        os.set_blocking(fd, True)
        limit = os.fstat(fd).st_size if options.sparse else None
        try:
            self._saver.data.send(fd, self._saver.file_index, options, self._digest, limit)
        except OSError as error:
            return error.errno or 5
        return 0

    def _send_read(self, fd: int) -> int:
        try:
            while data := os.read(fd, SPARSE_CHUNK):
                self._send_chunk(memoryview(data))
        except OSError as error:
            return error.errno or 5
        return 0

    def _end_data(self, error: int) -> None:
        if self._data_open:
            self._out.write(EOD)
            self._data_open = False
        if error:
            self._digest = None

    # --- its end

    def _end(self) -> None:
        self._end_data(0)
        if self._xattrs:
            record = pack_xattrs(self._xattrs)
            if len(record) > MAX_RECORD:
                shown = self._name.decode("utf-8", "surrogateescape")
                self._report.error(f"Extended attributes of {shown} do not fit into a record.")
            else:
                self._count(self._write(Stream.XATTR_PLUGIN, record))
        digest = b""
        if self._digest is not None and self._options.digest is not None:
            digest = self._digest.digest()
            self._write(self._options.digest.stream, digest)
        self._write(Stream.PLUGIN_NAME, b"%d 0" % self._saver.file_index)
        self._in_file = False
        self._remember(digest)

    def _remember(self, digest: bytes) -> None:
        if self._keeps_link:
            saver = self._saver
            link = SavedLink(saver.file_index, self._name, self._name, digest)
            saver.keep_link(self._numbers[0], self._numbers[1], link)

    def _link_of(self, numbers: tuple[int, ...]) -> SavedLink | None:
        return self._saver.find_link(numbers[0], numbers[1])

    def abandon(self) -> None:
        """End a file that a plugin left in the middle, so that what follows makes sense."""
        if self._in_file:
            self._digest = None
            self._xattrs = []
            self._end()

    def _save_object(self, body: memoryview) -> None:
        meta, content = pipe.decode_pair(body)
        values: dict[str, Any] = pipe.decode_json(meta)
        saver = self._saver
        saver.examined += 1
        saver.file_index += 1
        index = saver.file_index
        packed = zlib.compress(content) if len(content) > _COMPRESSED_FROM else content
        record = b"%d %d %d %d %d %d %b\0%b\0%b\0" % (
            index,
            values["type"],
            values["index"],
            len(packed),
            len(content),
            int(packed is not content),
            self._definition,
            str(values["name"]).encode("utf-8", "surrogateescape"),
            packed,
        )
        self._write(Stream.PLUGIN_NAME, b"%d 1 1 %b\0" % (index, self._definition))
        self._write(Stream.RESTORE_OBJECT, record)
        self._write(Stream.PLUGIN_NAME, b"%d 0" % index)

    def _write(self, stream: int, data: bytes) -> int:
        self._out.write(_stream(self._saver.file_index, stream, data))
        return len(data)

    def _count(self, size: int) -> None:
        self._saver.data.sent += size


def _stream(index: int, stream: int, data: bytes) -> bytes:
    """Return a whole stream of one frame."""
    head = b"%d %d 0" % (index, stream)
    return b"".join((LENGTH.pack(len(head)), head, LENGTH.pack(len(data)), data, EOD))
