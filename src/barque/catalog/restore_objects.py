"""What plugins and systems keep in the catalog beside the files of a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from barque.catalog.rows import Mapper
from barque.catalog.sqltext import marks
from barque.catalog.store import Store


@dataclass(frozen=True, slots=True)
class RestoreObject:
    """A row of the table `restoreobject`."""

    job_id: int
    object_length: int
    """Bytes that are stored."""
    object_full_length: int
    """Bytes when it is not compressed."""
    object_index: int
    object_type: int
    """File type of its attributes record."""
    object_compression: int
    """0 none, 1 zlib."""
    file_index: int
    object_name: str
    restore_object: bytes
    """The content as it is stored."""
    plugin_name: str


_OBJECT: Final = Mapper(RestoreObject, "restoreobject")


class RestoreObjects:
    """The objects that File Daemons sent with their backups."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        job_id: int,
        *,
        file_index: int,
        object_type: int,
        object_index: int,
        plugin_name: str,
        object_name: str,
        content: bytes,
        full_length: int,
        compression: int = 0,
    ) -> None:
        """Keep one object of a job; *content* is as it came."""
        _OBJECT.insert(
            self._store,
            {
                "job_id": job_id,
                "object_length": len(content),
                "object_full_length": full_length,
                "object_index": object_index,
                "object_type": object_type,
                "object_compression": compression,
                "file_index": file_index,
                "object_name": object_name,
                "restore_object": content,
                "plugin_name": plugin_name,
            },
        )

    def of_jobs(self, job_ids: Sequence[int], object_type: int) -> list[RestoreObject]:
        """Return the objects of one type of *job_ids*, by ObjectIndex."""
        if not job_ids:
            return []
        return _OBJECT.all(
            self._store,
            f"WHERE jobid IN ({marks(job_ids)}) AND objecttype = ? "
            "ORDER BY objectindex, restoreobjectid",
            *job_ids,
            object_type,
        )
