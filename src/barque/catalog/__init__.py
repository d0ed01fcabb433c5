"""What the Director remembers: jobs, files, volumes, pools, clients, logs.

The schema is that of Bareos (version 2250), in an SQLite file or a PostgreSQL database.
`open_catalog` opens one; a Catalog has its contents by subject (`catalog.jobs`, `catalog.volumes`,
...).
"""

from barque.catalog.catalog import Catalog, open_catalog
from barque.catalog.clients import ClientRecord, FileSetRecord, MediaTypeRecord, StorageRecord
from barque.catalog.files import AttributeBatch
from barque.catalog.jobs import JobEnd, JobKey, JobRecord, JobStart
from barque.catalog.log import LogRecord
from barque.catalog.pools import PoolRecord
from barque.catalog.source import PostgreSQLSource, Source, SQLiteSource, source_of
from barque.catalog.store import Result, ResultColumn
from barque.catalog.volumes import JobMediaRecord, VolumeRecord

__all__ = [
    "AttributeBatch",
    "Catalog",
    "ClientRecord",
    "FileSetRecord",
    "JobEnd",
    "JobKey",
    "JobMediaRecord",
    "JobRecord",
    "JobStart",
    "LogRecord",
    "MediaTypeRecord",
    "PoolRecord",
    "PostgreSQLSource",
    "Result",
    "ResultColumn",
    "SQLiteSource",
    "Source",
    "StorageRecord",
    "VolumeRecord",
    "open_catalog",
    "source_of",
]
