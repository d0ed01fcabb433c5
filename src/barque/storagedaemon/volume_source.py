"""Where volume tools find their volumes: a file, a directory, or a configured Device."""

from collections.abc import Callable, Iterator
from pathlib import Path

from barque.devices.device import Device, OpenVolume
from barque.devices.file import FileDevice
from barque.errors import DeviceError, FormatError
from barque.formats.bootstrap import Bootstrap, parse_bootstrap

type ArchiveDevices = Callable[[], dict[str, str]]
"""Gives the Device resources of the configuration: name to archive device."""


def read_bootstrap(path: str) -> Bootstrap:
    """Read a bootstrap file.

    Raises:
        FormatError: it cannot be read, or a line means nothing.
    """
    try:
        text = Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise FormatError(f"cannot read the bootstrap {path}: {error.strerror}") from error
    return parse_bootstrap(text)


class VolumeSource:
    """The volumes that a tool is to read, in order."""

    def __init__(self, device: Device, volumes: list[str]) -> None:
        self.device = device
        """The device that has them."""
        self.volumes = volumes
        """Their names."""

    def open_each(self) -> Iterator[OpenVolume]:
        """Open one volume after the other; each is closed when the next is asked for."""
        for name in self.volumes:
            volume = self.device.open_read(name)
            try:
                yield volume
            finally:
                volume.close()


def find_source(
    argument: str,
    wanted: list[str],
    bootstrap: Bootstrap | None,
    configured: ArchiveDevices,
) -> VolumeSource:
    """Find what *argument* means: path of a volume, archive directory, or name of a Device.

    The volumes are *wanted* (option -V), or those of the bootstrap, or all of the device.
    Raises DeviceError when it means nothing; the text lists the Devices there are.
    """
    path = Path(argument)
    if path.is_file():
        device = FileDevice(str(path.parent))
        return VolumeSource(device, wanted or [path.name])
    if not path.is_dir():
        path = Path(_configured(argument, configured()))
    device = FileDevice(str(path))
    names = wanted or (bootstrap.volumes() if bootstrap else device.volumes())
    if not names:
        raise DeviceError(f"there is no volume in {path}: name one with -V, or give its path")
    return VolumeSource(device, names)


def _configured(argument: str, devices: dict[str, str]) -> str:
    if argument in devices:
        return devices[argument]
    if argument in devices.values():
        return argument
    known = ", ".join(f'"{name}" ({path})' for name, path in devices.items())
    listed = f"the configured devices are: {known}" if known else "no device is configured"
    raise DeviceError(f'"{argument}" is neither a volume nor a directory nor a device; {listed}')
