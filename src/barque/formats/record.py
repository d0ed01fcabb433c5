"""Records: what a session writes, cut into blocks and put together again.

A record is (session, FileIndex, Stream, data). A header is never split; data that does not fit
goes on in the next block *of the same session* behind a continuation header, whose Stream is
negative.
Source: volume format, section 3.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from barque.errors import FormatError, TruncatedError
from barque.formats.layout import Bytes, Layout, i32, u32

MAX_RECORD = 20_000_000
"""byte; a longer record is taken as damage."""

STREAM_MASK = 0x7FF
"""Low bits of a Stream: the number in the stream table; the bits above it are flags."""


class Label(IntEnum):
    """Negative FileIndexes: records that describe the volume or a session."""

    PRE_LABEL = -1
    """Volume label of a volume that no job has written yet (old form)."""
    VOL_LABEL = -2
    """Volume label."""
    EOM_LABEL = -3
    """End of the medium."""
    SOS_LABEL = -4
    """Start of a session; Stream is the JobId."""
    EOS_LABEL = -5
    """End of a session; Stream is the JobId."""
    EOT_LABEL = -6
    """End of tape; never stored."""
    SOB_LABEL = -7
    """Start of an object."""
    EOB_LABEL = -8
    """End of an object."""


class RecordHeader(Layout):
    """Stands before each record, or piece of one, in a BB02 block."""

    file_index: int = i32("Number of the file in the session, from 1; negative: a label.")
    stream: int = i32("What the data is; negative: continuation; JobId for session labels.")
    data_length: int = u32("byte: whole record; in a continuation header what remains of it.")


RECORD_CODEC: Final = RecordHeader.fixed_codec()
"""FileIndex, Stream, length: for those who take many records apart in place."""


class OldRecordHeader(Layout):
    """Stands before each record, or piece of one, in a BB01 block."""

    session_id: int = u32("VolSessionId.")
    session_time: int = u32("VolSessionTime.")
    file_index: int = i32("As in RecordHeader.")
    stream: int = i32("As in RecordHeader.")
    data_length: int = u32("As in RecordHeader.")


class Session(NamedTuple):
    """Which job run wrote a block or record; unique among the volumes of a site."""

    session_id: int
    """VolSessionId: counted by one run of a Storage Daemon."""
    session_time: int
    """VolSessionTime: when that Storage Daemon started, s since 1970."""


class Piece(NamedTuple):
    """A record, or as much of it as its block holds."""

    session: Session
    """Session that wrote it."""
    file_index: int
    """FileIndex, or a member of :class:`Label`."""
    stream: int
    """Stream without the sign of a continuation."""
    continued: bool
    """It goes on with a record of an earlier block."""
    length: int
    """byte: what its header promises; more than the data when the next block goes on with it."""
    data: memoryview
    """The bytes that this block holds."""


class Record(NamedTuple):
    """A whole record."""

    session: Session
    """Session that wrote it."""
    file_index: int
    """FileIndex, or a member of :class:`Label`."""
    stream: int
    """Stream number with its flag bits; JobId for session labels."""
    data: Bytes
    """All bytes of the record."""
    offset: int
    """Byte offset, in the volume, of the block in which the record ends."""


def pieces(payload: memoryview, session: Session | None) -> Iterator[Piece]:
    """Take the records of one block apart.

    Shape: *payload* is the block behind its header; *session* is that of the block, None for BB01.
    Raises TruncatedError when a header is cut, FormatError when a length cannot be true.
    """
    at, end = 0, len(payload)
    codec = (RecordHeader if session else OldRecordHeader).fixed_codec()
    while at < end:
        if end - at < codec.size:
            raise TruncatedError(f"{end - at} bytes are left where a record header should be")
        if session:
            owner = session
            file_index, stream, length = codec.unpack_from(payload, at)
        else:
            number, started, file_index, stream, length = codec.unpack_from(payload, at)
            owner = Session(number, started)
        if length > MAX_RECORD:
            raise FormatError(f"a record claims {length} bytes")
        at += codec.size
        data = payload[at : at + length]
        at += len(data)
        continued = stream < 0 and file_index > 0
        yield Piece(owner, file_index, abs(stream), continued, length, data)


@dataclass(slots=True)
class _Unfinished:
    file_index: int
    stream: int
    missing: int
    data: bytearray


class RecordAssembler:
    """Puts the records of all sessions of a volume together again.

    Feed the pieces of one block after the other. What is under way is kept per session, so blocks
    of interleaved jobs may come in any mixture. Memory: at most one record for each session.
    """

    def __init__(self) -> None:
        self._open: dict[Session, _Unfinished] = {}
        self.lost: list[tuple[Session, int, int]] = []
        """(session, FileIndex, Stream) of records that miss their beginning or their end."""

    def add(self, piece: Piece, offset: int) -> Record | None:
        """Return the record that *piece*, of the block at *offset*, completes.

        Labels are never split, and do not end what is under way: when a volume is labelled for a
        session that goes on there, its label bears the numbers of that session.
        """
        if piece.file_index < 0 and len(piece.data) == piece.length:
            return _record(piece, piece.data, offset)
        open_record = self._open.pop(piece.session, None)
        if not piece.continued:
            if open_record is not None:
                self._lose(piece.session, open_record.file_index, open_record.stream)
            if len(piece.data) == piece.length:
                return _record(piece, piece.data, offset)
            self._open[piece.session] = _begin(piece)
            return None
        if open_record is None or not _goes_on(open_record, piece):
            if open_record is not None:
                self._lose(piece.session, open_record.file_index, open_record.stream)
            self._lose(piece.session, piece.file_index, piece.stream)
            return None
        open_record.data += piece.data
        open_record.missing -= len(piece.data)
        if open_record.missing:
            self._open[piece.session] = open_record
            return None
        return _record(piece, open_record.data, offset)

    def is_underway(self, session: Session) -> bool:
        """Tell whether a record of *session* has begun and not ended yet."""
        return session in self._open

    def skip(self, piece: Piece) -> None:
        """Pass over a piece that nobody wants; a wanted record that it cuts short is lost."""
        open_record = self._open.pop(piece.session, None)
        if open_record is not None:
            self._lose(piece.session, open_record.file_index, open_record.stream)

    def close(self) -> None:
        """Count the records whose end never came as lost."""
        for session, record in self._open.items():
            self._lose(session, record.file_index, record.stream)
        self._open.clear()

    def _lose(self, session: Session, file_index: int, stream: int) -> None:
        if (session, file_index, stream) not in self.lost[-1:]:
            self.lost.append((session, file_index, stream))


def _begin(piece: Piece) -> _Unfinished:
    missing = piece.length - len(piece.data)
    return _Unfinished(piece.file_index, piece.stream, missing, bytearray(piece.data))


def _goes_on(record: _Unfinished, piece: Piece) -> bool:
    return (
        record.file_index == piece.file_index
        and record.stream == piece.stream
        and record.missing == piece.length
    )


def _record(piece: Piece, data: Bytes, offset: int) -> Record:
    return Record(piece.session, piece.file_index, piece.stream, data, offset)
