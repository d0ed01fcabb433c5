"""python-bareos, as it is published, at our Director, with TLS-PSK required."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bareos.bsock
import pytest

from barque.config.load import load_console
from barque.local.place import Place
from barque.local.texts import Block, block, quoted
from barque.testing.daemons import new_place, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A running installation with a job called small."""
    root = tmp_path_factory.mktemp("interop")
    data = root / "data"
    data.mkdir()
    (data / "file").write_text("hello\n")
    place = new_place(root / "barque")
    include = Block(
        "Include", [Block("Options", ["Signature = MD5"]), f"File = {quoted(str(data))}"]
    )
    texts = {
        "fileset": block("FileSet", ["Name = small", include]),
        "job": block("Job", ["Name = small", "JobDefs = DefaultJob", "FileSet = small"]),
    }
    for kind, text in texts.items():
        (place.director_resources / kind / "small.conf").write_text(text)
    with running(place):
        yield place


def arguments(place: Place) -> dict[str, Any]:
    director = load_console(place.console).directors["bareos-dir"]
    return {
        "address": director.address,
        "port": director.port,
        "password": bareos.bsock.Password(secret_of(place)),
        "tls_psk_require": True,
    }


def secret_of(place: Place) -> str:
    """The clear password, which only the file holds."""
    for line in place.console.read_text().splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "Password":
            return value.strip().strip('"')
    raise AssertionError


@pytest.fixture
def plain(place: Place) -> Iterator[Any]:
    console = bareos.bsock.DirectorConsole(**arguments(place))
    yield console
    console.close()


@pytest.fixture
def json_console(place: Place) -> Iterator[Any]:
    console = bareos.bsock.DirectorConsoleJson(**arguments(place))
    yield console
    console.close()


def test_plain_commands(plain: Any) -> None:
    run = plain.call("run job=small level=Full yes").decode()
    assert "Job queued. JobId=" in run
    job_id = run.rpartition("JobId=")[2].strip()
    plain.call(f"wait jobid={job_id}")
    jobs = plain.call("list jobs").decode()
    assert "| jobid | name" in jobs
    assert "| small |" in jobs
    volumes = plain.call("list volumes").decode()
    assert "Full-0001" in volumes
    status = plain.call("status director").decode()
    assert "bareos-dir Version:" in status
    assert "No Jobs running." in status
    messages = plain.call("messages").decode()
    assert "Termination:            Backup OK" in messages


def test_json_commands(json_console: Any) -> None:
    job_id = json_console.call("run job=small level=Full yes")["run"]["jobid"]
    assert json_console.call(f"wait jobid={job_id}")["job"]["jobstatuslong"] == "OK"
    jobs = json_console.call("list jobs")["jobs"]
    assert {"jobid", "name", "client", "jobfiles", "jobstatus"} <= jobs[-1].keys()
    assert jobs[-1]["jobid"] == job_id
    assert jobs[-1]["jobstatus"] == "T"
    volumes = json_console.call("list volumes")["volumes"]
    assert volumes["full"][0]["volumename"] == "Full-0001"
    status = json_console.call("status director")
    assert status["header"]["director"] == "bareos-dir"
    assert status["running"] == []
    with pytest.raises(bareos.exceptions.JsonRpcInvalidJsonReceivedException) as lines:
        json_console.call("messages")
    assert b"Backup OK" in lines.value.jsondata["error"]["data"]  # text before the document
    assert json_console.call("messages") == {}
    assert json_console.call("list clients")["clients"][0]["name"] == "bareos-fd"


def test_an_unknown_command_is_an_error(json_console: Any) -> None:
    with pytest.raises(bareos.exceptions.JsonRpcErrorReceivedException):
        json_console.call("nosuchcommand")


def test_a_wrong_password_is_refused(place: Place) -> None:
    wrong = arguments(place) | {"password": bareos.bsock.Password("wrong")}
    with pytest.raises((ssl.SSLError, bareos.exceptions.Error)):
        bareos.bsock.DirectorConsole(**wrong)


def test_named_consoles_have_their_own_rights(place: Place) -> None:
    password = next(
        line.partition("=")[2].strip().strip('"')
        for line in Path(place.director_resources / "console" / "bareos-mon.conf")
        .read_text()
        .splitlines()
        if line.strip().startswith("Password")
    )
    named = arguments(place) | {
        "name": "bareos-mon",
        "password": bareos.bsock.Password(password),
    }
    console = bareos.bsock.DirectorConsole(**named)
    assert "bareos-dir Version:" in console.call("status director").decode()
    assert "is an invalid command" in console.call("list jobs").decode()
    console.close()
