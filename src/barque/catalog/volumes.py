"""Volumes and what lies on them: the tables `media` and `jobmedia`.

Source: catalog, sections 2 and 3; job semantics, section 13.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from barque.catalog.rows import Mapper
from barque.catalog.sqltext import marks, number, text
from barque.catalog.store import Store
from barque.domain.ids import JobId, MediaId, PoolId, StorageId
from barque.errors import ConflictError


@dataclass(frozen=True, slots=True)
class VolumeRecord:
    """A row of the table `media`."""

    media_id: MediaId
    volume_name: str
    slot: int
    pool_id: PoolId
    media_type: str
    media_type_id: int
    label_type: int
    """0 Bareos, 1 ANSI, 2 IBM."""
    first_written: int
    last_written: int
    label_date: int
    vol_jobs: int
    vol_files: int
    vol_blocks: int
    vol_mounts: int
    vol_bytes: int
    """1 after recycling."""
    vol_errors: int
    vol_writes: int
    vol_capacity_bytes: int
    vol_status: str
    """One of barque.catalog.schema.VOLUME_STATUSES."""
    enabled: int
    """0 no, 1 yes, 2 archived: never recycled."""
    recycle: int
    action_on_purge: int
    """1 when a purged volume may be truncated."""
    vol_retention: int
    """Seconds."""
    vol_use_duration: int
    """Seconds; 0 for ever."""
    max_vol_jobs: int
    max_vol_files: int
    max_vol_bytes: int
    in_changer: int
    storage_id: StorageId
    device_id: int
    media_addressing: int
    vol_read_time: int
    vol_write_time: int
    end_file: int
    end_block: int
    location_id: int
    recycle_count: int
    min_block_size: int
    max_block_size: int
    initial_write: int
    scratch_pool_id: PoolId
    recycle_pool_id: PoolId
    encryption_key: str
    comment: str


@dataclass(frozen=True, slots=True)
class JobMediaRecord:
    """A row of the table `jobmedia`: where one stretch of a job lies.

    An address on a volume is file << 32 | block.
    """

    job_media_id: int
    job_id: JobId
    media_id: MediaId
    first_index: int
    """First FileIndex of the stretch."""
    last_index: int
    start_file: int
    end_file: int
    start_block: int
    end_block: int
    job_bytes: int
    vol_index: int
    """Number of the stretch within its job, from 1."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a job with what is needed to read it again: what a bootstrap is made of."""

    volume_name: str
    media_type: str
    slot: int
    """0 when the volume is in no autochanger now."""
    storage: str
    """Name of the storage that wrote the volume; empty when the catalog does not know."""
    first_index: int
    last_index: int
    start_address: int
    """File << 32 | block."""
    end_address: int


_MEDIA: Final = Mapper(VolumeRecord, "media")
_JOB_MEDIA: Final = Mapper(JobMediaRecord, "jobmedia")

_NEWEST_FIRST: Final = "ORDER BY lastwritten IS NULL, lastwritten DESC, mediaid"
_OLDEST_FIRST: Final = "ORDER BY lastwritten IS NULL, lastwritten, mediaid"

_RECYCLABLE: Final = ("Recycle", "Purged")
_OLDEST_USABLE: Final = ("Unlabeled", "Full", "Recycle", "Purged", "Used", "Append")
_PURGEABLE: Final = ("Append", "Full", "Used", "Error")


class Volumes:
    """The volumes that the catalog knows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, name: str) -> VolumeRecord | None:
        """Return the volume *name*, or None."""
        return _MEDIA.one(self._store, "WHERE volumename = ?", name)

    def get(self, media_id: int) -> VolumeRecord | None:
        """Return the volume numbered *media_id*, or None."""
        return _MEDIA.one(self._store, "WHERE mediaid = ?", media_id)

    def all(self) -> list[VolumeRecord]:
        """Return all volumes by number."""
        return _MEDIA.all(self._store, "ORDER BY mediaid")

    def in_pool(self, pool_id: int) -> list[VolumeRecord]:
        """Return the volumes of a pool by number."""
        return _MEDIA.all(self._store, "WHERE poolid = ? ORDER BY mediaid", pool_id)

    def in_slot(self, storage_id: int, slot: int) -> VolumeRecord | None:
        """Return the volume in a slot of an autochanger, or None."""
        condition = "WHERE storageid = ? AND slot = ? AND inchanger = 1 ORDER BY mediaid"
        return _MEDIA.one(self._store, condition, storage_id, slot)

    def of_job(self, job_id: int) -> list[VolumeRecord]:
        """Return the volumes that a job wrote, in the order in which it came to them."""
        return _MEDIA.all(
            self._store,
            "JOIN (SELECT mediaid, min(volindex) AS place, min(jobmediaid) AS id FROM jobmedia "
            "WHERE jobid = ? GROUP BY mediaid) AS used ON used.mediaid = media.mediaid "
            "ORDER BY used.place, used.id",
            job_id,
        )

    def create(self, volume_name: str, pool_id: int, media_type: str, **fields: object) -> MediaId:
        """Create a volume; *fields* are names of VolumeRecord.

        The pool's number of volumes follows. Raises ConflictError when the name is taken.
        """
        given = {"vol_status": "Append", **fields}
        with self._store.transaction():
            if self.find(volume_name) is not None:
                raise ConflictError(f'The catalog already has a volume "{volume_name}"')
            media_id = _MEDIA.insert(
                self._store,
                {
                    "volume_name": volume_name,
                    "pool_id": pool_id,
                    "media_type": media_type,
                    **given,
                },
            )
            self._count_volumes(pool_id)
        return MediaId(media_id)

    def update(self, media_id: int, **fields: object) -> None:
        """Change *fields* (names of VolumeRecord) of a volume; pools follow a change of pool."""
        with self._store.transaction():
            before = self.get(media_id) if "pool_id" in fields else None
            _MEDIA.update(self._store, media_id, fields)
            if before is not None:
                self._count_volumes(before.pool_id)
                self._count_volumes(int(str(fields["pool_id"])))

    def vacate(self, storage_id: int, slot: int, *, keep: int = 0) -> None:
        """Keep that no volume is in a slot of an autochanger, the one numbered *keep* aside."""
        self._store.run(
            "UPDATE media SET inchanger = 0, slot = 0 "
            "WHERE storageid = ? AND slot = ? AND mediaid <> ? AND slot <> 0",
            (storage_id, slot, keep),
        )

    def place(self, media_id: int, storage_id: int, slot: int) -> None:
        """Keep that a volume is in a slot of an autochanger, and no other volume is."""
        with self._store.transaction():
            self.vacate(storage_id, slot, keep=media_id)
            self.update(media_id, storage_id=storage_id, slot=slot, in_changer=1)

    def delete(self, media_id: int) -> None:
        """Delete a volume and what lies on it from the catalog; the jobs themselves stay."""
        with self._store.transaction():
            record = self.get(media_id)
            if record is None:
                return
            self._store.run("DELETE FROM jobmedia WHERE mediaid = ?", (media_id,))
            self._store.run("DELETE FROM media WHERE mediaid = ?", (media_id,))
            self._count_volumes(record.pool_id)

    def candidates(
        self, pool_id: int, media_type: str, status: str, *, changer_storage_id: int = 0
    ) -> list[VolumeRecord]:
        """Return the volumes of a pool that have *status* and may be written, the best first.

        Append and Unlabeled: the most recently written first. Recycle and Purged: only those that
        may be recycled, the oldest first. *changer_storage_id*: only what is in this autochanger.
        Source: job semantics, section 13.2.
        """
        changer = "AND inchanger = 1 AND storageid = ? " if changer_storage_id else ""
        order = f"AND recycle = 1 {_OLDEST_FIRST}" if status in _RECYCLABLE else _NEWEST_FIRST
        return _MEDIA.all(
            self._store,
            "WHERE poolid = ? AND mediatype = ? AND enabled = 1 AND volstatus = ? "
            f"{changer}{order}",
            pool_id,
            media_type,
            status,
            *([changer_storage_id] if changer else []),
        )

    def oldest(self, pool_id: int, media_type: str) -> list[VolumeRecord]:
        """Return the volumes of a pool that could be made usable by force, the oldest first.

        For PurgeOldestVolume and RecycleOldestVolume; volumes never written come last.
        """
        return _MEDIA.all(
            self._store,
            f"WHERE poolid = ? AND mediatype = ? AND enabled = 1 "
            f"AND volstatus IN ({marks(_OLDEST_USABLE)}) {_OLDEST_FIRST}",
            pool_id,
            media_type,
            *_OLDEST_USABLE,
        )

    def prunable(
        self, pool_id: int, recycle_pool_ids: Sequence[int], media_type: str = ""
    ) -> list[VolumeRecord]:
        """Return the Full and Used volumes of a pool, or that come back to it, the oldest first.

        *recycle_pool_ids*: pools whose number in RecyclePoolId brings a volume here. Archived
        volumes are left out. An empty *media_type* stands for any.
        """
        back = [pool for pool in recycle_pool_ids if pool]
        comes_back = f" OR recyclepoolid IN ({marks(back)})" if back else ""
        kind = " AND mediatype = ?" if media_type else ""
        return _MEDIA.all(
            self._store,
            f"WHERE (poolid = ?{comes_back}) AND volstatus IN ('Full', 'Used') "
            f"AND enabled <> 2{kind} {_OLDEST_FIRST}",
            pool_id,
            *back,
            *([media_type] if media_type else []),
        )

    def recycle(self, media_id: int) -> None:
        """Reset a volume so that it is written from its start.  Source: section 13.3."""
        self._store.run(
            "UPDATE media SET volstatus = 'Recycle', voljobs = 0, volfiles = 0, volblocks = 0, "
            "volerrors = 0, volbytes = 1, firstwritten = NULL, lastwritten = NULL, "
            "recyclecount = recyclecount + 1 WHERE mediaid = ?",
            (media_id,),
        )

    def mark_purged(self, media_id: int) -> bool:
        """Make a volume Purged and move it to its RecyclePool, if it has one.

        Only from Append, Full, Used and Error; returns whether it was done.
        """
        with self._store.transaction():
            record = self.get(media_id)
            if record is None or record.vol_status not in _PURGEABLE:
                return False
            moved = {"pool_id": record.recycle_pool_id} if record.recycle_pool_id else {}
            self.update(media_id, vol_status="Purged", **moved)
        return True

    def highest_id(self) -> int:
        """Return the highest number of a volume; 0 without volumes.  Seeds names of new ones."""
        row = self._store.one("SELECT max(mediaid) FROM media")
        return number(row[0]) if row and row[0] is not None else 0

    def _count_volumes(self, pool_id: int) -> None:
        self._store.run(
            "UPDATE pool SET numvols = (SELECT count(*) FROM media WHERE poolid = ?) "
            "WHERE poolid = ?",
            (pool_id, pool_id),
        )


class JobMedia:
    """Which job lies where on which volume."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(
        self,
        job_id: int,
        media_id: int,
        *,
        first_index: int,
        last_index: int,
        start_file: int,
        end_file: int,
        start_block: int,
        end_block: int,
        job_bytes: int = 0,
    ) -> int:
        """Keep one stretch of a job; the volume's end address follows.  Returns its number."""
        with self._store.transaction():
            row = self._store.one("SELECT count(*) FROM jobmedia WHERE jobid = ?", (job_id,))
            row_id = _JOB_MEDIA.insert(
                self._store,
                {
                    "job_id": job_id,
                    "media_id": media_id,
                    "first_index": first_index,
                    "last_index": last_index,
                    "start_file": start_file,
                    "end_file": end_file,
                    "start_block": start_block,
                    "end_block": end_block,
                    "job_bytes": job_bytes,
                    "vol_index": number(row[0]) + 1 if row else 1,
                },
            )
            _MEDIA.update(self._store, media_id, {"end_file": end_file, "end_block": end_block})
        return row_id

    def create_null(self, job_id: int, media_id: int) -> int:
        """Keep that a virtual or copy job opened a volume, before anything lies on it."""
        with self._store.transaction():
            row = self._store.one("SELECT count(*) FROM jobmedia WHERE jobid = ?", (job_id,))
            place = number(row[0]) + 1 if row else 1
            fields = {"job_id": job_id, "media_id": media_id, "vol_index": place}
            return _JOB_MEDIA.insert(self._store, fields)

    def delete_null(self, job_id: int) -> None:
        """Forget the rows of `create_null`: the job ended, and wrote nothing there."""
        self._store.run(
            "DELETE FROM jobmedia WHERE jobid = ? AND firstindex = 0 AND lastindex = 0",
            (job_id,),
        )

    def delete(self, job_id: int) -> None:
        """Forget where a job lies (an incomplete or rescheduled one)."""
        self._store.run("DELETE FROM jobmedia WHERE jobid = ?", (job_id,))

    def of_job(self, job_id: int) -> list[JobMediaRecord]:
        """Return the stretches of a job in order."""
        return _JOB_MEDIA.all(self._store, "WHERE jobid = ? ORDER BY volindex, jobmediaid", job_id)

    def pieces(self, job_id: int) -> list[Piece]:
        """Return where a job lies, in the order of writing; rows without data are left out."""
        rows = self._store.rows(
            "SELECT media.volumename, media.mediatype, "
            "CASE WHEN media.inchanger = 1 THEN media.slot ELSE 0 END, storage.name, "
            "jobmedia.firstindex, jobmedia.lastindex, jobmedia.startfile, jobmedia.startblock, "
            "jobmedia.endfile, jobmedia.endblock FROM jobmedia "
            "JOIN media ON media.mediaid = jobmedia.mediaid "
            "LEFT JOIN storage ON storage.storageid = media.storageid "
            "WHERE jobmedia.jobid = ? AND jobmedia.lastindex > 0 "
            "ORDER BY jobmedia.volindex, jobmedia.jobmediaid",
            (job_id,),
        )
        return [
            Piece(
                volume_name=text(row[0]),
                media_type=text(row[1]),
                slot=number(row[2]),
                storage=text(row[3]),
                first_index=number(row[4]),
                last_index=number(row[5]),
                start_address=number(row[6]) << 32 | number(row[7]),
                end_address=number(row[8]) << 32 | number(row[9]),
            )
            for row in rows
        ]

    def jobs_on(self, media_id: int) -> list[JobId]:
        """Return the jobs that lie on a volume, by number."""
        rows = self._store.rows(
            "SELECT DISTINCT jobid FROM jobmedia WHERE mediaid = ? ORDER BY jobid", (media_id,)
        )
        return [JobId(number(job_id)) for (job_id,) in rows]
