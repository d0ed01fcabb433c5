"""What a console looks at in a tree that lies in the catalog."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from barque.director.directory_table import BELOW, FILE, HOLDS, MARKED, decoded
from barque.director.restore_tree import listing_key
from barque.director.stored_files import StoredFile

if TYPE_CHECKING:
    from barque.director.big_restore_tree import BigRestoreTree


class FilePlace:
    """A file that is looked at."""

    is_file: Final = True
    has_children: Final = False

    def __init__(self, tree: "BigRestoreTree", file: StoredFile) -> None:
        self._tree = tree
        self.directory: Final = file.directory
        self.entry: Final = file.entry
        self.name: Final = decoded(file.entry.name)
        self.job_id: Final = file.entry.job_id

    @property
    def key(self) -> bytes:
        """What puts it in order."""
        return listing_key(self.entry.name)

    @property
    def marked(self) -> bool:
        """Tell whether it is to be restored."""
        return self._tree.is_marked(self.entry)

    @property
    def tag(self) -> str:
        """``*`` when it is marked."""
        return "*" if self.marked else ""

    @property
    def shown(self) -> str:
        """The name."""
        return self.name

    @property
    def path(self) -> str:
        """The whole path."""
        return DirectoryPlace(self._tree, self.directory).path + self.name

    def sorted(self) -> "Sequence[FilePlace | DirectoryPlace]":
        """Return nothing."""
        return ()


class DirectoryPlace:
    """A directory that is looked at."""

    def __init__(self, tree: "BigRestoreTree", number: int) -> None:
        self._tree = tree
        self._table = tree.directories
        self.number: Final = number

    @cached_property
    def name(self) -> str:
        """Base name; lone surrogates stand for bytes that are no UTF-8."""
        return decoded(self._table.name(self.number))

    @property
    def key(self) -> bytes:
        """What puts it in order."""
        return listing_key(self._table.name(self.number))

    @property
    def job_id(self) -> int:
        """Job that holds it; 0 for none."""
        return self._table.job_ids[self.number]

    @property
    def is_file(self) -> bool:
        """Tell whether another job has a file of this path."""
        return self._has(FILE)

    @property
    def has_children(self) -> bool:
        """Tell whether there is something below it."""
        return self._has(HOLDS)

    @property
    def marked(self) -> bool:
        """Tell whether it is to be restored."""
        return self._has(MARKED)

    def _has(self, flag: int) -> bool:
        return bool(self._table.flags[self.number] & flag)

    @property
    def tag(self) -> str:
        """``*`` when it is marked, ``+`` when something below it is."""
        return "*" if self.marked else "+" if self._has(BELOW) else ""

    @property
    def shown(self) -> str:
        """The name, with a slash when there is something below it."""
        return f"{self.name}/" if self.has_children else self.name

    @property
    def path(self) -> str:
        """The whole path, with a slash at its end."""
        path = decoded(self._table.path(self.number))
        return path if self.is_file and not self.has_children else path.rstrip("/") + "/"

    def sorted(self) -> "Sequence[Place]":
        """Return what is directly in it, in the order of a listing."""
        places: list[Place] = [*self._tree.subdirectories(self.number)]
        places += self._tree.files(self.number)
        return sorted(places, key=lambda place: place.key)


type Place = FilePlace | DirectoryPlace
