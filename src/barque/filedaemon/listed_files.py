"""Where the accurate list is kept: in memory while it is short, in a file when it is long.

So a job's memory is bounded whatever the number of files. The file is an SQLite database without
a journal in the system's temporary directory; it is gone with the job.
"""

import sqlite3
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

IN_MEMORY: Final = 100_000
"""Files; a longer list goes to the disk. About 40 MB."""

_BATCH: Final = 10_000
"""Rows that are written at once while the list comes."""

_CACHE_KIB: Final = 16 * 1024

_LOADED: Final = 20_000
"""Entries of directories that are kept at hand."""

_SCHEMA: Final = (
    "CREATE TABLE listed (directory BLOB, name BLOB, entry BLOB NOT NULL, seen INTEGER NOT NULL, "
    "PRIMARY KEY (directory, name)) WITHOUT ROWID"
)


class ListedFiles(Protocol):
    """Entries by path, each seen or not."""

    def __len__(self) -> int:
        """Return the number of entries."""
        ...

    def put(self, path: bytes, entry: bytes) -> None:
        """Add an entry, or replace it."""
        ...

    def get(self, path: bytes) -> bytes | None:
        """Return the entry of *path*, or None."""
        ...

    def mark(self, path: bytes, *, seen: bool) -> None:
        """Note that *path* was seen, or was not; what is not listed is not noted."""
        ...

    def mark_all(self, *, seen: bool) -> None:
        """Note the same of everything."""
        ...

    def marked(self, *, seen: bool) -> Iterator[tuple[bytes, bytes]]:
        """Yield path and entry of what was seen, or of what was not."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


class MemoryFiles:
    """Entries in dictionaries."""

    def __init__(self) -> None:
        self._entries: dict[bytes, bytes] = {}
        self._seen: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, path: bytes, entry: bytes) -> None:
        """See :class:`ListedFiles`."""
        self._entries[path] = entry

    def get(self, path: bytes) -> bytes | None:
        """See :class:`ListedFiles`."""
        return self._entries.get(path)

    def mark(self, path: bytes, *, seen: bool) -> None:
        """See :class:`ListedFiles`."""
        if not seen:
            self._seen.discard(path)
        elif path in self._entries:
            self._seen.add(path)

    def mark_all(self, *, seen: bool) -> None:
        """See :class:`ListedFiles`."""
        self._seen = set(self._entries) if seen else set()

    def marked(self, *, seen: bool) -> Iterator[tuple[bytes, bytes]]:
        """See :class:`ListedFiles`."""
        for path, entry in self._entries.items():
            if (path in self._seen) is seen:
                yield path, entry

    def close(self) -> None:
        """See :class:`ListedFiles`."""
        self._entries.clear()
        self._seen.clear()


class DiskFiles:
    """Entries in a temporary database."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="barque-accurate-")
        path = Path(self._directory.name) / "list.db"
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(_SCHEMA)
        self._database.execute("BEGIN")
        self._added: list[tuple[bytes, bytes, bytes]] = []
        self._marks: list[tuple[bool, bytes, bytes]] = []
        self._loaded: OrderedDict[bytes, dict[bytes, bytes] | None] = OrderedDict()
        """Entries of the directories asked for last, by name; None for one with too many."""
        self._loaded_entries = 0

    def __len__(self) -> int:
        self._write_pending()
        (count,) = self._database.execute("SELECT count(*) FROM listed").fetchone()
        return int(count)

    def put(self, path: bytes, entry: bytes) -> None:
        """See :class:`ListedFiles`."""
        self._added.append((*_split(path), entry))
        if len(self._added) >= _BATCH:
            self._write_pending()

    def _write_pending(self) -> None:
        if self._added:
            self._database.executemany(
                "INSERT OR REPLACE INTO listed VALUES (?, ?, ?, 0)", self._added
            )
            self._added.clear()
            self._loaded.clear()
            self._loaded_entries = 0
        if self._marks:
            self._database.executemany(
                "UPDATE listed SET seen = ? WHERE directory = ? AND name = ?", self._marks
            )
            self._marks.clear()

    def get(self, path: bytes) -> bytes | None:
        """See :class:`ListedFiles`."""
        if self._added:
            self._write_pending()
        directory, name = _split(path)
        if directory in self._loaded:
            entries = self._loaded[directory]
            self._loaded.move_to_end(directory)
        else:
            entries = self._load(directory)
        if entries is not None:
            return entries.get(name)
        row = self._database.execute(
            "SELECT entry FROM listed WHERE directory = ? AND name = ?", (directory, name)
        ).fetchone()
        return row[0] if row else None

    def _load(self, directory: bytes) -> dict[bytes, bytes] | None:
        """Take the entries of *directory* in one go: a walk asks for one after the other."""
        rows = self._database.execute(
            "SELECT name, entry FROM listed WHERE directory = ? LIMIT ?", (directory, _LOADED + 1)
        ).fetchall()
        entries = dict(rows) if len(rows) <= _LOADED else None
        self._loaded[directory] = entries
        self._loaded_entries += _weight(entries)
        while self._loaded_entries > _LOADED and len(self._loaded) > 1:
            _, oldest = self._loaded.popitem(last=False)
            self._loaded_entries -= _weight(oldest)
        return entries

    def mark(self, path: bytes, *, seen: bool) -> None:
        """See :class:`ListedFiles`."""
        self._marks.append((seen, *_split(path)))
        if len(self._marks) >= _BATCH:
            self._write_pending()

    def mark_all(self, *, seen: bool) -> None:
        """See :class:`ListedFiles`."""
        self._write_pending()
        self._database.execute("UPDATE listed SET seen = ?", (seen,))

    def marked(self, *, seen: bool) -> Iterator[tuple[bytes, bytes]]:
        """See :class:`ListedFiles`."""
        self._write_pending()
        for directory, name, entry in self._database.execute(
            "SELECT directory, name, entry FROM listed WHERE seen = ?", (seen,)
        ):
            yield directory + name, entry

    def close(self) -> None:
        """See :class:`ListedFiles`."""
        self._database.close()
        self._directory.cleanup()


def _split(path: bytes) -> tuple[bytes, bytes]:
    """Return the directory that *path* lies in, with its slash, and the rest."""
    at = path.rfind(b"/", 0, len(path) - 1) + 1
    return path[:at], path[at:]


def _weight(entries: dict[bytes, bytes] | None) -> int:
    return 1 + len(entries or ())
