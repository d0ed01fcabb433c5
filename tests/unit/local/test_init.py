"""A new installation is complete, private, valid, and never overwritten."""

import stat
from pathlib import Path

import pytest

from barque.config.load import (
    load_console,
    load_director,
    load_filedaemon,
    load_storagedaemon,
)
from barque.local.init import InstallationError, initialise, short_host_name
from barque.local.place import DIRECTORY_VARIABLE, Place, place_of


@pytest.fixture
def made(place: Place) -> Place:
    initialise(place, port_base=12345, home="/home/x y")
    return place


def test_only_the_owner_may_read_it(made: Place) -> None:
    for path in [made.root, *made.root.rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_all_four_programs_accept_it(made: Place) -> None:
    director = load_director(made.root)
    storage = load_storagedaemon(made.root)
    client = load_filedaemon(made.root)
    console = load_console(made.console)
    assert not [
        *director.warnings,
        *storage.warnings,
        *client.warnings,
        *console.warnings,
    ]
    ports = [loaded.addresses[0].port for loaded in (director.director, client.client)]
    assert [*ports, storage.storage.addresses[0].port] == [12345, 12346, 12347]


def test_passwords_are_random_and_fit_together(made: Place, tmp_path: Path) -> None:
    director = load_director(made.root)
    console = load_console(made.console)
    secret = director.director.password.md5_hex
    assert console.directors["bareos-dir"].password.md5_hex == secret
    permitted = load_filedaemon(made.root).directors["bareos-dir"]
    assert permitted.password.md5_hex == director.clients["bareos-fd"].password.md5_hex
    permitted_storage = load_storagedaemon(made.root).directors["bareos-dir"]
    assert permitted_storage.password.md5_hex == director.storages["File"].password.md5_hex
    other = Place(tmp_path / "other")
    initialise(other, port_base=1)
    assert load_director(other.root).director.password.md5_hex != secret


def test_the_defaults_are_those_that_bareos_ships(made: Place) -> None:
    director = load_director(made.root)
    days = {name: pool.volume_retention // 86400 for name, pool in director.pools.items()}
    assert {name: days[name] for name in ("Full", "Differential", "Incremental")} == {
        "Full": 365,
        "Differential": 90,
        "Incremental": 30,
    }
    assert director.pools["Full"].label_format == "Full-"
    job = director.jobs[f"backup-{short_host_name()}"]
    assert job.schedule is not None
    assert job.schedule.name == "WeeklyCycle"
    assert {"operator", "webui-admin", "webui-readonly"} <= director.profiles.keys()


def test_the_second_run_changes_nothing(made: Place) -> None:
    before = {path: path.read_bytes() for path in made.root.rglob("*.conf")}
    assert initialise(made, port_base=1).created == []
    assert {path: path.read_bytes() for path in made.root.rglob("*.conf")} == before


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").touch()
    with pytest.raises(InstallationError, match="not empty"):
        initialise(Place(tmp_path), port_base=1)
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_place_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InstallationError, match="Not a directory"):
        initialise(Place(tmp_path / "file" / "below"), port_base=1)


def test_the_place_comes_from_the_line_the_environment_or_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(DIRECTORY_VARIABLE, "/from/environment")
    assert place_of("/given").root == Path("/given")
    assert place_of().root == Path("/from/environment")
    monkeypatch.delenv(DIRECTORY_VARIABLE)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert place_of().root == Path("/data/barque")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert place_of().root == Path("/var/lib/barque")


def test_a_host_name_becomes_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "my host!.example.org")
    assert short_host_name() == "my-host"
    monkeypatch.setattr("socket.gethostname", lambda: "")
    assert short_host_name() == "localhost"
