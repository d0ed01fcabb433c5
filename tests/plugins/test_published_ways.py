"""What published plugins rely on besides files: values, options, names of directories, links."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from barque.filedaemon.daemon import FileDaemon
from barque.formats.attributes import AttributeRecord
from barque.testing.file_peers import DirectorPeer, StoragePeer, make_daemon
from barque.testing.savedtrees import Record
from barque.wire.messages.director_file import Backup, Restore, SetDebug

HEAD = """
import bareosfd
from bareosfd import *
left = ["/v/one"]
def load_bareos_plugin(d):
    RegisterEvents([bEventStartBackupJob])
    return bRC_OK
def parse_plugin_definition(d):
    JobMessage(M_INFO, "parse %s" % d)
    return bRC_OK
def handle_plugin_event(e): return bRC_OK
def start_backup_file(p):
    if not left: return bRC_Stop
    p.fname = left.pop(0)
    p.type = FT_REG
    p.no_read = True
    p.statp = StatPacket(mode=0o100644, mtime=1000, ctime=1000)
    return bRC_OK
def end_backup_file(): return bRC_More if left else bRC_OK
def plugin_io(io): return bRC_OK
def start_restore_file(cmd):
    JobMessage(M_INFO, "start_restore_file")
    return bRC_OK
def create_file(p):
    p.create_status = CF_EXTRACT
    return bRC_OK
def set_file_attributes(p): return bRC_OK
def end_restore_file(): return bRC_OK
"""

FULL = (b"level = full  mtime_only=0 \n",)
SINCE = b"level = since_utime 4000000000 mtime_only=0 prev_job=test.old\n"
INCREMENTAL = (b"level = incremental  mtime_only=0 \n", SINCE)
ACCURATE = (b"level = accurate_incremental  mtime_only=0 \n", SINCE)


@pytest.fixture
def daemon(tmp_path: Path) -> FileDaemon:
    return make_daemon(tmp_path)


def definition(folder: Path, change: str = "", options: str = "") -> str:
    """Write a plugin, and return its definition."""
    (folder / "ways.py").write_text(HEAD + change)
    return f"python3:module_path={folder}:module_name=ways:{options}"


def back_up(
    daemon: FileDaemon,
    definition: str,
    levels: Sequence[bytes] = FULL,
    listed: Sequence[bytes] = (),
    status: str = "T",
) -> tuple[list[Record], str]:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        for level in levels:
            director.channel.send(level)
        assert director.reply() == "2000 OK level\n"
        lines = ["I\n", "O S4\n", "N\n", "N\n", f"P {definition}", "N\n"]
        assert director.ask_list(b"fileset\n", lines) == "2000 OK include\n", director.heard.text
        if listed:
            director.send_list(b"accurate files=%d\n" % len(listed), listed)
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Backup(0))
        assert chr(director.end().status) == status, director.heard.text
    return storage.taken, director.heard.text


def attributes(records: Sequence[Record]) -> list[AttributeRecord]:
    return [AttributeRecord.unpack(data) for _, stream, data in records if stream == 1]


FORCED = {
    "a time of its own": "SetValue(bVarSinceTime, 1)",
    "no comparison": "SetValue(bVarCheckChanges, False)",
}


@pytest.mark.parametrize("way", FORCED)
def test_an_old_file_is_saved_when_the_plugin_wants_it(
    daemon: FileDaemon, tmp_path: Path, way: str
) -> None:
    change = f"def handle_plugin_event(e):\n    {FORCED[way]}\n    return bRC_OK\n"
    assert attributes(back_up(daemon, definition(tmp_path), INCREMENTAL)[0]) == []
    records, _ = back_up(daemon, definition(tmp_path, change), INCREMENTAL)
    assert [record.name for record in attributes(records)] == [b"/v/one"]


def test_accurate_jobs_know_a_directory_by_the_name_in_its_link(
    daemon: FileDaemon, tmp_path: Path
) -> None:
    change = """
left = ["@X/folder"]
files_start = start_backup_file
def start_backup_file(p):
    code = files_start(p)
    if code == bRC_OK:
        p.type, p.link = FT_DIREND, p.fname + "/"
        p.statp.st_mode, p.statp.st_ino = 0o40755, 2**64 - 5
    return code
"""
    records, _ = back_up(daemon, definition(tmp_path, change))
    (saved,) = attributes(records)
    assert (saved.name, saved.type) == (b"@X/folder/", 5)
    listed = [saved.name + b"\0" + saved.status + b"\0\0000"]
    records, text = back_up(daemon, definition(tmp_path, change), ACCURATE, listed)
    assert attributes(records) == [], text


def test_a_restore_has_the_definition_parsed_once_a_file(
    daemon: FileDaemon, tmp_path: Path
) -> None:
    change = "left = ['/v/one', '/v/two']\n"
    records, _ = back_up(daemon, definition(tmp_path, change, "a=b"))
    with StoragePeer(records) as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Restore(where=str(tmp_path)))
        assert director.end().status == ord("T"), director.heard.text
    calls = [line.rpartition("mod: ")[2] for line in director.heard.text.splitlines()]
    calls = [call for call in calls if call.startswith(("parse", "start"))]
    assert calls == ["parse a=b:", "start_restore_file"] * 2


def test_the_configuration_that_plugins_see_is_a_file(daemon: FileDaemon, tmp_path: Path) -> None:
    change = """
def parse_plugin_definition(d):
    JobMessage(M_INFO, "used %s" % GetValue(bVarUsedConfig))
    return bRC_OK
"""
    _, text = back_up(daemon, definition(tmp_path, change))
    assert f"used {tmp_path}/bareos-fd.conf\n" in text


def test_debug_messages_go_to_the_trace_file_up_to_its_level(
    daemon: FileDaemon, tmp_path: Path
) -> None:
    change = """
def parse_plugin_definition(d):
    DebugMessage(100, "heard\\n")
    DebugMessage(101, "not heard\\n")
    return bRC_OK
"""
    with DirectorPeer(daemon) as director:
        answer = director.ask(SetDebug(100, 1, 0, 0))
        try:
            back_up(daemon, definition(tmp_path, change))
        finally:
            director.ask(SetDebug(0, 0, 0, 0))
    path = tmp_path / "test-fd.trace"
    assert answer.endswith(f" tracefile={path}\n")
    lines = [line for line in path.read_text().splitlines() if "heard" in line]
    assert lines == ["barque.filedaemon.plugin_knowledge: plugin ways (100): heard"] * len(lines)
    assert lines


WITH_BASE_CLASS = """
from BareosFdWrapper import *
from BareosFdPluginBaseclass import BareosFdPluginBaseclass
@BareosPlugin
class Plugin(BareosFdPluginBaseclass):
    def start_backup_job(self):
        for name, value in self.options.items():
            bareosfd.JobMessage(bareosfd.M_INFO, "%s is %r\\n" % (name, value))
        return bareosfd.bRC_OK
"""


def test_a_line_of_an_options_file_goes_on_behind_the_indentation_of_the_next(
    daemon: FileDaemon, tmp_path: Path
) -> None:
    (tmp_path / "defaults").write_text(
        "[x]\none = first-\\\n    second\ntwo = a \\\n\tb\nthree=3\n"
    )
    text = definition(tmp_path, WITH_BASE_CLASS, "two=2:defaults_file=defaults")
    _, told = back_up(daemon, text)
    for line in ("one is 'first-second'", "two is '2'", "three is '3'"):
        assert line in told


def test_a_link_to_a_directory_is_a_link_also_with_a_slash(
    daemon: FileDaemon, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    change = """
from BareosFdWrapper import *
from BareosFdPluginLocalFilesBaseclass import BareosFdPluginLocalFilesBaseclass
@BareosPlugin
class Plugin(BareosFdPluginLocalFilesBaseclass):
    def start_backup_job(self):
        self.append_file_to_backup(self.options["filename"])
        return bareosfd.bRC_OK
"""
    records, _ = back_up(daemon, definition(tmp_path, change, f"filename={tmp_path}/link/"))
    (saved,) = attributes(records)
    assert (saved.type, saved.name, saved.link) == (4, bytes(tmp_path / "link"), b"folder")


def test_after_a_fatal_error_plugins_hear_only_of_the_end_of_the_backup(
    daemon: FileDaemon, tmp_path: Path
) -> None:
    change = """
import os
def load_bareos_plugin(d):
    RegisterEvents([bEventStartBackupJob, bEventEndBackupJob, bEventJobEnd])
    return bRC_OK
def handle_plugin_event(e):
    with open(os.path.join(os.path.dirname(__file__), "heard"), "a") as file:
        file.write("%d\\n" % e)
    if e == bEventStartBackupJob:
        JobMessage(M_FATAL, "no more\\n")
    return bRC_OK
"""
    _, told = back_up(daemon, definition(tmp_path, change), status="E")
    assert "Fatal error: python3-fd-mod: no more" in told
    assert (tmp_path / "heard").read_text().split() == ["3", "4"]
