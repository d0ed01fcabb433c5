"""``purge volume action=truncate``: emptying purged Volumes whose Pool wants it.

Source: console commands, section 3.
"""

from typing import TYPE_CHECKING, Final

from barque.director import resources
from barque.director.commands.truncate import empty_volume
from barque.director.parsing import leading_integer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from barque.catalog import Catalog, VolumeRecord
    from barque.config.director import Storage
    from barque.director.parsing import CommandLine
    from barque.director.session import ConsoleSession

_SMALL: Final = 10_000
"""byte; what is smaller is empty enough."""


def act_on_purge(session: "ConsoleSession", line: "CommandLine", catalog: "Catalog") -> None:
    """Do ``action=`` with the purged Volumes of a Storage. Raises PromptDeclinedError."""
    action = line.value("action") or "all"
    storage = resources.named_storage(session, line)
    pool = None if line.has("allpools") else resources.named_pool(session, line)
    found = [
        volume
        for volume in _candidates(line, catalog, storage)
        if pool is None or _is_in(catalog, volume, pool.name)
    ]
    if not found:
        session.out.plain(f"No Volumes found to perform {action} action.\n")
        return
    if action.lower() not in {"truncate", "all"}:
        return
    drive = max(0, leading_integer(line.value("drive") or ""))
    for volume in found:
        if volume.action_on_purge:
            empty_volume(session, catalog, volume.media_id, drive)
        else:
            session.out.error(
                '\nThe option "Action On Purge = Truncate" was not defined in the Pool resource.\n'
                f'Unable to truncate volume "{volume.volume_name}"\n'
            )


def _candidates(
    line: "CommandLine", catalog: "Catalog", storage: "Storage"
) -> "Iterator[VolumeRecord]":
    """Yield the purged Volumes of *storage* that hold something, of those that are named."""
    record = catalog.storages.find(storage.name)
    names, media_type = set(line.values("volume")), line.value("devicetype")
    for volume in catalog.volumes.all():
        if (
            volume.vol_status == "Purged"
            and volume.recycle
            and volume.enabled == 1
            and volume.vol_bytes > _SMALL
            and record is not None
            and volume.storage_id == record.storage_id
            and (not names or volume.volume_name in names)
            and media_type in {None, volume.media_type}
        ):
            yield volume


def _is_in(catalog: "Catalog", volume: "VolumeRecord", name: str) -> bool:
    pool = catalog.pools.get(volume.pool_id)
    return pool is not None and pool.name == name
