import os
from pathlib import Path

import pytest

from barque.daemon.options import BAD_ARGUMENTS, daemon_parser, parse_options
from barque.daemon.version import VERSION

PARSER = daemon_parser("barque-xx", "A daemon.")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as left:
        parse_options(PARSER, arguments)
    assert left.value.code == BAD_ARGUMENTS
    return capsys.readouterr().err


def test_nothing_is_asked_for() -> None:
    options = parse_options(PARSER, [])
    assert not (options.foreground or options.test_config or options.no_signals)
    assert (options.config, options.debug_level, options.verbose) == (None, 0, 0)
    assert (options.export_config, options.export_schema) == (None, False)


def test_every_option(tmp_path: Path) -> None:
    line = f"-c {tmp_path} -d 100 --dt -f -m -s -v -v -t --xs".split()
    options = parse_options(PARSER, line)
    assert options.config == str(tmp_path)
    assert (options.debug_level, options.verbose) == (100, 2)
    assert options.foreground
    assert options.no_signals
    assert options.test_config
    assert options.export_schema


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("--xc", []),
        ("--xc Client", ["Client"]),
        ("--export-config Client bareos-fd", ["Client", "bareos-fd"]),
    ],
)
def test_what_is_exported(line: str, wanted: list[str]) -> None:
    assert parse_options(PARSER, line.split()).export_config == wanted


@pytest.mark.parametrize("option", ["-h", "-?", "--help"])
def test_help(capsys: pytest.CaptureFixture[str], option: str) -> None:
    with pytest.raises(SystemExit) as left:
        parse_options(PARSER, [option])
    assert not left.value.code
    assert "barque-xx" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse_options(PARSER, ["--version"])
    assert not left.value.code
    assert VERSION in capsys.readouterr().out


@pytest.mark.parametrize("option", ["-xc", "-xs", "-dt"])
def test_forms_of_old_are_not_taken_for_something_else(
    capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert "have changed" in refused(capsys, option)


@pytest.mark.parametrize("line", ["--no-such-option", "-d many", "stray"])
def test_mistakes(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert refused(capsys, *line.split()).startswith("barque-xx: ")


@pytest.mark.parametrize("other", ["-f", "-t"])
def test_a_pid_file_is_for_the_background(capsys: pytest.CaptureFixture[str], other: str) -> None:
    assert "--pid-file excludes" in refused(capsys, "-p", "/tmp/x.pid", other)


def test_a_configuration_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Path does not exist: /no/where" in refused(capsys, "-c", "/no/where")


@pytest.mark.parametrize("option", ["-u", "-g"])
def test_another_user_needs_root(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as left:
        parse_options(PARSER, [option, "nobody"])
    assert left.value.code == 1
    assert "root privileges" in capsys.readouterr().out


def test_root_may_become_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    options = parse_options(PARSER, ["-u", "nobody", "-g", "nogroup"])
    assert (options.user, options.group) == ("nobody", "nogroup")


def test_the_line_of_this_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["barque-xx", "-f"])
    assert parse_options(PARSER, None).foreground
