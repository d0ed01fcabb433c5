from pathlib import Path

import pytest

from barque.config.load import StorageDaemonConfig, load_storagedaemon
from barque.errors import ConfigError

REST = """
Storage { Name = s }
Director { Name = d; Password = p }
Messages { Name = m; director = d = all }
"""


def load(tmp_path: Path, text: str) -> StorageDaemonConfig:
    path = tmp_path / "bareos-sd.conf"
    path.write_text(REST + text)
    return load_storagedaemon(path)


def device(count: int) -> str:
    return f"Device {{ Name = F; Media Type = File; Archive Device = /v; Count = {count} }}\n"


def test_a_count_makes_devices_and_their_autochanger(tmp_path: Path) -> None:
    config = load(tmp_path, device(3))
    assert list(config.devices) == ["$F", "F0000", "F0001", "F0002", "F0003"]
    assert [item.auto_select for item in config.devices.values()] == [True, False, True, True, True]
    assert config.devices["F0001"].archive_device == "/v"
    changer = config.autochangers["F"]
    assert [item.name for item in changer.device] == ["F0000", "F0001", "F0002", "F0003"]


def test_one_device_stays_one(tmp_path: Path) -> None:
    config = load(tmp_path, device(1))
    assert list(config.devices) == ["F"]
    assert config.autochangers == {}


def test_an_autochanger_that_holds_it_gets_the_devices(tmp_path: Path) -> None:
    changer = 'Autochanger { Name = C; Device = F; Changer Device = ""; Changer Command = "" }'
    config = load(tmp_path, device(2) + changer)
    assert list(config.autochangers) == ["C"]
    assert [item.name for item in config.autochangers["C"].device] == ["F0000", "F0001", "F0002"]


def test_too_many_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must be in range 1 < Count < 10000"):
        load(tmp_path, device(10000))
