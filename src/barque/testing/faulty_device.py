"""A device that fails on demand: wraps another one."""

from collections.abc import Callable

from barque.devices.device import Device, OpenVolume
from barque.errors import DeviceError

type Fault = Callable[[str, str, int], DeviceError | None]
"""Given the operation (`open`, `read`, `append`, `sync`), the volume, and how many of these there
were before: the error to raise, or None to go on."""


class FaultyVolume:
    """A volume whose operations ask the fault first."""

    def __init__(self, inner: OpenVolume, device: "FaultyDevice") -> None:
        self.name = inner.name
        """Name of the volume."""
        self._inner = inner
        self._device = device

    def size(self) -> int:
        """Return how many bytes the volume has now."""
        return self._inner.size()

    def read_at(self, offset: int, size: int) -> bytes:
        """Read, unless the fault says otherwise."""
        self._device.strike("read", self.name)
        return self._inner.read_at(offset, size)

    def append(self, data: memoryview | bytes) -> None:
        """Append, unless the fault says otherwise."""
        self._device.strike("append", self.name)
        self._inner.append(data)

    def truncate(self, size: int) -> None:
        """Cut the volume to *size* bytes."""
        self._inner.truncate(size)

    def sync(self) -> None:
        """Sync, unless the fault says otherwise."""
        self._device.strike("sync", self.name)
        self._inner.sync()

    def close(self) -> None:
        """Give the volume back."""
        self._inner.close()


class FaultyDevice:
    """A device that raises what *fault* tells it to raise, when it tells it."""

    def __init__(self, inner: Device, fault: Fault) -> None:
        self.inner = inner
        """The device that does the work."""
        self.path = inner.path
        """Where it is."""
        self._fault = fault
        self._counts: dict[str, int] = {}

    def strike(self, operation: str, volume: str) -> None:
        """Ask the fault; raise what it gives."""
        count = self._counts.get(operation, 0)
        self._counts[operation] = count + 1
        error = self._fault(operation, volume, count)
        if error is not None:
            raise error

    def volumes(self) -> list[str]:
        """Return the names of the volumes."""
        return self.inner.volumes()

    def open_read(self, volume: str) -> OpenVolume:
        """Open for reading, unless the fault says otherwise."""
        self.strike("open", volume)
        return FaultyVolume(self.inner.open_read(volume), self)

    def open_append(self, volume: str, *, create: bool = False) -> OpenVolume:
        """Open for appending, unless the fault says otherwise."""
        self.strike("open", volume)
        return FaultyVolume(self.inner.open_append(volume, create=create), self)

    def free_space(self) -> int | None:
        """Return how many bytes can still be written."""
        return self.inner.free_space()
