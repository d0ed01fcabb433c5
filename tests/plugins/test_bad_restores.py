"""What goes wrong in a plugin while it restores: told, counted, and other files come back."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from barque.filedaemon.daemon import FileDaemon
from barque.testing.file_peers import DirectorPeer, StoragePeer, make_daemon
from barque.testing.savedtrees import Record
from barque.wire.messages.director_file import Backup, EndJob, Restore

GOOD = """
import os
import bareosfd
from bareosfd import *
left = ["/v/one", "/v/two"]
state = {}
def load_bareos_plugin(d):
    return bRC_OK
def parse_plugin_definition(d): return bRC_OK
def handle_plugin_event(e): return bRC_OK
def start_backup_file(p):
    if not left: return bRC_Stop
    p.fname = left.pop(0)
    p.type = FT_REG
    p.statp = StatPacket(mode=0o100644, size=10)
    state['data'] = [b"0123456789", b""]
    return bRC_OK
def end_backup_file(): return bRC_More if left else bRC_OK
def plugin_io(io):
    if io.func == IO_READ:
        io.buf = bytearray(state['data'].pop(0))
        io.status = len(io.buf)
    elif io.func == IO_OPEN and io.flags:
        os.makedirs(os.path.dirname(io.fname), exist_ok=True)
        state['file'] = open(io.fname, 'wb')
    elif io.func == IO_WRITE:
        io.status = state['file'].write(io.buf)
    elif io.func == IO_CLOSE and 'file' in state:
        state.pop('file').close()
    return bRC_OK
def get_acl(a):
    a.content = bytearray(b'ACL')
    return bRC_OK
def get_xattr(x):
    x.name = bytearray(b'user.x'); x.value = bytearray(b'v')
    return bRC_OK
def start_restore_file(cmd): return bRC_OK
def create_file(p):
    p.create_status = CF_EXTRACT
    state['name'] = p.ofname
    return bRC_OK
def set_file_attributes(p): return bRC_OK
def set_acl(a): return bRC_OK
def set_xattr(x): return bRC_OK
def end_restore_file(): return bRC_OK
def restore_object_data(o): return bRC_OK
"""

ONE = "/v/one"
"""Only this file fails in the tests that change what happens to one file."""


def for_one(function: str, body: str) -> str:
    """Return a change of *function* for the file ONE alone."""
    return f"""
good_{function} = {function}
def {function}(*arguments):
    if state.get('name', '').endswith({ONE!r}):
        {body}
    return good_{function}(*arguments)
"""


@dataclass
class Outcome:
    """How a restore ended."""

    status: str
    text: str
    errors: int
    files: dict[str, bytes]


class Site:
    """A File Daemon, a plugin, and what it saved while it was good."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.daemon: FileDaemon = make_daemon(folder)
        self.write("")
        self.saved = self.back_up()

    def definition(self) -> str:
        return f"python3:module_path={self.folder}:module_name=plug:host_timeout=5:"

    def write(self, change: str) -> None:
        (self.folder / "plug.py").write_text(GOOD + change)

    def back_up(self) -> list[Record]:
        with StoragePeer() as storage, DirectorPeer(self.daemon) as director:
            director.start_job()
            director.ask(b"level = full  mtime_only=0 \n")
            lines = ["I\n", "O MAX\n", "N\n", "N\n", f"P {self.definition()}", "N\n"]
            assert director.ask_list(b"fileset\n", lines) == "2000 OK include\n"
            director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
            director.ask(Backup(0))
            assert director.end().status == ord("T"), director.heard.text
        return storage.taken

    def restore(self, change: str = "", before: tuple[bytes, ...] = ()) -> Outcome:
        """Restore with a changed plugin."""
        self.write(change)
        where = self.folder / "where"
        with StoragePeer(self.saved) as storage, DirectorPeer(self.daemon) as director:
            director.start_job()
            for command in before:
                director.channel.send(command)
            reply = director.reply() if before else ""
            if not reply.startswith("2800"):
                director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
                director.channel.send(Restore(where=str(where)))
            while not reply.startswith("2800"):
                reply = director.reply()
            ended = EndJob.decode(reply.encode())
        files = {
            str(path)[len(str(where)) :]: path.read_bytes()
            for path in where.rglob("*")
            if path.is_file()
        }
        return Outcome(chr(ended.status), director.heard.text, ended.errors, files)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


BOTH = {"/v/one": b"0123456789", "/v/two": b"0123456789"}
SECOND = {"/v/two": b"0123456789"}


def test_the_plugin_itself_is_good(site: Site) -> None:
    outcome = site.restore()
    assert (outcome.status, outcome.errors, outcome.files) == ("T", 0, BOTH), outcome.text


CREATE = """
good_create = create_file
def create_file(p):
    rc = good_create(p)
    if p.ofname.endswith('/v/one'):
        {}
    return rc
"""

CREATES = {
    "skip": ("p.create_status = CF_SKIP", SECOND, 0, ""),
    "created": ("p.create_status = CF_CREATED", SECOND, 0, ""),
    "error": ("p.create_status = CF_ERROR", SECOND, 1, "createFile call failed"),
    "the core": ("p.create_status = CF_CORE", BOTH, 0, ""),
    "a status that is none": ("p.create_status = 77", SECOND, 1, "createFile call failed"),
    "bRC_Error": ("return bRC_Error", SECOND, 1, "createFile call failed"),
    "bRC_Skip": ("return bRC_Skip", SECOND, 1, "createFile call failed"),
    "no answer": ("return None", SECOND, 1, "createFile call failed"),
}


@pytest.mark.parametrize("what", CREATES)
def test_answers_of_create_file(site: Site, what: str) -> None:
    body, files, errors, text = CREATES[what]
    outcome = site.restore(CREATE.format(body))
    assert outcome.files == files, outcome.text
    assert outcome.errors == errors
    assert text in outcome.text
    assert outcome.status == ("E" if errors else "T")


ONE_FILE = {
    "a file that cannot be opened": (
        for_one("plugin_io", "arguments[0].status = -1; arguments[0].io_errno = 13; return bRC_Error"),
        SECOND,
        "Permission denied",
    ),
    "a short write": (
        for_one("plugin_io", "good_plugin_io(*arguments); arguments[0].status = 3 if arguments[0].func == IO_WRITE else 0; return bRC_OK"),
        None,
        "Write error on",
    ),
    "a failing write": (
        for_one("plugin_io", "if arguments[0].func == IO_WRITE: arguments[0].status = -1; arguments[0].io_errno = 28; return bRC_OK"),
        None,
        "No space left on device",
    ),
    "an ACL that cannot be set": (for_one("set_acl", "return bRC_Error"), BOTH, "Unable to set"),
    "an attribute that cannot be set": (
        for_one("set_xattr", "return bRC_Error"), BOTH, "Unable to set",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ONE_FILE)
def test_one_file_fails_and_the_other_comes_back(site: Site, what: str) -> None:
    change, files, text = ONE_FILE[what]
    outcome = site.restore(change)
    assert text in outcome.text
    assert ONE in outcome.text
    assert outcome.errors >= 1
    assert outcome.status == "E"
    assert outcome.files["/v/two"] == BOTH["/v/two"]
    assert files is None or outcome.files == files


EXCEPTIONS = [
    "start_restore_file", "create_file", "plugin_io", "set_file_attributes", "set_acl",
    "set_xattr", "end_restore_file", "parse_plugin_definition",
]  # fmt: skip


@pytest.mark.parametrize("function", EXCEPTIONS)
def test_an_exception_ends_the_job_with_its_traceback(site: Site, function: str) -> None:
    outcome = site.restore(f"def {function}(*a): raise ValueError('boom in {function}')")
    assert outcome.status == "E"
    assert f"ValueError: boom in {function}" in outcome.text
    assert "plug.py" in outcome.text
    assert site.restore().status == "T", "the daemon lives on"


@pytest.mark.parametrize("function", ["start_restore_file", "parse_plugin_definition"])
def test_a_refusal_at_the_beginning_is_told(site: Site, function: str) -> None:
    outcome = site.restore(f"def {function}(d): return bRC_Error")
    assert outcome.files == {}
    assert f"{function}" in outcome.text
    assert outcome.errors >= 1


DEATHS = {
    "a hard end": ("os._exit(7)", "ended with exit code 7"),
    "its own death": ("os.kill(os.getpid(), 9)", "was killed by SIGKILL"),
    "no answer at all": ("__import__('time').sleep(1000)", "no sign of life for 5 seconds"),
}


@pytest.mark.parametrize("what", DEATHS)
def test_a_death_in_the_middle_of_a_file(site: Site, what: str) -> None:
    body, text = DEATHS[what]
    change = f"""
good_io = plugin_io
def plugin_io(io):
    if io.func == IO_WRITE: {body}
    return good_io(io)
"""
    outcome = site.restore(change)
    assert outcome.status == "E"
    assert text in outcome.text
    assert site.restore().files == BOTH, "the daemon lives on"


OBJECT = (
    "restoreobject JobId=85 3,3,1,25,0,1,{}\n",
    b"thing",
    b"abc",
    b"restoreobject end\n",
)


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ("return bRC_OK", "T", ""),
        ("raise ValueError('boom')", "E", "ValueError: boom"),
        ("os._exit(7)", "E", "ended with exit code 7"),
    ],
)
def test_an_object_that_comes_back(site: Site, body: str, status: str, text: str) -> None:
    head = str(OBJECT[0]).format(site.definition()).encode()
    rest = tuple(part for part in OBJECT[1:] if isinstance(part, bytes))
    outcome = site.restore(f"def restore_object_data(o): {body}", (head, *rest))
    assert outcome.status == status
    assert text in outcome.text
