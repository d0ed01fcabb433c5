"""The program of the File Daemon."""

import argparse
from pathlib import Path

import pytest

from barque.config.addresses import ListenAddress
from barque.filedaemon.__main__ import ListeningFileDaemon, main
from barque.testing.file_peers import make_config
from barque.transport.dial import Address, dial


def test_a_configuration_is_checked(tmp_path: Path) -> None:
    make_config(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["-t", "-c", str(tmp_path / "bareos-fd.conf")])
    assert left.value.code == 0


def test_a_mistake_in_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bareos-fd.conf"
    path.write_text("Client { Name = x; Nonsense = yes }\n")
    with pytest.raises(SystemExit) as left:
        main(["-t", "-c", str(path)])
    assert left.value.code == 42
    assert "Nonsense" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--nonsense"], ["-xc"], ["-c", "/not/there"]])
def test_a_mistake_on_the_argument_line(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 41


def test_it_listens_and_ends(tmp_path: Path) -> None:
    config = make_config(
        tmp_path,
        director="Address = 127.0.0.1; Port = 1; ConnectionFromClientToDirector = yes;",
    )
    config.client.__dict__["addresses"] = (ListenAddress("ipv4", "127.0.0.1", 0),)
    options = argparse.Namespace(backup_only=False, restore_only=True)
    daemon = ListeningFileDaemon(config, options)
    ports = daemon.start()
    with dial(Address("127.0.0.1", ports[0])) as channel:
        assert daemon.reload()
        channel.abort()
    daemon.stop()
