"""Decoders of two old byte-oriented compressions that no library at hand reads: LZO1X and FastLZ.

Only restores of volumes that other programs wrote need them: they are plain and bounded, not fast.
Source: the published descriptions of the LZO stream format (Linux kernel documentation) and FastLZ.
"""

from barque.errors import FormatError


class _Block:
    """Input with its position, and bounded output."""

    def __init__(self, data: bytes, limit: int) -> None:
        self.data = data
        self.at = 0
        self.out = bytearray()
        self.limit = limit

    def byte(self) -> int:
        """Return the next byte of the input."""
        if self.at >= len(self.data):
            raise FormatError("a compressed block ends too early")
        self.at += 1
        return self.data[self.at - 1]

    def literals(self, count: int) -> None:
        """Copy *count* bytes of the input."""
        if self.at + count > len(self.data):
            raise FormatError("a compressed block ends too early")
        self._room(count)
        self.out += self.data[self.at : self.at + count]
        self.at += count

    def match(self, distance: int, length: int) -> None:
        """Repeat *length* bytes of the output from *distance* back; they may overlap."""
        start = len(self.out) - distance
        if start < 0:
            raise FormatError("a compressed block refers to bytes before its beginning")
        self._room(length)
        piece = bytes(self.out[start : start + length])
        if len(piece) < length:
            piece = (piece * (length // len(piece) + 1))[:length]
        self.out += piece

    def run(self, base: int) -> int:
        """Return *base* plus a length spread over zero bytes worth 255 each and a last byte."""
        length = base
        while (more := self.byte()) == 0:
            length += 255
            self._room(length)
        return length + more

    def _room(self, count: int) -> None:
        if len(self.out) + count > self.limit:
            raise FormatError(f"a compressed block holds more than {self.limit} bytes")


def decompress_lzo(data: bytes, limit: int) -> bytes:
    """Return the contents of one LZO1X block; at most *limit* bytes.

    Raises FormatError.
    """
    block = _Block(data, limit)
    literals = 0
    """Literals since the last match: 0 to 3, or 4 for a long run."""
    if data[:1] > b"\x11":
        count = block.byte() - 17
        block.literals(count)
        literals = min(count, 4)
    while True:
        code = block.byte()
        if code < 16 and literals == 0:
            block.literals((code or block.run(15)) + 3)
            literals = 4
            continue
        if code < 16:
            high = block.byte()
            far = literals == 4
            block.match((high << 2) + (code >> 2) + (2049 if far else 1), 3 if far else 2)
            literals = code & 3
        elif code < 64:
            low_bits = 7 if code < 32 else 31
            length = (code & low_bits or block.run(low_bits)) + 2
            word = block.byte() | block.byte() << 8
            distance = (word >> 2) + (16384 + ((code & 8) << 11) if code < 32 else 1)
            if distance == 16384:
                return bytes(block.out)
            block.match(distance, length)
            literals = word & 3
        else:
            length = 3 + (code >> 5 & 1) if code < 128 else 5 + (code >> 5 & 3)
            block.match((block.byte() << 3) + (code >> 2 & 7) + 1, length)
            literals = code & 3
        block.literals(literals)


def decompress_fastlz(data: bytes, limit: int) -> bytes:
    """Return the contents of one FastLZ block of either level; at most *limit* bytes.

    Raises FormatError.
    """
    block = _Block(data, limit)
    if not data:
        return b""
    level = data[0] >> 5
    if level > 1:
        raise FormatError(f"a FastLZ block has unknown level {level + 1}")
    code = block.byte() & 31
    while True:
        if code < 32:
            block.literals(code + 1)
        else:
            _fastlz_match(block, code, level)
        if block.at >= len(data):
            return bytes(block.out)
        code = block.byte()


def _fastlz_match(block: _Block, code: int, level: int) -> None:
    length = (code >> 5) - 1
    high = (code & 31) << 8
    if length == 6:
        more = block.byte()
        length += more
        while level and more == 255:
            more = block.byte()
            length += more
    low = block.byte()
    distance = high + low
    if level and low == 255 and high == 31 << 8:
        distance = (block.byte() << 8) + block.byte() + 8191
    block.match(distance + 1, length + 3)
