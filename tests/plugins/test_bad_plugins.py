"""What is wrong with a plugin ends in a clear message and the job's status, never in the daemon."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from barque.filedaemon.daemon import FileDaemon
from barque.testing.file_peers import DirectorPeer, StoragePeer, make_daemon
from barque.testing.savedtrees import Record
from barque.wire.messages.director_file import Backup, EndJob

GOOD = """
import bareosfd
from bareosfd import *
left = ["/v/one", "/v/two"]
data = [b"0123456789", b""]
def load_bareos_plugin(d):
    RegisterEvents([2, 3, 4])
    return bRC_OK
def parse_plugin_definition(d): return bRC_OK
def handle_plugin_event(e): return bRC_OK
def start_backup_file(p):
    if not left: return bRC_Stop
    p.fname = left.pop(0)
    p.type = FT_REG
    p.statp = StatPacket(mode=0o100644, size=10)
    data[:] = [b"0123456789", b""]
    return bRC_OK
def end_backup_file(): return bRC_More if left else bRC_OK
def plugin_io(io):
    if io.func == IO_READ:
        io.buf = data.pop(0)
        io.status = len(io.buf)
    return bRC_OK
def get_acl(a): return bRC_OK
def get_xattr(x): return bRC_OK
def check_file(f): return bRC_OK
"""


@dataclass
class Outcome:
    """How a backup ended."""

    status: str
    text: str
    records: list[Record]
    errors: int

    def names(self) -> list[bytes]:
        return [
            data.split(b"\0")[0].split(b" ", 2)[2]
            for _, stream, data in self.records
            if stream == 1
        ]


def run(daemon: FileDaemon, definition: str) -> Outcome:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(b"level = full  mtime_only=0 \n")
        director.send_list(
            b"fileset\n", ["I\n", "O MHAX\n", "N\n", "N\n", f"P {definition}", "N\n"]
        )
        reply = director.reply()
        if reply == "2000 OK include\n":
            director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
            director.channel.send(Backup(0))
            reply = director.reply()
        if not reply.startswith("2800"):
            reply = director.reply()
        ended = EndJob.decode(reply.encode())
    return Outcome(chr(ended.status), director.heard.text, storage.taken, ended.errors)


@pytest.fixture
def daemon(tmp_path: Path) -> FileDaemon:
    return make_daemon(tmp_path)


def plugin(directory: Path, change: str = "", name: str = "bad") -> str:
    (directory / f"{name}.py").write_text(GOOD + change)
    return f"python:module_path={directory}:module_name={name}:"


def test_the_plugin_itself_is_good(daemon: FileDaemon, tmp_path: Path) -> None:
    outcome = run(daemon, plugin(tmp_path))
    assert outcome.status == "T"
    assert outcome.names() == [b"/v/one", b"/v/two"]


DEFINITIONS = {
    "python": "Illegal plugin definition python",
    "python:": "has no module_name",
    "python:module_name": "Illegal argument module_name without value",
    "python:module_path=/nowhere:module_name=nothing": "No module named 'nothing'",
    "perl:x=1": 'Command plugin "perl:x=1" not found.',
    "python:module_name=x:host_python=/no/such/python": "interpreter /no/such/python",
    "python:module_name=x:host_colour=red": "host_colour is not an option of the plugin host",
    "bpipe:reader=date": "bpipe: no file=",
    "bpipe:file=/x:reader=/no/such/program:writer=cat": "cannot run /no/such/program",
}


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_wrong_definitions(daemon: FileDaemon, definition: str) -> None:
    outcome = run(daemon, definition)
    assert outcome.status == "E"
    assert DEFINITIONS[definition] in outcome.text
    assert "Fatal error" in outcome.text


FAILURES = {
    "a syntax error": ("def (", "SyntaxError"),
    "a missing package": ("import not_there_at_all", "No module named 'not_there_at_all'"),
    "a failing import": ("1/0", "ZeroDivisionError"),
    "no entry point": ("del load_bareos_plugin", "no function load_bareos_plugin"),
    "a refusal to load": ("def load_bareos_plugin(d): return bRC_Error", "returned bRC_Error"),
    "no answer to load": ("def load_bareos_plugin(d): pass", "returned no number"),
    "an exit": ("def parse_plugin_definition(d): raise SystemExit(3)", "SystemExit: 3"),
    "exception in load": ("def load_bareos_plugin(d): 1/0", "ZeroDivisionError"),
    "exception in parse": ("def parse_plugin_definition(d): 1/0", "ZeroDivisionError"),
    "exception in event": ("def handle_plugin_event(e): 1/0", "ZeroDivisionError"),
    "exception in start": ("def start_backup_file(p): 1/0", "startBackupFile failed"),
    "exception in io": ("def plugin_io(p): 1/0", "ZeroDivisionError"),
    "exception in end": ("def end_backup_file(): 1/0", "ZeroDivisionError"),
    "exception in acl": ("def get_acl(a): 1/0", "ZeroDivisionError"),
    "exception in xattr": ("def get_xattr(a): 1/0", "ZeroDivisionError"),
    "error from start": ("def start_backup_file(p): return bRC_Error", "startBackupFile failed"),
    "no type": ("def start_backup_file(p):\n p.fname='/x'; p.statp=StatPacket()\n return 0", "no type"),
    "no status": ("def start_backup_file(p):\n p.fname='/x'; p.type=3\n return 0", "no statp"),
    "a name of bytes": ("def start_backup_file(p):\n p.fname=b'/x'; p.type=3; p.statp=StatPacket()\n return 0", 'of type string "utf-8"'),
    "a surrogate": ("def start_backup_file(p):\n p.fname='/\\udcff'; p.type=3; p.statp=StatPacket()\n return 0", "not UTF-8"),
    "an object without bytes": ("def start_backup_file(p):\n p.type=FT_RESTORE_FIRST; p.object_name='x'\n return 0", "no object in"),
    "a hard end": ("import os\ndef plugin_io(p): os._exit(7)", "ended with exit code 7"),
    "its own death": ("import os\ndef plugin_io(p): os.kill(os.getpid(), 9)", "was killed by SIGKILL"),
    "a fatal message": ("def handle_plugin_event(e): JobMessage(M_FATAL, 'no more'); return 0", "python3-fd-mod: no more"),
    "an abort": ("def handle_plugin_event(e): JobMessage(M_ABORT, 'no more'); return 0", "no more"),
}  # fmt: skip


@pytest.mark.parametrize("what", FAILURES)
def test_failures_end_the_job(daemon: FileDaemon, tmp_path: Path, what: str) -> None:
    change, text = FAILURES[what]
    outcome = run(daemon, plugin(tmp_path, change))
    assert outcome.status == "E"
    assert text in outcome.text
    assert run(daemon, plugin(tmp_path, name="good")).status == "T", "the daemon lives on"


CODES = {
    "Stop": ("T", [], ""),
    "Skip": ("T", [b"/v/one"], ""),
    "More": ("E", [], "unhandled returncode from startBackupFile"),
    "Term": ("E", [], "unhandled returncode"),
    "Seen": ("E", [], "unhandled returncode"),
    "Core": ("E", [], "unhandled returncode"),
    "Cancel": ("E", [], "unhandled returncode"),
}


@pytest.mark.parametrize("code", CODES)
def test_answers_of_start_backup_file(daemon: FileDaemon, tmp_path: Path, code: str) -> None:
    status, names, text = CODES[code]
    change = f"""
good = start_backup_file
first = [True]
def start_backup_file(p):
    if first.pop() if first else False:
        left.pop()
        return bRC_{code}
    return good(p)
"""
    outcome = run(daemon, plugin(tmp_path, change))
    assert outcome.names() == names
    assert text in outcome.text
    assert outcome.errors == bool(text)
    assert outcome.status == ("T" if not text else outcome.status)
    assert "Fatal" not in outcome.text or status == "E"


@pytest.mark.parametrize("code", ["OK", "Error", "Stop", "Skip", "Core", "Seen", "Term", "Cancel"])
def test_other_answers_of_end_backup_file_end_the_line(
    daemon: FileDaemon, tmp_path: Path, code: str
) -> None:
    outcome = run(daemon, plugin(tmp_path, f"def end_backup_file(): return bRC_{code}"))
    assert (outcome.status, outcome.names()) == ("T", [b"/v/one"])


def test_a_file_that_cannot_be_opened_is_told_and_counted(
    daemon: FileDaemon, tmp_path: Path
) -> None:
    change = "def plugin_io(io):\n io.io_errno = 13; io.status = -1\n return bRC_Error"
    outcome = run(daemon, plugin(tmp_path, change))
    assert outcome.errors == 2
    assert 'Cannot open "/v/one": ERR=Permission denied.' in outcome.text


def test_a_read_error_ends_the_file(daemon: FileDaemon, tmp_path: Path) -> None:
    change = """
def plugin_io(io):
    if io.func == IO_READ: io.status = -1; io.io_errno = 5
    return bRC_OK
"""
    outcome = run(daemon, plugin(tmp_path, change))
    assert "Read error on file /v/one. ERR=Input/output error" in outcome.text
    assert outcome.names() == [b"/v/one", b"/v/two"]
    assert not [stream for _, stream, _ in outcome.records if stream == 3], "no digest of rubbish"


def test_a_buffer_that_is_shorter_than_its_status(daemon: FileDaemon, tmp_path: Path) -> None:
    change = (
        "def plugin_io(io):\n io.buf=b'x'; io.status = 5 if io.func == IO_READ else 0\n return 0"
    )
    outcome = run(daemon, plugin(tmp_path, change))
    assert "Read error on file /v/one" in outcome.text


def test_a_plugin_that_never_answers(daemon: FileDaemon, tmp_path: Path) -> None:
    change = "import time\ndef start_backup_file(p): time.sleep(1000)"
    outcome = run(daemon, plugin(tmp_path, change) + "host_timeout=0.5:")
    assert outcome.status == "E"
    assert "gave no sign of life for 0.5 seconds" in outcome.text


def test_a_plugin_that_prints_a_lot(daemon: FileDaemon, tmp_path: Path) -> None:
    change = (
        "print('x' * 100 + '\\n' * 1, end='')\nfor n in range(30000): print('line', n, 'y' * 90)"
    )
    outcome = run(daemon, plugin(tmp_path, change))
    assert outcome.status == "T"
    assert "prints more than 1000 lines" in outcome.text
    assert len(outcome.text) < 300_000


def test_what_a_plugin_leaves_running_ends_with_it(daemon: FileDaemon, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    change = f"""
import os, time
pid = os.fork()
if not pid:
    time.sleep(1000)
    os._exit(0)
open({str(note)!r}, 'w').write(str(pid))
"""
    assert run(daemon, plugin(tmp_path, change)).status == "T"
    assert not alive(int(note.read_text()))


def alive(pid: int) -> bool:
    """Return whether a process still runs a moment from now."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return False
            os.kill(pid, 0)
        except OSError:
            return False
        time.sleep(0.02)
    return True


def test_a_limit_of_memory(daemon: FileDaemon, tmp_path: Path) -> None:
    change = "def handle_plugin_event(e):\n b = bytearray(4 << 30)\n return 0"
    outcome = run(daemon, plugin(tmp_path, change) + "host_memory=1g:")
    assert outcome.status == "E"
    assert "MemoryError" in outcome.text


def test_a_canceled_job_ends_its_plugin(daemon: FileDaemon, tmp_path: Path) -> None:
    note = tmp_path / "note"
    change = f"""
import time
def handle_plugin_event(e):
    open({str(note)!r}, 'a').write('%d ' % e)
    return 0
def start_backup_file(p):
    open({str(note)!r}, 'a').write('begun ')
    while '14' not in open({str(note)!r}).read(): time.sleep(0.01)
    return bRC_Skip
"""
    definition = plugin(tmp_path, change)
    text = (tmp_path / "bad.py").read_text().replace("[2, 3, 4]", "[2, 3, 4, 14]")
    (tmp_path / "bad.py").write_text(text)
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(b"level = full  mtime_only=0 \n")
        director.ask_list(b"fileset\n", ["I\n", "O MHAX\n", "N\n", "N\n", f"P {definition}", "N\n"])
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Backup(0))
        while not note.exists() or "begun" not in note.read_text():
            time.sleep(0.01)
        job = daemon.find_job("test.2026-11-22_20.00.00_01")
        assert job is not None
        job.cancel()
        assert director.end().status == ord("A")
    assert note.read_text().split() == ["3", "begun", "14", "4"]
