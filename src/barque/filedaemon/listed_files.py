"""Where the accurate list is kept: in memory while it is short, in a file when it is long.

So a job's memory is bounded whatever the number of files. The file is an SQLite database without
a journal in the system's temporary directory; it is gone with the job.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

IN_MEMORY: Final = 100_000
"""Files; a longer list goes to the disk. About 40 MB."""

_BATCH: Final = 10_000
"""Rows that are written at once while the list comes."""

_CACHE_KIB: Final = 16 * 1024

_SCHEMA: Final = (
    "CREATE TABLE listed (path BLOB PRIMARY KEY, entry BLOB NOT NULL, seen INTEGER NOT NULL) "
    "WITHOUT ROWID"
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
        self._pending: dict[bytes, bytes] = {}
        self._count = 0

    def __len__(self) -> int:
        self._write_pending()
        return self._count

    def put(self, path: bytes, entry: bytes) -> None:
        """See :class:`ListedFiles`."""
        self._pending[path] = entry
        if len(self._pending) >= _BATCH:
            self._write_pending()

    def _write_pending(self) -> None:
        if self._pending:
            self._database.executemany(
                "INSERT OR REPLACE INTO listed VALUES (?, ?, 0)", self._pending.items()
            )
            self._pending = {}
            (self._count,) = self._database.execute("SELECT count(*) FROM listed").fetchone()

    def get(self, path: bytes) -> bytes | None:
        """See :class:`ListedFiles`."""
        self._write_pending()
        row = self._database.execute("SELECT entry FROM listed WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def mark(self, path: bytes, *, seen: bool) -> None:
        """See :class:`ListedFiles`."""
        self._write_pending()
        self._database.execute("UPDATE listed SET seen = ? WHERE path = ?", (seen, path))

    def mark_all(self, *, seen: bool) -> None:
        """See :class:`ListedFiles`."""
        self._write_pending()
        self._database.execute("UPDATE listed SET seen = ?", (seen,))

    def marked(self, *, seen: bool) -> Iterator[tuple[bytes, bytes]]:
        """See :class:`ListedFiles`."""
        self._write_pending()
        yield from self._database.execute("SELECT path, entry FROM listed WHERE seen = ?", (seen,))

    def close(self) -> None:
        """See :class:`ListedFiles`."""
        self._database.close()
        self._directory.cleanup()
