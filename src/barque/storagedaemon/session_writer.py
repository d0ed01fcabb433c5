"""Writing the blocks of one session: a thread that seals, writes, and tells the Director.

The order is the promise: a block is on the volume before its attributes, its JobMedia and the new
size of the volume go to the Director, and it is on the disk before the job is told to have ended
well.
Source: volume format, section 5; daemon protocol, sections 5.4 to 5.6.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from barque.errors import BarqueError, DeviceError, DeviceFullError, JobError
from barque.formats.block import DEFAULT_MAX_BLOCK, FilledBlock, seal_block
from barque.formats.record import Session
from barque.storagedaemon.data_spool import DataSpool, Parcel
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.drive import Drive, Drives, MountedVolume, check_cancelled
from barque.storagedaemon.job import Job, Reservation
from barque.storagedaemon.mounting import Mounter
from barque.storagedaemon.plugins import StorageEvent
from barque.wire.messages.catalog_request import CreateJobMedia, UpdateFileList, UpdateJobRecord
from barque.wire.messages.job import MessageType

LABEL_BLOCKS = 1
"""Blocks on a Volume that holds its label and nothing else."""

BUFFERS = 6
"""Blocks that may be under way between the connection and the volume."""


@dataclass(slots=True)
class _Piece:
    """A contiguous piece of the job on a volume: what becomes one JobMedia record."""

    volume: MountedVolume
    start: int = -1
    end: int = -1
    first_index: int = 0
    last_index: int = 0

    def add(self, offset: int, block: FilledBlock) -> None:
        if self.start < 0:
            self.start = offset
        self.end = offset + block.size - 1
        if block.last_index:
            self.first_index = self.first_index or block.first_index
            self.last_index = block.last_index


class SessionWriter:
    """Takes filled blocks from one thread and writes them in another."""

    def __init__(
        self,
        job: Job,
        link: DirectorLink,
        drives: Drives,
        reservation: Reservation,
        clock: Callable[[], float],
        patience: float,
        send_attributes: Callable[[bytearray], None],
        checkpoint_interval: float = 0.0,
        spool: DataSpool | None = None,
    ) -> None:
        self._job = job
        self._link = link
        self._drives = drives
        self._reservation = reservation
        self._clock = clock
        self._mounter = Mounter(job, link, drives, reservation, clock, patience)
        self._patience = patience
        self._send_attributes = send_attributes
        self._session = Session(job.session_id, job.session_time)
        self._drive: Drive | None = None
        self._piece: _Piece | None = None
        self._number = 0
        self._previous = ""
        self._ended = False
        self._written = 0
        self._spool = spool
        self._early = job.plugins is not None and spool is None
        self._prepared = threading.Event()
        self._interval = checkpoint_interval
        self._next_checkpoint = time.monotonic() + checkpoint_interval
        self._error: BaseException | None = None
        self._parcels: queue.Queue[Parcel | None] = queue.Queue()
        self._free: queue.Queue[bytearray] = queue.Queue()
        self._thread: threading.Thread | None = None
        self.end_address = 0
        """Offset of the last byte that the session has on its volume."""
        self.start_address = 0
        """Offset of the first byte that the session has on its volume."""
        self.max_block = min(
            (device.maximum_block_size for device in reservation.devices),
            default=DEFAULT_MAX_BLOCK,
        )
        """byte; size of the blocks that suit all devices of the job."""

    # --- the side of the connection

    def start(self) -> None:
        """Begin to write what comes.

        A job with plugins has its volume mounted before the first record, because they hear of
        both; raises what stopped that.
        """
        for _ in range(BUFFERS):
            self._free.put(bytearray(self.max_block))
        self._thread = threading.Thread(target=self._run, name=f"write {self._job.name}")
        self._thread.start()
        if self._early:
            self._prepared.wait()
            if self._error is not None:
                self.finish()

    def put(self, block: FilledBlock, attributes: bytearray) -> bytearray:
        """Hand a block over with the attribute messages of the files that end in it.

        Returns a buffer for the next block; waits when the volume is slower than the connection.
        Raises what stopped the writing.
        """
        self._parcels.put((block, attributes))
        buffer = self._free.get()
        if self._error is not None:
            raise self._error
        return buffer

    def finish(self) -> None:
        """Return when everything is on the disk and in the catalog; raises what stopped it."""
        if self._thread is None:
            return
        self._parcels.put(None)
        self._thread.join()
        self._thread = None
        if self._error is not None:
            raise self._error

    # --- the side of the volume

    def _run(self) -> None:
        try:
            if self._early:
                self._mount_first()
                self._prepared.set()
            for block, attributes in self._parcels_to_write():
                self._write(block, attributes)
            self._close()
        except BaseException as error:  # noqa: BLE001  # raised again by the thread that waits
            self._error = error
            self._job.hang_up()
            self._abandon()
        finally:
            self._prepared.set()
            if self._spool is not None:
                self._spool.discard()
            if self._drive is not None:
                self._job.allows(StorageEvent.DEVICE_UNMOUNT)
                self._job.allows(StorageEvent.DEVICE_CLOSE)
                self._drives.leave(self._job, self._drive)
                self._job.allows(StorageEvent.DEVICE_RELEASE)
            if self._error is not None:
                self._swallow()

    def _swallow(self) -> None:
        """Let the other side go on until it notices: it must never wait for a dead thread."""
        for _ in range(BUFFERS):
            self._free.put(bytearray(self.max_block))
        while not self._ended:
            if self._parcels.get() is None:
                return
            self._free.put(bytearray(self.max_block))

    def _parcels_to_write(self) -> Iterator[Parcel]:
        """Return what is to be written, as it comes or by way of the spool."""
        if self._spool is None:
            yield from self._incoming()
            return
        for block, attributes in self._incoming():
            if not self._spool.add(block, attributes):
                yield from self._despooled()
                if not self._spool.add(block, attributes):
                    yield block, attributes
        yield from self._despooled()

    def _incoming(self) -> Iterator[Parcel]:
        while (parcel := self._parcels.get()) is not None:
            yield parcel
            self._free.put(parcel[0].buffer)
        self._ended = True

    def _despooled(self) -> Iterator[Parcel]:
        assert self._spool is not None
        if not self._spool.size:
            return
        self._say_status("l")
        self._link.info(
            f"Committing spooled data to Volume. Despooling {self._spool.size:,} bytes ..."
        )
        yield from self._spool.take()
        self._say_status("R")

    def _say_status(self, letter: str) -> None:
        """Note and tell what the job does now; one that was canceled stays so."""
        if not self._job.cancelled.is_set():
            self._job.status = letter
        self._link.status(letter)

    def _write(self, block: FilledBlock, attributes: bytearray) -> None:
        sealed = seal_block(block.buffer, block.size, self._number, self._session)
        drive = self._drive or self._acquire()
        self._drive = drive
        volume, offset = self._append(drive, sealed)
        sealed.release()
        piece = self._piece_on(volume)
        self._number += 1
        piece.add(offset, block)
        self.end_address = piece.end
        self.start_address = self.start_address or offset
        drive.written_bytes += block.size
        self._written += block.size
        if attributes:
            self._send_attributes(attributes)
        if piece.end - piece.start >= drive.settings.maximum_file_size or self._is_due():
            self._checkpoint(drive, volume, block.last_index)

    def _mount_first(self) -> None:
        drive = self._drive = self._acquire()
        while True:
            with drive.lock:
                if drive.volume or self._mount(drive):
                    return
            self._mounter.wait_for_media(drive)

    def _is_due(self) -> bool:
        return self._interval > 0 and time.monotonic() >= self._next_checkpoint

    def _checkpoint(self, drive: Drive, volume: MountedVolume, last_index: int) -> None:
        """Let the catalog know how far the job is: what a crash leaves can then be restored."""
        with drive.lock:
            if self._interval > 0:
                volume.file.sync()
            self._close_piece()
            self._piece = _Piece(volume)
            if drive.volume is volume:
                self._store(volume)
        if self._interval > 0:
            self._next_checkpoint = time.monotonic() + self._interval
            self._link.channel.send(UpdateFileList(self._link.job))
            self._link.channel.send(UpdateJobRecord(self._link.job, last_index, self._written))

    def _acquire(self) -> Drive:
        """Return a drive that the job may write with; waits for one."""
        self._say_status("S")
        deadline = time.monotonic() + self._patience
        avoid: set[str] = set()
        if not self._job.allows(StorageEvent.DEVICE_RESERVE):
            raise JobError("a plugin refused to reserve a device")
        while True:
            check_cancelled(self._job)
            drive = self._drives.join(self._job, self._reservation, avoid)
            if drive is None:
                if time.monotonic() > deadline:
                    raise JobError("no device became free for the job")
                avoid.clear()
                self._drives.wait(self._job, 1.0)
                continue
            if self._may_share(drive):
                self._link.info(f"Using Device {drive.title} to write.")
                self._job.device = drive.settings.name
                return drive
            avoid.add(drive.settings.name)
            self._drives.leave(self._job, drive)

    def _may_share(self, drive: Drive) -> bool:
        """Ask whether the volume that others write there takes this job too."""
        with drive.lock:
            volume = drive.volume
            if volume is None or len(drive.writers) == 1:
                return True
            return not isinstance(self._link.volume_info(volume.name, write=True), str)

    def _append(self, drive: Drive, sealed: memoryview) -> tuple[MountedVolume, int]:
        """Write a block to the volume of *drive*, or to the next one when it is full."""
        while True:
            with drive.lock:
                written = self._append_now(drive, sealed)
            if written is not None:
                return written
            self._mounter.wait_for_media(drive)

    def _append_now(self, drive: Drive, sealed: memoryview) -> tuple[MountedVolume, int] | None:
        """Write a block; None when there is no volume for it now. The drive's lock is held."""
        while True:
            volume = drive.volume or self._mount(drive)
            if volume is None:
                return None
            if self._has_room(drive, volume, len(sealed)):
                self._enter(volume)
                try:
                    return volume, volume.append(sealed, time.perf_counter)
                except DeviceError as error:
                    self._job.allows(StorageEvent.WRITE_ERROR)
                    if not isinstance(error, DeviceFullError):
                        raise
                    if volume.info.blocks <= LABEL_BLOCKS:
                        # another volume would find no more room than this one
                        self._link.message(
                            MessageType.WARNING,
                            f"{error}: free space there, and the job goes on",
                        )
                        return None
                    self._link.message(MessageType.WARNING, f"{error}")
            elif volume.holds_label_only:
                raise JobError(
                    f'volume "{volume.name}" is limited to {volume.info.maximum_size} bytes,'
                    f" less than its label and one block of {len(sealed)} bytes:"
                    " raise Maximum Volume Bytes of the pool"
                )
            self._retire(drive, volume)
            self._previous = volume.name

    def _mount(self, drive: Drive) -> MountedVolume | None:
        volume = self._mounter.mount(drive, self._previous)
        if volume is not None and self._previous:
            self._link.info(
                f'New volume "{volume.name}" mounted on device {drive.title} at {self._date()}.'
            )
        return volume

    def _date(self) -> str:
        return time.strftime("%d-%b-%Y %H:%M", time.localtime(self._clock()))

    @staticmethod
    def _has_room(drive: Drive, volume: MountedVolume, size: int) -> bool:
        limits = (volume.info.maximum_size, drive.settings.maximum_volume_size)
        return all(volume.info.size + size <= limit for limit in limits if limit)

    def _enter(self, volume: MountedVolume) -> None:
        """Note that the job writes to *volume* from now on, if it did not yet."""
        if self._piece is not None and self._piece.volume is volume:
            return
        self._close_piece()
        self._piece = _Piece(volume)
        self._job.volume = volume.name
        volume.change(jobs=volume.info.jobs + 1)
        self._store(volume)
        self._say_status("R")
        self._link.create_job_media(
            CreateJobMedia(self._link.job, 0, 0, 0, 0, 0, 0, 0, 0, volume.info.media_id)
        )

    def _piece_on(self, volume: MountedVolume) -> _Piece:
        assert self._piece is not None
        assert self._piece.volume is volume
        return self._piece

    def _retire(self, drive: Drive, volume: MountedVolume) -> None:
        """The volume is full: store that, close it."""
        self._link.info(
            f'End of medium on Volume "{volume.name}" Bytes={volume.info.size:,}'
            f" Blocks={volume.info.blocks:,} at {self._date()}."
        )
        volume.file.sync()
        self._close_piece()
        volume.change(status="Full")
        self._store(volume)
        drive.release_volume()
        self._drives.disclaim(volume.name, drive)

    def _store(self, volume: MountedVolume) -> None:
        answer = self._link.update_media(volume.update(self._link.job, self._clock()))
        volume.change(status=answer.status, media_id=answer.media_id)

    def _close_piece(self) -> None:
        """Tell the Director where the piece lies, if a file lies in it."""
        piece, self._piece = self._piece, None
        if piece is None or not piece.last_index:
            return
        self._link.create_job_media(
            CreateJobMedia(
                job=self._link.job,
                first_index=piece.first_index,
                last_index=piece.last_index,
                start_file=piece.start >> 32,
                end_file=piece.end >> 32,
                start_block=piece.start & 0xFFFFFFFF,
                end_block=piece.end & 0xFFFFFFFF,
                copy=0,
                stripe=0,
                media_id=piece.volume.info.media_id,
            )
        )

    def _close(self) -> None:
        """End the session: the disk first, then the catalog."""
        drive = self._drive
        if drive is None:
            return
        self._link.info(f"Releasing device {drive.title}.")
        with drive.lock:
            volume = drive.volume
            if volume is not None:
                volume.file.sync()
            self._close_piece()
            if volume is not None:
                self._store(volume)
        self._link.delete_null_job_media()

    def _abandon(self) -> None:
        """Writing failed: still let the catalog know what is on the volume, if that is possible."""
        drive = self._drive
        if drive is None or drive.volume is None:
            return
        with drive.lock:
            volume = drive.volume
            if volume is None:
                return
            if isinstance(self._error, DeviceError):
                volume.change(errors=volume.info.errors + 1)
            try:
                self._close_piece()
                self._store(volume)
                self._link.delete_null_job_media()
            except BarqueError:
                return
