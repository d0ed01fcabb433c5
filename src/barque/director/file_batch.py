"""The files of a running job on their way into the catalog, counted and announced.

Source: catalog, section 3.1; job semantics, section 9.
"""

from typing import Final

from barque.catalog import Catalog
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.errors import FormatError, RemoteProtocolError
from barque.formats.base64 import decode_integer
from barque.wire.messages.job import MessageType

PROGRESS_FILES: Final = 256
"""Files; so often the clock is looked at."""

PROGRESS_AGE: Final = 5.0
"""Second; so often the catalog is told how far a running job is."""


class CountingBatch:
    """Takes files for the catalog, and tells consoles and the catalog how far the job is."""

    def __init__(self, job: ActiveJob, context: JobContext) -> None:
        self._job = job
        self._context = context
        self._batch = context.catalog.attributes(job.job_id)
        self._taken = 0
        self._told_at = context.now()

    def add(
        self, file_index: int, path: bytes, name: bytes, lstat: str, digest: str, delta_seq: int
    ) -> None:
        """Take one file."""
        self._batch.add(file_index, path, name, lstat, digest, delta_seq)
        self._taken += 1
        totals = self._job.totals
        totals.seen_files = max(totals.seen_files, file_index)
        if name and file_index:
            totals.seen_bytes += size_of(lstat)
        if not self._taken % PROGRESS_FILES:
            self._tell()

    def _tell(self) -> None:
        now = self._context.now()
        if now - self._told_at < PROGRESS_AGE:
            return
        self._told_at = now
        totals = self._job.totals
        self._context.catalog.jobs.update(
            self._job.job_id, job_files=totals.seen_files, job_bytes=totals.seen_bytes
        )

    def flush(self) -> None:
        """Write what was taken."""
        self._batch.flush()

    def finish(self) -> None:
        """Write the rest at the end of the job, with the lines that scripts look for."""
        if not self._taken:
            return
        say, now = self._job.say, self._context.now
        start = f"Insert of attributes batch table with {self._taken} entries start"
        say(MessageType.INFO, start, now())
        self._batch.flush()
        say(MessageType.INFO, "Insert of attributes batch table done", now())


def size_of(lstat: str) -> int:
    """Return st_size of an encoded status (byte); 0 when it cannot be read."""
    fields = lstat.split(" ", 8)
    try:
        return decode_integer(fields[7].encode())
    except (IndexError, FormatError):
        return 0


def keep_restore_object(catalog: Catalog, job_id: int, file_index: int, record: bytes) -> None:
    """Keep an object that a plugin wants back before a restore, as it came.

    Raises RemoteProtocolError when it is not complete.
    Source: attribute records, section 1, "Restore object".
    """
    try:
        numbers, rest = _numbers(record)
        _, kind, index, length, full_length, compression = numbers
        plugin, name, data = rest.split(b"\0", 2)
    except ValueError:
        raise RemoteProtocolError(f"restore object {file_index} cannot be read") from None
    if not 0 <= length <= len(data):
        raise RemoteProtocolError(f"restore object {file_index} has another size than announced")
    catalog.restore_objects.add(
        job_id,
        file_index=file_index,
        object_type=kind,
        object_index=index,
        plugin_name=plugin.decode("utf-8", "surrogateescape"),
        object_name=name.decode("utf-8", "surrogateescape"),
        content=data[:length],
        full_length=full_length,
        compression=compression,
    )


def _numbers(record: bytes) -> tuple[list[int], bytes]:
    *fields, rest = record.split(b" ", 6)
    return [int(field) for field in fields], rest
