"""Files that jobs saved, looked at one by one: for verifies and virtual backups.

Source: job semantics, sections 10.1 and 11.2.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched

from barque.catalog.files import BATCH_ROWS, DELETED
from barque.catalog.newest import newest_deleted
from barque.catalog.sqltext import number, text
from barque.catalog.store import FileRow, Row, Store, Value
from barque.catalog.times import to_sql


@dataclass(frozen=True, slots=True)
class SavedFile:
    """What the catalog says about one file of one job."""

    file_id: int
    lstat: str
    digest: str
    """Base64 without padding, `0` for none."""


_SELECT = "SELECT file.fileid, file.lstat, file.md5 FROM "


class SavedFiles:
    """The rows of the table `file`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(
        self, job_id: int, path: bytes, name: bytes, *, file_index: int = 0
    ) -> SavedFile | None:
        """Return a file of a job, or None.

        *file_index* chooses where a job saved the same file twice (VolumeToCatalog); 0 for any.
        """
        chosen = " AND file.fileindex = ?" if file_index else ""
        values: list[Value] = [_text(path), job_id, _text(name)]
        return _saved(
            self._store.one(
                f"{_SELECT}path CROSS JOIN file WHERE path.path = ? AND file.jobid = ? "
                f"AND file.pathid = path.pathid AND file.name = ?{chosen} "
                "ORDER BY file.fileid LIMIT 1",
                [*values, *([file_index] if file_index else [])],
            )
        )

    def find_newest(self, client_id: int, path: bytes, name: bytes, until: int) -> SavedFile | None:
        """Return the newest version of a file that a client's backups hold (DiskToCatalog).

        Backups that started at *until* or before count.
        """
        return _saved(
            self._store.one(
                f"{_SELECT}path CROSS JOIN job CROSS JOIN file WHERE path.path = ? "
                "AND job.clientid = ? AND job.type = 'B' AND job.jobstatus IN ('T', 'W') "
                "AND job.starttime <= ? AND file.jobid = job.jobid "
                "AND file.pathid = path.pathid AND file.name = ? "
                "ORDER BY job.starttime DESC, file.fileid DESC LIMIT 1",
                (_text(path), client_id, to_sql(until), _text(name)),
            )
        )

    def mark(self, file_ids: Iterable[int], verify_job_id: int) -> None:
        """Keep that a verify saw files."""
        self._store.run_many(
            "UPDATE file SET markid = ? WHERE fileid = ?",
            [(verify_job_id, file_id) for file_id in file_ids],
        )

    def unmarked(self, job_id: int, verify_job_id: int) -> Generator[bytes]:
        """Yield the files of a job that a verify did not see, as whole paths."""
        rows = self._store.stream(
            "SELECT path.path, file.name FROM file JOIN path ON path.pathid = file.pathid "
            "WHERE file.jobid = ? AND file.fileindex > 0 AND file.markid <> ? ORDER BY file.fileid",
            (job_id, verify_job_id),
        )
        for path, name in rows:
            yield (text(path) + text(name)).encode(errors="surrogateescape")

    def copy_deleted(self, job_ids: Sequence[int], target: int) -> int:
        """Give *target*, a virtual backup, what its sources (the oldest first) saw deleted last.

        Returns the number of files.
        """
        count = 0
        for entries in batched(newest_deleted(self._store, job_ids), BATCH_ROWS, strict=False):
            rows: list[FileRow] = [
                (DELETED, entry.path_id, entry.name, entry.lstat, entry.digest, entry.delta_seq)
                for entry in entries
            ]
            self._store.add_files(target, rows)
            count += len(rows)
        return count


def _saved(row: Row | None) -> SavedFile | None:
    return SavedFile(number(row[0]), text(row[1]), text(row[2])) if row else None


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")
