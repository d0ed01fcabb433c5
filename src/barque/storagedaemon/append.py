"""The append session: the streams of a File Daemon, in bulk from the connection into blocks.

Frames are looked at where they arrived; the data of a record is copied once, into its block. No
object is made for a frame.
Source: daemon protocol, sections 5.6 and 6.1.
"""

import struct
from collections.abc import Callable

from barque.errors import ConnectionLostError, RemoteProtocolError
from barque.formats.block import BlockWriter, FilledBlock
from barque.formats.layout import Bytes
from barque.formats.record import STREAM_MASK, Label
from barque.storagedaemon.pace import Pace
from barque.transport.channel import BULK_INBOX, Channel
from barque.wire.framing import HEADER, MAX_PACKET, Signal
from barque.wire.messages.catalog_request import ATTRIBUTE_HEADER

CATALOG_STREAMS = frozenset({1, 3, 5, 10, 17, 18, 28, 40})
"""Streams that the Director's catalog wants: attributes, restore objects, digests."""

_EOD = int(Signal.EOD)
_IGNORED = frozenset({int(Signal.HEARTBEAT), int(Signal.HB_RESPONSE)})


class AttributeCollector:
    """Makes the messages with attributes and digests, as frames ready to be sent."""

    def __init__(self, prefix: bytes, session: tuple[int, int]) -> None:
        self._prefix = prefix
        self._session = session
        self._head = struct.Struct(f">i{len(prefix)}s{ATTRIBUTE_HEADER.format[1:]}")
        """Length of the frame, prefix, attribute header."""
        self._fixed = len(prefix) + ATTRIBUTE_HEADER.size
        self._pending = bytearray()

    def add(self, file_index: int, stream: int, data: Bytes) -> None:
        """Add the message for one record."""
        size = len(data)
        pending = self._pending
        pending += self._head.pack(
            self._fixed + size, self._prefix, *self._session, file_index, stream, size
        )
        pending += data

    def take(self) -> bytearray:
        """Return the frames collected since the last call."""
        taken, self._pending = self._pending, bytearray()
        return taken


class RecordSink:
    """Takes the records of one session: labels first and last, files in between.

    The start label is written with the first file, so that a session without files leaves no trace.
    """

    def __init__(
        self,
        put: Callable[[FilledBlock, bytearray], bytearray],
        max_block: int,
        job_id: int,
    ) -> None:
        self._put = put
        self._job_id = job_id
        self._attributes: AttributeCollector | None = None
        self._start_label = b""
        self._append = BlockWriter(self._hand_over, max_block)
        self.file_index = 0
        """Last FileIndex that came."""
        self.bytes = 0
        """byte of records that came."""

    def open(self, label: bytes, attributes: AttributeCollector | None) -> None:
        """Say what the session's label is, and who collects its attributes, before any record."""
        self._start_label = label
        self._attributes = attributes

    def _hand_over(self, block: FilledBlock) -> bytearray:
        taken = self._attributes.take() if self._attributes else bytearray()
        return self._put(block, taken)

    def begin_file(self, file_index: int) -> None:
        """Say that the next records belong to this file."""
        if not self.file_index:
            self._append.append_unsplit(Label.SOS_LABEL, self._job_id, self._start_label)
        self.file_index = file_index

    def add(self, stream: int, data: Bytes) -> None:
        """Add a record of the current file."""
        self._append.append(self.file_index, stream, data)
        self.bytes += len(data)
        if self._attributes and stream & STREAM_MASK in CATALOG_STREAMS:
            self._attributes.add(self.file_index, stream, data)

    def close(self, label: bytes) -> None:
        """End the session with its end label."""
        if self.file_index:
            self._append.append_unsplit(Label.EOS_LABEL, self._job_id, label)
            self._append.flush()


class DataReceiver:
    """Reads the data phase of an append session into a sink."""

    def __init__(self, sink: RecordSink, *, rerun: bool = False, pace: Pace | None = None) -> None:
        self._sink = sink
        self._rerun = rerun
        self._pace = pace
        self._stream = 0
        self._within = False

    def receive(self, channel: Channel) -> None:
        """Take everything up to the end of the data.

        Raises:
            RemoteProtocolError: a header means nothing, or a FileIndex is out of order.
            ConnectionLostError: the File Daemon is gone before it said that this was all.
            JobError, DeviceError: the blocks could not be written.
        """
        channel.inbox.enlarge(BULK_INBOX)
        while not self._take_frames(channel):
            channel.fill()
            if self._pace is not None:
                self._pace.note(self._sink.bytes)

    def _take_frames(self, channel: Channel) -> bool:
        """Deal with the whole frames of the inbox; return whether the end of the data came."""
        inbox = channel.inbox
        data, view, end = inbox.data, memoryview(inbox.data), inbox.end
        at = begin = inbox.start
        unpack, add = HEADER.unpack_from, self._sink.add
        # Nine frames come for a small file: what is usual is done here, without further calls.
        try:
            while end - at >= 4:
                length = unpack(data, at)[0]
                if length == _EOD and self._within:
                    self._within = False
                    at += 4
                    continue
                if length < 0:
                    at += 4
                    if self._signal(length):
                        return True
                    continue
                if length > MAX_PACKET:
                    raise RemoteProtocolError(f"a frame claims {length} bytes")
                following = at + 4 + length
                if following > end:
                    return False
                if self._within:
                    add(self._stream, view[at + 4 : following])
                else:
                    self._header(data[at + 4 : following])
                at = following
            return False
        finally:
            view.release()
            inbox.consume(at - begin)

    @staticmethod
    def _signal(number: int) -> bool:
        """Return whether *number*, between two streams or beside one, ends the data."""
        if number == _EOD:
            return True
        if number not in _IGNORED:
            raise ConnectionLostError(
                f"the File Daemon sent signal {number} in the middle of its data"
            )
        return False

    def _header(self, line: bytearray) -> None:
        words = line.split()
        try:
            file_index, self._stream = int(words[0]), int(words[1])
        except (ValueError, IndexError):
            raise RemoteProtocolError(f"malformed data header {bytes(line[:60])!r}") from None
        self._within = True
        last = self._sink.file_index
        if file_index == last and last:
            return
        in_order = file_index in {last, last + 1} or (self._rerun and not last)
        if not in_order or file_index < 1:
            raise RemoteProtocolError(f"file {file_index} comes after file {last}")
        self._sink.begin_file(file_index)
