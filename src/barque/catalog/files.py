"""The files of a running job on their way into the catalog.

Rows are collected and written in batches of ten thousand, so that the memory of a job is bounded
and a batch is one change of the catalog. Paths repeat: the last ones seen keep their PathId in a
cache of bounded size. Source: catalog, section 3.1.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from barque.catalog.store import FileRow, Store

BATCH_ROWS: Final = 10_000
"""File rows of one change."""

PATH_CACHE: Final = 100_000
"""Paths whose PathId a job remembers."""

DELETED: Final = 0
"""FileIndex of a file that is gone since the previous job."""

NO_DIGEST: Final = "0"
"""What stands for the digest of a file that has none."""

type PendingFile = tuple[int, bytes, bytes, str, str, int]
"""FileIndex, path with trailing slash, base name (empty: directory), LStat, digest, DeltaSeq."""


class AttributeBatch:
    """Takes the attributes of one job's files; for one thread.

    As a context manager it writes what is left at the end, and forgets it on an exception.
    """

    def __init__(
        self,
        store: Store,
        job_id: int,
        *,
        batch_rows: int = BATCH_ROWS,
        path_cache: int = PATH_CACHE,
    ) -> None:
        """Collect for the job *job_id*, *batch_rows* at a time, remembering *path_cache* paths."""
        self._store = store
        self._job_id = job_id
        self._batch_rows = batch_rows
        self._path_cache = path_cache
        self._pending: list[PendingFile] = []
        self._path_ids: dict[bytes, int] = {}
        self.count = 0
        """Files taken so far, deleted ones included."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.flush()

    def add(
        self,
        file_index: int,
        path: bytes,
        name: bytes,
        lstat: str,
        digest: str = NO_DIGEST,
        delta_seq: int = 0,
    ) -> None:
        """Take one file.

        *path* ends with a slash, *name* is empty for a directory; *file_index* 0 (DELETED) says
        that the file is gone. *digest* is base64 without padding. Raises CatalogError when a batch
        that is full cannot be written; its rows stay and are tried again at the next call.
        """
        self._pending.append((file_index, path, name, lstat, digest, delta_seq))
        self.count += 1
        if len(self._pending) >= self._batch_rows:
            self.flush()

    def flush(self) -> None:
        """Write what was taken.  Raises CatalogError: then nothing of the batch is written."""
        pending = self._pending
        if not pending:
            return
        with self._store.transaction():
            path_ids = self._resolve(pending)
            rows: list[FileRow] = [
                (index, path_ids[path], name, lstat, digest, delta)
                for index, path, name, lstat, digest, delta in pending
            ]
            self._store.add_files(self._job_id, rows)
        self._path_ids = path_ids
        self._pending = []

    def _resolve(self, pending: Sequence[PendingFile]) -> dict[bytes, int]:
        """Return the PathIds of a batch and, as far as there is room, of earlier ones."""
        known = self._path_ids
        wanted = dict.fromkeys(path for _index, path, *_rest in pending)
        missing = [path for path in wanted if path not in known]
        if len(known) + len(missing) > self._path_cache:
            known = {path: known[path] for path in wanted if path in known}
        return known | dict(zip(missing, self._store.add_paths(missing), strict=True))
