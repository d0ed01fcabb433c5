"""Finding the volume that a job goes on writing, and making it ready.

The Director names volumes; each is opened and compared with the catalog before a byte is written
to it.
Source: daemon protocol, section 5.5; volume format, section 5.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from barque.devices.device import OpenVolume
from barque.errors import DeviceError, FormatError, JobError, VolumeNotFoundError
from barque.formats.record import Session
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.drive import Drive, Drives, MountedVolume, media_update
from barque.storagedaemon.job import Job, Reservation
from barque.storagedaemon.labelling import (
    NewLabel,
    ends_with_a_whole_block,
    holds_only_a_label,
    write_label,
)
from barque.storagedaemon.plugins import StorageEvent
from barque.storagedaemon.volume_reader import read_label
from barque.wire.messages.catalog_request import VolumeInfo
from barque.wire.messages.job import MessageType

MAXIMUM_TRIES = 20
"""Volumes that are tried before the job waits for a new one."""

EMPTY_STATUSES = frozenset({"Unlabeled", "Recycle", "Purged"})
"""Statuses of volumes whose old contents are not needed: a new label is written."""


class Mounter:
    """Mounts volumes for one job that writes."""

    def __init__(
        self,
        job: Job,
        link: DirectorLink,
        drives: Drives,
        reservation: Reservation,
        clock: Callable[[], float],
        patience: float,
    ) -> None:
        self._job = job
        self._link = link
        self._drives = drives
        self._use = reservation.use
        self._clock = clock
        self._patience = patience
        self._unwanted: set[str] = set()
        self._deadline: float | None = None

    def mount(self, drive: Drive, previous: str = "") -> MountedVolume | None:
        """Put a volume that is ready to be appended to into *drive*; None when there is none now.

        *previous* is the volume that the job wrote before. The caller holds the drive's lock.
        Raises JobError when the device cannot be written, ConnectionLostError when the Director
        is gone.
        """
        self._unwanted.clear()
        volume = self._try_all(drive, previous)
        if volume is not None:
            drive.volume = volume
            self._deadline = None
        return volume

    def wait_for_media(self, drive: Drive) -> None:
        """Ask for a volume, once, and wait a while for it; the drive's lock is not held.

        Raises JobError when the job is cancelled, or waits too long altogether.
        """
        if self._deadline is None:
            self._deadline = time.monotonic() + self._patience
            self._ask_for_media(drive)
        elif time.monotonic() > self._deadline:
            raise JobError(
                f'no volume of pool "{self._use.pool}" could be written, and none came'
                f" within {self._patience:g} s"
            )
        self._drives.wait(self._job, drive.settings.volume_poll_interval)

    def _ask_for_media(self, drive: Drive) -> None:
        self._link.status("m")
        self._link.message(
            MessageType.MOUNT,
            f"Job {self._job.name} is waiting. Cannot find any appendable volumes.\n"
            'Please use the "label" command to create a new Volume for:\n'
            f"    Storage:      {drive.title}\n"
            f"    Pool:         {self._use.pool}\n"
            f"    Media type:   {self._use.media_type}",
        )

    def _try_all(self, drive: Drive, previous: str) -> MountedVolume | None:
        index = 1
        tried: set[str] = set()
        for _ in range(MAXIMUM_TRIES):
            others = {name for name, user in self._drives.claimed().items() if user is not drive}
            unwanted = ",".join(sorted(self._unwanted | others))
            info = self._link.find_media(index, self._use.pool, self._use.media_type, unwanted)
            if info is None:
                return None
            if info.volume in tried:
                index += 1
                continue
            tried.add(info.volume)
            volume = self._try(drive, info.volume, previous)
            if volume is not None:
                return volume
            self._unwanted.add(info.volume)
        return None

    def _try(self, drive: Drive, name: str, previous: str) -> MountedVolume | None:
        """Mount one volume; None when it cannot be used, which was told."""
        if not self._drives.claim(name, drive):
            return None
        mounted = None
        try:
            info = self._link.volume_info(name, write=True)
            self._job.device, self._job.volume = drive.settings.name, name
            if isinstance(info, str):
                self._link.info(f'Volume "{name}" cannot be written: {info}')
            elif self._loads(name):
                mounted = self._open(drive, info, previous)
        finally:
            if mounted is None:
                self._drives.disclaim(name, drive)
        return mounted

    def _loads(self, name: str) -> bool:
        """Ask plugins whether the volume may be loaded."""
        if self._job.plugins is None:
            return True
        if all(map(self._job.allows, (StorageEvent.VOLUME_UNLOAD, StorageEvent.VOLUME_LOAD))):
            return True
        self._link.message(MessageType.ERROR, f'A plugin refused to load volume "{name}"')
        return False

    def _open(self, drive: Drive, info: VolumeInfo, previous: str) -> MountedVolume | None:
        new = info.status in EMPTY_STATUSES
        if new and not drive.settings.label_media and info.status == "Unlabeled":
            self._link.message(
                MessageType.WARNING,
                f'Volume "{info.volume}" has no label and device {drive.title} may not write one:'
                " label it by command, or set Label Media = yes",
            )
            return None
        file = self._open_file(drive, info, create=new)
        if file is None:
            return None
        mounted = None
        try:
            if not self._job.allows(StorageEvent.DEVICE_MOUNT):
                raise JobError(f"a plugin refused to mount device {drive.title}")
            if new:
                mounted = self._label(drive, file, info, previous)
            elif self._agrees(file, info):
                mounted = self._ready(file, info)
        finally:
            if mounted is None:
                file.close()
        return mounted

    def _open_file(self, drive: Drive, info: VolumeInfo, *, create: bool) -> OpenVolume | None:
        try:
            drive.device.volumes()
        except DeviceError as error:
            raise JobError(f"device {drive.title} cannot be written: {error}") from error
        if not self._job.allows(StorageEvent.DEVICE_OPEN):
            raise JobError(f"a plugin refused to open device {drive.title}")
        try:
            return drive.device.open_append(info.volume, create=create)
        except VolumeNotFoundError as error:
            self._give_up(info, str(error))
        except DeviceError as error:
            if create:
                raise JobError(f"device {drive.title} cannot be written: {error}") from error
            self._link.message(MessageType.WARNING, f"{error}")
        return None

    def _label(
        self, drive: Drive, file: OpenVolume, info: VolumeInfo, previous: str
    ) -> MountedVolume | None:
        """Label a new volume, or one that is used again."""
        if info.status == "Unlabeled" and not holds_only_a_label(file):
            self._give_up(
                info,
                f'volume "{info.volume}" should be new, but {file.size()} bytes are on it:'
                " they are left alone",
            )
            return None
        session = Session(self._job.session_id, self._job.session_time)
        label = NewLabel(
            info.volume, self._use.pool, self._use.pool_type, self._use.media_type, previous
        )
        if not self._job.allows(StorageEvent.LABEL_WRITE):
            raise JobError(f'a plugin refused to label volume "{info.volume}"')
        try:
            size = write_label(file, label, self._clock(), session)
        except DeviceError as error:
            raise JobError(f'volume "{info.volume}" cannot be labelled: {error}') from error
        recycled = info.status != "Unlabeled"
        volume = MountedVolume(file, info)
        volume.change(size=size, blocks=1, writes=info.writes + 1, status="Append", files=0)
        volume.info = self._link.update_media(
            volume.update(self._job.name, self._clock(), relabel=True)
        )
        self._link.info(
            f'Recycled volume "{info.volume}" on device {drive.title}, all previous data lost.'
            if recycled
            else f'Labeled new Volume "{info.volume}" on device {drive.title}.'
        )
        return self._ready(file, volume.info) if self._has_its_label(file, volume.info) else None

    def _has_its_label(self, file: OpenVolume, info: VolumeInfo) -> bool:
        """Read the label; a volume that has another one, or none, is marked as damaged."""
        if not self._job.allows(StorageEvent.LABEL_READ):
            return False
        try:
            label = read_label(file)
        except (FormatError, DeviceError) as error:
            self._give_up(info, str(error))
            return False
        if not self._job.allows(StorageEvent.LABEL_VERIFIED):
            return False
        if label.volume != info.volume:
            self._give_up(info, f'the label of "{info.volume}" names it "{label.volume}"')
            return False
        return True

    def _agrees(self, file: OpenVolume, info: VolumeInfo) -> bool:
        """Compare the volume with the catalog.

        A volume that is longer than the catalog says holds blocks of a job that ended with the
        daemon: when they are whole, the catalog is corrected, as the reference does. Anything
        else marks the volume as damaged, and no byte of it is touched.
        """
        if not self._has_its_label(file, info):
            return False
        size = file.size()
        if size == info.size:
            return True
        sizes = f"The sizes do not match! Volume={size} Catalog={info.size}"
        if size < info.size:
            self._give_up(info, f'cannot write on disk Volume "{info.volume}" because: {sizes}')
            return False
        if not ends_with_a_whole_block(file, info.size):
            self._give_up(
                info,
                f'cannot write on disk Volume "{info.volume}" because: {sizes},'
                " and what is behind the known end is no whole block",
            )
            return False
        self._link.message(
            MessageType.WARNING, f'For Volume "{info.volume}":\n{sizes}\nCorrecting Catalog'
        )
        return True

    def _give_up(self, info: VolumeInfo, reason: str) -> None:
        """Mark a volume as damaged in the catalog; its contents stay as they are."""
        self._link.message(
            MessageType.ERROR, f'{reason}. Marking Volume "{info.volume}" in Error in Catalog.'
        )
        damaged = replace(info, status="Error", errors=info.errors + 1)
        self._link.update_media(media_update(damaged, self._job.name, self._clock()))

    def _ready(self, file: OpenVolume, info: VolumeInfo) -> MountedVolume:
        volume = MountedVolume(file, info)
        volume.change(size=file.size(), mounts=info.mounts + 1)
        self._link.info(f'Moving to end of data on volume "{info.volume}"')
        self._link.info(f'Ready to append to end of Volume "{info.volume}" size={volume.info.size}')
        volume.info = self._link.update_media(volume.update(self._job.name, self._clock()))
        return volume
