"""Answers to what a Storage Daemon asks of the catalog while it works for a job.

Source: daemon protocol, section 5.5; job semantics, sections 13.2 and 13.3.
"""

from collections.abc import Callable

from barque.catalog import Catalog
from barque.catalog.volumes import VolumeRecord
from barque.director.job_state import ActiveJob
from barque.director.volume_selection import VolumeSelection, VolumeWish, expiry
from barque.domain.ids import StorageId
from barque.domain.job import JobType
from barque.errors import CatalogError
from barque.wire.message import Message, first_match, shorten
from barque.wire.messages.catalog_request import (
    CATALOG_REQUESTS,
    CreateJobMedia,
    CreateJobMediaFailed,
    CreateJobMediaOk,
    DeleteNullJobMedia,
    DeleteNullJobMediaOk,
    FindMedia,
    GetVolumeInfo,
    InvalidCatalogRequest,
    NoMedia,
    UpdateFileList,
    UpdateJobRecord,
    UpdateMedia,
    UpdateMediaFailed,
    VolumeInfo,
    VolumeRefused,
    VolumeUnknown,
)
from barque.wire.messages.job import MessageType


class JobCatalogRequests:
    """The catalog's side of one job's conversation with its Storage Daemon."""

    def __init__(
        self,
        job: ActiveJob,
        catalog: Catalog,
        selection: VolumeSelection,
        now: Callable[[], float],
        *,
        storage_id: StorageId,
        flush_files: Callable[[], None],
    ) -> None:
        self._job = job
        self._catalog = catalog
        self._selection = selection
        self._now = now
        self._storage_id = storage_id
        self._flush_files = flush_files

    def answer(self, request: bytes) -> Message | None:
        """Return the reply to *request*, or None when none is due."""
        message = first_match(request, CATALOG_REQUESTS)
        try:
            return self._answer(message, request)
        except CatalogError as error:
            self._job.say(MessageType.FATAL, f"Catalog: {error}", self._now())
            return _refusal(message)

    def _answer(self, message: Message | None, request: bytes) -> Message | None:
        match message:
            case FindMedia():
                return self._find(message)
            case GetVolumeInfo():
                return self._tell(message)
            case UpdateMedia():
                return self._update(message)
            case CreateJobMedia():
                return self._job_media(message)
            case DeleteNullJobMedia():
                self._catalog.job_media.delete_null(self._job.job_id)
                return DeleteNullJobMediaOk()
            case UpdateFileList():
                self._flush_files()
                return None
            case UpdateJobRecord():
                self._catalog.jobs.update(
                    self._job.job_id, job_files=message.files, job_bytes=message.job_bytes
                )
                return None
            case _:
                return InvalidCatalogRequest(shorten(request))

    def _find(self, request: FindMedia) -> Message:
        pool = self._catalog.pools.find(request.pool)
        if pool is None:
            return NoMedia()
        unwanted = frozenset(name for name in (request.unwanted or "").split(",") if name)
        changer = bool(self._job.storage and self._job.storage.auto_changer)
        wish = VolumeWish(
            pool.pool_id,
            request.media_type,
            max(1, request.index),
            unwanted,
            self._storage_id if changer else StorageId(0),
        )
        volume = self._selection.find(wish)
        return _info(volume) if volume else NoMedia()

    def _tell(self, request: GetVolumeInfo) -> Message:
        volume = self._catalog.volumes.find(request.volume)
        if volume is None:
            return VolumeUnknown(request.volume)
        if request.write:
            refused = self._unfit(volume)
            if refused:
                return VolumeRefused(volume.volume_name, f"{volume.vol_status},", f"{refused}.")
            volume = self._made_writable(volume)
        return _info(volume)

    def _unfit(self, volume: VolumeRecord) -> str:
        """Return why this job may not append to *volume*; empty when it may."""
        job = self._job
        if volume.pool_id != job.pool_id:
            return "not in Pool"
        if job.storage and volume.media_type != job.storage.media_type:
            return "not correct MediaType"
        if volume.enabled != 1:
            return "is not Enabled"
        if expiry(volume, int(self._now())):
            return "volume has expired"
        if volume.vol_status in {"Append", "Unlabeled", "Recycle", "Purged"}:
            return ""
        return "but should be Append, Purged or Recycle"

    def _made_writable(self, volume: VolumeRecord) -> VolumeRecord:
        if volume.vol_status != "Purged":
            return volume
        return self._selection.recycle(volume) or volume

    def _update(self, request: UpdateMedia) -> Message:
        volume = self._catalog.volumes.find(request.volume)
        if volume is None:
            return VolumeUnknown(request.volume)
        fields = self._changes(request, volume)
        if not fields:
            return UpdateMediaFailed()
        self._catalog.volumes.update(volume.media_id, **fields)
        updated = self._catalog.volumes.get(volume.media_id)
        if updated is None:
            return UpdateMediaFailed()
        return _info(self._expired(updated))

    def _changes(self, request: UpdateMedia, volume: VolumeRecord) -> dict[str, object]:
        counts = self._counts(request, volume)
        fields: dict[str, object] = {
            **counts,
            "vol_jobs": request.jobs,
            "vol_mounts": request.mounts,
            "vol_errors": request.errors,
            "vol_writes": request.writes,
            "vol_status": request.status,
            "vol_read_time": max(0, request.read_time),
            "vol_write_time": max(0, request.write_time),
        }
        if request.relabel:
            fields["label_date"] = int(self._now())
        if not volume.first_written and (request.first_written or request.writes):
            fields["first_written"] = request.first_written or int(self._now())
        if counts["vol_blocks"] != volume.vol_blocks or request.relabel:
            fields["last_written"] = int(self._now())
        if not volume.initial_write and request.writes:
            fields["initial_write"] = int(self._now())
        if request.writes > volume.vol_writes:
            fields["storage_id"] = self._storage_id
        if request.slot:
            fields |= {"slot": request.slot, "in_changer": int(request.in_changer)}
        return fields

    def _counts(self, request: UpdateMedia, volume: VolumeRecord) -> dict[str, int]:
        """Sizes only grow, unless the Volume was labelled anew."""
        new = {
            "vol_files": request.files,
            "vol_blocks": request.blocks,
            "vol_bytes": request.size,
        }
        if request.relabel or not volume.label_date:
            return new
        old = {
            "vol_files": volume.vol_files,
            "vol_blocks": volume.vol_blocks,
            "vol_bytes": volume.vol_bytes,
        }
        shrunk = [name for name, value in new.items() if value < old[name]]
        for name in shrunk:
            self._job.say(
                MessageType.INFO,
                f"Volume {name} not updated: {old[name]} in the catalog, {new[name]} reported "
                f'for Volume "{volume.volume_name}".',
                self._now(),
            )
        return {name: max(value, old[name]) for name, value in new.items()}

    def _expired(self, volume: VolumeRecord) -> VolumeRecord:
        verdict = expiry(volume, int(self._now()))
        if verdict is None:
            return volume
        status, reason = verdict
        self._job.say(
            MessageType.INFO,
            f'{reason} exceeded. Marking Volume "{volume.volume_name}" as {status}.',
            self._now(),
        )
        self._catalog.volumes.update(volume.media_id, vol_status=status)
        return self._catalog.volumes.get(volume.media_id) or volume

    def _job_media(self, request: CreateJobMedia) -> Message:
        if self._job.type in {JobType.RESTORE, JobType.VERIFY}:
            return CreateJobMediaFailed()
        if not request.first_index and not request.last_index:
            self._catalog.job_media.create_null(self._job.job_id, request.media_id)
            return CreateJobMediaOk()
        self._catalog.job_media.create(
            self._job.job_id,
            request.media_id,
            first_index=request.first_index,
            last_index=request.last_index,
            start_file=request.start_file,
            end_file=request.end_file,
            start_block=request.start_block,
            end_block=request.end_block,
        )
        return CreateJobMediaOk()


def _refusal(message: Message | None) -> Message | None:
    match message:
        case CreateJobMedia():
            return CreateJobMediaFailed()
        case UpdateMedia():
            return UpdateMediaFailed()
        case UpdateFileList() | UpdateJobRecord():
            return None
        case FindMedia():
            return NoMedia()
        case _:
            return InvalidCatalogRequest("the catalog is not available")


def _info(volume: VolumeRecord) -> VolumeInfo:
    return VolumeInfo(
        volume=volume.volume_name,
        jobs=volume.vol_jobs,
        files=volume.vol_files,
        blocks=volume.vol_blocks,
        size=volume.vol_bytes,
        mounts=volume.vol_mounts,
        errors=volume.vol_errors,
        writes=volume.vol_writes,
        maximum_size=volume.max_vol_bytes,
        capacity=volume.vol_capacity_bytes,
        status=volume.vol_status,
        slot=volume.slot,
        maximum_jobs=volume.max_vol_jobs,
        maximum_files=volume.max_vol_files,
        in_changer=bool(volume.in_changer),
        read_time=volume.vol_read_time,
        write_time=volume.vol_write_time,
        end_file=volume.end_file,
        end_block=volume.end_block,
        label_type=volume.label_type,
        media_id=volume.media_id,
        encryption_key=volume.encryption_key,
        minimum_block_size=volume.min_block_size,
        maximum_block_size=volume.max_block_size,
    )
