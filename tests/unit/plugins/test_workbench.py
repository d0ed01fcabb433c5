import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from barque.cli.app import barque
from barque.plugins.workbench import Workbench
from barque.plugins.workbench_check import check_plugin
from barque.plugins.workbench_new import write_skeleton
from barque.testing.plugins import RunPlugin, plugin_bench

__all__ = ["plugin_bench"]


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    return write_skeleton("hello", tmp_path / "plugin")[0]


def test_the_skeleton_works(hello: Path, plugin_bench: RunPlugin) -> None:
    run = plugin_bench(hello, greeting="hi: there")
    saved = run.backup()
    assert saved.ok, saved.messages
    assert [(entry.kind, entry.size) for entry in saved.entries] == [("FT_REG", 9)]
    assert run.restore().ok
    assert (run.restored / "@hello" / "greeting.txt").read_text() == "hi: there"


def test_the_test_of_the_skeleton_is_a_test(hello: Path, tmp_path: Path) -> None:
    names: dict[str, object] = {"__file__": str(hello.with_name("test_hello.py"))}
    exec(compile(hello.with_name("test_hello.py").read_text(), "test", "exec"), names)
    test = names["test_backup_and_restore"]
    assert callable(test)
    test(tmp_path / "more")


def test_a_skeleton_overwrites_nothing(hello: Path) -> None:
    with pytest.raises(Exception, match="is there already"):
        write_skeleton("hello", hello.parent)
    with pytest.raises(Exception, match="cannot be the name"):
        write_skeleton("no-name", hello.parent)


def test_objects_acls_and_attributes_go_both_ways(tmp_path: Path) -> None:
    plugin = tmp_path / "full.py"
    plugin.write_text(
        "from bareosfd import *\n"
        "import json\n"
        "todo = ['object', 'file']\n"
        "def load_bareos_plugin(d): return RegisterEvents([3])\n"
        "def parse_plugin_definition(d): return bRC_OK\n"
        "def handle_plugin_event(e): return bRC_OK\n"
        "def start_backup_file(p):\n"
        "    p.statp = StatPacket()\n"
        "    if todo.pop(0) == 'object':\n"
        "        p.type = FT_RESTORE_FIRST; p.object_name = 'o'; p.object = bytearray(b'kept')\n"
        "        p.object_len = 4\n"
        "    else:\n"
        "        p.type = FT_REG; p.fname = '/f'; p.no_read = True\n"
        "    return bRC_OK\n"
        "def end_backup_file(): return bRC_More if todo else bRC_OK\n"
        "def get_acl(a): a.content = bytearray(b'acl'); return bRC_OK\n"
        "def get_xattr(x): x.name = bytearray(b'n'); x.value = bytearray(b'v'); return bRC_OK\n"
        "def restore_object_data(o): print('object', bytes(o.object)); return bRC_OK\n"
        "def start_restore_file(c): return bRC_OK\n"
        "def create_file(r): r.create_status = CF_EXTRACT; return bRC_OK\n"
        "def plugin_io(i): return bRC_OK\n"
        "def set_file_attributes(r): return bRC_OK\n"
        "def set_acl(a): print('acl', bytes(a.content)); return bRC_OK\n"
        "def set_xattr(x): print('xattr', bytes(x.name), bytes(x.value)); return bRC_OK\n"
        "def end_restore_file(): return bRC_OK\n"
    )
    bench = Workbench(plugin)
    saved = bench.backup(tmp_path / "saved")
    assert [entry.kind for entry in saved.entries] == ["FT_RESTORE_FIRST", "FT_REG"]
    back = bench.restore(tmp_path / "saved", tmp_path / "where")
    assert back.printed == ["object b'kept'", "acl b'acl'", "xattr b'n' b'v'"]


def texts(findings: list[object]) -> str:
    return "\n".join(str(finding) for finding in findings)


def test_check_finds_what_is_wrong(tmp_path: Path, hello: Path) -> None:
    assert not any(finding.bad for finding in check_plugin(hello))
    assert "unknown option" in texts([*check_plugin(hello, {"colour": "red"})])
    assert "is not there" in texts([*check_plugin(tmp_path / "nothing.py")])
    bad = tmp_path / "bad.py"
    for text, words in (
        ("def (", "invalid syntax"),
        ("def load_bareos_plugin(d): pass", "returns no bRC_"),
        ("def load_bareos_plugin(a, b, c): return 0", "takes 3 arguments, 1 are given"),
        ("import bareosdir", "for the Director"),
        (
            "from barque_sdk import *\nimport nothing_at_all",
            "line 2: there is no module nothing_at_all; looked in",
        ),
    ):
        bad.write_text(text)
        assert words in texts([*check_plugin(bad)])


def test_check_tells_the_interpreter_and_where_packages_come_from(tmp_path: Path) -> None:
    (tmp_path / "helper.py").touch()
    plugin = tmp_path / "plug.py"
    plugin.write_text("import json\nimport helper\nfrom barque_sdk import *\n")
    said = [str(finding.text) for finding in check_plugin(plugin)]
    assert f"helper is {tmp_path}/helper.py" in said
    assert any(text.startswith("interpreter ") and "Python 3." in text for text in said)
    assert not any(text.startswith("json is") for text in said)
    missing = check_plugin(plugin, interpreter="/no/such/python")
    assert "interpreter /no/such/python" in missing[-1].text
    assert missing[-1].bad


OBSERVER = """
import {module}
from {module} import *
def load_bareos_plugin(d): return RegisterEvents([1, 2])
def parse_plugin_definition(d): return bRC_OK
def handle_plugin_event(e):
    JobMessage(M_INFO, "%d files" % GetValue({module}.{files}))
    return bRC_OK
"""


@pytest.mark.parametrize(
    ("module", "files", "events"),
    [
        ("bareosdir", "bDirVarJobFiles", ["bDirEventJobStart", "bDirEventJobEnd"]),
        ("bareossd", "bsdVarJobFiles", ["bsdEventJobStart", "bsdEventJobEnd"]),
    ],
)
def test_plugins_of_other_daemons_hear_of_a_job(
    tmp_path: Path, module: str, files: str, events: list[str]
) -> None:
    plugin = tmp_path / "plug.py"
    plugin.write_text(OBSERVER.format(module=module, files=files))
    heard: list[tuple[str, str]] = []
    result = Workbench(plugin, heard=lambda kind, text: heard.append((kind, text))).observe()
    assert result.ok
    assert result.texts() == ["0 files", "3 files"]
    assert [text.split()[0] for kind, text in heard if kind == "event"] == events
    assert not any(finding.bad for finding in check_plugin(plugin))


def test_the_commands(tmp_path: Path, hello: Path) -> None:
    runner = CliRunner()

    def call(*words: str) -> str:
        return runner.invoke(barque, ["plugin", *words], standalone_mode=False).output

    assert "it loads" in call("check", str(hello))
    output = call("run", str(hello), "--option", "greeting=hey", "--to", str(tmp_path / "to"))
    assert "FT_REG" in output
    assert "1 entries, 3 bytes" in output
    assert "event: bEventStartBackupJob -> bRC_OK in" in output
    call("run", str(hello), "--restore", str(tmp_path / "to"), "--where", str(tmp_path / "back"))
    assert (tmp_path / "back" / "@hello" / "greeting.txt").read_text() == "hey"
    assert "wrote" in call("new", "other", "--directory", str(tmp_path))


def test_trace_shows_the_calls_of_a_job(tmp_path: Path) -> None:
    folder = tmp_path / "working" / "plugin-traces"
    folder.mkdir(parents=True)
    call = {"call": "plugin_io", "arguments": ["IoPacket()"], "result": 0, "since": 0.002}
    (folder / "7-fd-0-x.jsonl").write_text(json.dumps(call) + "\n")
    words = ["plugin", "trace", "7", "--dir", str(tmp_path)]
    output = CliRunner().invoke(barque, words, standalone_mode=False).output
    assert "2.0 ms  plugin_io(IoPacket()) -> 0" in output
