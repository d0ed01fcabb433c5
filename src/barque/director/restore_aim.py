"""What a pattern means among the directories of a restore.

Source: console commands, section 7.3.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from barque.director.directory_table import FILE, HOLDS, DirectoryTable, decoded
from barque.director.restore_patterns import matches

_HOLDS: Final = bytes(bool(flags & HOLDS) for flags in range(256))
"""Turns flags into 1 where something is directly in the directory."""


class Aim:
    """The directories to which a pattern leads."""

    def __init__(self, table: DirectoryTable) -> None:
        self._table = table
        self.whole: Final = list[int]()
        """Directories that are meant with all below them."""
        self.is_whole: Final = bytearray(len(table))
        """1 for these and all below them."""
        self.changed: Final = bytearray(len(table))
        """1 for each directory directly in which something is meant."""
        self.kept: Final = bytearray(len(table))
        """1 for each in which a file is marked that is not meant."""
        self._searched = bytearray(len(table))

    def was_read(self, number: int) -> bool:
        """Tell whether all files of a directory were looked at."""
        return bool(self.is_whole[number] or self._searched[number])

    def follow(self, parts: Sequence[str], number: int, position: int) -> None:
        """Follow the *parts* of a pattern from *position* on, beginning in a directory."""
        stack = [(number, position)]
        while stack:
            number, position = stack.pop()
            stack += self._step(parts, number, position)

    def _step(self, parts: Sequence[str], number: int, position: int) -> Iterator[tuple[int, int]]:
        """Take one part in one directory; yield where it goes on."""
        table, is_last = self._table, position + 1 == len(parts)
        if parts[position] == "**":
            yield number, position + 1
        elif is_last:
            self._searched[number] = 1
        for child in table.children(number):
            if parts[position] == "**":
                if not table.flags[child] & FILE:
                    yield child, position
            elif matches(parts[position], decoded(table.name(child))):
                if is_last:
                    self._add_whole(child)
                elif not table.flags[child] & FILE:
                    yield child, position + 1

    def _add_whole(self, number: int) -> None:
        self.whole.append(number)
        self.changed[self._table.parent[number]] = 1
        end = self._table.end[number]
        self.is_whole[number:end] = b"\1" * (end - number)

    def directories(self) -> bytearray:
        """Return 1 for each directory in which files may be meant."""
        holds = self._table.flags.translate(_HOLDS)
        wanted = int.from_bytes(self.is_whole) | int.from_bytes(self._searched)
        return bytearray((wanted & int.from_bytes(holds)).to_bytes(len(holds)))
