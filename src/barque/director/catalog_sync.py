"""Bringing a catalog up to date with the configuration, at start and reload.

Source: catalog, section 4.
"""

from pathlib import Path

from barque.catalog import Catalog
from barque.catalog.source import Source, source_of
from barque.config.director import Catalog as CatalogResource
from barque.config.director import Pool
from barque.config.keywords import LabelType
from barque.config.load import DirectorConfig


def source_for(resource: CatalogResource, working_directory: str | Path) -> Source:
    """Return where the catalog of *resource* is; raises CatalogError for an unknown DbDriver."""
    return source_of(
        resource.db_driver or "postgresql",
        resource.db_name,
        Path(working_directory),
        user=resource.db_user,
        password=resource.db_password.value,
        address=resource.db_address,
        port=int(resource.db_port),
        socket=resource.db_socket,
    )


def synchronise(catalog: Catalog, config: DirectorConfig, resource: CatalogResource) -> None:
    """Create and update the records of Pools, Clients, Storages and media types."""
    with catalog.transaction():
        for pool in config.pools.values():
            if pool.catalog in {None, resource}:
                catalog.pools.ensure(pool.name, _fields(pool))
        for pool in config.pools.values():
            if pool.catalog in {None, resource}:
                _link(catalog, pool)
        for client in config.clients.values():
            if client.catalog in {None, resource}:
                catalog.clients.ensure(
                    client.name,
                    auto_prune=client.auto_prune,
                    file_retention=int(client.file_retention),
                    job_retention=int(client.job_retention),
                )
        for storage in config.storages.values():
            catalog.storages.ensure(storage.name, auto_changer=storage.auto_changer)
            catalog.storages.ensure_media_type(storage.media_type)


def synchronise_pool(catalog: Catalog, pool: Pool) -> None:
    """Create or update the record of one Pool."""
    with catalog.transaction():
        catalog.pools.ensure(pool.name, _fields(pool))
        _link(catalog, pool)


def _fields(pool: Pool) -> dict[str, object]:
    return {
        "max_vols": int(pool.maximum_volumes or 0),
        "use_catalog": int(pool.use_catalog),
        "accept_any_volume": 0,
        "vol_retention": int(pool.volume_retention or 0),
        "vol_use_duration": int(pool.volume_use_duration or 0),
        "max_vol_jobs": int(pool.maximum_volume_jobs or 0),
        "max_vol_files": int(pool.maximum_volume_files or 0),
        "max_vol_bytes": int(pool.maximum_volume_bytes or 0),
        "auto_prune": int(pool.auto_prune),
        "recycle": int(pool.recycle),
        "action_on_purge": int(pool.action_on_purge == "Truncate"),
        "pool_type": str(pool.pool_type),
        "label_type": list(LabelType).index(pool.label_type) if pool.label_type else 0,
        "label_format": pool.label_format or "*",
        "min_block_size": int(pool.minimum_block_size or 0),
        "max_block_size": int(pool.maximum_block_size or 0),
    }


def _link(catalog: Catalog, pool: Pool) -> None:
    record = catalog.pools.find(pool.name)
    if record is None:
        return
    links = {
        "recycle_pool_id": pool.recycle_pool,
        "scratch_pool_id": pool.scratch_pool,
    }
    catalog.pools.update(
        record.pool_id,
        **{name: _id(catalog, other) for name, other in links.items()},
    )


def _id(catalog: Catalog, pool: Pool | None) -> int:
    record = catalog.pools.find(pool.name) if pool else None
    return record.pool_id if record else 0
