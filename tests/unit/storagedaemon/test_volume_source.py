"""Where the tools find their volumes."""

from pathlib import Path

import pytest

from barque.errors import ConfigError, DeviceError, FormatError
from barque.formats.bootstrap import parse_bootstrap
from barque.storagedaemon.tool_options import NameFilter, common_parser, name_filter, source_of
from barque.storagedaemon.volume_source import find_source, read_bootstrap

CONFIG = """\
Messages {
  Name = Standard
  Director = dir1 = all
}
Storage {
  Name = sd1
  WorkingDirectory = /tmp
}
Director {
  Name = dir1
  Password = "secret"
}
Device {
  Name = Disk
  MediaType = File
  ArchiveDevice = "%s"
  Count = 2
}
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    directory = tmp_path / "archive"
    directory.mkdir()
    for name in ("B", "A"):
        (directory / name).write_bytes(b"")
    return directory


def test_a_path_is_its_volume(archive: Path) -> None:
    source = find_source(str(archive / "A"), [], None, dict)
    assert (source.device.path, source.volumes) == (str(archive), ["A"])


def test_a_directory_has_all_its_volumes_or_those_that_are_named(archive: Path) -> None:
    assert find_source(str(archive), [], None, dict).volumes == ["A", "B"]
    assert find_source(str(archive), ["B"], None, dict).volumes == ["B"]
    bootstrap = parse_bootstrap("Volume=B\nVolume=A\n")
    assert find_source(str(archive), [], bootstrap, dict).volumes == ["B", "A"]


def test_a_device_of_the_configuration(archive: Path, tmp_path: Path) -> None:
    config = tmp_path / "bareos-sd.conf"
    config.write_text(CONFIG % archive)
    for name in ("Disk", "Disk0001", str(archive)):
        options = common_parser("bls", "").parse_args(["-c", str(config), "-V", "A|B"])
        assert source_of(options, name, None).volumes == ["A", "B"]
    options = common_parser("bls", "").parse_args(["-c", str(config)])
    with pytest.raises(DeviceError, match='"Disk0001"'):
        source_of(options, "NoSuch", None)


def test_a_bad_configuration_is_named(tmp_path: Path) -> None:
    config = tmp_path / "bareos-sd.conf"
    config.write_text("Nonsense {\n}\n")
    options = common_parser("bls", "").parse_args(["-c", str(config)])
    with pytest.raises(ConfigError):
        source_of(options, "Disk", None)


def test_an_empty_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="there is no volume"):
        find_source(str(tmp_path), [], None, dict)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"nosuch\.bsr"):
        read_bootstrap(str(tmp_path / "nosuch.bsr"))
    options = common_parser("bls", "").parse_args(["-i", str(tmp_path / "nosuch")])
    with pytest.raises(ConfigError, match="nosuch"):
        name_filter(options)


@pytest.mark.parametrize(
    ("entry", "name", "covered"),
    [
        ("/etc", "/etc/passwd", True),
        ("/etc/", "/etc/passwd", True),
        ("/etc", "/etcetera", False),
        ("/etc/passwd", "/etc/passwd", True),
        ("*.txt", "/a/b.txt", True),
        ("*.txt", "/a/b.bin", False),
        ("/", "/anything", True),
    ],
)
def test_names(entry: str, name: str, covered: bool) -> None:
    assert NameFilter(include=[entry]).wants(name) is covered
    assert NameFilter(exclude=[entry]).wants(name) is not covered
