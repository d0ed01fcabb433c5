"""What plugins kept with earlier backups and want back before a job.

Source: daemon protocol, section 3.7.
"""

from collections.abc import Iterator, Sequence

from barque.catalog import Catalog
from barque.catalog.restore_objects import RestoreObject
from barque.formats.filetypes import FileType


def objects_of_backup(catalog: Catalog, job_id: int) -> Iterator[RestoreObject]:
    """Yield what the next backup after *job_id* tells its plugins."""
    for kind in (FileType.RESTORE_FIRST, FileType.PLUGIN_CONFIG):
        yield from catalog.restore_objects.of_jobs([job_id], kind)


def objects_of_restore(
    catalog: Catalog, sources: Sequence[int], job_id: int
) -> Iterator[RestoreObject]:
    """Yield what the restore *job_id* of the jobs *sources* tells its plugins."""
    for kind in (FileType.RESTORE_FIRST, FileType.PLUGIN_CONFIG):
        yield from catalog.restore_objects.of_jobs(sources, kind)
    yield from catalog.restore_objects.of_jobs([job_id], FileType.PLUGIN_CONFIG_FILLED)
