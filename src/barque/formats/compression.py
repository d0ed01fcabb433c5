"""Compressed data messages: the 12-byte header and the codecs behind it.

What is written: GZIP (zlib), LZ4 and LZ4HC.  A FileSet that asks for LZO or FastLZ gets LZ4, which
every Bareos reads, because the message says itself what it holds.  What is read: all five.
Source: crypto and compression, sections 1 and 2.
"""

import struct
import zlib
from collections.abc import Buffer, Callable
from dataclasses import dataclass

import lz4.block

from barque.errors import FormatError, TruncatedError, UnknownFormatError
from barque.formats.lz import decompress_fastlz, decompress_lzo

HEADER = struct.Struct(">4sIHH")
"""Magic, size of what follows, level, version 1."""
MAX_CONTENT = 1_000_000
"""byte; a decompressed message is never larger."""

GZIP = b"GZIP"
LZO = b"LZOX"
FASTLZ = b"FZFZ"
LZ4 = b"FZ4L"
LZ4HC = b"FZ4H"

_VERSION = 1
_FRAME = struct.Struct("<7sBII")
_FRAME_MARK = b"FastLZ\0"
_FRAME_COMPRESSED = 0xC8
_FRAME_RAW = 0x18
_FRAME_SIZE = 256 * 1024
_FRAME_SMALL = 64
"""Blocks of so few bytes are stored raw."""


@dataclass(frozen=True, slots=True)
class Compression:
    """One way to compress that a FileSet may ask for."""

    name: str
    magic: bytes
    level: int
    """1 to 9 for GZIP; only informative for the others."""
    compress: Callable[[Buffer], bytes]
    """Returns the payload of one message."""

    def pack(self, data: Buffer) -> bytes:
        """Return header and payload of one message."""
        payload = self.compress(data)
        return HEADER.pack(self.magic, len(payload), self.level, _VERSION) + payload


def _gzip(level: int) -> Compression:
    return Compression("GZIP", GZIP, level, lambda data: zlib.compress(data, level))


def _lz4_fast(data: bytes) -> bytes:
    return lz4.block.compress(data, store_size=False)  # type: ignore[no-any-return]


def _lz4_high(data: bytes) -> bytes:
    return lz4.block.compress(  # type: ignore[no-any-return]
        data, mode="high_compression", store_size=False
    )


def _pack_frames(data: Buffer, compress: Callable[[bytes], bytes]) -> bytes:
    """Return the container of LZ4 blocks, with its closing empty frame."""
    content = bytes(data)
    parts = []
    for at in range(0, len(content), _FRAME_SIZE):
        block = content[at : at + _FRAME_SIZE]
        packed = compress(block) if len(block) > _FRAME_SMALL else block
        if len(packed) < len(block):
            parts += [_frame(_FRAME_COMPRESSED, len(packed), len(block)), packed]
        else:
            parts += [_frame(_FRAME_RAW, len(block), len(block)), block]
    parts.append(_frame(_FRAME_COMPRESSED, 0, 0))
    return b"".join(parts)


def _frame(kind: int, stored: int, original: int) -> bytes:
    return _FRAME.pack(_FRAME_MARK, kind, stored, original)


LZ4_FAST = Compression("LZ4", LZ4, 1, lambda data: _pack_frames(data, _lz4_fast))
"""LZ4, the fast encoder."""
LZ4_HIGH = Compression("LZ4HC", LZ4HC, 1, lambda data: _pack_frames(data, _lz4_high))
"""LZ4, the thorough encoder."""

BY_OPTION: dict[str, Compression] = {
    **{f"Z{level}": _gzip(level) for level in range(10)},
    "Zo": LZ4_FAST,
    "Zff": LZ4_FAST,
    "Zf4": LZ4_FAST,
    "Zfh": LZ4_HIGH,
}
"""What each option of a FileSet compresses with."""


def decompress_message(message: bytes) -> bytes:
    """Return the contents of one message that begins with the 12-byte header.

    Raises UnknownFormatError for a codec that is not known, FormatError for damaged data.
    """
    if len(message) < HEADER.size:
        raise TruncatedError("a compressed message is shorter than its header")
    magic, size, _level, version = HEADER.unpack_from(message)
    decompress = _DECOMPRESS.get(magic)
    if decompress is None or version != _VERSION:
        raise UnknownFormatError(f"data compressed with {magic!r} (version {version}) is not known")
    if size != len(message) - HEADER.size:
        raise FormatError(
            f"a compressed message promises {size} bytes, {len(message) - HEADER.size} follow"
        )
    return decompress(message[HEADER.size :])


def decompress_zlib(data: bytes) -> bytes:
    """Return the contents of one complete zlib stream; raises FormatError."""
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, MAX_CONTENT)
    except zlib.error as error:
        raise FormatError(f"GZIP data is damaged: {error}") from None
    if not stream.eof or stream.unused_data:
        raise FormatError("GZIP data is damaged: the stream does not end where the message ends")
    return content


def _decompress_lzo(data: bytes) -> bytes:
    return decompress_lzo(data, MAX_CONTENT)


def _decompress_lz4_block(data: bytes, size: int) -> bytes:
    try:
        return lz4.block.decompress(data, uncompressed_size=size)  # type: ignore[no-any-return]
    except (lz4.block.LZ4BlockError, ValueError, OverflowError) as error:
        raise FormatError(f"LZ4 data is damaged: {error}") from None


def _unpack_frames(data: bytes, decompress: Callable[[bytes, int], bytes]) -> bytes:
    out = bytearray()
    at = 0
    while at < len(data):
        if len(data) - at < _FRAME.size:
            raise TruncatedError("a compressed message ends within a frame header")
        mark, kind, stored, original = _FRAME.unpack_from(data, at)
        at += _FRAME.size
        if mark != _FRAME_MARK or len(data) - at < stored or len(out) + original > MAX_CONTENT:
            raise FormatError("a frame of a compressed message is damaged")
        block = data[at : at + stored]
        at += stored
        if original:
            out += block if kind & 0xF0 == _FRAME_RAW & 0xF0 else decompress(block, original)
    return bytes(out)


_DECOMPRESS: dict[bytes, Callable[[bytes], bytes]] = {
    GZIP: decompress_zlib,
    LZO: _decompress_lzo,
    FASTLZ: lambda data: _unpack_frames(data, decompress_fastlz),
    LZ4: lambda data: _unpack_frames(data, _decompress_lz4_block),
    LZ4HC: lambda data: _unpack_frames(data, _decompress_lz4_block),
}
