"""Having a Storage Daemon label a Volume, and keeping in the catalog that it did.

Source: console commands, section 6.7.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from barque.director.commands import daemons
from barque.director.services import LabelRequest
from barque.director.volume_selection import limits_of
from barque.errors import CommandError

if TYPE_CHECKING:
    from barque.catalog import Catalog, PoolRecord, VolumeRecord
    from barque.config.director import Storage
    from barque.director.session import ConsoleSession


@dataclass(frozen=True, slots=True)
class NewVolume:
    """A Volume that is to be labelled."""

    name: str
    pool: "PoolRecord"
    storage: "Storage"
    slot: int = 0
    drive: int = 0
    encryption_key: str = ""
    known: "VolumeRecord | None" = None
    """Its record, when the catalog has one."""
    replaces: "VolumeRecord | None" = None
    """The Volume that becomes this one."""


def label_volume(session: "ConsoleSession", catalog: "Catalog", new: NewVolume) -> bool:
    """Label *new* and keep it in the catalog; False when the Storage Daemon refused."""
    size = _labelled(session, new)
    if not size:
        session.out.error(f"Label command failed for Volume {new.name}.\n")
        return False
    _keep(session, catalog, new, size)
    return True


def _labelled(session: "ConsoleSession", new: NewVolume) -> int:
    """Return the size of the label, byte; 0 when it was not written."""
    daemons.announce_storage(session, new.storage)
    if new.replaces is not None:
        old = new.replaces.volume_name
        session.out.plain(f'Sending relabel command from "{old}" to "{new.name}" ...\n')
    else:
        session.out.plain(f'Sending label command for Volume "{new.name}" Slot {new.slot} ...\n')
    sizes = new.replaces or new.pool
    request = LabelRequest(
        new.storage,
        new.name,
        new.pool.name,
        str(new.storage.media_type),
        new.slot,
        new.drive,
        new.replaces.volume_name if new.replaces else "",
        new.encryption_key,
        sizes.min_block_size,
        sizes.max_block_size,
    )
    answer = daemons.answer_of(
        session, "Storage daemon", lambda: session.director.label_volume(request)
    )
    return answer.value if answer and answer.ok else 0


def _keep(session: "ConsoleSession", catalog: "Catalog", new: NewVolume, size: int) -> None:
    storage = catalog.storages.find(new.storage.name)
    fields: dict[str, object] = {
        "vol_bytes": size,
        "vol_files": 0,
        "label_date": int(session.director.now()),
        "slot": new.slot,
        "in_changer": int(new.slot > 0),
        "storage_id": storage.storage_id if storage else 0,
    }
    if new.encryption_key:
        fields["encryption_key"] = new.encryption_key
    with catalog.transaction():
        if new.slot and storage:
            catalog.volumes.vacate(storage.storage_id, new.slot)
        if new.known is not None:
            _update(catalog, new, fields)
        else:
            _create(catalog, new, fields)
    if new.known is None:
        session.out.info(
            f'Catalog record for Volume "{new.name}", Slot {new.slot} successfully created.\n'
        )


def _update(catalog: "Catalog", new: NewVolume, fields: dict[str, object]) -> None:
    assert new.known is not None
    if new.known.vol_status == "Unlabeled":
        fields["vol_status"] = "Append"
    if new.pool.pool_id != new.known.pool_id:
        fields["pool_id"] = new.pool.pool_id
    catalog.volumes.update(new.known.media_id, **fields)


def _create(catalog: "Catalog", new: NewVolume, fields: dict[str, object]) -> None:
    if catalog.volumes.find(new.name) is not None:
        raise CommandError(f'Volume "{new.name}" is in the catalog already.')
    catalog.volumes.create(
        new.name,
        new.pool.pool_id,
        str(new.storage.media_type),
        enabled=1,
        **limits_of(new.pool),
        **{"encryption_key": "", **fields},
    )
