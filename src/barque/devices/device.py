"""What a device can do: keep named volumes, read them anywhere, append at their end.

A device moves bytes; blocks and labels are the business of the Storage Daemon.
Every method raises DeviceError (or one of its kinds) and nothing else for what the world does to
it.
"""

from typing import Protocol


class OpenVolume(Protocol):
    """A volume that is open for reading, or for appending by a single writer."""

    name: str
    """Name of the volume."""

    def size(self) -> int:
        """Return how many bytes the volume has now."""
        ...

    def read_at(self, offset: int, size: int) -> bytes:
        """Return *size* bytes from *offset*; fewer only where the volume ends."""
        ...

    def append(self, data: memoryview | bytes) -> None:
        """Write *data* behind the last byte, all of it or nothing.

        Raises:
            DeviceFullError: no room is left; the volume ends where it ended before.
        """
        ...

    def truncate(self, size: int) -> None:
        """Cut the volume to *size* bytes."""
        ...

    def sync(self) -> None:
        """Return when all that was appended would survive a power failure."""
        ...

    def close(self) -> None:
        """Give the volume back; closing twice does nothing."""
        ...


class Device(Protocol):
    """Keeps volumes."""

    path: str
    """Where it is, in the words of messages: the archive directory."""

    def volumes(self) -> list[str]:
        """Return the names of the volumes that it has, sorted."""
        ...

    def open_read(self, volume: str) -> OpenVolume:
        """Open a volume for reading.

        Raises:
            VolumeNotFoundError: there is none of that name.
        """
        ...

    def open_append(self, volume: str, *, create: bool = False) -> OpenVolume:
        """Open a volume for appending; with *create* an empty one is made when there is none.

        Raises:
            VolumeNotFoundError: there is none of that name and *create* is not given.
            DeviceError: another writer has it open.
        """
        ...

    def free_space(self) -> int | None:
        """Return how many bytes can still be written; None when nobody knows."""
        ...
