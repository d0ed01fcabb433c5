"""Pools as the catalog keeps them: defaults of new volumes, and the references between pools."""

from collections.abc import Mapping
from dataclasses import dataclass

from barque.catalog.rows import Mapper
from barque.catalog.store import Store
from barque.domain.ids import PoolId
from barque.errors import ConflictError


@dataclass(frozen=True, slots=True)
class PoolRecord:
    """A row of the table `pool`."""

    pool_id: PoolId
    name: str
    num_vols: int
    """Volumes that are in the pool now."""
    max_vols: int
    """0 for any number."""
    use_once: int
    use_catalog: int
    accept_any_volume: int
    vol_retention: int
    """Seconds."""
    vol_use_duration: int
    """Seconds; 0 for ever."""
    max_vol_jobs: int
    max_vol_files: int
    max_vol_bytes: int
    auto_prune: int
    recycle: int
    action_on_purge: int
    pool_type: str
    label_type: int
    """0 Bareos, 1 ANSI, 2 IBM."""
    label_format: str
    """`*` for none."""
    enabled: int
    scratch_pool_id: PoolId
    recycle_pool_id: PoolId
    next_pool_id: PoolId
    min_block_size: int
    max_block_size: int
    migration_high_bytes: int
    migration_low_bytes: int
    migration_time: int
    """Seconds."""


_POOL = Mapper(PoolRecord, "pool")


class Pools:
    """The pools that the catalog knows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> PoolRecord | None:
        """Return the pool *name*, or None."""
        return _POOL.one(self._store, "WHERE name = ?", name)

    def get(self, pool_id: int) -> PoolRecord | None:
        """Return the pool numbered *pool_id*, or None."""
        return _POOL.one(self._store, "WHERE poolid = ?", pool_id)

    def all(self) -> list[PoolRecord]:
        """Return all pools in the order in which the engine keeps them, as Bareos shows them."""
        return _POOL.all(self._store)

    def ensure(self, name: str, fields: Mapping[str, object]) -> PoolRecord:
        """Return the pool *name*, creating it; *fields* (of PoolRecord) are set either way."""
        with self._store.transaction():
            found = self.find(name)
            if found is None:
                _POOL.insert(self._store, {"name": name, "label_format": "*", **fields})
            else:
                _POOL.update(self._store, found.pool_id, fields)
            self._count_volumes("name", name)
            record = self.find(name)
        assert record is not None
        return record

    def create(self, name: str, fields: Mapping[str, object]) -> PoolRecord:
        """Create the pool *name*.  Raises ConflictError when there is one of that name."""
        with self._store.transaction():
            if self.find(name) is not None:
                raise ConflictError(f'The catalog already has a pool "{name}"')
            return self.ensure(name, fields)

    def update(self, pool_id: int, **fields: object) -> None:
        """Change *fields* (names of PoolRecord) of a pool."""
        _POOL.update(self._store, pool_id, fields)

    def delete(self, pool_id: int) -> None:
        """Delete the record of a pool; volumes in it keep its number."""
        self._store.run("DELETE FROM pool WHERE poolid = ?", (pool_id,))

    def count_volumes(self, pool_id: int) -> None:
        """Bring the number of volumes in the pool's record up to date."""
        self._count_volumes("poolid", pool_id)

    def _count_volumes(self, column: str, value: str | int) -> None:
        self._store.run(
            "UPDATE pool SET numvols = "
            "(SELECT count(*) FROM media WHERE media.poolid = pool.poolid) "
            f"WHERE {column} = ?",
            (value,),
        )
