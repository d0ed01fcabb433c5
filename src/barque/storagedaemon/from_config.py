"""Settings of the daemon from its configuration."""

import socket

from barque.config.keywords import Direction
from barque.config.load import StorageDaemonConfig
from barque.config.storagedaemon import Device, Director
from barque.errors import ConfigError
from barque.storagedaemon.settings import (
    DEFAULT_PORT,
    DeviceSettings,
    DirectorSettings,
    StorageSettings,
)
from barque.transport.tls import settings_of

DEFAULT_BLOCK = 1_048_576
"""byte; what a maximum of 0 stands for."""


def settings_from(config: StorageDaemonConfig) -> StorageSettings:
    """Return the settings that *config* means."""
    storage = config.storage
    originals = {name for name in config.devices if name.startswith("$")}
    return StorageSettings(
        name=storage.name,
        working_directory=storage.working_directory,
        devices={
            device.name: _device(device)
            for device in config.devices.values()
            if device.name not in originals
        },
        directors={director.name: _director(director) for director in config.directors.values()},
        autochangers={
            changer.name: tuple(
                device.name for device in changer.device if device.name not in originals
            )
            for changer in config.autochangers.values()
        },
        addresses=tuple((one.host, _port(one.port)) for one in storage.addresses)
        or (("", DEFAULT_PORT),),
        tls=settings_of(storage),
        client_connect_wait=float(storage.client_connect_wait),
        heartbeat_interval=storage.heartbeat_interval,
        checkpoint_interval=float(storage.checkpoint_interval),
        maximum_concurrent_jobs=storage.maximum_concurrent_jobs,
        secure_erase_command=storage.secure_erase_command,
        plugin_directory=storage.plugin_directory,
        plugin_names=tuple(storage.plugin_names),
    )


def _port(port: int | str) -> int:
    if isinstance(port, int):
        return port
    try:
        return socket.getservbyname(port, "tcp")
    except OSError:
        raise ConfigError(f'the service "{port}" is not known: write the port number') from None


def _device(device: Device) -> DeviceSettings:
    return DeviceSettings(
        name=device.name,
        media_type=device.media_type,
        archive_device=device.archive_device,
        label_media=device.label_media,
        auto_select=device.auto_select,
        maximum_concurrent_jobs=device.maximum_concurrent_jobs,
        maximum_block_size=device.maximum_block_size or DEFAULT_BLOCK,
        maximum_volume_size=device.volume_capacity,
        maximum_file_size=device.maximum_file_size or 1_000_000_000,
        volume_poll_interval=float(device.volume_poll_interval),
        read_only=device.access_mode is Direction.READ,
        spool_directory=device.spool_directory,
        maximum_spool_size=device.maximum_spool_size,
        maximum_job_spool_size=device.maximum_job_spool_size,
    )


def _director(director: Director) -> DirectorSettings:
    return DirectorSettings(
        name=director.name,
        key=director.password.md5_hex.encode(),
        monitor=director.monitor,
        tls=settings_of(director),
        maximum_bandwidth=director.maximum_bandwidth_per_job,
    )
