"""Drives: the devices at work — which volume each has open, who writes it, who waits for one."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from barque.devices.device import Device, OpenVolume
from barque.errors import JobError
from barque.storagedaemon.job import Job, Reservation
from barque.storagedaemon.settings import DeviceSettings, StorageSettings
from barque.wire.messages.catalog_request import UpdateMedia, VolumeInfo

WAIT_STEP = 1.0
"""s between two looks whether a job that waits was cancelled."""


class MountedVolume:
    """A volume that is open for appending, with the numbers that the catalog keeps of it."""

    def __init__(self, file: OpenVolume, info: VolumeInfo) -> None:
        self.file = file
        """The open volume."""
        self.info = info
        """Its row in the catalog, brought up to date with each write."""

    @property
    def name(self) -> str:
        """Name of the volume."""
        return self.info.volume

    @property
    def holds_label_only(self) -> bool:
        """Whether no job has written to it."""
        return not self.info.jobs

    def append(self, block: memoryview, seconds: Callable[[], float]) -> int:
        """Write a block; return the offset of its first byte. Raises DeviceError."""
        offset = self.info.size
        begun = seconds()
        self.file.append(block)
        spent = int((seconds() - begun) * 1_000_000)
        self.change(
            size=offset + len(block),
            blocks=self.info.blocks + 1,
            writes=self.info.writes + 1,
            write_time=self.info.write_time + spent,
        )
        return offset

    def change(self, **numbers: int | str) -> None:
        """Set numbers of the row."""
        self.info = replace(self.info, **numbers)  # type: ignore[arg-type]  # checked by name

    def update(self, job: str, now: float, *, relabel: bool = False) -> UpdateMedia:
        """Return the message that brings the catalog up to date."""
        return media_update(self.info, job, now, relabel=relabel)


def media_update(info: VolumeInfo, job: str, now: float, *, relabel: bool = False) -> UpdateMedia:
    """Return the message that stores *info* in the catalog."""
    return UpdateMedia(
        job=job,
        volume=info.volume,
        jobs=info.jobs,
        files=info.size >> 32,
        blocks=info.blocks,
        size=info.size,
        mounts=info.mounts,
        errors=info.errors,
        writes=info.writes,
        maximum_size=info.maximum_size,
        end_time=int(now),
        status=info.status,
        slot=info.slot,
        relabel=relabel,
        in_changer=info.in_changer,
        read_time=info.read_time,
        write_time=info.write_time,
    )


@dataclass(eq=False, slots=True)
class Drive:
    """One device and what goes on with it."""

    settings: DeviceSettings
    """Its resource."""
    device: Device
    """What moves the bytes."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while a block is written or another volume is mounted."""
    volume: MountedVolume | None = None
    """Volume open for appending."""
    pool: str = ""
    """Pool of the jobs that write."""
    writers: list[Job] = field(default_factory=list)
    """Jobs that write."""
    readers: list[Job] = field(default_factory=list)
    """Jobs that read."""
    blocked: bool = False
    """Unmounted by command: no job may use it."""
    auto_select: bool = field(init=False)
    """May be chosen by its autochanger; the setdevice command changes it."""
    last_volume: str = ""
    """Volume that was mounted last."""
    read_bytes: int = 0
    """byte read since the daemon started."""
    written_bytes: int = 0
    """byte written since the daemon started."""

    def __post_init__(self) -> None:
        self.auto_select = self.settings.auto_select

    @property
    def title(self) -> str:
        """Name and place, as messages have them."""
        return f'"{self.settings.name}" ({self.settings.archive_device})'

    def release_volume(self) -> None:
        """Close the volume."""
        if self.volume is not None:
            self.last_volume = self.volume.name
            self.volume.file.close()
            self.volume = None


class Drives:
    """All drives of the daemon."""

    def __init__(self, drives: list[Drive]) -> None:
        self._all = {drive.settings.name: drive for drive in drives}
        self.changed = threading.Condition()
        """Notified when a drive or a volume becomes free."""
        self._volumes: dict[tuple[str, str], Drive] = {}

    def __iter__(self) -> Iterator[Drive]:
        return iter(self._all.values())

    def find(self, name: str) -> Drive | None:
        """Return the drive of the Device *name*."""
        return self._all.get(name)

    def named(self, settings: StorageSettings, name: str) -> list[DeviceSettings]:
        """Return the Device *name*, or those of the autochanger *name* that may be chosen."""
        members = settings.autochangers.get(name, (name,))
        drives = [drive for member in members if (drive := self._all.get(member))]
        chosen = [drive for drive in drives if drive.auto_select] if len(members) > 1 else drives
        return [drive.settings for drive in chosen or drives]

    def notify(self) -> None:
        """Let those who wait look again."""
        with self.changed:
            self.changed.notify_all()

    def wait(self, job: Job, timeout: float) -> None:
        """Wait until something changes, at most *timeout* s.

        Raises:
            JobError: the job was cancelled.
        """
        with self.changed:
            self.changed.wait(timeout)
        check_cancelled(job)

    def claim(self, volume: str, drive: Drive) -> bool:
        """Reserve *volume* for *drive*; False when another drive has it."""
        with self.changed:
            key = (drive.settings.archive_device, volume)
            return self._volumes.setdefault(key, drive) is drive

    def disclaim(self, volume: str, drive: Drive) -> None:
        """Give *volume* free."""
        with self.changed:
            key = (drive.settings.archive_device, volume)
            if self._volumes.get(key) is drive:
                del self._volumes[key]
            self.changed.notify_all()

    def user_of(self, archive_device: str, volume: str) -> Drive | None:
        """Return the drive that has *volume* for writing."""
        with self.changed:
            return self._volumes.get((archive_device, volume))

    def claimed(self) -> dict[str, Drive]:
        """Return all volumes that are in use for writing, with their drives."""
        with self.changed:
            return {volume: drive for (_, volume), drive in self._volumes.items()}

    def join(self, job: Job, reservation: Reservation, avoid: set[str]) -> Drive | None:
        """Make *job* a writer of a drive that is free for it; None when there is none now.

        A drive that writes for the same pool is taken first, unless the job does not prefer
        mounted volumes. Drives in *avoid* refused already.
        """
        use = reservation.use
        with self.changed:
            candidates = [
                drive
                for settings in reservation.devices
                if (drive := self._all.get(settings.name))
                and settings.media_type == use.media_type
                and not (drive.blocked or settings.read_only or settings.name in avoid)
            ]
            shared = [
                drive
                for drive in candidates
                if drive.writers
                and drive.pool == use.pool
                and len(drive.writers) < max(1, drive.settings.maximum_concurrent_jobs)
            ]
            idle = [drive for drive in candidates if not drive.writers]
            order = shared + idle if job.start.prefer_mounted else idle + shared
            if not order:
                return None
            drive = order[0]
            drive.writers.append(job)
            drive.pool = use.pool
            return drive

    def for_reading(self, job: Job, reservation: Reservation) -> Drive:
        """Return a drive whose volumes *job* reads; one that nobody uses if there is one.

        Reading does not wait: a volume may be read while another, or the same, is written.
        Raises JobError when no drive fits.
        """
        with self.changed:
            fitting = [
                drive
                for settings in reservation.devices
                if (drive := self._all.get(settings.name))
                and settings.media_type == reservation.use.media_type
                and not drive.blocked
            ]
            if not fitting:
                raise JobError(
                    f'no device with Media Type "{reservation.use.media_type}" can be read now'
                )
            drive = min(fitting, key=lambda one: len(one.writers) + len(one.readers))
            drive.readers.append(job)
            job.device = drive.settings.name
            return drive

    def stop_reading(self, job: Job, drive: Drive) -> None:
        """*job* reads no more."""
        with self.changed:
            if job in drive.readers:
                drive.readers.remove(job)
            self.changed.notify_all()

    def leave(self, job: Job, drive: Drive) -> None:
        """*job* writes no more; the last one closes the volume."""
        with self.changed:
            if job in drive.writers:
                drive.writers.remove(job)
            self.changed.notify_all()
            if drive.writers:
                return
        with drive.lock, self.changed:
            if drive.writers or drive.volume is None:
                return
            volume = drive.volume
            drive.release_volume()
            self.disclaim(volume.name, drive)


def check_cancelled(job: Job) -> None:
    """Raise JobError when the job was cancelled."""
    if job.cancelled.is_set():
        raise JobError("the job was cancelled", status="A")
