"""The files of a running job on their way into the catalog, counted and announced.

Source: catalog, section 3.1; job semantics, section 9.
"""

import zlib
from typing import Final

from barque.catalog import Catalog
from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.errors import RemoteProtocolError
from barque.wire.messages.job import MessageType

PROGRESS_EVERY: Final = 5000
"""Files; so often the running job's counter moves."""


class CountingBatch:
    """Takes files for the catalog and keeps the job's counter moving."""

    def __init__(self, job: ActiveJob, context: JobContext) -> None:
        self._job = job
        self._context = context
        self._batch = context.catalog.attributes(job.job_id)
        self._taken = 0

    def add(
        self, file_index: int, path: bytes, name: bytes, lstat: str, digest: str, delta_seq: int
    ) -> None:
        """Take one file."""
        self._batch.add(file_index, path, name, lstat, digest, delta_seq)
        self._taken += 1
        self._job.totals.files = max(self._job.totals.files, file_index)

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


def keep_restore_object(catalog: Catalog, job_id: int, file_index: int, record: bytes) -> None:
    """Keep an object that a plugin wants back before a restore.

    Source: attribute records, section 1, "Restore object".
    """
    try:
        numbers, rest = _numbers(record)
        _, kind, index, length, full_length, compression = numbers
        plugin, name, data = rest.split(b"\0", 2)
        content = data[:length]
    except ValueError:
        raise RemoteProtocolError(f"restore object {file_index} cannot be read") from None
    if compression and len(zlib.decompress(content)) != full_length:
        raise RemoteProtocolError(f"restore object {file_index} has another size than announced")
    catalog.restore_objects.add(
        job_id,
        file_index=file_index,
        object_type=kind,
        object_index=index,
        plugin_name=plugin.decode("utf-8", "surrogateescape"),
        object_name=name.decode("utf-8", "surrogateescape"),
        content=content,
        full_length=full_length,
        compression=compression,
    )


def _numbers(record: bytes) -> tuple[list[int], bytes]:
    *fields, rest = record.split(b" ", 6)
    return [int(field) for field in fields], rest
