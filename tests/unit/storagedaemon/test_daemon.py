"""Who may connect, and what commands about jobs are answered."""

import threading
from dataclasses import replace

import pytest

from barque.errors import AuthenticationError, ConnectionLostError, RemoteProtocolError
from barque.storagedaemon.job import make_key
from barque.testing.storage_peers import (
    CLEAR,
    ScriptedDirector,
    ScriptedFileDaemon,
    connected,
)
from barque.testing.storage_site import KEY, Site
from barque.transport.channel import Channel
from barque.transport.listen import receive_hello
from barque.transport.proof import Credentials, challenge_then_answer
from barque.transport.tls import DEFAULT_TLS
from barque.wire.hello import HelloStorageCalling
from barque.wire.messages.director_storage import UseStorage
from barque.wire.psk import Identity, ResourceType


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("barque.transport.listen.time.sleep", lambda _seconds: None)


def test_a_wrong_password_is_refused(site: Site) -> None:
    with pytest.raises((AuthenticationError, ConnectionLostError)):
        ScriptedDirector(site.connect(), "dir", b"0" * 32, site.catalog)


def test_an_unknown_director_is_refused(site: Site) -> None:
    with pytest.raises((AuthenticationError, ConnectionLostError, RemoteProtocolError)):
        ScriptedDirector(site.connect(), "stranger", KEY, site.catalog)


def test_an_unknown_job_is_refused(site: Site) -> None:
    with pytest.raises((AuthenticationError, ConnectionLostError, RemoteProtocolError)):
        ScriptedFileDaemon(site.connect(), "job.99", make_key())


def test_tls_is_taken_when_it_is_offered(site: Site) -> None:
    director = ScriptedDirector(site.connect(), "dir", KEY, site.catalog, DEFAULT_TLS)
    assert "Version" in director.texts(b"status\n")
    assert "TLSv1.3" in director.channel.tls


def test_clear_text_is_refused_where_tls_is_required(site: Site) -> None:
    _, start, answer = site.job()
    site.daemon.settings = replace(site.daemon.settings, tls=DEFAULT_TLS)
    with pytest.raises((AuthenticationError, ConnectionLostError)):
        ScriptedFileDaemon(site.connect(), start.job, answer.key)
    file = ScriptedFileDaemon(site.connect(), start.job, answer.key, DEFAULT_TLS)
    assert file.channel.tls


def test_a_second_connection_for_a_job_is_refused(site: Site) -> None:
    director, file = site.backup()
    job = site.daemon.jobs.find("job.1")
    assert job is not None
    second = ScriptedFileDaemon(site.connect(), "job.1", job.key)
    with pytest.raises(ConnectionLostError):
        second.ask(b"append open session\n")
    thread = director.run_in_background()
    file.send_files(1)
    thread.join()


def test_keys_look_like_those_of_the_reference() -> None:
    groups = make_key().split("-")
    assert [len(group) for group in groups] == [4] * 8
    assert set("".join(groups)) <= set("ABCDEFGHIJKLMNOP")


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (b"getSecureEraseCmd\n", b"2000 OK SDSecureEraseCmd *None* \n"),
        (b"pluginoptions a=b\n", b"2000 OK plugin options\n"),
        (b"setbandwidth=1000 Job=*\n", b"2000 OK Bandwidth\n"),
        (b"setbandwidth=1000 Job=nosuch\n", b"2901 Job nosuch not found.\n"),
        (b"JobId=1 nonsense\n", b"3915 Bad Job command. stat=0 CMD: JobId=1 nonsense\n"),
    ],
)
def test_short_answers(site: Site, command: bytes, reply: bytes) -> None:
    assert site.director().command(command) == reply


def test_cancel_answers(site: Site) -> None:
    director = site.director()
    assert director.texts(b"cancel Job=nosuch\n") == "3904 Job nosuch not found.\n"
    assert director.texts(b"cancel") == "3903 Error scanning cancel command.\n"


def test_what_is_no_command_ends_the_connection(site: Site) -> None:
    director = site.director()
    assert director.command(b"dance\n") == b"3900 Invalid command: dance\n"


def test_a_device_that_does_not_fit_is_refused(site: Site) -> None:
    director, _, _ = site.job()
    reply = director.use(UseStorage("File", "Tape", "Pool", "Backup", True), "Changer")
    assert reply == (
        b'3924 Device "Changer" not in SD Device resources or no matching Media Type.\n'
    )
    reply = director.use(UseStorage("File", "File", "Pool", "Backup", True), "NoSuch")
    assert reply.startswith(b'3924 Device "NoSuch"')


def test_a_bad_bootstrap_is_refused(site: Site) -> None:
    director, _, _ = site.job(kind="R")
    assert director.send_bootstrap("Volume=a\nColour=red\n") == b"3904 Error bootstrap\n"
    assert any("line 2" in text for text in director.messages)


def test_a_passive_client_is_called(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    director, start, answer = site.job()
    director.use(UseStorage("File", "File", "Pool", "Backup", True), "Changer")
    accepted: list[Channel] = []
    ready = threading.Event()

    def accept(channel: Channel) -> None:
        hello = receive_hello(channel, lambda _: None, CLEAR)
        assert isinstance(hello, HelloStorageCalling)
        identity = Identity(ResourceType.CLIENT, "fd")
        challenge_then_answer(channel, Credentials(identity, answer.key.encode(), CLEAR))
        accepted.append(channel)
        ready.set()
        finished.wait(20)

    finished = threading.Event()
    monkeypatch.setattr(
        "barque.storagedaemon.calling.dial", lambda *_args, **_options: connected(accept)
    )
    assert director.command(b"passive client address=127.0.0.1 port=9102 ssl=0\n") == (
        b"2000 OK passive client\n"
    )
    ready.wait(20)
    thread = director.run_in_background()
    file = ScriptedFileDaemon.on(accepted[0])
    file.send_files(3)
    thread.join()
    finished.set()
    assert director.ended is not None
    assert chr(director.ended.status) == "T"
    assert start.job == director.ended.job


def test_a_passive_client_that_is_not_there(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    director, _, _ = site.job()

    def refuse(*_: object, **__: object) -> Channel:
        raise ConnectionLostError("cannot connect to 127.0.0.1:9102: Connection refused")

    monkeypatch.setattr("barque.storagedaemon.calling.dial", refuse)
    reply = director.command(b"passive client address=127.0.0.1 port=9102 ssl=0\n")
    assert reply.startswith(b"3991 Bad passive client command")
    assert any("Connection refused" in text for text in director.messages)


def test_bandwidth_of_a_running_job_is_changed(site: Site) -> None:
    site.job()
    assert site.director().command(b"setbandwidth=1000 Job=job.1\n") == b"2000 OK Bandwidth\n"
    job = site.daemon.jobs.find("job.1")
    assert job is not None
    assert job.bandwidth == 1000


def test_commands_of_a_job_before_there_is_one_end_the_connection(site: Site) -> None:
    director = site.director()
    director.channel.send(b"run")
    with pytest.raises(ConnectionLostError):
        director.reply()


@pytest.mark.parametrize("host", ["localhost", "no such host"])
def test_resolve(site: Site, host: str) -> None:
    text = site.director().texts(b"resolve %s" % host.encode())
    assert text.startswith(("sd resolves localhost", "sd: Failed to resolve no:"))
