from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.daemon_calls import DaemonCalls
from barque.director.job_setup import since_time
from barque.director.services import LabelRequest, RunRequest, Slot
from barque.domain.job import Level
from barque.errors import BarqueError, JobError
from barque.testing.director_peers import HANG_UP, Site, open_site
from barque.wire.framing import Signal


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened
        opened.settle()


@pytest.fixture
def calls(site: Site) -> DaemonCalls:
    return DaemonCalls(site.context)


def test_status(site: Site, calls: DaemonCalls) -> None:
    client, storage = site.config.clients["bareos-fd"], site.config.storages["File"]
    site.client.replies[b"status"] = [b"a\n\0", b"b\n", Signal.EOD]
    site.client.replies[b".status header"] = [b"2000 OK .status\n", Signal.EOD]
    site.storage.replies[b"status"] = [b"c\n", Signal.EOD]
    reached = [" Handshake: Cleartext,", " Encryption: None\n"]
    assert list(calls.client_status(client, "")) == [*reached, "a\n", "b\n"]
    assert list(calls.client_status(client, "header")) == [*reached, "2000 OK .status\n"]
    assert list(calls.storage_status(storage, "")) == [reached[1], "c\n"]


def test_names_that_are_not_utf8_arrive(site: Site, calls: DaemonCalls) -> None:
    site.client.replies[b"status"] = [b"/caf\xe9\n", Signal.EOD]
    lines = list(calls.client_status(site.config.clients["bareos-fd"], ""))
    assert lines[-1] == "/caf\udce9\n"


@pytest.mark.parametrize(
    ("command", "items", "lines", "ok"),
    [
        ("mount Dev drive=0", [b"3001 OK\n", Signal.EOD], ["3001 OK\n"], True),
        ("mount Dev drive=0", [b"3906 No\n", Signal.EOD], ["3906 No\n"], False),
        ("mount Dev drive=0", [b"x\n", b"3001 OK\n", Signal.EOD], ["x\n", "3001 OK\n"], True),
        ("mount Dev drive=0", [Signal.EOD], [], True),
        (
            "setdevice device=D autoselect=1",
            [b"3000 OK setdevice\n"],
            ["3000 OK setdevice\n"],
            True,
        ),
    ],
)
def test_one_line_for_a_storage_daemon(
    site: Site,
    calls: DaemonCalls,
    command: str,
    items: list[bytes | Signal],
    lines: list[str],
    ok: bool,
) -> None:
    site.storage.replies[command.split(maxsplit=1)[0].encode()] = list(items)
    answer = calls.storage_command(site.config.storages["File"], command)
    assert (list(answer.lines), answer.ok) == (lines, ok)
    assert site.storage.commands == [f"{command}\n".encode()]


def test_one_line_for_a_client(site: Site, calls: DaemonCalls) -> None:
    site.client.replies[b"setdebug="] = [b"2000 OK setdebug=1\n"]
    answer = calls.client_command(site.config.clients["bareos-fd"], "setdebug=1 trace=0")
    assert answer.ok


def test_a_daemon_that_dies_is_an_error(site: Site, calls: DaemonCalls) -> None:
    site.storage.replies[b"mount"] = [HANG_UP]
    with pytest.raises(BarqueError):
        calls.storage_command(site.config.storages["File"], "mount x")


def test_cancelling_goes_to_the_daemons_that_still_work(site: Site, calls: DaemonCalls) -> None:
    job = site.job("small", Level.FULL)
    assert calls.cancel(job) == []
    job.storage_connected = job.client_connected = True
    assert len(calls.cancel(job)) == 2
    job.client_status = job.storage_status = job.status
    assert calls.cancel(job) == []


def test_a_daemon_that_is_gone_does_not_keep_the_other_from_being_told(
    site: Site, calls: DaemonCalls
) -> None:
    job = site.job("small", Level.FULL)
    job.storage_connected = job.client_connected = True
    site.unreachable.add(9633)
    lines = calls.cancel(job)
    assert "cannot be reached" in lines[0]
    assert lines[1] == "2001 Job x marked to be canceled.\n"


def test_bandwidth_of_a_job_without_client(site: Site, calls: DaemonCalls) -> None:
    job = site.job("small", Level.FULL)
    job.client = None
    assert not calls.limit_bandwidth(job, 5).ok


def request(site: Site, **changes: object) -> LabelRequest:
    return LabelRequest(site.config.storages["File"], "New", "Full", "File", **changes)  # type: ignore[arg-type]


def test_labels(site: Site, calls: DaemonCalls) -> None:
    done = b'3000 OK label. VolFiles=0 VolBytes=198 Volume="New" Device="D" (/srv)\n'
    site.storage.replies[b"label "] = site.storage.replies[b"relabel "] = [done, Signal.EOD]
    assert calls.label(request(site)).value == 198
    assert calls.label(request(site, old_volume="Old", slot=3, drive=1)).ok
    assert site.storage.commands == [
        b"label FileStorage VolumeName=New PoolName=Full MediaType=File Slot=0 drive=0 "
        b"MinBlocksize=0 MaxBlocksize=0\n",
        b"relabel FileStorage OldName=Old NewName=New PoolName=Full MediaType=File Slot=3 drive=1 "
        b"MinBlocksize=0 MaxBlocksize=0\n",
    ]


def test_a_label_that_is_refused(site: Site, calls: DaemonCalls) -> None:
    site.storage.replies[b"label "] = [b"3920 Cannot label Volume\n", Signal.EOD]
    answer = calls.label(request(site))
    assert not answer.ok
    assert answer.lines == ["3920 Cannot label Volume\n"]


def test_an_estimate(site: Site, calls: DaemonCalls) -> None:
    site.client.replies[b"estimate "] = [
        b"Jmsg Job=x type=13 level=1 bareos-fd JobId 0: -rw-r--r-- /srv/a\n",
        b"2000 OK estimate files=1 bytes=5\n",
        Signal.EOD,
    ]
    job = site.config.jobs["small"]
    lines = list(calls.estimate(RunRequest(job, Level.FULL), listing=True))
    assert lines == [
        "bareos-fd JobId 0: -rw-r--r-- /srv/a\n",
        "2000 OK estimate files=1 bytes=5\n",
    ]
    assert site.client.commands[0].startswith(b"JobId=0 Job=-Console-.")
    assert site.client.commands[-1] == b"estimate listing=1\n"


def test_an_estimate_of_what_changed(site: Site, calls: DaemonCalls) -> None:
    site.client.replies[b"estimate "] = [b"2000 OK estimate files=1 bytes=5\n", Signal.EOD]
    job = site.config.jobs["small"]
    request = RunRequest(job, Level.INCREMENTAL, since="2026-11-22 18:00:00")
    list(calls.estimate(request, listing=False))
    levels = [line for line in site.client.commands if line.startswith(b"level = ")]
    assert levels[0] == b"level = incremental  mtime_only=0 \n"
    at = int(since_time(request.since))
    assert levels[1] == b"level = since_utime %d mtime_only=0\n" % at


def test_an_estimate_of_nothing(site: Site, calls: DaemonCalls) -> None:
    job = site.config.jobs["small"]
    job.__dict__["client"] = None
    with pytest.raises(JobError, match="needs Client and FileSet"):
        list(calls.estimate(RunRequest(job, Level.FULL), listing=False))


def test_an_estimate_that_is_refused(site: Site, calls: DaemonCalls) -> None:
    site.client.replies[b"fileset"] = [b"2999 Invalid command\n"]
    with pytest.raises(JobError, match="answered «2999 Invalid command»"):
        list(calls.estimate(RunRequest(site.config.jobs["small"], Level.FULL), listing=False))


def test_slots(site: Site, calls: DaemonCalls) -> None:
    site.storage.replies[b"autochanger "] = [
        b"3306 Issuing autochanger command.\n",
        b"D:0:F:2:Vol-2\nD:1:E\n",
        b"S:1:F:Vol-1\n",
        b"S:2:E\n",
        b"I:9:F:Vol-9\n",
        Signal.EOD,
    ]
    found = calls.slots(site.config.storages["File"])
    assert Slot("slot", 1, "Vol-1", 0, full=True) in found
    assert Slot("slot", 2, "", 0, full=False) in found
    assert Slot("drive", 0, "Vol-2", 2, full=True) in found
    assert Slot("import_slot", 9, "Vol-9", 0, full=True) in found
