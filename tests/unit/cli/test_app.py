"""The command line: mistakes end with one clear line and the right status."""

from pathlib import Path

import pytest

from barque.cli import main
from barque.local.ports import free_port_base


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    captured = capsys.readouterr()
    code = left.value.code
    assert isinstance(code, int)
    return code, captured.out, captured.err


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for word in ("init", "up", "backup", "restore", "ls", "jobs", "status", "director", "console"):
        assert f"\n  {word} " in out


def test_init_tells_what_comes_next(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = tmp_path / "place"
    code, out, _ = run(capsys, "init", str(place))
    assert code == 0
    assert out.endswith(f"start the daemons with: barque up {place}\n")
    code, out, _ = run(capsys, "init", str(place))
    assert code == 0
    assert "nothing was changed" in out


@pytest.mark.parametrize("command", [("up",), ("status", "--dir"), ("jobs", "--dir")])
def test_without_an_installation_there_is_a_way_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    code, _, err = run(capsys, *command, str(tmp_path / "none"))
    assert code == 1
    assert err == (
        f"barque: there is no installation in {tmp_path}/none: make one with barque init\n"
    )


def test_without_daemons_there_is_a_way_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    port = free_port_base()
    place = str(tmp_path / "place")
    run(capsys, "init", place, "--port-base", str(port))
    code, _, err = run(capsys, "jobs", "--dir", place)
    assert code == 1
    assert err == (
        f"barque: no Director answers at 127.0.0.1:{port}: start the daemons with barque up\n"
    )


def test_a_broken_configuration_is_told_with_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = tmp_path / "place"
    run(capsys, "init", str(place))
    broken = place / "bareos-dir.d" / "job" / "broken.conf"
    broken.write_text("Job {\n  Nmae = x\n}\n")
    code, _, err = run(capsys, "up", str(place))
    assert code == 1
    assert err.startswith(f"barque: {broken}:2:")
    assert "Nmae" in err


def test_arguments_of_the_programs_are_passed_on(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "bconsole", "--version")
    assert code == 0
    assert out.strip()


def test_a_wrong_option_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "backup", "--nosuch")
    assert code == 2
    assert "No such option" in err
