"""Conversations of a File Daemon with a Director and a Storage Daemon, as on the wire."""

import os
import random
import socket
import threading
import time
from pathlib import Path

import pytest

from barque.errors import AuthenticationError, ConnectionLostError
from barque.filedaemon.daemon import FileDaemon
from barque.formats.attributes import AttributeRecord
from barque.testing.file_peers import (
    CLEAR,
    JOB,
    KEY,
    PATIENCE,
    DirectorPeer,
    StoragePeer,
    make_daemon,
)
from barque.testing.trees import assert_same_tree
from barque.transport.channel import Channel
from barque.wire.framing import Signal
from barque.wire.messages.director_file import (
    Backup,
    ConnectStorage,
    Estimate,
    Restore,
    RunBeforeNow,
    RunScript,
    SetAuthorization,
    SetDebug,
    StatusPart,
    Verify,
)
from barque.wire.messages.job import Cancel, GetSecureEraseCommand, MessageType, SetBandwidth


@pytest.fixture
def daemon(tmp_path: Path) -> FileDaemon:
    return make_daemon(tmp_path)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "sub").mkdir(parents=True)
    (root / "hello").write_bytes(b"hello, world")
    (root / "sub" / "large").write_bytes(random.Random(1).randbytes(600_000))
    (root / "link").symlink_to("hello")
    os.link(root / "hello", root / "sub" / "again")
    return root


def storage_at(storage: StoragePeer, key: str | None = None, policy: int = 4) -> ConnectStorage:
    return ConnectStorage("127.0.0.1", storage.port, policy, key)


def prepare(director: DirectorPeer, tree: Path, storage: StoragePeer) -> None:
    """Give the commands before a full backup."""
    assert director.start_job().startswith("2000 OK Job 26.0.0+barque")
    assert director.ask(b"level = full  mtime_only=0 \n") == "2000 OK level\n"
    assert director.set_fileset(tree) == "2000 OK include\n"
    answer = director.ask(GetSecureEraseCommand())
    assert answer == "2000 OK FDSecureEraseCmd *None*\n"
    assert director.ask(storage_at(storage)) == "2000 OK storage\n"


def back_up(daemon: FileDaemon, tree: Path) -> StoragePeer:
    """Run a full backup; the peer has the records."""
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        prepare(director, tree, storage)
        assert director.ask(Backup(0)) == "2000 OK backup\n"
        assert director.end().status == ord("T"), director.heard.text
    return storage


def test_a_full_backup_and_its_restore(daemon: FileDaemon, tree: Path, tmp_path: Path) -> None:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        prepare(director, tree, storage)
        assert director.ask(Backup(0)) == "2000 OK backup\n"
        ended = director.end()
        assert (ended.status, ended.files, ended.errors) == (ord("T"), 6, 0)
        assert ended.read_bytes == ended.job_bytes == 600_012
        assert "ACL support is enabled" in director.heard.text
        assert f"Connected Storage daemon at 127.0.0.1:{storage.port}" in director.heard.text
        assert all(message.job == JOB for message in director.heard.messages)
    where = tmp_path / "copy"
    with StoragePeer(storage.taken) as reader, DirectorPeer(daemon) as director:
        director.start_job()
        assert director.ask(storage_at(reader, KEY)) == "2000 OK storage\n"
        assert director.ask(Restore("a", 0, str(where))) == "2000 OK restore\n"
        assert director.reply() == "2000 OK storage end\n"
        director.channel.send(b"endrestore")
        ended = director.end()
        assert (ended.status, ended.files, ended.errors) == (ord("T"), 6, 0)
        assert ended.job_bytes == 600_012
        listed = [m.text for m in director.heard.messages if m.type == MessageType.RESTORED]
        assert len(listed) == 6
        assert listed[0].startswith("test-fd JobId 7: ")
    assert_same_tree(tree, where / str(tree).lstrip("/"))


def test_a_restore_from_one_storage_ends_by_itself(
    daemon: FileDaemon, tree: Path, tmp_path: Path
) -> None:
    storage = back_up(daemon, tree)
    where = tmp_path / "copy"
    with StoragePeer(storage.taken) as reader, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(storage_at(reader))
        assert director.ask(Restore("a", 0, str(where))) == "2000 OK restore\n"
        assert director.end().status == ord("T")
    assert_same_tree(tree, where / str(tree).lstrip("/"))


def test_an_accurate_incremental(daemon: FileDaemon, tree: Path) -> None:
    records = back_up(daemon, tree).taken
    (tree / "hello").unlink()
    (tree / "new").write_bytes(b"new")
    listed = [AttributeRecord.unpack(data) for _, stream, data in records if stream == 1]
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(b"level = accurate_incremental  mtime_only=0 \n")
        since = b"level = since_utime 4000000000 mtime_only=0 prev_job=test.old\n"
        assert director.ask(since) == "2000 OK level\n"
        director.set_fileset(tree)
        entries = [entry.name + b"\0" + entry.status + b"\0\0000" for entry in listed]
        director.send_list(b"accurate files=%d\n" % len(entries), entries)
        director.ask(storage_at(storage))
        director.ask(Backup(0))
        ended = director.end()
    saved = [AttributeRecord.unpack(data) for _, stream, data in storage.taken if stream == 1]
    by_name = {record.name.removeprefix(os.fsencode(tree)): record.type for record in saved}
    assert by_name[b"/new"] == 3
    assert by_name[b"/hello"] == 23
    assert b"/sub/large" not in by_name
    assert ended.files == len(by_name)


@pytest.mark.parametrize(("behind", "since"), [(0.4, 1000), (-0.4, 1000), (60.5, 940)])
def test_clocks_that_differ_by_less_than_a_second_are_the_same(
    daemon: FileDaemon, behind: float, since: int
) -> None:
    daemon.clock = lambda: time.time() - behind
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(b"level = incremental  mtime_only=0 \n")
        asked = b"level = since_utime 1000 mtime_only=0 prev_job=test.old\n"
        assert director.ask(asked) == "2000 OK level\n"
        job = daemon.find_job(JOB)
        assert job is not None
        assert job.since == since


def test_an_incremental_by_time(daemon: FileDaemon, tree: Path) -> None:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(b"level = incremental  mtime_only=0 \n")
        since = b"level = since_utime 4000000000 mtime_only=0 prev_job=test.old\n"
        assert director.ask(since) == "2000 OK level\n"
        director.set_fileset(tree)
        director.ask(storage_at(storage))
        director.ask(Backup(0))
        ended = director.end()
    assert ended.files == 0
    assert storage.taken == []
    assert "Unchanged file skipped" in director.heard.text


def test_a_passive_client_is_called(daemon: FileDaemon, tree: Path) -> None:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(b"level = full  mtime_only=0 \n")
        director.set_fileset(tree)
        assert director.ask(SetAuthorization(KEY)) == "2000 OK Authorization\n"
        served = storage.call(daemon)
        assert director.ask(Backup(0)) == "2000 OK backup\n"
        assert director.end().files == 6
        served.join(PATIENCE)
    assert len(storage.taken) > 6


def test_without_tls(tmp_path: Path, tree: Path) -> None:
    daemon = make_daemon(tmp_path, client="TlsEnable = no;", director="TlsEnable = no;")
    with StoragePeer(tls=CLEAR) as storage, DirectorPeer(daemon, tls=CLEAR) as director:
        director.start_job(policy=None)
        director.ask(b"level = full  mtime_only=0 \n")
        director.set_fileset(tree)
        assert director.ask(storage_at(storage, policy=0)) == "2000 OK storage\n"
        director.ask(Backup(0))
        assert director.end().files == 6


@pytest.mark.parametrize("types", ["all", "all, !skipped, !restored"])
def test_an_estimate_counts_and_lists_whatever_messages_are_wanted(
    tmp_path: Path, tree: Path, types: str
) -> None:
    with DirectorPeer(make_daemon(tmp_path, types=types)) as director:
        director.start_job(job_id=0)
        director.ask(b"level = full  mtime_only=0 \n")
        director.set_fileset(tree)
        *listed, answer = director.page(Estimate(listing=True).encode()).splitlines()
        assert answer == "2000 OK estimate files=6 bytes=600,024"
        assert all(line.startswith(("-", "d", "l")) for line in listed)
        assert any(line.endswith(f"{tree}/link -> hello") for line in listed)
        assert any(" 600000 " in line for line in listed)
        director.channel.signal(Signal.TERMINATE)


@pytest.mark.parametrize("level", ["init", "catalog", "disk_to_catalog"])
def test_verify_of_the_disk(daemon: FileDaemon, tree: Path, level: str) -> None:
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.set_fileset(tree, letters="MVpins5:")
        assert director.ask(Verify(level)) == "2000 OK verify\n"
        lines = []
        while isinstance(line := director.receive(), bytes):
            lines.append(line)
        ended = director.end()
    assert ended.status == ord("T")
    assert ended.files == 6
    first = next(line for line in lines if b"/again\0" in line or b"/hello\0" in line)
    words = first.split(b" ", 3)
    assert words[1:3] == [b"1", b"VVpins5"]
    assert first.split(b"\0")[1].endswith(b" A A A")
    number = words[0].decode()
    assert f"{number} 3 5NfxtO0uQtFYmPSyewGdpA *MD5-{number}*".encode() in lines


def test_verify_of_a_volume(daemon: FileDaemon, tree: Path) -> None:
    records = back_up(daemon, tree).taken
    with StoragePeer(records) as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.set_fileset(tree)
        director.ask(storage_at(storage, ""))
        assert director.ask(Verify("volume")) == "2000 OK verify\n"
        lines = []
        while isinstance(line := director.receive(), bytes):
            lines.append(line)
        ended = director.end()
    assert (ended.status, ended.files, ended.read_bytes) == (ord("T"), 6, 0)
    assert lines[0].split(b" ")[2] == b"pinsug5"


def test_status_pages(daemon: FileDaemon, tree: Path) -> None:
    back_up(daemon, tree)
    with DirectorPeer(daemon) as director:
        page = director.page(b"status")
        assert page.startswith("\ntest-fd Version: 26.0.0+barque")
        assert "Jobs: run=1 running=0" in page
        assert "\nRunning Jobs:\ntest-dir (director) connected at: " in page
        assert "\nNo Jobs running.\n====\n\nTerminated Jobs:\n" in page
        assert "     7  Full          6    600.0 K  OK " in page
        assert director.page(StatusPart("last").encode()).endswith(
            "JobId=7 JobStatus=T JobErrors=0\n"
        )
        assert director.page(StatusPart("current").encode()) == "2000 OK .status\n"
        assert "\tFull  \t       6\t" in director.page(StatusPart("terminated").encode())
        assert director.page(StatusPart("header").encode()).startswith("test-fd Version")
        assert director.page(b"resolve localhost\n").startswith("test-fd resolves localhost to ")
        answer = director.ask(SetDebug(1, 0, 0, 0))
        assert answer.startswith("2000 OK setdebug=1 trace=0 hangup=0 timestamp=0 tracefile=")
        director.channel.signal(Signal.TERMINATE)


def test_cancel_from_another_connection_stops_the_job(daemon: FileDaemon, tree: Path) -> None:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        storage.gate.clear()
        prepare(director, tree, storage)
        (tree / "larger").write_bytes(bytes(40_000_000))
        director.ask(Backup(0))
        assert storage.begun.wait(PATIENCE)
        with DirectorPeer(daemon) as other:
            page = other.page(StatusPart("running").encode())
            assert f"JobId=7\n Job={JOB}\n" in page
            assert other.ask(SetBandwidth(1_000_000, JOB)) == "2000 OK Bandwidth\n"
            assert other.ask(SetBandwidth(0, "nobody")) == "2901 Job nobody not found.\n"
            assert other.reply() == "2000 OK Bandwidth\n"
            answer = other.ask(Cancel(JOB))
            assert answer == f"2001 Job {JOB} marked to be canceled.\n"
            assert other.ask(Cancel("nobody")) == "2901 Job nobody not found.\n"
            other.channel.signal(Signal.TERMINATE)
        assert director.end().status == ord("A")


def test_a_lost_storage_daemon_fails_the_job_and_nothing_else(
    daemon: FileDaemon, tree: Path
) -> None:
    (tree / "larger").write_bytes(bytes(20_000_000))
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        storage.hang_up_after = 3
        prepare(director, tree, storage)
        director.ask(Backup(0))
        ended = director.end()
    assert ended.status == ord("E")
    assert ended.errors >= 1
    assert "Fatal error: " in director.heard.text
    back_up(daemon, tree)


def test_a_storage_daemon_that_reports_an_error_fails_the_job(
    daemon: FileDaemon, tree: Path
) -> None:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        storage.status = ord("f")
        prepare(director, tree, storage)
        director.ask(Backup(0))
        assert director.end().status == ord("E")
    assert "Bad status 102 returned from Storage Daemon." in director.heard.text


def test_a_restore_that_breaks_off_leaves_no_half_files(
    daemon: FileDaemon, tree: Path, tmp_path: Path
) -> None:
    records = back_up(daemon, tree).taken
    half = next(n for n, (_, stream, data) in enumerate(records) if len(data) == 262_144) + 1
    where = tmp_path / "copy"
    with StoragePeer(records) as reader, DirectorPeer(daemon) as director:
        reader.hang_up_after = half
        director.start_job()
        director.ask(storage_at(reader))
        director.ask(Restore("a", 0, str(where)))
        assert director.end().status == ord("E")
    copy = where / str(tree).lstrip("/")
    assert not (copy / "sub" / "large").exists()
    assert (copy / "sub" / "large.incomplete").stat().st_size == 262_144


def test_a_lost_director_ends_the_job(daemon: FileDaemon, tree: Path) -> None:
    with StoragePeer() as storage:
        director = DirectorPeer(daemon)
        prepare(director, tree, storage)
        director.channel.abort()
        director.__exit__()
    assert daemon.find_job(JOB) is None
    back_up(daemon, tree)


def test_a_wrong_password_is_refused(daemon: FileDaemon) -> None:
    with pytest.raises((AuthenticationError, ConnectionLostError)):
        DirectorPeer(daemon, password="wrong")
    with pytest.raises((AuthenticationError, ConnectionLostError)):
        DirectorPeer(daemon, name="stranger")
    with pytest.raises((AuthenticationError, ConnectionLostError)):
        DirectorPeer(daemon, tls=CLEAR)


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\0" * 8, b"\x7f\xff\xff\xff", b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\xff" + b"x" * 99,
     b"\0\0\0\x20Hello Director test-dir calling\n" + b"\0\0\0\x05junk\n"],
)  # fmt: skip
def test_hostile_bytes_end_only_their_own_connection(daemon: FileDaemon, garbage: bytes) -> None:
    ours, theirs = socket.socketpair()
    served = Channel(theirs, peer="stranger")
    errors: list[Exception] = []

    def serve() -> None:
        try:
            daemon.serve(served)
        except Exception as error:
            errors.append(error)
            raise
        finally:
            served.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    ours.sendall(garbage)
    ours.shutdown(socket.SHUT_WR)
    thread.join(PATIENCE)
    ours.close()
    assert not thread.is_alive()
    assert errors == []
    with DirectorPeer(daemon) as director:
        director.channel.signal(Signal.TERMINATE)


def test_an_unknown_command_ends_the_session(daemon: FileDaemon) -> None:
    with DirectorPeer(daemon) as director:
        assert director.ask(b"make coffee\n") == "2999 Invalid command\n"


def test_a_command_for_a_job_needs_one(daemon: FileDaemon) -> None:
    with DirectorPeer(daemon) as director:
        director.channel.send(b"backup FileIndex=0\n")
        assert director.receive() is Signal.TERMINATE


def test_a_monitor_may_only_look(tmp_path: Path) -> None:
    daemon = make_daemon(tmp_path, director="Monitor = yes;")
    with DirectorPeer(daemon) as director:
        assert "Running Jobs" in director.page(b"status")
        refused = director.start_job()
        text = "2997 Invalid command for a Director with Monitor directive enabled.\n"
        assert refused == text


def test_commands_that_the_client_does_not_allow(tmp_path: Path, tree: Path) -> None:
    daemon = make_daemon(tmp_path, director="AllowedJobCommand = restore;")
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(Backup(0))
        assert director.end().status == ord("E")
    assert 'Illegal "backup" command' in director.heard.text


def test_a_bad_fileset_is_told(daemon: FileDaemon) -> None:
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.send_list(b"fileset\n", ["I\n", "O M\n", "B base\n", "N\n"])
        assert director.end().status == ord("E")
    assert "Fatal error: Invalid FileSet command: B base" in director.heard.text


def test_no_storage_daemon_to_connect_to(tmp_path: Path) -> None:
    daemon = make_daemon(tmp_path, client="SdConnectTimeout = 1 seconds;")
    with socket.socket() as unused, DirectorPeer(daemon) as director:
        unused.bind(("127.0.0.1", 0))
        director.start_job()
        answer = director.ask(ConnectStorage("127.0.0.1", unused.getsockname()[1], 4))
        assert answer == "2902 Bad storage\n"
        assert director.end().status == ord("E")
    assert "Failed to connect to Storage daemon" in director.heard.text


def test_scripts_run_before_and_after_the_job(
    daemon: FileDaemon, tree: Path, tmp_path: Path
) -> None:
    def script(command: str, when: int, *, success: bool = True, failure: bool = False) -> bytes:
        abort = when == 2
        return RunScript(success, failure, abort, when, command).encode()

    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        prepare(director, tree, storage)
        before = script("/bin/echo before %n %i %l", 2)
        assert director.ask(before) == "2000 OK RunScript\n"
        after = script(f"/bin/sh -c 'echo after %e %F > {tmp_path}/after'", 1)
        director.ask(after)
        failed = script(f"/bin/touch {tmp_path}/failed", 1, success=False, failure=True)
        director.ask(failed)
        assert director.ask(RunBeforeNow()) == "2000 OK RunBeforeNow\n"
        director.ask(Backup(0))
        director.end()
    assert "ClientBeforeJob: before test 7 Full\n" in director.heard.text
    assert (tmp_path / "after").read_text() == "after OK 6\n"
    assert not (tmp_path / "failed").exists()


def test_a_failed_script_before_the_job_fails_the_job(daemon: FileDaemon) -> None:
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(RunScript(True, False, True, 2, "/bin/false").encode())
        assert director.ask(RunBeforeNow()) == "2905 Failed RunScript\n"
        assert director.end().status == ord("E")
    text = "Runscript: ClientBeforeJob returned non-zero status=1. ERR=Child exited with code 1"
    assert text in director.heard.text


def test_scripts_outside_the_allowed_directories_do_not_run(tmp_path: Path) -> None:
    daemon = make_daemon(tmp_path, director=f"AllowedScriptDir = {tmp_path}/scripts;")
    with DirectorPeer(daemon) as director:
        director.start_job()
        command = f"{tmp_path}/scripts/../escaped"
        director.ask(RunScript(True, False, True, 2, command).encode())
        assert director.ask(RunBeforeNow()) == "2905 Failed RunScript\n"
        director.end()
    assert "AllowedScriptDir" in director.heard.text


def test_the_output_of_a_command_is_saved_by_bpipe(daemon: FileDaemon, tmp_path: Path) -> None:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(b"level = full  mtime_only=0 \n")
        plugin = "P bpipe:file=/x:reader=echo hello:writer=cat"
        lines = ["I\n", "O MAX\n", "N\n", "N\n", plugin, "N\n"]
        assert director.ask_list(b"fileset\n", lines) == "2000 OK include\n"
        director.ask(storage_at(storage))
        director.ask(Backup(0))
        assert director.end().status == ord("T")
    assert [(stream, data) for _, stream, data in storage.taken if stream != 1] == [
        (26, b"1 1 1 bpipe:file=/x:reader=echo hello:writer=cat\0"),
        (2, b"hello\n"),
        (3, bytes.fromhex("b1946ac92492d2347c6235b4d2611184")),
        (26, b"1 0"),
    ]


def test_the_messages_resource_decides_what_the_director_hears(tmp_path: Path, tree: Path) -> None:
    daemon = make_daemon(tmp_path, types="all, !info")
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        prepare(director, tree, storage)
        director.ask(Backup(0))
        assert director.end().files == 6
    assert director.heard.messages == []


def test_many_jobs_at_once(daemon: FileDaemon, tree: Path) -> None:
    results: list[int] = []

    def run(number: int) -> None:
        job = f"test.2026-11-22_20.00.00_{number}"
        with StoragePeer() as storage, DirectorPeer(daemon) as director:
            director.start_job(job)
            director.ask(b"level = full  mtime_only=0 \n")
            director.set_fileset(tree)
            director.ask(storage_at(storage))
            director.ask(Backup(0))
            results.append(director.end().files)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert results == [6, 6, 6, 6]


def test_small_commands(daemon: FileDaemon) -> None:
    with DirectorPeer(daemon) as director:
        director.start_job()
        assert director.ask(b"session\n") == "2000 OK session\n"
        assert director.ask(b"bootstrap\n") == "2000 OK bootstrap\n"
        assert director.page(b"resolve no.such.host.invalid\n") == (
            "test-fd failed to resolve no.such.host.invalid\n"
        )
        assert director.page(b"cancel nothing\n") == "2902 Error scanning cancel command.\n"
        answer = director.ask(b"setdebug=0 trace=1 hangup=0\n")
        assert answer.startswith("2000 OK setdebug=0 trace=1 hangup=0 tracefile=")
        assert director.page(b".status nothing\n") == (
            "2900 Bad .status command, wrong argument.\n"
        )


def test_a_mistake_of_ours_fails_the_job(
    daemon: FileDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_job: object, **_arguments: bool) -> None:
        raise ZeroDivisionError("bug")

    monkeypatch.setattr("barque.filedaemon.commands.run_estimate", broken)
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(Estimate(listing=False))
        assert director.end().status == ord("E")
    assert "internal error of the File Daemon: ZeroDivisionError('bug')" in director.heard.text


def test_commands_that_make_no_sense(daemon: FileDaemon) -> None:
    with DirectorPeer(daemon) as director:
        assert director.ask(b"JobId=nonsense\n") == "2901 Bad Job\n"
    with DirectorPeer(daemon) as director:
        director.start_job()
        assert director.ask(b"Run nonsense\n") == "2905 Failed RunScript\n"
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(Verify("init"))
        assert director.receive() is Signal.EOD
    with DirectorPeer(daemon) as director:
        director.start_job()
        assert director.ask(Verify("sometimes")).startswith("2994 Bad verify level: ")
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(b"level = sometimes\n")
        assert director.end().status == ord("E")


def test_a_verify_of_a_volume_needs_a_storage(daemon: FileDaemon) -> None:
    with DirectorPeer(daemon) as director:
        director.start_job()
        assert director.ask(Verify("volume")) == "2000 OK verify\n"
        assert director.end().status == ord("E")
    assert "Storage command not issued before Verify." in director.heard.text


def test_a_restore_that_makes_no_sense(daemon: FileDaemon) -> None:
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(b"restore replace=q prelinks=0 where=/tmp\n")
        assert director.end().status == ord("E")
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(Restore("a", 0, "", "bad regular expression"))
        assert director.end().status == ord("E")


@pytest.mark.parametrize(
    ("client", "letters"),
    [("PkiEncryption = yes; PkiKeyPair = /tmp/key;", "S4"), ("", "S4Ef"), ("", "S4EfEa1")],
)
def test_data_to_be_encrypted_is_not_sent_in_the_clear(
    tmp_path: Path, tree: Path, client: str, letters: str
) -> None:
    daemon = make_daemon(tmp_path, client=client)
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        prepare(director, tree, storage)
        director.set_fileset(tree, letters=letters)
        director.channel.send(Backup(0))
        assert director.end().status == ord("E")
        assert storage.taken == []
    assert "Data encryption is asked for by" in director.heard.text


def test_a_job_that_takes_too_long_is_canceled(tmp_path: Path, tree: Path) -> None:
    daemon = make_daemon(tmp_path, client="AbsoluteJobTimeout = 1;")
    (tree / "larger").write_bytes(bytes(20_000_000))
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        storage.gate.clear()
        prepare(director, tree, storage)
        director.ask(Backup(0))
        assert director.end().status == ord("A")
    assert "took longer than 1 seconds" in director.heard.text


def test_signs_of_life_are_sent(tmp_path: Path) -> None:
    daemon = make_daemon(tmp_path, client="HeartbeatInterval = 1;")
    with DirectorPeer(daemon) as director:
        director.channel.fill()
        assert director.channel.inbox.next() is Signal.HEARTBEAT


@pytest.mark.parametrize(("mode", "command"), [("backup", "restore"), ("restore", "backup")])
def test_a_daemon_for_one_purpose(tmp_path: Path, mode: str, command: str) -> None:
    daemon = make_daemon(tmp_path)
    daemon.backup_only = mode == "backup"
    daemon.restore_only = mode == "restore"
    with DirectorPeer(daemon) as director:
        director.start_job()
        director.channel.send(Backup(0) if command == "backup" else Restore("a", 0, "/tmp/x"))
        assert director.end().status == ord("E")
    assert f"Filed in {mode} only mode, {command}s are not allowed" in director.heard.text


def test_a_rerun_goes_on_behind_what_was_saved(daemon: FileDaemon, tree: Path) -> None:
    records = back_up(daemon, tree).taken
    entries = [
        record.name + b"\0" + record.status + b"\0\0000"
        for record in (AttributeRecord.unpack(data) for _, stream, data in records if stream == 1)
    ]
    (tree / "new").write_bytes(b"new")
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        assert director.ask(b"level = full rerunning  mtime_only=0 \n") == "2000 OK level\n"
        director.set_fileset(tree)
        director.send_list(b"accurate files=6\n", entries)
        director.ask(storage_at(storage))
        director.ask(Backup(6))
        director.end()
    saved = [AttributeRecord.unpack(data) for _, stream, data in storage.taken if stream == 1]
    assert saved[0].file_index == 7
    assert {record.type for record in saved} <= {3, 5}
    assert os.fsencode(tree / "new") in {record.name for record in saved}
    assert os.fsencode(tree / "sub" / "large") not in {record.name for record in saved}
