"""Who may connect, and what commands about jobs are answered."""

from dataclasses import replace

import pytest

from barque.errors import AuthenticationError, ConnectionLostError, RemoteProtocolError
from barque.storagedaemon.job import make_key
from barque.testing.storage_peers import ScriptedDirector, ScriptedFileDaemon
from barque.testing.storage_site import KEY, Site
from barque.transport.tls import DEFAULT_TLS
from barque.wire.messages.director_storage import UseStorage


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
