"""The trace plugin in our File Daemon gets the calls that it got in a real one."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from barque.filedaemon.daemon import FileDaemon
from barque.testing.file_peers import DirectorPeer, StoragePeer, make_daemon
from barque.testing.savedtrees import Record
from barque.wire.messages.director_file import Backup, Estimate, Restore

GOLDEN = Path(__file__).parent.parent / "golden" / "plugin-trace"
OPTIONS = "tag=A:todo=reg,dir,lnk,obj,objbig,cfg,reg2"

KEPT = (
    "Level", "Type", "JobStatus", "SinceTime", "Accurate", "FileSeen", "VssClient", "RegexWhere",
    "DistName", "PrevJobName", "PrefixLinks", "CheckChanges", "AccurateOptions",
)  # fmt: skip
"""Values that do not depend on the machine."""


class Traced:
    """A daemon with the trace plugin, and the calls that were written down."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log = directory / "fd.log"
        text = (GOLDEN / "fdtrace.py.txt").read_text()
        text = text.replace("/srv/trace/fd.log", str(self.log))
        (directory / "fdtrace.py").write_text(text.replace("/srv/trace", str(directory)))
        self.daemon: FileDaemon = make_daemon(directory)

    def definition(self, name: str = "python", options: str = OPTIONS) -> str:
        return f"{name}:module_path={self.directory}:module_name=fdtrace:{options}"

    def calls(self) -> list[str]:
        lines = normal(self.log.read_text(), {str(self.directory): "PL"})
        self.log.unlink()
        return lines


def recorded(name: str) -> list[str]:
    places = {"/srv/trace/pl": "PL", "/srv/trace/run/restore/s1": "WHERE", "/srv/trace": "PL"}
    places["/srv/trace/run/restore/cf5"] = "WHERE"
    return normal(
        (GOLDEN / name).read_text(), dict(sorted(places.items(), key=lambda p: -len(p[0])))
    )


def normal(text: str, places: dict[str, str]) -> list[str]:
    """Return the calls without what depends on machine and time."""
    for place, word in places.items():
        text = text.replace(place, word)
    lines = []
    for line in re.split(r"^(?=\[)", text, flags=re.MULTILINE):
        if not line:
            continue
        call = line.split("] ", 1)[1].rstrip()
        call = re.sub(r"atime=\d+", "atime=T", call)
        call = re.sub(r"(MODULE IMPORT \S+).*", r"\1", call)
        call = call.replace(r"b'ACL!\x00'", "b'ACL!'")
        call = re.sub(r"jobid=\d+", "jobid=N", call)
        lines.append(re.sub(r"\{'JobId.*\}", _kept, call, flags=re.DOTALL))
    return lines


def _kept(match: re.Match[str]) -> str:
    values: dict[str, Any] = eval(match[0], {"frozenset": frozenset})
    kept = {name: values[name] for name in KEPT}
    kept["AccurateOptions"] = sorted(kept["AccurateOptions"])
    return str(kept)


@pytest.fixture
def traced(tmp_path: Path) -> Traced:
    return Traced(tmp_path)


def fileset(*definitions: str, options: Iterable[str] = ()) -> list[str]:
    plugins = [f"P {definition}" for definition in definitions]
    return ["I\n", "O MHAX\n", *options, "N\n", "N\n", *plugins, "N\n"]


def back_up(traced: Traced, *definitions: str, before: Iterable[bytes] = ()) -> list[Record]:
    with StoragePeer() as storage, DirectorPeer(traced.daemon) as director:
        director.start_job()
        for command in before or (b"level = full  mtime_only=0 \n",):
            director.channel.send(command)
        assert director.reply() == "2000 OK level\n"
        assert director.ask_list(b"fileset\n", fileset(*definitions)) == "2000 OK include\n"
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        assert director.ask(Backup(0)) == "2000 OK backup\n"
        assert director.end().status == ord("T"), director.heard.text
    return storage.taken


def test_a_full_backup(traced: Traced) -> None:
    records = back_up(traced, traced.definition())
    assert traced.calls() == recorded("L4_p1_Full_fd")
    assert [stream for index, stream, _ in records if index == 1] == [26, 1, 2, 1020, 1988, 3, 26]
    assert [stream for index, stream, _ in records if index == 4] == [26, 28, 26]


def test_two_lines_share_a_plugin(traced: Traced) -> None:
    one = traced.definition("python3", "tag=A:todo=reg")
    two = traced.definition("python3", "tag=B:todo=reg2")
    back_up(traced, one, two)
    assert traced.calls() == recorded("L4_p2_Full_fd")


def objects(traced: Traced) -> list[bytes]:
    """Return the commands that give back what the Full backup kept."""
    text = traced.definition()
    commands = []
    for name, content, kind, index in (
        (b"objname-obj", b"z" * 20, 25, 7),
        (b"objname-objbig", b"z" * 5000, 25, 7),
        (b"cfg", b"a=1\n", 27, 1),
    ):
        size = len(content)
        head = f"restoreobject JobId=85 {size},{size},{index},{kind},0,4,{text}\n"
        commands += [head.encode(), name, content]
    return commands


def test_an_incremental_backup(traced: Traced) -> None:
    with StoragePeer() as storage, DirectorPeer(traced.daemon) as director:
        director.start_job()
        director.channel.send(b"level = incremental  mtime_only=0 \n")
        since = "level = since_utime 1795372749 mtime_only=0 prev_job=p1.2026-11-22_18.38.54_32"
        assert director.ask(since.encode()) == "2000 OK level\n"
        lines = fileset(traced.definition())
        assert director.ask_list(b"fileset\n", lines) == "2000 OK include\n"
        for command in objects(traced):
            director.channel.send(command)
        assert director.ask(b"restoreobject end\n") == "2000 OK ObjectRestored\n"
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Backup(0))
        director.end()
    ours = traced.calls()
    assert [re.sub("'SinceTime': 179537274.", "'SinceTime': N", call) for call in ours] == [
        re.sub("'SinceTime': 179537274.", "'SinceTime': N", call)
        for call in recorded("L4_p1_Incremental_fd")
    ]
    assert {stream for _, stream, _ in storage.taken} == {26, 28}


def test_an_estimate(traced: Traced) -> None:
    with DirectorPeer(traced.daemon) as director:
        director.start_job()
        director.ask(b"level = full  mtime_only=0 \n")
        director.ask_list(b"fileset\n", fileset(traced.definition()))
        assert "files=4 bytes=20" in director.ask(Estimate(listing=False))
    assert traced.calls() == recorded("L4_est_fd")


def restore(traced: Traced, records: list[Record], where: str, options: str = "") -> None:
    wanted = [record for record in records if record[0] not in (4, 5, 6)]
    with StoragePeer(wanted) as storage, DirectorPeer(traced.daemon) as director:
        director.start_job("RestoreFiles.2026-11-22_18.40.50_52")
        if options:
            assert director.ask(f"pluginoptions {options}\n".encode()) == "2000 OK PluginOptions\n"
        for command in objects(traced):
            director.channel.send(command)
        director.ask(b"restoreobject end\n")
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Restore(replace="a", prelinks=0, where=where))
        assert director.end().status == ord("T"), director.heard.text


def test_a_restore(traced: Traced) -> None:
    records = back_up(traced, traced.definition())
    traced.calls()
    restore(traced, records, f"{traced.directory}/where")
    assert [call.replace("PL/where", "WHERE") for call in traced.calls()] == recorded("L5_s1_fd")


def test_a_restore_that_leaves_creating_to_the_core(traced: Traced) -> None:
    records = back_up(traced, traced.definition())
    traced.calls()
    restore(traced, records, f"{traced.directory}/where", "python3:cf=5")
    assert [call.replace("PL/where", "WHERE") for call in traced.calls()] == recorded("L5_cf5_fd")


def test_a_plugin_of_an_options_block(traced: Traced) -> None:
    tree = traced.directory / "tree"
    tree.mkdir()
    (tree / "hostname").write_bytes(b"0123456789")
    (tree / "link").symlink_to("/usr/bin/vim.basic")
    definition = traced.definition("python3", "tag=O:hbf=0")
    lines = ["I\n", "O MHAX\n", f"G {definition}\n", "N\n", f"F {tree}/hostname", f"F {tree}/link"]
    with StoragePeer() as storage, DirectorPeer(traced.daemon) as director:
        director.start_job()
        director.ask(b"level = full  mtime_only=0 \n")
        assert director.ask_list(b"fileset\n", [*lines, "N\n", "N\n"]) == "2000 OK include\n"
        director.ask(b"pluginoptions python3:tag=CON0:extra=1\n")
        director.ask(f"storage address=127.0.0.1 port={storage.port} ssl=4\n".encode())
        director.ask(Backup(0))
        assert director.end().status == ord("T"), director.heard.text
    theirs = recorded("L4_popt0_Full_fd")
    start = next(at for at, call in enumerate(theirs) if call.startswith("handle_backup_file"))
    end = next(at for at in range(start + 1, len(theirs)) if theirs[at].startswith("handle_"))
    link = next(at for at, call in enumerate(theirs) if "/etc/alternatives/which.pl1.gz" in call)
    names = [name_of(call) for call in [*theirs[:end], *theirs[link : link + 3]]]
    ours = [name_of(call) for call in traced.calls()]
    assert ours[: len(names)] == names
    assert [stream for index, stream, _ in storage.taken if index == 1] == [
        26,
        1,
        2,
        1020,
        1988,
        3,
        26,
    ]
    assert (1, 2, b"xxxxxxxxxx") in storage.taken


def name_of(call: str) -> str:
    """Return a call without names and numbers of files."""
    call = re.sub(r'(fname|link)="[^"]*"', r"\1", call)
    return re.sub(r'"(user.n|v)\d+"', r'"\1N"', call)


ENTRY_POINTS = (
    "load_bareos_plugin|parse_plugin_definition|handle_plugin_event|start_backup_file|check_file|"
    "end_backup_file|plugin_io|start_restore_file|end_restore_file|restore_object_data|"
    "create_file|set_file_attributes|[gs]et_acl|[gs]et_xattr|handle_backup_file"
)


def as_old_plugin(text: str) -> str:
    """Return the trace plugin as it was written before version 20."""
    text = re.sub(rf"^def ({ENTRY_POINTS})\(", r"def \1(context,", text, flags=re.MULTILINE)
    functions = "GetValue|RegisterEvents|CheckChanges|AcceptFile"
    text = re.sub(rf"bareosfd\.({functions})\(", r"bareosfd.\1(CONTEXT,", text)
    text = text.replace("bareosfd.GetInstanceCount()", "bareosfd.GetInstanceCount(CONTEXT)")
    text = text.replace("bareosfd.bVariable", "VARIABLES").replace("log('MODULE IMPORT'", "(0")
    text = re.sub(r"bareosfd\.(bRC_\w+)", r"consts.bRCs['\1']", text)
    text = re.sub(r"bareosfd\.(FT_\w+)", r"consts.bFileType['\1']", text)
    text = re.sub(r"bareosfd\.(IO_\w+)", r"consts.bIOPS['\1']", text)
    text = re.sub(r"bareosfd\.(CF_\w+)", r"consts.bCFs['\1']", text)
    text = re.sub(r"\bs\.st_(\w+)", r"s.\1", text).replace("s.mtime=s.st_ctime", "s.mtime=s.ctime")
    head = (
        "import bareos_fd_consts as consts\nimport bareosfd\nCONTEXT=None\n"
        "VARIABLES=dict(consts.bVariable, bVarCheckChanges=20, bVarUsedConfig=21,"
        " bVarAccurateOptions=23)\n"
    )
    keep = "    global CONTEXT; CONTEXT=context\n"
    return head + re.sub(r"(def load_bareos_plugin\(context,d\):\n)", rf"\1{keep}", text)


def test_the_interface_before_version_20(traced: Traced) -> None:
    plugin = traced.directory / "fdtrace.py"
    plugin.write_text(as_old_plugin(plugin.read_text()))
    records = back_up(traced, traced.definition())
    assert traced.calls() == recorded("L4_p1_Full_fd")[1:]
    restore(traced, records, f"{traced.directory}/where")
    ours = [call.replace("PL/where", "WHERE") for call in traced.calls()]
    assert ours == recorded("L5_s1_fd")[1:]
