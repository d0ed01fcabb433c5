"""Passive clients, whom the Storage Daemon dials, and clients that dial the Director themselves."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from barque.director.client_pool import WaitingClient
from barque.director.job_runner import run_job
from barque.director.job_state import ActiveJob
from barque.domain.job import JobStatus, Level
from barque.testing.director_peers import PATIENCE, Site, open_site
from barque.transport.channel import Channel

BOOTSTRAP = """Storage="File"
Volume="Full-0001"
VolSessionId=1
VolSessionTime=1795371903
FileIndex=1-3
Count=3
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened


def set_client(site: Site, **fields: object) -> None:
    site.config.clients["bareos-fd"].__dict__.update(fields)


def backup(site: Site) -> ActiveJob:
    job = site.job("small", Level.FULL)
    run_job(job, site.context, lambda _: "")
    site.settle()
    return job


def restore(site: Site) -> ActiveJob:
    path = site.directory / "some.bsr"
    path.write_text(BOOTSTRAP)
    job = site.job("RestoreFiles", bootstrap=str(path))
    run_job(job, site.context, lambda _: "")
    site.settle()
    return job


def said(site: Site) -> list[bytes]:
    """What the two daemons heard about each other, in order."""
    words = (b"setauthorization", b"passive client", b"storage ", b"run", b"backup ", b"restore ")
    return [
        command
        for command in (*site.client.commands, *site.storage.commands)
        if command.startswith(words)
    ]


KEY = b"BABI-JIFM-HPIK-PFJI-AHPN-JOFE-LELF-PDKL"


def test_a_backup_of_a_passive_client(site: Site) -> None:
    set_client(site, passive=True)
    job = backup(site)
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert said(site) == [
        b"setauthorization Authorization=" + KEY + b"\n",
        b"backup FileIndex=0\n",
        b"passive client address=127.0.0.1 port=9632 ssl=0\n",
        b"run",
    ]


def test_a_restore_to_a_passive_client(site: Site) -> None:
    set_client(site, passive=True)
    job = restore(site)
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert said(site) == [
        b"setauthorization Authorization=" + KEY + b"\n",
        b"restore replace=a prelinks=0 where=/restored\n",
        b"passive client address=127.0.0.1 port=9632 ssl=0\n",
        b"run",
    ]


@pytest.mark.parametrize("passive", [True, False])
def test_daemons_of_one_network_meet_there(site: Site, passive: bool) -> None:
    set_client(site, passive=passive, lan_address="client.lan")
    site.config.storages["File"].__dict__["lan_address"] = "storage.lan"
    backup(site)
    wanted = b"passive client address=client.lan " if passive else b"storage address=storage.lan "
    assert any(command.startswith(wanted) for command in said(site))


def test_one_address_in_the_lan_is_not_enough(site: Site) -> None:
    set_client(site, lan_address="client.lan")
    backup(site)
    assert b"storage address=127.0.0.1 port=9633 ssl=0\n" in said(site)


def come(site: Site) -> WaitingClient:
    """Let the client dial the Director, which keeps the connection."""
    ours, theirs = socket.socketpair()
    served = Channel(theirs, peer="director under test")
    thread = threading.Thread(
        target=site.serve, args=(site.client, served), kwargs={"introduced": True}, daemon=True
    )
    thread.start()
    site.threads.append(thread)
    return site.clients.offer("bareos-fd", Channel(ours, peer="127.0.0.1:5"), 54)


def test_the_connection_of_a_waiting_client_is_used(site: Site) -> None:
    set_client(site, connection_from_client_to_director=True)
    site.unreachable.add(9632)
    waiting = come(site)
    job = backup(site)
    assert job.status is JobStatus.TERMINATED, site.log.text
    assert "Using Client Initiated Connection (bareos-fd).\n" in site.log.text
    assert waiting.done.is_set()
    assert site.clients.connected() == []


def test_a_client_that_is_not_waiting_is_dialled(site: Site) -> None:
    set_client(site, connection_from_client_to_director=True)
    job = backup(site)
    assert job.status is JobStatus.TERMINATED
    assert "Connected Client: bareos-fd at 127.0.0.1:9632" in site.log.text


def test_a_dead_connection_is_passed_over(site: Site) -> None:
    set_client(site, connection_from_client_to_director=True)
    dead = come(site)
    dead.channel.abort()
    come(site)
    site.unreachable.add(9632)
    assert backup(site).status is JobStatus.TERMINATED
    assert dead.done.is_set()


def test_a_client_that_may_not_be_dialled_is_waited_for(site: Site) -> None:
    set_client(
        site,
        connection_from_client_to_director=True,
        connection_from_director_to_client=False,
    )
    late = threading.Timer(0.05, come, [site])
    late.start()
    assert backup(site).status is JobStatus.TERMINATED, site.log.text
    late.join(PATIENCE)


def test_a_client_that_does_not_come_ends_the_job(site: Site) -> None:
    set_client(
        site,
        connection_from_client_to_director=True,
        connection_from_director_to_client=False,
    )
    site.config.director.__dict__["fd_connect_timeout"] = 0.05
    job = backup(site)
    assert job.status is JobStatus.ERROR_TERMINATED
    assert 'Client "bareos-fd" did not connect to the Director within' in site.log.text


def test_waiting_for_a_client_can_be_cancelled(site: Site) -> None:
    set_client(
        site,
        connection_from_client_to_director=True,
        connection_from_director_to_client=False,
    )
    site.config.director.__dict__["fd_connect_timeout"] = 1000
    job = site.job("small", Level.FULL)
    threading.Timer(0.05, job.cancelled.set).start()
    run_job(job, site.context, lambda _: "")
    site.settle()
    assert job.status is JobStatus.CANCELED
