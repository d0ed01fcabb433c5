"""Devices, debugging, bandwidth, names."""

import pytest

from barque.director.services import RunningJob
from barque.domain.ids import JobId
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.terminal import Terminal

DRIVES = "Storage/File1 autochanger drives FileDev1"


@pytest.fixture
def answering(terminal: Terminal) -> Terminal:
    """Daemons say yes to what is asked below."""
    terminal.director.lines = {
        key: ["3001 done\n"]
        for key in (
            "Storage/File1 mount FileDev1 drive=0",
            "Storage/File1 mount FileDev1 drive=1 slot=4",
            "Storage/File1 unmount FileDev1 drive=0",
            "Storage/File1 unmount FileDev1 drive=1",
            "Storage/File1 release FileDev1 drive=0",
            "Storage/File1 release FileDev1 drive=1",
            "Storage/File1 setdebug=5 trace=1 timestamp=-1",
            "Client/alpha-fd setdebug=5 trace=1 hangup=-1 timestamp=-1",
            "Client/alpha-fd resolve localhost",
            "Storage/File1 resolve localhost",
            "Storage/File1 setdevice device=FileDev1 autoselect=1",
            "Client/alpha-fd setbandwidth=1024000 Job=",
            "Storage/File1 setbandwidth=0 Job=",
        )
    }
    terminal.director.lines[DRIVES] = ["3306 Issuing autochanger drives\n", "drives=2\n"]
    return terminal


def asked(terminal: Terminal) -> list[str]:
    return [command for command in terminal.director.commands if command != DRIVES]


@pytest.mark.parametrize(
    ("line", "answers", "commands"),
    [
        ("mount storage=File1", [], ["mount FileDev1 drive=0"]),
        ("mount File1", [], ["mount FileDev1 drive=0"]),
        ("mount", ["1"], ["mount FileDev1 drive=0"]),
        ("mount storage=File1 drive=1 slot=4", [], ["mount FileDev1 drive=1 slot=4"]),
        ("unmount storage=File1 drive=1", [], ["unmount FileDev1 drive=1"]),
        ("umount storage=File1", [], ["unmount FileDev1 drive=0"]),
        ("release storage=File1", [], ["release FileDev1 drive=0"]),
        (
            "release storage=File1 alldrives",
            [],
            ["release FileDev1 drive=0", "release FileDev1 drive=1"],
        ),
    ],
)
def test_devices(answering: Terminal, line: str, answers: list[str], commands: list[str]) -> None:
    assert answering.text(line, *answers).endswith("3001 done\n")
    assert asked(answering) == [f"Storage/File1 {command}" for command in commands]


def test_drive_and_slot_of_an_autochanger_are_asked_for(answering: Terminal) -> None:
    answering.director.config.storages["File1"].auto_changer = True
    assert answering.text("mount storage=File1", "2", "4").endswith("3001 done\n")
    assert asked(answering) == ["Storage/File1 mount FileDev1 drive=1 slot=4"]


def test_a_daemon_that_does_not_answer(terminal: Terminal) -> None:
    assert "Failed to connect to Storage daemon.\n" in terminal.text("mount storage=File1")
    assert b"nobody answers" in terminal.director.messages[0]


def test_device_selection(answering: Terminal) -> None:
    line = "setdevice storage=File1 device=FileDev1 autoselect=yes"
    assert answering.text(line).endswith("3001 done\n")
    assert "forbidden" in answering.text(line.replace("File1", "File2", 1), console="operator")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("setdevice storage=File1 device=x", "Argument missing: autoselect"),
        ("setdevice device=x autoselect=no", "Argument missing: storage"),
        ("setdevice storage=File1 device=x autoselect=q", "Bad value for argument autoselect: q"),
        ("setdevice storage=nosuch device=x autoselect=no", 'Storage "nosuch" not found.'),
    ],
)
def test_device_selection_misused(terminal: Terminal, line: str, text: str) -> None:
    assert text in terminal.text(line)


@pytest.mark.parametrize(
    ("line", "answers", "commands"),
    [
        ("setdebug level=5 trace=1 storage=File1", [], ["Storage/File1"]),
        ("setdebug level=5 trace=1 client=alpha-fd", [], ["Client/alpha-fd"]),
        ("setdebug level=5 trace=1 client", ["1"], ["Client/alpha-fd"]),
        ("setdebug trace=1", ["5", "2", "1"], ["Storage/File1"]),
        ("setdebug trace=1", ["5", "3", "1"], ["Client/alpha-fd"]),
        ("setdebug trace=1", ["5", "1"], []),
        ("setdebug level=5 trace=1 dir", [], []),
    ],
)
def test_debugging(answering: Terminal, line: str, answers: list[str], commands: list[str]) -> None:
    answering.frames(line, *answers)
    assert [command.split()[0] for command in asked(answering)] == commands
    assert (answering.director.debug.level == 5) is not bool(commands)


def test_debugging_everything(answering: Terminal) -> None:
    text = answering.text("setdebug level=5 trace=1 all")
    assert text.startswith("level=5 trace=1 hangup=0 timestamp=0 tracefilename=")
    assert text.count("Connecting to Storage daemon") == 1
    assert text.count("Connecting to Client") == 2


def test_tracing(terminal: Terminal) -> None:
    terminal.frames("trace on")
    assert terminal.director.debug.trace
    terminal.frames("trace", "off")
    assert not terminal.director.debug.trace


@pytest.mark.parametrize(
    ("line", "answers", "text"),
    [
        (
            "setbandwidth client=alpha-fd limit=1000",
            [],
            "OK Limiting bandwidth to 1000kb/s alpha-fd",
        ),
        ("setbandwidth storage=File1 limit=0", [], "OK Limiting bandwidth to 0kb/s File1"),
        ("setbandwidth client=alpha-fd", ["1000"], "OK Limiting bandwidth to 1000kb/s alpha-fd"),
        ("setbandwidth client=beta-fd limit=5", [], "Failed to connect to Client."),
        ("setbandwidth jobid=17 limit=5", [], "OK Limiting bandwidth to 5kb/s x.y"),
    ],
)
def test_bandwidth(answering: Terminal, line: str, answers: list[str], text: str) -> None:
    answering.director.running.append(
        RunningJob(JobId(17), "x.y", "backup-tree", JobType.BACKUP, Level.FULL, JobStatus.RUNNING)
    )
    assert text in answering.text(line, *answers)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("resolve client=alpha-fd localhost", "3001 done\n"),
        ("resolve storage=File1 localhost", "3001 done\n"),
        ("resolve localhost", "golden-dir resolves localhost to host["),
        ("resolve no.such.host.invalid", "golden-dir Failed to resolve no.such.host.invalid\n"),
        ("resolve client localhost", "Client name missing.\n"),
        ("resolve storage=nosuch localhost", 'Storage "nosuch" not found.\n'),
        ("resolve", ""),
    ],
)
def test_names(answering: Terminal, line: str, text: str) -> None:
    assert text in answering.text(line)


def test_a_client_says_where_it_is(terminal: Terminal) -> None:
    assert terminal.text("setip") == "No corresponding client found.\n"
    clients = terminal.director.config.clients
    clients["admin"] = clients["alpha-fd"]
    assert terminal.text("setip", console="admin") == ('Client "admin" address set to 127.0.0.1\n')
    assert terminal.director.addresses == {"alpha-fd": "127.0.0.1"}
