"""The memory device: volumes of tests."""

from barque.errors import DeviceError, DeviceFullError, VolumeNotFoundError


class MemoryVolume:
    """A volume in memory."""

    def __init__(self, name: str, device: "MemoryDevice", *, writer: bool) -> None:
        self.name = name
        """Name of the volume."""
        self._device = device
        self._writer = writer
        self._data = device.contents[name]

    def size(self) -> int:
        """Return how many bytes the volume has now."""
        return len(self._data)

    def read_at(self, offset: int, size: int) -> bytes:
        """Return *size* bytes from *offset*; fewer only where the volume ends."""
        return bytes(self._data[offset : offset + size])

    def append(self, data: memoryview | bytes) -> None:
        """Write *data* behind the last byte, all of it or nothing."""
        if not self._writer:
            raise DeviceError(f'volume "{self.name}" is open for reading only')
        free = self._device.free_space()
        if free is not None and free < len(data):
            raise DeviceFullError(f"cannot write {self.name}: no space left on {self._device.path}")
        self._data += data

    def truncate(self, size: int) -> None:
        """Cut the volume to *size* bytes."""
        del self._data[size:]

    def sync(self) -> None:
        """Nothing is to be done: memory does not survive anyway."""

    def close(self) -> None:
        """Give the volume back; closing twice does nothing."""
        if self._writer:
            self._device.writers.discard(self.name)
            self._writer = False


class MemoryDevice:
    """Volumes in memory, with a limit of their bytes if wanted."""

    path = "memory"
    """What messages call it."""

    def __init__(self, capacity: int | None = None) -> None:
        self.capacity = capacity
        """byte for all volumes together; None: no limit."""
        self.contents: dict[str, bytearray] = {}
        """Name of a volume to its bytes."""
        self.writers: set[str] = set()
        """Volumes that are open for appending."""

    def volumes(self) -> list[str]:
        """Return the names of the volumes that it has, sorted."""
        return sorted(self.contents)

    def open_read(self, volume: str) -> MemoryVolume:
        """Open a volume for reading."""
        self._require(volume)
        return MemoryVolume(volume, self, writer=False)

    def open_append(self, volume: str, *, create: bool = False) -> MemoryVolume:
        """Open a volume for appending; a second writer is refused."""
        if not volume or "/" in volume or "\0" in volume or volume in {".", ".."}:
            raise DeviceError(f'"{volume}" cannot name a volume')
        if create:
            self.contents.setdefault(volume, bytearray())
        self._require(volume)
        if volume in self.writers:
            raise DeviceError(f"cannot open {volume} for writing: another writer has it open")
        self.writers.add(volume)
        return MemoryVolume(volume, self, writer=True)

    def free_space(self) -> int | None:
        """Return how many bytes the limit leaves."""
        if self.capacity is None:
            return None
        return self.capacity - sum(len(data) for data in self.contents.values())

    def _require(self, volume: str) -> None:
        if volume not in self.contents:
            raise VolumeNotFoundError(f"cannot open {volume}: {self.path} has no such volume")
