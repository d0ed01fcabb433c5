"""What a command writes is saved, and another command gets it back."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from barque.filedaemon.daemon import FileDaemon
from barque.formats.attributes import AttributeRecord
from barque.testing.file_peers import JOB, DirectorPeer, StoragePeer, make_daemon
from barque.testing.savedtrees import Record
from barque.wire.messages.director_file import Backup, Restore

FULL = (b"level = full  mtime_only=0 \n",)
SINCE = b"level = since_utime 1600000000 mtime_only=0 prev_job=test.old\n"
INCREMENTAL = (b"level = incremental  mtime_only=0 \n", SINCE)
ACCURATE = (b"level = accurate_incremental  mtime_only=0 \n", SINCE)
VARIABLES = ("ClientName", "JobId", "JobLevel", "SinceTime", "JobType", "Where", "Replace")


@pytest.fixture
def daemon(tmp_path: Path) -> FileDaemon:
    return make_daemon(tmp_path)


def definition(reader: str, writer: str = "cat", more: str = "") -> str:
    return f"bpipe:file=/x/data:reader={reader}:writer={writer}{more}"


def shown(names: Sequence[str] = VARIABLES) -> str:
    """Return a command that writes variables of its environment."""
    return "printenv " + " ".join(f"Bareos{name}" for name in names)


def back_up(
    daemon: FileDaemon, text: str, levels: Sequence[bytes] = FULL
) -> tuple[str, str, list[Record]]:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        for level in levels:
            director.channel.send(level)
        assert director.reply() == "2000 OK level\n"
        lines = ["I\n", "O M\n", "N\n", "N\n", f"P {text}", "N\n"]
        assert director.ask_list(b"fileset\n", lines) == "2000 OK include\n"
        if levels is ACCURATE:
            director.send_list(
                b"accurate files=1\n", [b"/x/old\0P0A A IH/ B A A A A B A A A A A C"]
            )
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Backup(0))
        status = chr(director.end().status)
    return status, director.heard.text, storage.taken


def restore(daemon: FileDaemon, records: list[Record], where: Path) -> tuple[str, str]:
    with StoragePeer(records) as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Restore(where=str(where)))
        status = chr(director.end().status)
    return status, director.heard.text


def saved_name(records: list[Record]) -> bytes:
    return next(AttributeRecord.unpack(data).name for _, stream, data in records if stream == 1)


def content(records: list[Record]) -> bytes:
    return b"".join(data for _, stream, data in records if stream == 2)


@pytest.mark.parametrize(
    ("levels", "level", "since"), [(FULL, "F", "0"), (INCREMENTAL, "I", "1600000000")]
)
def test_the_reader_finds_the_job_in_its_environment(
    daemon: FileDaemon, levels: Sequence[bytes], level: str, since: str
) -> None:
    status, told, records = back_up(daemon, definition(shown()), levels)
    assert status == "T", told
    assert content(records).decode().splitlines() == ["test-fd", "7", level, since, "B", "", " "]


def test_the_writer_finds_the_job_in_its_environment(daemon: FileDaemon, tmp_path: Path) -> None:
    found = tmp_path / "found"
    writer = shlex.quote(f"cat > {found}; {shown()} >> {found}")
    _, _, records = back_up(daemon, definition("echo data", f"sh -c {writer}"))
    status, told = restore(daemon, records, tmp_path / "where")
    assert status == "T", told
    expected = ["data", "test-fd", "7", " ", "0", "R", f"{tmp_path}/where", "a"]
    assert found.read_text().splitlines() == expected


@pytest.mark.parametrize("word", ["yes", "true", "YES"])
@pytest.mark.parametrize(("levels", "letter"), [(FULL, "F"), (INCREMENTAL, "I")])
def test_names_with_a_suffix_do_not_come_twice(
    daemon: FileDaemon, word: str, levels: Sequence[bytes], letter: str
) -> None:
    _, _, records = back_up(daemon, definition("echo x", more=f":usesuffix={word}"), levels)
    assert saved_name(records) == f"/x/data.{JOB}.{letter}.7".encode()


def test_a_name_without_a_suffix_stays(daemon: FileDaemon) -> None:
    _, _, records = back_up(daemon, definition("echo x", more=":usesuffix=no"))
    assert saved_name(records) == b"/x/data"


def test_an_accurate_job_does_not_go_with_a_suffix(daemon: FileDaemon) -> None:
    text = definition("echo x", more=":usesuffix=yes")
    status, told, records = back_up(daemon, text, ACCURATE)
    assert (status, content(records)) == ("E", b"")
    assert "Fatal error: bpipe: Accurate not allowed with usesuffix" in told
    assert back_up(daemon, definition("echo x"), ACCURATE)[0] == "T"


def test_a_command_that_fails_ends_the_job(daemon: FileDaemon, tmp_path: Path) -> None:
    status, told, _ = back_up(daemon, definition("sh -c 'echo part; exit 3'"))
    assert status == "E"
    assert "Fatal error: bpipe: sh -c 'echo part; exit 3' ended with exit code 3" in told
    _, _, records = back_up(daemon, definition("echo x", "sh -c 'cat; exit 4'"))
    status, told = restore(daemon, records, tmp_path)
    assert status == "E"
    assert "Fatal error: bpipe: sh -c 'cat; exit 4' ended with exit code 4" in told


def test_what_could_not_be_restored_is_not_saved(daemon: FileDaemon) -> None:
    status, told, _ = back_up(daemon, "bpipe:file=/x:reader=echo x")
    assert status == "E"
    assert "bpipe: no writer= in bpipe:file=/x:reader=echo x" in told
