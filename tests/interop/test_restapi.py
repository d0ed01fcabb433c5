"""bareos-restapi, as it is published, at our Director."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from barque.local.ports import answers, free_port_base

pytestmark = pytest.mark.slow

API_INI = """
[Director]
Name=bareos-dir
Address={address}
Port={port}

[JWT]
secret_key = {secret}
algorithm = HS256
access_token_expire_minutes = 30
"""


RUN = {"jobControl": {"job": "small", "level": "Full"}}


@dataclass
class Rest:
    """The interface, for one who is logged in, or is not yet."""

    port: int
    token: str = ""

    def call(self, method: str, path: str, body: Any = None, **form: str) -> tuple[int, Any]:
        """Return status and document of an answer."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if form:
            request.data = urllib.parse.urlencode(form).encode()
        elif body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode()
            return error.code, json.loads(text) if text.startswith("{") else text

    def get(self, path: str) -> Any:
        """Return the document at *path*."""
        status, document = self.call("GET", path)
        assert status == 200, document
        return document


@pytest.fixture(scope="module")
def rest(site: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    """The interface, logged in as a named console."""
    folder = tmp_path_factory.mktemp("restapi")
    (folder / "api.ini").write_text(
        API_INI.format(address=site.address, port=site.port, secret="0" * 64)
    )
    rest = Rest(free_port_base())
    command = [sys.executable, "-m", "uvicorn", "bareos_restapi:app", "--port", str(rest.port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=_environment())
    try:
        until = time.monotonic() + 60
        while not answers("127.0.0.1", rest.port):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        status, said = rest.call("POST", "/token", username="admin-rest", password="secret")
        assert status == 200, said
        rest.token = said["access_token"]
        yield rest
    finally:
        process.terminate()
        process.wait(20)


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"}


@pytest.fixture(scope="module")
def job(rest: Rest) -> int:
    """A backup that has run."""
    return finished(rest, started(rest, "/control/jobs/run", RUN))


def started(rest: Rest, path: str, body: Any) -> int:
    status, said = rest.call("POST", path, body)
    assert status == 200, said
    assert "jobid" in said, said
    return int(said["jobid"])


def finished(rest: Rest, job_id: int, status: str = "T") -> int:
    until = time.monotonic() + 60
    while (found := rest.get(f"/control/jobs/{job_id}"))["jobstatus"] in "CR":
        assert time.monotonic() < until
        time.sleep(0.05)
    assert found["jobstatus"] == status, rest.get(f"/control/jobs/logs/{job_id}")
    return job_id


def test_a_wrong_password_is_refused(rest: Rest) -> None:
    status, _ = Rest(rest.port).call("POST", "/token", username="admin-rest", password="wrong")
    assert status == 401


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/configuration/clients", "bareos-fd"),
        ("/configuration/filesets", "small"),
        ("/configuration/jobs", "small"),
        ("/configuration/jobdefs", "DefaultJob"),
        ("/configuration/pools", "Full"),
        ("/configuration/storages", "File"),
        ("/configuration/profiles", "operator"),
        ("/configuration/consoles", "admin-rest"),
    ],
)
def test_configuration(rest: Rest, path: str, key: str) -> None:
    assert key in json.dumps(rest.get(path))
    assert key in json.dumps(rest.get(f"{path}/{key}"))
    assert rest.call("GET", f"{path}/nobody")[0] == 500  # what it makes of an error of a command


def test_the_director(rest: Rest) -> None:
    assert rest.get("/control/directors/version")["name"] == "bareos-dir"
    assert rest.get("/control/directors/time")["year"].isdecimal()
    assert rest.get("/users/me/")["username"] == "admin-rest"
    assert rest.call("PUT", "/control/directors/reload")[0] in {200, 202}


def test_a_job(rest: Rest, job: int) -> None:
    assert rest.get(f"/control/jobs/{job}")["name"] == "small"
    assert any(each["jobid"] == str(job) for each in rest.get("/control/jobs")["jobs"])
    assert "jobtotals" in rest.get("/control/jobs/totals")
    assert "Backup OK" in json.dumps(rest.get(f"/control/jobs/logs/{job}"))
    assert "sub/über" in json.dumps(rest.get(f"/control/jobs/files/{job}"), ensure_ascii=False)


def test_a_job_again_and_its_restore(rest: Rest, job: int, tmp_path: Path) -> None:
    finished(rest, started(rest, f"/control/jobs/rerun/{job}", {}))
    wanted = {"client": "bareos-fd", "jobid": job, "where": str(tmp_path), "replace": "always"}
    body = {"jobControl": wanted | {"selectAllDone": "yes"}}
    finished(rest, started(rest, "/control/jobs/restore", body))
    restored = next(tmp_path.rglob("über"))
    assert restored.read_text() == "grün\n"


def test_a_job_is_deleted(rest: Rest) -> None:
    job_id = finished(rest, started(rest, "/control/jobs/run", RUN))
    rest.call("DELETE", f"/control/jobs/{job_id}")  # fails in itself: it expects a list of none
    assert str(job_id) not in [each["jobid"] for each in rest.get("/control/jobs")["jobs"]]


def test_volumes_and_pools(rest: Rest, job: int) -> None:
    volumes = rest.get("/control/volumes")["volumes"]
    assert volumes["full"][0]["volumename"] == "Full-0001"
    media_id = volumes["full"][0]["mediaid"]
    assert rest.get(f"/control/volumes/{media_id}")["volstatus"] == "Append"
    names = [pool["name"] for pool in rest.get("/control/pools")["pools"]]
    assert "Scratch" in names
    assert rest.call("PATCH", "/control/volumes/Full-0001", {"volstatus": "Used"})[0] == 200
    assert rest.get(f"/control/volumes/{media_id}")["volstatus"] == "Used"
    assert rest.call("PATCH", "/control/volumes/Full-0001", {"volstatus": "Append"})[0] == 200


@pytest.mark.parametrize(
    ("kind", "name"),
    [("clients", "bareos-fd"), ("jobs", "backup-vm"), ("schedules", "WeeklyCycle")],
)
def test_switches(rest: Rest, kind: str, name: str) -> None:
    for verb in ("disable", "enable"):
        status, said = rest.call("PUT", f"/control/{kind}/{verb}/{name}")
        assert status in {200, 202}, said


def test_a_job_is_canceled(rest: Rest) -> None:
    at = {"when": '"2037-01-01 00:00:00"'}  # it does not quote by itself
    job_id = started(rest, "/control/jobs/run", {"jobControl": RUN["jobControl"] | at})
    assert rest.call("PUT", f"/control/jobs/cancel/{job_id}")[0] == 200
    finished(rest, job_id, "A")


def test_a_volume_is_labelled_and_deleted(rest: Rest) -> None:
    new = {"volume": "Differential-9001", "pool": "Differential", "storage": "File"}
    status, said = rest.call("POST", "/control/volumes", new)
    assert status == 200, said
    assert (
        rest.call("PATCH", "/control/volumes/Differential-9001", {"volstatus": "Recycle"})[0] == 200
    )
    again = {
        "volume": "Differential-9002",
        "pool": "Differential",
        "storage": "File",
        "encrypt": "yes",
    }
    status, said = rest.call("PUT", "/control/volumes/Differential-9001", again)
    assert status == 200, said
    names = [each["volumename"] for each in rest.get("/control/volumes")["volumes"]["differential"]]
    assert "Differential-9002" in names
    assert "Differential-9001" not in names


def test_clients_and_pools_by_number(rest: Rest, job: int) -> None:
    client = next(
        each for each in rest.get("/control/clients")["clients"] if each["name"] == "bareos-fd"
    )
    assert rest.get(f"/control/clients/{client['clientid']}") == client
    assert rest.get("/control/pools/1")["poolid"] == "1"
    assert "No volume" in json.dumps(rest.call("GET", "/control/volumes/188")[1])


NEW: dict[str, dict[str, str]] = {
    "clients": {"address": "192.0.2.1", "password": "secret"},
    "schedules": {"enabled": "no"},
    "users": {"description": "string"},
    "profiles": {"description": "string"},
    "consoles": {"password": "secret", "description": "string"},
    "pools": {"pooltype": "Backup"},
    "jobs": {"jobdefs": "DefaultJob", "messages": "Standard", "pool": "Full", "type": "Backup"},
}
"""What is added → its directives."""


@pytest.mark.parametrize("kind", NEW)
def test_resources_are_added(rest: Rest, kind: str) -> None:
    status, said = rest.call("POST", f"/configuration/{kind}", {"name": "added", **NEW[kind]})
    assert status == 200, said
    assert "added" in json.dumps(rest.get(f"/configuration/{kind}"))
    assert "added" in json.dumps(rest.get(f"/configuration/{kind}/added"))
