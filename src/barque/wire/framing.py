"""Frames: a signed length and that many bytes, or a negative length that is a signal.

Shape of a frame: int32, big-endian, *n*; then *n* bytes when *n* > 0.
Source: daemon protocol, section 1; console protocol, section 1.
"""

import struct
from enum import IntEnum
from typing import Final

from barque.errors import LocalProtocolError, RemoteProtocolError

MAX_PACKET: Final = 1_000_000
"""Byte; header and payload together. A reader that sees more hangs up."""

MAX_PAYLOAD: Final = MAX_PACKET - 4
"""Byte; a sender splits what is longer into several frames."""

HEADER: Final = struct.Struct(">i")
"""The length, or the signal."""


class Signal(IntEnum):
    """Frames without payload."""

    EOD = -1
    EOD_POLL = -2
    STATUS = -3
    TERMINATE = -4
    POLL = -5
    HEARTBEAT = -6
    HB_RESPONSE = -7
    PROMPT = -8
    BTIME = -9
    BREAK = -10
    START_SELECT = -11
    END_SELECT = -12
    INVALID_CMD = -13
    CMD_FAILED = -14
    CMD_OK = -15
    CMD_BEGIN = -16
    MSGS_PENDING = -17
    MAIN_PROMPT = -18
    SELECT_INPUT = -19
    WARNING_MSG = -20
    ERROR_MSG = -21
    INFO_MSG = -22
    RUN_CMD = -23
    YESNO = -24
    START_RTREE = -25
    END_RTREE = -26
    SUB_PROMPT = -27
    TEXT_INPUT = -28


type Frame = bytes | Signal
"""What a reader gets: the payload of a message, or a signal."""


def encode_frame(payload: bytes | bytearray | memoryview) -> bytes:
    """Return *payload* behind its length.

    Raises LocalProtocolError when it is longer than MAX_PAYLOAD; see :func:`encode_message`.
    """
    if len(payload) > MAX_PAYLOAD:
        raise LocalProtocolError(f"a frame of {len(payload)} bytes; {MAX_PAYLOAD} are allowed")
    return HEADER.pack(len(payload)) + payload


def encode_message(payload: bytes) -> bytes:
    """Return *payload* as one frame, or as several when it is longer than MAX_PAYLOAD."""
    if len(payload) <= MAX_PAYLOAD:
        return HEADER.pack(len(payload)) + payload
    view = memoryview(payload)
    pieces = (view[at : at + MAX_PAYLOAD] for at in range(0, len(payload), MAX_PAYLOAD))
    return b"".join(encode_frame(piece) for piece in pieces)


def encode_signal(signal: Signal) -> bytes:
    """Return the four bytes of *signal*."""
    return HEADER.pack(signal)


class FrameBuffer:
    """Bytes as they come in, handed out frame by frame.

    The bytes between ``start`` and ``end`` of ``data`` are unread. Bulk readers may parse them in
    place and call :meth:`consume`; everybody else calls :meth:`next`.
    """

    def __init__(self, capacity: int = 64 * 1024) -> None:
        self.data = bytearray(capacity)
        """The storage; grows to hold the longest frame, never beyond."""
        self.start = 0
        """First unread byte."""
        self.end = 0
        """One past the last unread byte."""

    def room(self, size: int) -> memoryview:
        """Return at least *size* writable bytes; say by :meth:`added` how many were written."""
        if len(self.data) - self.end < size:
            self._make_room(size)
        return memoryview(self.data)[self.end :]

    def enlarge(self, capacity: int) -> None:
        """Hold *capacity* bytes or more from now on, so that large frames are moved less often."""
        if len(self.data) < capacity:
            grown = bytearray(capacity)
            unread = self.end - self.start
            grown[:unread] = memoryview(self.data)[self.start : self.end]
            self.data, self.start, self.end = grown, 0, unread

    def _make_room(self, size: int) -> None:
        unread = self.end - self.start
        if len(self.data) - unread < size:
            self.enlarge(max(2 * len(self.data), unread + size))
        else:
            view = memoryview(self.data)
            view[:unread] = view[self.start : self.end]  # overlapping or not, without a copy more
            view.release()
        self.start, self.end = 0, unread

    def added(self, size: int) -> None:
        """Say that *size* bytes were written into :meth:`room`."""
        self.end += size

    def feed(self, data: bytes) -> None:
        """Append *data*."""
        self.room(len(data))[: len(data)] = data
        self.added(len(data))

    def consume(self, size: int) -> None:
        """Say that *size* unread bytes were dealt with."""
        self.start += size
        if self.start == self.end:
            self.start = self.end = 0

    def next(self) -> Frame | None:
        """Return the next whole frame, or None when more bytes are needed.

        Raises RemoteProtocolError on a length beyond MAX_PAYLOAD or an unknown signal.
        """
        if self.end - self.start < HEADER.size:
            return None
        (length,) = HEADER.unpack_from(self.data, self.start)
        if length < 0:
            self.consume(HEADER.size)
            return signal_of(length)
        if length > MAX_PACKET:
            raise RemoteProtocolError(
                f"the peer announces a frame of {length} bytes: not this protocol"
            )
        if self.end - self.start < HEADER.size + length:
            return None
        at = self.start + HEADER.size
        payload = bytes(memoryview(self.data)[at : at + length])
        self.consume(HEADER.size + length)
        return payload


def signal_of(number: int) -> Signal:
    """Return the signal with *number*; raises RemoteProtocolError when there is none."""
    try:
        return Signal(number)
    except ValueError:
        raise RemoteProtocolError(f"the peer sent the unknown signal {number}") from None
