"""Which Volume a job may append to: found in its Pool, recycled, taken from scratch, or made new.

Source: job semantics, section 13.2.
"""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final, Protocol

from barque.catalog import Catalog
from barque.catalog.pools import PoolRecord
from barque.catalog.volumes import VolumeRecord
from barque.domain.ids import PoolId, StorageId
from barque.errors import ConflictError

ROUNDS: Final = 200
"""How often an expired Volume may start the search anew."""

LABEL_DIGITS: Final = 4
"""Digits of the number behind LabelFormat's prefix."""

SCRATCH: Final = "Scratch"
"""Pool that lends Volumes to every other one, unless the Pool names its own."""

type Say = Callable[[str], None]
"""Writes an information message into the job's log."""


class Pruning(Protocol):
    """Makes Volumes free."""

    def prune(self, volume: VolumeRecord) -> bool:
        """Forget the expired jobs on *volume*; True when it is Purged then."""

    def purge(self, volume: VolumeRecord) -> bool:
        """Forget all jobs on *volume*; True when it is Purged then."""


_SELECTION: Final = threading.Lock()
"""One search at a time: two jobs must not be given the same new or recycled Volume."""


@dataclass(frozen=True, slots=True)
class VolumeWish:
    """What a Storage Daemon asks for."""

    pool_id: PoolId
    media_type: str
    index: int = 1
    """The first, second, ... Volume that fits."""
    unwanted: Collection[str] = ()
    """Names that the Storage Daemon cannot use now."""
    changer: StorageId = StorageId(0)  # noqa: RUF009 - a number
    """Autochanger whose Volumes come first; 0 for none."""


class _NameNeededError(Exception):
    """A new Volume is to be made; whoever names it is asked without the lock."""


class VolumeSelection:
    """Finds the Volume for one job's wish."""

    def __init__(
        self,
        catalog: Catalog,
        now: Callable[[], float],
        say: Say,
        *,
        pruning: Pruning | None = None,
        auto_prune: bool = False,
        purge_oldest: bool = False,
        recycle_oldest: bool = False,
        ask_name: Callable[[], str | None] | None = None,
    ) -> None:
        """*ask_name* returns the name that somebody wants for a new Volume, or None."""
        self._catalog = catalog
        self._now = now
        self._say = say
        self._pruning = pruning
        self._auto_prune = auto_prune
        self._purge_oldest = purge_oldest
        self._recycle_oldest = recycle_oldest
        self._ask_name = ask_name
        self._wanted_name: str | None = None

    def find(self, wish: VolumeWish) -> VolumeRecord | None:
        """Return the Volume to append to, or None when there is none and none can be made."""
        try:
            return self._search(wish)
        except _NameNeededError:
            assert self._ask_name is not None
            self._wanted_name = self._ask_name() or ""
        try:
            return self._search(wish)
        finally:
            self._wanted_name = None

    def _search(self, wish: VolumeWish) -> VolumeRecord | None:
        with _SELECTION:
            for _ in range(ROUNDS):
                volume = self._candidate(wish)
                if volume is None:
                    return None
                if not self._expire(volume):
                    return volume
        return None

    def look(self, wish: VolumeWish) -> VolumeRecord | None:
        """Return the Volume that would be taken now, without changing anything."""
        for status in ("Append", "Unlabeled", "Recycle", "Purged"):
            volume = self._existing(wish, status)
            if volume is not None:
                return volume
        return None

    def _candidate(self, wish: VolumeWish) -> VolumeRecord | None:
        pool = self._catalog.pools.get(wish.pool_id)
        if pool is None:
            return None
        found = self._available(wish, pool)
        if found is None and wish.changer:
            found = self._available(replace(wish, changer=StorageId(0)), pool)
        return found or self._created(wish, pool) or self._oldest(wish, pool)

    def _available(self, wish: VolumeWish, pool: PoolRecord) -> VolumeRecord | None:
        """Return a Volume that is there, and free or made free."""
        return (
            self._existing(wish, "Append")
            or self._existing(wish, "Unlabeled")
            or self._recycled(wish, "Recycle")
            or self._recycled(wish, "Purged")
            or self._pruned(wish, pool)
            or self._from_scratch(wish, pool)
            or None
        )

    def _existing(self, wish: VolumeWish, status: str) -> VolumeRecord | None:
        found = [
            volume
            for volume in self._catalog.volumes.candidates(
                wish.pool_id, wish.media_type, status, changer_storage_id=wish.changer
            )
            if volume.volume_name not in wish.unwanted
        ]
        return found[wish.index - 1] if len(found) >= wish.index else None

    def _recycled(self, wish: VolumeWish, status: str) -> VolumeRecord | None:
        volume = self._existing(wish, status)
        return self.recycle(volume) if volume else None

    def recycle(self, volume: VolumeRecord) -> VolumeRecord | None:
        """Make *volume* free for writing from its start."""
        self._catalog.volumes.recycle(volume.media_id)
        self._say(f'Recycled volume "{volume.volume_name}"')
        return self._catalog.volumes.get(volume.media_id)

    def _from_scratch(self, wish: VolumeWish, pool: PoolRecord) -> VolumeRecord | None:
        scratch = (
            self._catalog.pools.get(pool.scratch_pool_id)
            if pool.scratch_pool_id
            else self._catalog.pools.find(SCRATCH)
        )
        if scratch is None or scratch.pool_id == pool.pool_id or self._full(pool):
            return None
        lent = VolumeWish(scratch.pool_id, wish.media_type, 1, wish.unwanted, wish.changer)
        for status in ("Append", "Unlabeled", "Recycle", "Purged"):
            volume = self._existing(lent, status)
            if volume is not None:
                return self._move(volume, pool, scratch)
        return None

    def _move(
        self, volume: VolumeRecord, pool: PoolRecord, scratch: PoolRecord
    ) -> VolumeRecord | None:
        self._say(f"Using Volume \"{volume.volume_name}\" from '{scratch.name}' pool.")
        self._catalog.volumes.update(volume.media_id, pool_id=pool.pool_id, **limits_of(pool))
        if volume.vol_status in {"Recycle", "Purged"}:
            return self.recycle(volume)
        return self._catalog.volumes.get(volume.media_id)

    @staticmethod
    def _full(pool: PoolRecord) -> bool:
        return bool(pool.max_vols) and pool.num_vols >= pool.max_vols

    def _created(self, wish: VolumeWish, pool: PoolRecord) -> VolumeRecord | None:
        prefix = pool.label_format
        if not prefix or prefix.startswith("*") or self._full(pool):
            return None
        if self._ask_name is not None and self._wanted_name is None:
            raise _NameNeededError
        number = self._catalog.volumes.highest_id() + 1
        wanted = self._wanted_name
        while True:
            name = wanted or f"{prefix}{number:0{LABEL_DIGITS}}"
            try:
                media_id = self._catalog.volumes.create(
                    name,
                    pool.pool_id,
                    wish.media_type,
                    vol_status="Unlabeled",
                    enabled=1,
                    storage_id=wish.changer,
                    **limits_of(pool),
                )
            except ConflictError:
                number, wanted = number + (not wanted), None
                continue
            self._say(f'Created new Volume "{name}" in catalog.')
            return self._catalog.volumes.get(media_id)

    def _pruned(self, wish: VolumeWish, pool: PoolRecord) -> VolumeRecord | None:
        """Prune Volumes, the oldest first, until one of them can be taken."""
        if self._pruning is None or not self._auto_prune:
            return None
        scratch = self._catalog.pools.find(SCRATCH)
        back = [pool.pool_id, pool.scratch_pool_id, scratch.pool_id if scratch else 0]
        for volume in self._catalog.volumes.prunable(pool.pool_id, back, wish.media_type):
            if wish.changer and not (volume.in_changer and volume.storage_id == wish.changer):
                continue
            if not self._pruning.prune(volume):
                continue
            free = self._catalog.volumes.get(volume.media_id)
            if free and free.pool_id == pool.pool_id and self._may_be_taken(free, wish):
                return self.recycle(free)
        return self._recycled(wish, "Purged")

    @staticmethod
    def _may_be_taken(volume: VolumeRecord, wish: VolumeWish) -> bool:
        return bool(volume.recycle) and volume.volume_name not in wish.unwanted

    def _oldest(self, wish: VolumeWish, pool: PoolRecord) -> VolumeRecord | None:
        """Free the oldest Volume by force, where the Pool allows it."""
        if self._pruning is None or not (self._purge_oldest or self._recycle_oldest):
            return None
        for volume in self._catalog.volumes.oldest(pool.pool_id, wish.media_type):
            if not self._may_be_taken(volume, wish):
                continue
            verb = "Purging" if self._purge_oldest else "Pruning"
            free = self._pruning.purge if self._purge_oldest else self._pruning.prune
            if free(volume):
                self._say(f'{verb} oldest volume "{volume.volume_name}"')
                return self.recycle(volume)
        return None

    def _expire(self, volume: VolumeRecord) -> bool:
        """Mark a Volume that reached a limit, and say whether it did."""
        verdict = expiry(volume, int(self._now()))
        if verdict is None:
            return False
        status, reason = verdict
        self._say(f'{reason} exceeded. Marking Volume "{volume.volume_name}" as {status}.')
        self._catalog.volumes.update(volume.media_id, vol_status=status)
        return True


def expiry(volume: VolumeRecord, now: int) -> tuple[str, str] | None:
    """Return the status of a Volume that reached a limit and the words for it, or None.

    *now* is s since 1970. Source: job semantics, section 13.2, "Expiry".
    """
    if volume.vol_status != "Append" or not volume.vol_jobs:
        return None
    if volume.max_vol_bytes and volume.vol_bytes >= volume.max_vol_bytes:
        return "Full", f"Max Volume bytes={volume.max_vol_bytes:,}"
    if volume.max_vol_jobs and volume.vol_jobs >= volume.max_vol_jobs:
        return "Used", f"Max Volume jobs={volume.max_vol_jobs:,}"
    if volume.max_vol_files and volume.vol_files >= volume.max_vol_files:
        return "Used", f"Max Volume files={volume.max_vol_files:,}"
    if volume.vol_use_duration and volume.first_written + volume.vol_use_duration <= now:
        return "Used", f"Max configured use duration={volume.vol_use_duration:,} sec."
    return None


def limits_of(pool: PoolRecord) -> dict[str, object]:
    """Return what a Volume takes over from its Pool when it comes into it."""
    return {
        "vol_retention": pool.vol_retention,
        "vol_use_duration": pool.vol_use_duration,
        "max_vol_jobs": pool.max_vol_jobs,
        "max_vol_files": pool.max_vol_files,
        "max_vol_bytes": pool.max_vol_bytes,
        "recycle": pool.recycle,
        "action_on_purge": pool.action_on_purge,
        "label_type": pool.label_type,
        "recycle_pool_id": pool.recycle_pool_id,
        "min_block_size": pool.min_block_size,
        "max_block_size": pool.max_block_size,
    }
