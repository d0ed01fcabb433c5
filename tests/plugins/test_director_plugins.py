"""The Director's plugins that come along: what a push gateway and a web hook get of real jobs."""

import base64
import json
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from barque.console.client import Console
from barque.plugins.observers import JobObservers, ObserverPlace
from barque.testing.daemons import new_place, running, wait_until
from barque.testing.http import WebServer, web_server
from barque.testing.plugin_jobs import add_plugin_job, backed_up, whole_log

VALUES = {
    "1": "job", "2": 70, "3": 66, "4": 7, "5": 'fd "one"', "7": "Full", "8": "File",
    "13": "a.job.2026-11-29_20.00.00_01", "14": 84, "15": 10, "16": "Full-0001", "18": 0, "19": 3,
    "26": 99,
}  # fmt: skip
"""What plugins may know of a job, by number."""


def run_at_end(definition: str, values: Mapping[str, object] = VALUES) -> list[str]:
    """Let a plugin hear of a job that began and ended; returns its messages."""
    told: list[str] = []
    observers = JobObservers(
        ObserverPlace("dir", ""),
        lambda _kind, text: told.append(text),
        lambda: dict(values),
        lambda *_: 0,
    )
    observers.add(definition)
    for event in (4, 2):
        observers.event(event)
    observers.close()
    return told


def families(text: str) -> dict[str, Metric]:
    """Return the metrics of a text in Prometheus' format by name."""
    return {family.name: family for family in text_string_to_metric_families(text)}


def sample(found: dict[str, Metric], name: str, **labels: str) -> float:
    """Return the value of the only sample with these labels."""
    (value,) = [
        one.value
        for one in found[name].samples
        if one.name == name and labels.items() <= one.labels.items()
    ]
    return value


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


GATEWAY = "python3:module_name=bareos-dir-prometheus-exporter:gateway_host=127.0.0.1:gateway_port="
HOOK = "python3:module_name=bareos-dir-webhook:url=http\\://127.0.0.1\\:"


def test_a_push_gateway_gets_the_metrics_of_the_published_plugin(server: WebServer) -> None:
    assert run_at_end(f"{GATEWAY}{server.port}") == []
    (request,) = server.requests
    assert (request.method, request.path) == ("PUT", "/metrics/job/bareos")
    assert "Authorization" not in request.headers
    found = families(request.body.decode())
    labels = {"instance": "a_job", "jobid": "7"}
    assert sample(found, "bareos_job_status", bareos_job_status="Terminated", **labels) == 1
    assert sum(one.value for one in found["bareos_job_status"].samples) == 1
    assert sample(found, "bareos_job_level", bareos_job_level="Full", **labels) == 1
    assert sample(found, "bareos_job_type", bareos_job_type="Backup", **labels) == 1
    assert sample(found, "bareos_job_files", **labels) == 3
    assert sample(found, "bareos_job_bytes", **labels) == 99
    assert sample(found, "bareos_job_errors", **labels) == 0
    assert sample(found, "bareos_job_priority", **labels) == 10
    assert sample(found, "bareos_job_throughtput", **labels) > 0
    assert sample(found, "bareos_job_client_info", client='fd "one"', **labels) == 1
    assert found["bareos_job_running_time"].type == "histogram"
    values = {
        one.labels.get("le", one.name[-5:]): one.value
        for one in found["bareos_job_running_time"].samples
    }
    assert values["6.0"] == values["86400.0"] == values["+Inf"] == values["count"] == 1


def test_a_push_gateway_may_want_a_password(server: WebServer) -> None:
    assert run_at_end(f"{GATEWAY}{server.port}:username=me:password=se\\:cret") == []
    given = server.requests[0].headers["Authorization"]
    assert base64.b64decode(given.removeprefix("Basic ")) == b"me:se:cret"


@pytest.mark.parametrize(
    ("more", "reported"), [("", 0), (":report_failed=no", 0), (":report_failed=yes", 1)]
)
def test_failed_jobs_are_reported_when_that_is_wanted(
    server: WebServer, more: str, reported: int
) -> None:
    failed = {**VALUES, "14": ord("f")}
    assert run_at_end(f"{GATEWAY}{server.port}{more}", failed) == []
    assert len(server.requests) == reported


def test_a_push_gateway_may_speak_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = tmp_path / "certificate", tmp_path / "key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
            "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
            "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with web_server(context) as server:
        assert run_at_end(f"{GATEWAY}{server.port}:use_tls=yes") == []
        assert len(server.requests) == 1


def test_a_file_gets_the_same_metrics_and_nobody_else_does(tmp_path: Path) -> None:
    definition = f"python3:module_name=barque_prometheus:file={tmp_path}/{{job}}.prom"
    assert run_at_end(definition) == []
    assert [path.name for path in tmp_path.iterdir()] == ["job.prom"]
    found = families((tmp_path / "job.prom").read_text())
    assert sample(found, "bareos_job_bytes", instance="a_job", jobid="7") == 99


WARNINGS = {
    f"{GATEWAY}9": "Prometheus: ",
    f"{GATEWAY}soon": "Prometheus: option 'gateway_port': invalid literal",
    f"{GATEWAY}9:colour=red": "Prometheus: unknown option 'colour'",
    "python3:module_name=barque_prometheus:file=/nowhere/at/all": "Prometheus: [Errno 2]",
    f"{HOOK}9/x": "Webhook: ",
    "python3:module_name=bareos-dir-webhook:timeout=3": "Webhook: Mandatory option 'url'",
    "python3:module_name=bareos-dir-webhook:url=nonsense": "Webhook: unknown url type",
}


@pytest.mark.parametrize("definition", WARNINGS)
def test_what_goes_wrong_is_one_warning(definition: str) -> None:
    (told,) = run_at_end(definition)
    assert told.startswith(WARNINGS[definition])


def test_an_answer_that_refuses_is_a_warning(server: WebServer) -> None:
    server.status = 401
    for definition in (f"{GATEWAY}{server.port}", f"{HOOK}{server.port}/x"):
        (told,) = run_at_end(definition)
        assert "HTTP Error 401" in told


@pytest.fixture
def console(tmp_path: Path, server: WebServer) -> Iterator[Console]:
    """An installation with a job that works and one that fails, and both plugins for each."""
    place = new_place(tmp_path / "barque")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "file").write_bytes(b"x" * 12345)
    wanted = [
        f'Dir Plugin Options = "{definition}"'.replace("\\", "\\\\")
        for definition in (
            f"{GATEWAY}{server.port}:report_failed=yes:instance=0",
            f"{HOOK}{server.port}/hook:instance=1",
        )
    ]
    add_plugin_job(place, "good.job", "", files=[str(tmp_path / "data")], job=wanted)
    add_plugin_job(place, "bad", "python3:module_name=nothing:", job=wanted)
    with running(place) as daemons, daemons.console() as console:
        yield console


@pytest.mark.slow
def test_real_jobs_are_reported_as_they_were(console: Console, server: WebServer) -> None:
    for name, status, word in (("good.job", "T", "Terminated"), ("bad", "f", "Fatal error")):
        outcome = backed_up(console, name)
        assert outcome.status == status, whole_log(console, outcome)
        wait_until(lambda: len(server.requests) == 2)
        gateway, hook = sorted(server.requests, key=lambda request: request.method, reverse=True)
        server.requests.clear()
        found = families(gateway.body.decode())
        labels = {"instance": name.replace(".", "_"), "jobid": str(outcome.job_id)}
        assert sample(found, "bareos_job_status", bareos_job_status=word, **labels) == 1
        assert sample(found, "bareos_job_files", **labels) == outcome.files
        assert sample(found, "bareos_job_bytes", **labels) == outcome.bytes
        assert (hook.method, hook.path) == ("POST", "/hook")
        told = json.loads(hook.body)
        assert told["Job"] == name
        assert (told["JobId"], told["JobStatus"]) == (outcome.job_id, status)
        assert (told["JobFiles"], told["JobBytes"]) == (outcome.files, outcome.bytes)
        assert (told["Level"], told["Type"]) == ("F", "B")
