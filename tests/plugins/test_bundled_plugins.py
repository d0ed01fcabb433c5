"""The plugins that come along, and the SDK that some are made with."""

import os
from pathlib import Path

import pytest

from barque.filedaemon.daemon import FileDaemon
from barque.testing.file_peers import DirectorPeer, StoragePeer, make_daemon
from barque.testing.savedtrees import Record
from barque.wire.messages.director_file import Backup, Restore


@pytest.fixture
def daemon(tmp_path: Path) -> FileDaemon:
    return make_daemon(tmp_path)


def back_up(daemon: FileDaemon, lines: list[str]) -> tuple[list[Record], str, str]:
    with StoragePeer() as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(b"level = full  mtime_only=0 \n")
        reply = director.ask_list(b"fileset\n", lines)
        assert reply == "2000 OK include\n", director.heard.text
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Backup(0))
        status = chr(director.end().status)
    return storage.taken, director.heard.text, status


def restore(daemon: FileDaemon, records: list[Record], where: Path) -> str:
    with StoragePeer(records) as storage, DirectorPeer(daemon) as director:
        director.start_job()
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Restore(where=str(where)))
        assert director.end().status == ord("T"), director.heard.text
    return director.heard.text


def plugin_line(definition: str) -> list[str]:
    return ["I\n", "O S4\n", "N\n", "N\n", f"P {definition}", "N\n"]


def make_tree(tree: Path) -> None:
    (tree / "sub").mkdir(parents=True)
    (tree / "a").write_bytes(b"hello")
    (tree / "big").write_bytes(os.urandom(300_000))
    (tree / "empty").touch()
    (tree / "sub" / "link").symlink_to("../a")
    (tree / "a").chmod(0o604)
    os.utime(tree / "a", (1_600_000_000, 1_600_000_000))


@pytest.mark.parametrize("name", ["barque_local_fileset", "bareos-fd-local-fileset"])
def test_local_fileset(daemon: FileDaemon, tmp_path: Path, name: str) -> None:
    tree = tmp_path / "tree"
    make_tree(tree)
    (tmp_path / "list").write_text(f"{tree}\n")
    definition = f"python3:module_name={name}:filename={tmp_path}/list"
    records, text, status = back_up(daemon, plugin_line(definition))
    assert status == "T", text
    restore(daemon, records, tmp_path / "where")
    copy = tmp_path / "where" / str(tree)[1:]
    for path in sorted(tree.rglob("*")):
        other = copy / path.relative_to(tree)
        assert other.lstat().st_mode == path.lstat().st_mode
        if path.is_symlink():
            assert other.readlink() == path.readlink()
        elif path.is_file():
            assert other.read_bytes() == path.read_bytes()
            assert int(other.stat().st_mtime) == int(path.stat().st_mtime)


def test_local_fileset_denies(daemon: FileDaemon, tmp_path: Path) -> None:
    make_tree(tmp_path / "tree")
    (tmp_path / "list").write_text(f"{tmp_path}/tree\n")
    definition = f"python3:module_name=barque_local_fileset:filename={tmp_path}/list:deny=big$"
    records, text, _ = back_up(daemon, plugin_line(definition))
    assert "tree/big denied by configuration" in text
    assert not [data for _, stream, data in records if stream == 1 and b"tree/big\0" in data]


def test_an_option_that_is_missing_or_unknown(daemon: FileDaemon) -> None:
    for options, words in (("", "Mandatory option 'filename'"), ("colour=red:", "unknown option")):
        definition = f"python3:module_name=barque_local_fileset:{options}"
        with DirectorPeer(daemon) as director:
            director.start_job()
            director.ask(b"level = full  mtime_only=0 \n")
            director.send_list(b"fileset\n", plugin_line(definition))
            assert chr(director.end().status) == "E"
        assert words in director.heard.text


def test_option_example(daemon: FileDaemon, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    lines = ["I\n", "O S4\n", "G python3:module_name=barque_option_example:\n", "N\n"]
    records, text, status = back_up(daemon, [*lines, f"F {tmp_path}/file", "N\n", "N\n"])
    assert status == "T"
    assert f"option plugin: {tmp_path}/file" in text
    assert (1, 2, b"text") in records


NAMED_AS_PUBLISHED = """
from bareosfd import *
left = [("/x/link/", FT_LNK, 0o120777), ("/x/fifo", FT_FIFO, 0o010640)]
def load_bareos_plugin(d): return bRC_OK
def parse_plugin_definition(d): return bRC_OK
def handle_plugin_event(e): return bRC_OK
def start_backup_file(p):
    p.fname, p.type, mode = left.pop(0)
    p.link = "target" if p.type == FT_LNK else ""
    p.no_read = True
    p.statp = StatPacket(mode=mode, mtime=1_600_000_000)
    return bRC_OK
def end_backup_file(): return bRC_More if left else bRC_OK
def get_acl(a): return bRC_OK
def get_xattr(x): return bRC_OK
def check_file(f): return bRC_OK
"""

RESTORES_IN_PLACE = """
from barque_sdk import LocalFilePlugin, register
class Mine(LocalFilePlugin):
    '''Nothing of its own.'''
register(Mine, globals())
"""


def test_links_and_fifos_come_back_as_published_plugins_name_them(
    daemon: FileDaemon, tmp_path: Path
) -> None:
    plugin = tmp_path / "mine.py"
    plugin.write_text(NAMED_AS_PUBLISHED)
    definition = f"python3:module_path={tmp_path}:module_name=mine:"
    records, text, status = back_up(daemon, plugin_line(definition))
    assert status == "T", text
    plugin.write_text(RESTORES_IN_PLACE)
    restore(daemon, records, tmp_path / "where")
    link, fifo = tmp_path / "where" / "x" / "link", tmp_path / "where" / "x" / "fifo"
    assert link.readlink() == Path("target")
    assert fifo.is_fifo()
    assert (fifo.stat().st_mode & 0o777, fifo.stat().st_mtime) == (0o640, 1_600_000_000)
