"""Files that the Director adds to its configuration."""

from pathlib import Path

import pytest

from barque.director.config_files import replace, write_new
from barque.errors import ConfigError


def test_a_new_file_is_complete_and_private(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "x.conf"
    write_new(path, "text\n")
    assert path.read_text() == "text\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    path.write_text("mine\n")
    with pytest.raises(ConfigError, match="already exists"):
        write_new(path, "text\n")
    assert path.read_text() == "mine\n"
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    for text in ("one\n", "two\n"):
        replace(path, text)
        assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [write_new, replace])
def test_a_folder_that_is_none(tmp_path: Path, write: object) -> None:
    (tmp_path / "file").write_text("")
    assert callable(write)
    with pytest.raises(ConfigError, match="Cannot write"):
        write(tmp_path / "file" / "x.conf", "text\n")
