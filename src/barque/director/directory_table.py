"""The directories of a restore, packed: about 70 bytes and the name for each.

They come in the order of their paths, so that each is followed by all that is below it: what is
below a directory is a span of numbers, and most questions are answered without looking at names.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

from barque.errors import NotFoundError

LIVE: Final = 1
"""Something in it or below it was saved; others are not shown."""
HOLDS: Final = 2
"""Something is directly in it."""
MARKED: Final = 4
"""It is marked itself."""
BELOW: Final = 8
"""Something below it is marked."""
RELATIVE: Final = 16
"""Its path begins without a slash: a Windows drive, or the root of a plugin."""
FILE: Final = 32
"""Another job has a file of this path."""

ROOT: Final = 0
_NONE: Final = -1


class DirectoryTable:
    """Directories by number; 0 is the root."""

    def __init__(self, directories: Iterable[tuple[bytes, int]]) -> None:
        """Take all *directories* (path, PathId) in the order of the bytes of their paths.

        Raises NotFoundError when one is missing above another.
        """
        self.flags = bytearray()
        """Flags of each directory."""
        self.parent = array("i")
        """Number of the directory above; -1 above the root."""
        self.end = array("i")
        """Number behind the last directory below."""
        self.job_ids = array("q")
        """Job that holds the directory itself; 0 for none."""
        self.indexes = array("q")
        """Its FileIndex there; 0 when it was not saved itself."""
        self._names = bytearray()
        self._name_ends = array("q")
        self._path_ids = array("q")
        self._more_path_ids: dict[int, list[int]] = {}
        self._add(b"", _NONE)
        self._fill(directories)
        self._sorted_ids, self._sorted_numbers = self._by_path_id()

    def __len__(self) -> int:
        return len(self.flags)

    def _fill(self, directories: Iterable[tuple[bytes, int]]) -> None:
        """Add all directories; the stack holds those above the next one."""
        stack = [(b"", ROOT)]
        for path, path_id in directories:
            while not _is_above(stack[-1][0], path):
                self.end[stack.pop()[1]] = len(self)
            number = self._enter(*stack[-1], path)
            if self._path_ids[number]:
                self._more_path_ids.setdefault(number, []).append(path_id)
            else:
                self._path_ids[number] = path_id
            stack.append((path, number))
        for _path, number in reversed(stack):
            self.end[number] = len(self)

    def _enter(self, above: bytes, parent: int, path: bytes) -> int:
        """Return the number of *path*, next below *above*: a new one, unless slashes differ alone.

        Raises NotFoundError when there must be more in between.
        """
        names = [name for name in path[len(above) :].split(b"/") if name]
        if not names:
            return parent
        if len(names) > 1:
            raise NotFoundError(f"The directory above {path!r} is not known to the catalog")
        number = self._add(names[0], parent)
        if parent == ROOT and not path.startswith(b"/"):
            self.flags[number] |= RELATIVE
        return number

    def _add(self, name: bytes, parent: int) -> int:
        self._names += name
        self._name_ends.append(len(self._names))
        self.flags.append(0)
        self.parent.append(parent)
        self.end.append(len(self.flags))
        self._path_ids.append(0)
        self.job_ids.append(0)
        self.indexes.append(0)
        return len(self.flags) - 1

    def _by_path_id(self) -> "tuple[array[int], array[int]]":
        """Return all PathIds in order, and the directory of each."""
        numbers = array("i", range(len(self)))
        ids = self._path_ids[:]
        for number, more in self._more_path_ids.items():
            ids.extend(more)
            numbers.extend([number] * len(more))
        order = sorted(range(len(ids)), key=ids.__getitem__)
        return array("q", map(ids.__getitem__, order)), array("i", map(numbers.__getitem__, order))

    # -- one directory ---------------------------------------------------------------------------

    def number_of(self, path_id: int) -> int | None:
        """Return the directory with *path_id*, None when there is none."""
        place = bisect_left(self._sorted_ids, path_id)
        if place < len(self._sorted_ids) and self._sorted_ids[place] == path_id:
            return self._sorted_numbers[place]
        return None

    def path_ids(self, number: int) -> list[int]:
        """Return the PathIds that lead to a directory; several where paths differ by slashes."""
        return [self._path_ids[number], *self._more_path_ids.get(number, ())]

    def name(self, number: int) -> bytes:
        """Return the base name of a directory."""
        start = self._name_ends[number - 1] if number else 0
        return bytes(self._names[start : self._name_ends[number]])

    def above(self, number: int) -> Iterator[int]:
        """Yield the directory and those above it, without the root."""
        while number > ROOT:
            yield number
            number = self.parent[number]

    def path(self, number: int) -> bytes:
        """Return the whole path of a directory, without a slash at its end."""
        numbers = list(self.above(number))
        relative = bool(numbers) and self.flags[numbers[-1]] & RELATIVE
        names = b"/".join(self.name(found) for found in reversed(numbers))
        return names if relative else b"/" + names

    def all_children(self, number: int) -> Iterator[int]:
        """Yield the directories directly in a directory, whether they live or not."""
        child, end = number + 1, self.end[number]
        while child < end:
            yield child
            child = self.end[child]

    def children(self, number: int) -> Iterator[int]:
        """Yield the live directories directly in a directory."""
        return (child for child in self.all_children(number) if self.flags[child] & LIVE)

    def child(self, number: int, name: bytes) -> int | None:
        """Return the live directory *name* in a directory, None when there is none."""
        return next((child for child in self.children(number) if self.name(child) == name), None)

    # -- many ------------------------------------------------------------------------------------

    def spread_life(self) -> None:
        """Let directories with something live in them live, too."""
        for number in range(len(self) - 1, ROOT, -1):
            if self.flags[number] & LIVE:
                self.flags[self.parent[number]] |= LIVE | HOLDS


def _is_above(above: bytes, path: bytes) -> bool:
    """Tell whether *path* is in or below *above*, which may be the same."""
    return path.startswith(above) and (not above or above.endswith(b"/") or path == above)


def decoded(raw: bytes) -> str:
    """Return a name as text; lone surrogates stand for bytes that are no UTF-8."""
    return raw.decode("utf-8", "surrogateescape")
