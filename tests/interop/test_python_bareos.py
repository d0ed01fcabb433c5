"""python-bareos, as it is published, at our Director, with TLS-PSK required."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bareos.bsock
import pytest

pytestmark = pytest.mark.slow


def arguments(site: Any) -> dict[str, Any]:
    return {
        "address": site.address,
        "port": site.port,
        "password": bareos.bsock.Password(site.password),
        "tls_psk_require": True,
    }


@pytest.fixture
def plain(site: Any) -> Iterator[Any]:
    console = bareos.bsock.DirectorConsole(**arguments(site))
    yield console
    console.close()


@pytest.fixture
def json_console(site: Any) -> Iterator[Any]:
    console = bareos.bsock.DirectorConsoleJson(**arguments(site))
    yield console
    console.close()


def test_plain_commands(plain: Any) -> None:
    run = plain.call("run job=small level=Full yes").decode()
    assert "Job queued. JobId=" in run
    job_id = run.rpartition("JobId=")[2].strip()
    plain.call(f"wait jobid={job_id}")
    jobs = plain.call("list jobs").decode()
    assert "| jobid | name" in jobs
    assert "| small " in jobs
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


def test_a_wrong_password_is_refused(site: Any) -> None:
    wrong = arguments(site) | {"password": bareos.bsock.Password("wrong")}
    with pytest.raises((ssl.SSLError, bareos.exceptions.Error)):
        bareos.bsock.DirectorConsole(**wrong)


def test_named_consoles_have_their_own_rights(site: Any) -> None:
    password = next(
        line.partition("=")[2].strip().strip('"')
        for line in Path(site.place.director_resources / "console" / "bareos-mon.conf")
        .read_text()
        .splitlines()
        if line.strip().startswith("Password")
    )
    named = arguments(site) | {
        "name": "bareos-mon",
        "password": bareos.bsock.Password(password),
    }
    console = bareos.bsock.DirectorConsole(**named)
    assert "bareos-dir Version:" in console.call("status director").decode()
    assert "is an invalid command" in console.call("list jobs").decode()
    console.close()
