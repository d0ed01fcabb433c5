"""Settings from configuration files."""

from pathlib import Path

import pytest

from barque.config.load import load_storagedaemon
from barque.errors import ConfigError
from barque.storagedaemon.from_config import settings_from
from barque.storagedaemon.settings import StorageSettings

COMMON = """\
Messages {
  Name = Standard
  Director = dir1 = all
}
Storage {
  Name = sd1
  WorkingDirectory = /tmp
%s
}
Director {
  Name = dir1
  Password = "[md5]0123456789abcdef0123456789abcdef"
  MaximumBandwidthPerJob = 10 kb/s
}
Director {
  Name = watcher
  Password = "[md5]0123456789abcdef0123456789abcdef"
  Monitor = yes
  TlsEnable = no
}
Device {
  Name = Disk
  MediaType = File
  ArchiveDevice = /volumes
  LabelMedia = yes
  MaximumConcurrentJobs = 7
  Count = 2
}
Device {
  Name = Old
  MediaType = Old
  ArchiveDevice = /old
  AccessMode = readonly
}
"""


def settings_of(tmp_path: Path, storage: str) -> StorageSettings:
    path = tmp_path / "bareos-sd.conf"
    path.write_text(COMMON % storage)
    return settings_from(load_storagedaemon(path))


def test_devices_directors_and_the_daemon(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path, "  Port = 9903\n  Address = 127.0.0.1\n  HeartbeatInterval = 60"
    )
    assert settings.addresses == (("127.0.0.1", 9903),)
    assert settings.heartbeat_interval == 60
    assert settings.autochangers == {"Disk": ("Disk0000", "Disk0001", "Disk0002")}
    assert sorted(settings.devices) == ["Disk0000", "Disk0001", "Disk0002", "Old"]
    first, second = settings.devices["Disk0000"], settings.devices["Disk0001"]
    assert (first.auto_select, second.auto_select) == (False, True)
    assert (second.archive_device, second.label_media) == ("/volumes", True)
    assert (second.maximum_concurrent_jobs, second.maximum_block_size) == (7, 1_048_576)
    assert settings.devices["Old"].read_only
    directors = settings.directors
    assert directors["dir1"].key == b"0123456789abcdef0123456789abcdef"
    assert directors["dir1"].maximum_bandwidth == 10_000
    assert (directors["dir1"].monitor, directors["dir1"].tls.policy) == (False, 2)
    assert (directors["watcher"].monitor, directors["watcher"].tls.policy) == (True, 0)


def test_without_addresses_all_are_meant(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "")
    assert {port for _, port in settings.addresses} == {9103}


def test_a_port_may_be_a_service(tmp_path: Path) -> None:
    block = "  Addresses = {\n    ipv4 = { addr = 127.0.0.1; port = %s; }\n  }"
    assert settings_of(tmp_path, block % "http").addresses == (("127.0.0.1", 80),)
    with pytest.raises(ConfigError, match="write the port number"):
        settings_of(tmp_path, block % "no-such-service")
