"""What the daemon needs to know from its configuration, and nothing more.

Source: configuration of the Storage Daemon; defaults as there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from barque.transport.tls import DEFAULT_TLS, TlsSettings

DEFAULT_PORT = 9103
"""TCP port of Storage Daemons."""


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """One Device resource."""

    name: str
    """Name of the resource."""
    media_type: str
    """Volumes with the same Media Type can be read by all devices that have it."""
    archive_device: str
    """Archive directory."""
    label_media: bool = False
    """New volumes may be labelled when a job needs one."""
    auto_select: bool = True
    """May be chosen when the Director names the autochanger, not the device."""
    maximum_concurrent_jobs: int = 1
    """Jobs that may write to it at the same time."""
    maximum_block_size: int = 1_048_576
    """byte; longest block that is written."""
    maximum_volume_size: int = 0
    """byte; 0: no limit but that of the catalog."""
    maximum_file_size: int = 1_000_000_000
    """byte; after as many a new JobMedia piece begins."""
    minimum_free_space: int = 0
    """byte; less than this counts as a full device."""
    volume_poll_interval: float = 300.0
    """s between two questions for a volume while there is none."""
    read_only: bool = False
    """Nothing is written to it."""
    spool_directory: str = ""
    """Where data is spooled; empty: the working directory."""
    maximum_spool_size: int = 0
    """byte for all jobs of the device; 0: no limit."""
    maximum_job_spool_size: int = 0
    """byte for one job; 0: no limit."""
    description: str = ""
    """For status pages."""


@dataclass(frozen=True, slots=True)
class DirectorSettings:
    """A Director that may connect."""

    name: str
    """Name it calls itself."""
    key: bytes = field(repr=False)
    """Shared secret, as it is used on the wire."""
    monitor: bool = False
    """May only ask for the status."""
    tls: TlsSettings = DEFAULT_TLS
    """TLS of connections with it."""
    maximum_bandwidth: int = 0
    """byte/s for each of its jobs; 0: no limit."""


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """The whole daemon."""

    name: str
    """Name of the Storage resource."""
    working_directory: str
    """For spool and state files."""
    devices: Mapping[str, DeviceSettings]
    """By name."""
    directors: Mapping[str, DirectorSettings]
    """By name."""
    autochangers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name of an autochanger to the names of its devices."""
    addresses: tuple[tuple[str, int], ...] = (("", DEFAULT_PORT),)
    """Host and port to listen on; an empty host means all."""
    tls: TlsSettings = DEFAULT_TLS
    """TLS of connections with File Daemons."""
    client_connect_wait: float = 1800.0
    """s that a job waits for its File Daemon."""
    heartbeat_interval: int = 0
    """s; 0: none."""
    checkpoint_interval: float = 0.0
    """s; 0: no checkpoints."""
    maximum_concurrent_jobs: int = 20
    """Connections at the same time."""
    secure_erase_command: str = ""
    """Command that deletes files; empty: none."""
    plugin_directory: str = ""
    """Where plugins are looked for."""
    plugin_names: tuple[str, ...] = ()
    """Plugins that may be used; empty: all."""
    maximum_wait_for_media: float = 5 * 24 * 3600.0
    """s after which a job that waits for a volume gives up."""
