"""An open catalog: one store, and its contents by subject."""

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from barque.catalog.bvfs import BVFS
from barque.catalog.chains import Chains
from barque.catalog.checks import Checks
from barque.catalog.clients import Clients, FileSets, Storages
from barque.catalog.counters import Counters, Quotas, Statistics
from barque.catalog.files import AttributeBatch
from barque.catalog.jobs import Jobs
from barque.catalog.log import Log
from barque.catalog.migration import Migration
from barque.catalog.pools import Pools
from barque.catalog.restore_objects import RestoreObjects
from barque.catalog.retention import Retention
from barque.catalog.saved import SavedFiles
from barque.catalog.source import Source, SQLiteSource
from barque.catalog.sqlite import SQLiteStore
from barque.catalog.store import Result, Store
from barque.catalog.volumes import JobMedia, Volumes
from barque.errors import CatalogError


class Catalog:
    """What the Director remembers, by subject.  Safe to use from any thread."""

    def __init__(self, store: Store) -> None:
        """Take an open *store*; closing the catalog closes it."""
        self.store = store
        self.clients = Clients(store)
        self.file_sets = FileSets(store)
        self.storages = Storages(store)
        self.pools = Pools(store)
        self.volumes = Volumes(store)
        self.job_media = JobMedia(store)
        self.jobs = Jobs(store)
        self.log = Log(store)
        self.chains = Chains(store)
        self.saved_files = SavedFiles(store)
        self.migration = Migration(store)
        self.checks = Checks(store)
        self.bvfs = BVFS(store)
        self.retention = Retention(store)
        self.restore_objects = RestoreObjects(store)
        self.counters = Counters(store)
        self.quotas = Quotas(store)
        self.statistics = Statistics(store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything this thread does inside the block one change."""
        return self.store.transaction()

    def attributes(self, job_id: int) -> AttributeBatch:
        """Return what takes the files of a running job."""
        return AttributeBatch(self.store, job_id)

    def query(self, sql: str) -> Result:
        """Run a statement typed by an administrator (`.sql`, `sqlquery`)."""
        return self.store.query(sql)

    def close(self) -> None:
        """Give all connections back; the catalog cannot be used after."""
        self.store.close()


def open_catalog(source: Source, *, create: bool = True) -> Catalog:
    """Open the catalog that *source* names.

    A missing file or database, or one without tables, is filled with the tables first, unless
    *create* forbids. Raises SchemaVersionError for a catalog of another version, CatalogError when
    it cannot be opened.
    """
    if isinstance(source, SQLiteSource):
        return Catalog(SQLiteStore(source.path, create=create))
    try:
        from barque.catalog.postgresql import PostgreSQLStore  # noqa: PLC0415 - optional extra
    except ImportError as error:
        raise CatalogError(
            'A PostgreSQL catalog needs the package psycopg: install "barque[postgresql]"'
        ) from error
    return Catalog(PostgreSQLStore(source, create=create))
