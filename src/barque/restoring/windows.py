"""Takes the contents of a plain file out of data that the backup interface of Windows wrote.

That data is a sequence of streams, each behind a header; the one of kind 1 is the file itself.
Source: WIN32_STREAM_ID of the Windows programming interface.
"""

import struct

from barque.errors import FormatError

_HEADER = struct.Struct("<IIQI")
"""Kind, attributes, size, size of the name that follows the header."""
_FILE_DATA = 1


class WindowsData:
    """Follows one sequence of streams across messages."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._skip = 0
        self._left = 0

    def file_data(self, content: bytes) -> bytes:
        """Return the part of *content* that belongs to the file itself.

        Raises FormatError when a header is longer than one can be.
        """
        out = bytearray()
        at = 0
        while at < len(content):
            if self._left:
                take = min(self._left, len(content) - at)
                out += content[at : at + take]
                self._left -= take
            elif self._skip:
                take = min(self._skip, len(content) - at)
                self._skip -= take
            else:
                take = min(_HEADER.size - len(self._head), len(content) - at)
                self._head += content[at : at + take]
                self._begin_stream()
            at += take
        return bytes(out)

    def _begin_stream(self) -> None:
        if len(self._head) < _HEADER.size:
            return
        kind, _attributes, size, name_size = _HEADER.unpack(self._head)
        self._head.clear()
        if name_size > 65536:
            raise FormatError("data of the Windows backup interface is damaged")
        if kind == _FILE_DATA and not name_size:
            self._left = size
        else:
            self._skip = size + name_size
