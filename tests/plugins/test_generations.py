"""Plugins of both generations of the interface, and mixtures of them, with our helper modules."""

from pathlib import Path

import pytest

from barque.plugins.observers import JobObservers, ObserverPlace
from barque.plugins.workbench import Workbench, WorkbenchResult

OLD_CLASS = """
    left = ["/v/one", "/v/two"]
    def start_backup_file(self, context, savepkt):
        if not self.left:
            return bRCs["bRC_Stop"]
        savepkt.fname = self.left.pop(0)
        savepkt.type = bFileType["FT_REG"]
        savepkt.statp = StatPacket()
        savepkt.statp.mode = 0o100640
        savepkt.statp.size = 3
        self.data = [bytearray(b"old"), bytearray()]
        return bRCs["bRC_OK"]
    def plugin_io(self, context, iop):
        if iop.func == bIOPS["IO_READ"]:
            iop.buf = self.data.pop(0)
            iop.status = len(iop.buf)
        return bRCs["bRC_OK"]
    def end_backup_file(self, context):
        return bRCs["bRC_More"] if self.left else bRCs["bRC_OK"]
    def handle_plugin_event(self, context, event):
        if event == bEventType["bEventStartBackupJob"]:
            JobMessage(context, bJobMessageType["M_INFO"], "level %s" % self.level)
        return super().handle_plugin_event(context, event)
"""

NEW_CLASS = """
    def __init__(self, plugindef):
        super().__init__(plugindef)
        self.left = ["/v/one", "/v/two"]
    def start_backup_file(self, savepkt):
        if not self.left:
            return bRC_Stop
        savepkt.fname = self.left.pop(0)
        savepkt.type = FT_REG
        savepkt.statp = StatPacket(mode=0o100640, size=3)
        self.data = [bytearray(b"new"), bytearray()]
        return bRC_OK
    def plugin_io(self, iop):
        if iop.func == IO_READ:
            iop.buf = self.data.pop(0)
            iop.status = len(iop.buf)
        return bRC_OK
    def end_backup_file(self):
        return bRC_More if self.left else bRC_OK
    def handle_plugin_event(self, event):
        if event == bEventStartBackupJob:
            JobMessage(M_INFO, "level %s" % self.level)
        return super().handle_plugin_event(event)
"""

HEADS = {
    "old": "from bareosfd import *\nfrom bareos_fd_consts import *\n",
    "new": "from bareosfd import *\n",
}
LOADERS = {
    "old": "def load_bareos_plugin(context, plugindef):\n"
    "    BareosFdWrapper.bareos_fd_plugin_object = Saver({arguments})\n    return {ok}\n",
    "new": "def load_bareos_plugin(plugindef):\n"
    "    BareosFdWrapper.bareos_fd_plugin_object = Saver({arguments})\n    return {ok}\n",
}
CLASSES = {"old": OLD_CLASS, "new": NEW_CLASS}


def file_plugin(loader: str, cls: str) -> str:
    """Return a plugin with a loader and a class of the two generations."""
    arguments = "context, plugindef" if loader == "old" and cls == "old" else "plugindef"
    text = HEADS[cls] + "import BareosFdWrapper\nfrom BareosFdWrapper import *\n"
    text += "from BareosFdPluginBaseclass import BareosFdPluginBaseclass\n"
    text += "class Saver(BareosFdPluginBaseclass):" + CLASSES[cls]
    return text + LOADERS[loader].format(arguments=arguments, ok=0)


def backed_up(folder: Path, text: str, **options: str) -> WorkbenchResult:
    plugin = folder / "plug.py"
    plugin.write_text(text)
    return Workbench(plugin, options).backup(folder / "saved")


@pytest.mark.parametrize("cls", ["old", "new"])
@pytest.mark.parametrize("loader", ["old", "new"])
def test_every_mixture_of_loader_and_class(tmp_path: Path, loader: str, cls: str) -> None:
    result = backed_up(tmp_path, file_plugin(loader, cls))
    assert result.ok, result.messages
    assert [entry.name for entry in result.entries] == ["/v/one", "/v/two"]
    assert {entry.stat[2] for entry in result.entries} == {0o100640}
    assert {entry.size for entry in result.entries} == {3}
    assert [text for text in result.texts("M_INFO") if "level" in text] == [
        "python3-fd-mod: level 70"
    ]


def test_the_decorator_of_the_wrapper(tmp_path: Path) -> None:
    text = HEADS["new"] + "from BareosFdWrapper import *\n"
    text += "from BareosFdPluginBaseclass import BareosFdPluginBaseclass\n"
    text += "@BareosPlugin\nclass Saver(BareosFdPluginBaseclass):" + NEW_CLASS
    result = backed_up(tmp_path, text)
    assert [entry.name for entry in result.entries] == ["/v/one", "/v/two"]


@pytest.mark.parametrize("key", ["'bRC_OK'", "b'bRC_OK'"])
def test_dictionaries_take_text_and_bytes(tmp_path: Path, key: str) -> None:
    text = f"import bareosfd\ndef load_bareos_plugin(d): return bareosfd.bRCs[{key}]\n"
    text += "def parse_plugin_definition(d): return bareosfd.bRC_OK\n"
    (tmp_path / "plug.py").write_text(text)
    assert Workbench(tmp_path / "plug.py").load().ok


OBSERVER = """
from bareos{kind} import *
from bareos_{kind}_consts import {imported}
import {wrapper}
from {wrapper} import *
import {base}
class Sender({base}.{base}):
    def handle_plugin_event(self, context, event):
        super().handle_plugin_event(context, event)
        if event == {events}['{start}']:
            name = GetValue(context, {variables}['{name}'])
            text = 'seen %s %s' % (name, self.options.get('tag'))
            JobMessage(context, bJobMessageType['M_INFO'], text)
        return bRCs['bRC_OK']
def load_bareos_plugin({arguments}):
    {wrapper}.{object} = Sender({arguments})
    return bRCs['bRC_OK']
"""
"""An old class, which takes a context everywhere."""

OBSERVERS = {
    "a new loader over an old class": {
        "arguments": "plugindef",
        "imported": "bJobMessageType, bRCs, {events}, {variables}",
    },
    "old altogether": {"arguments": "context, plugindef", "imported": "*"},
}
NAMES = {
    "dir": {
        "kind": "dir", "events": "bDirEventType", "variables": "brDirVariable",
        "wrapper": "BareosDirWrapper", "base": "BareosDirPluginBaseclass",
        "start": "bDirEventJobStart", "name": "bDirVarJobName",
        "object": "bareos_dir_plugin_object",
    },
    "sd": {
        "kind": "sd", "events": "bsdEventType", "variables": "bsdrVariable",
        "wrapper": "BareosSdWrapper", "base": "BareosSdPluginBaseclass",
        "start": "bsdEventJobStart", "name": "bsdVarJobName",
        "object": "bareos_sd_plugin_object",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", ["dir", "sd"])
@pytest.mark.parametrize("what", OBSERVERS)
def test_observers_of_the_old_interface(tmp_path: Path, kind: str, what: str) -> None:
    imported = OBSERVERS[what]["imported"].format(**NAMES[kind])
    words = NAMES[kind] | OBSERVERS[what] | {"imported": imported}
    (tmp_path / "plug.py").write_text(OBSERVER.format(**words))
    told: list[str] = []
    job_name = str({"dir": 13, "sd": 10}[kind])
    values = {str(number): 0 for number in range(1, 28)} | {job_name: "job.1"}
    observers = JobObservers(
        ObserverPlace("dir" if kind == "dir" else "sd", ""),
        lambda _kind, text: told.append(text),
        lambda: values,
        lambda *_: 0,
    )
    observers.add(f"python3:module_path={tmp_path}:module_name=plug:tag=x:")
    observers.event(1)
    observers.event(2)
    observers.close()
    assert told == ["seen job.1 x"]
