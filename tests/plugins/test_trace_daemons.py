"""A job whose three daemons run the trace plugins, held to the calls of real daemons."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from barque.local.jobs import run_job
from barque.local.place import Place
from barque.testing.daemons import Daemons, finished, new_place, running, said, wait_until

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent.parent / "golden" / "plugin-trace"

JOB = """
Job {{ Name = p1; JobDefs = DefaultJob; FileSet = p1; Level = Full; Accurate = no; {options} }}
FileSet {{ Name = p1; Include {{ Options {{ Signature = MD5; AclSupport = yes; XattrSupport = yes }}
  Plugin = "python:module_path={folder}:module_name=fdtrace:tag=A:todo=reg,dir,lnk,obj,objbig,cfg,reg2"
}} }}
"""

DIR_OPTIONS = (
    "python3:instance=0:module_path={}:module_name=dirtrace:tag=d0:dump=1:setprio=1:setjr=1",
    "python3:instance=1:module_path={}:module_name=dirtrace:tag=d1",
)
SD_OPTIONS = ("python3:instance=0:module_path={}:module_name=sdtrace:tag=s0:dump=1",)

OF_THE_MACHINE = {
    "dir": ("NumVols", "PluginDir", "JobName", "JobId", "LastRate"),
    "sd": ("PluginDir", "JobName", "JobId", "JobBytes", "Compatible"),
}
"""Values that differ from run to run; paths count in the bytes of the Storage Daemon.

The rate was 0 in the recorded job, because nobody had asked for its status; only the old
interface has Compatible.
"""


def options_for(folder: Path) -> str:
    lines = [f'DirPluginOptions = "{text.format(folder)}"' for text in DIR_OPTIONS]
    lines += [f'SdPluginOptions = "{text.format(folder)}"' for text in SD_OPTIONS]
    return "; ".join(lines)


def write_plugins(folder: Path, change: Callable[[str, str], str]) -> None:
    """Write the three plugins into *folder*, where their logs will be, too."""
    folder.mkdir()
    for name in ("fd", "dir", "sd"):
        text = (GOLDEN / f"{name}trace.py.txt").read_text()
        text = text.replace(f"/srv/trace/{name}.log", str(folder / f"{name}.log"))
        (folder / f"{name}trace.py").write_text(
            change(name, text.replace("/srv/trace", str(folder)))
        )


def prepared(root: Path, change: Callable[[str, str], str]) -> tuple[Place, Path]:
    """Return an installation with the traced job, and the folder of the plugins."""
    place, folder = new_place(root / "barque"), root / "plugins"
    write_plugins(folder, change)
    resources = JOB.format(options=options_for(folder), folder=folder)
    resources += "Job { Name = before; JobDefs = DefaultJob; FileSet = before; Level = Full }\n"
    resources += f'FileSet {{ Name = before; Include {{ File = "{folder}/fdtrace.py" }} }}\n'
    (place.director_resources / "job" / "p1.conf").write_text(resources)
    return place, folder


def run(daemons: Daemons, job: str) -> None:
    """Run a job to its good end."""
    with daemons.console() as console:
        outcome = finished(console, run_job(console, job))
        assert outcome.status == "T", said(console, outcome)


type Call = tuple[str, dict[str, Any]]
"""What was called, and the values of the job where the plugin wrote them."""


def calls(text: str, kind: str, job: str) -> list[Call]:
    """Return the calls that belong to *job*; constants and what the machine decides are left out."""
    found = []
    for line in text.splitlines():
        head, _, call = line.partition("] ")
        if f" j{job}" not in head or call.startswith("DUMP"):
            continue
        words, brace, values = call.partition("{")
        shown: dict[str, Any] = eval(brace + values) if brace else {}
        for name in OF_THE_MACHINE[kind]:
            shown.pop(name, None)
        tag = head.split()[0].strip("[")
        found.append((f"{tag} {re.sub(r'(Register 0) .*', r'\1', words).strip()}", shown))
    return found


def dump(text: str) -> str:
    """Return the constants that a plugin found."""
    return next(line.split(" DUMP ")[1] for line in text.splitlines() if " DUMP " in line)


def recorded(kind: str) -> list[Call]:
    found = calls((GOLDEN / f"L4_p1_Full_{kind}").read_text(), kind, "85")
    names = {"FileStorage0001": "FileStorage", "Full-0007": "Full-0001"}
    return [
        (call, {name: names.get(value, value) for name, value in values.items()})
        for call, values in found
    ]


def as_it_is(_kind: str, text: str) -> str:
    return text


def as_before_version_20(kind: str, text: str) -> str:
    """Return a trace plugin as it was written for the old interface, with a context."""
    if kind == "fd":
        return text
    module = f"bareos{kind}"
    consts = f"bareos_{kind}_consts"
    entry_points = "load_bareos_plugin|parse_plugin_definition|handle_plugin_event"
    text = re.sub(rf"def ({entry_points})\(", r"def \1(context,", text)
    text = re.sub(
        rf"{module}\.(GetValue|SetValue|RegisterEvents|JobMessage)\(", rf"{module}.\1(C[0],", text
    )
    text = text.replace(f"{module}.GetInstanceCount()", f"{module}.GetInstanceCount(C[0])")
    variables = {"dir": "brDirVariable", "sd": "bsdrVariable"}[kind]
    for new, old in {
        rf"{module}\.(bDirVariable|bsdVariable)\b": f"{consts}.{variables}",
        rf"{module}\.(bDirVar\w+|bsdVar\w+)\b(?<!Variable)": rf"{consts}.{variables}['\1']",
        rf"{module}\.(bwDirVar\w+)\b": rf"{consts}.bwDirVariable['\1']",
        rf"{module}\.(bDirEventType|bsdEventType)": rf"{consts}.\1",
    }.items():
        text = re.sub(new, old, text)
    keep = r"\1 C.append(context);"
    text = re.sub(r"(def load_bareos_plugin\(context,d\):\n)", rf"{keep}", text)
    return f"import {consts}\nC=[]\n{text}"


@pytest.mark.parametrize("change", [as_it_is, as_before_version_20])
def test_the_calls_of_a_full_backup(tmp_path: Path, change: Callable[[str, str], str]) -> None:
    place, folder = prepared(tmp_path, change)
    with running(place) as daemons:
        run(daemons, "before")
        run(daemons, "p1")
    for kind in ("dir", "sd"):
        text = (folder / f"{kind}.log").read_text()
        ours = calls(text, kind, "2")
        assert ours == recorded(kind)
        if change is as_it_is:
            theirs = dump((GOLDEN / f"L4_p1_Full_{kind}").read_text())
            assert without_functions(dump(text)) == without_functions(theirs)
    assert "end_backup_file reg2" in (folder / "fd.log").read_text()


def without_functions(constants: str) -> dict[str, str]:
    """Return the names of a module with their values; those of Python itself are its own."""
    found: dict[str, str] = eval(constants)
    return {
        name: "a function" if "function" in value else value
        for name, value in found.items()
        if not name.startswith("__")
    }


STATUS_PAGES = {
    "dir": "status director",
    "fd": "status client=bareos-fd",
    "sd": "status storage=File",
}
WAITS = """
good_event = handle_plugin_event
def handle_plugin_event(e):
    import os, time
    while e == 3 and not os.path.exists({!r}): time.sleep(0.01)
    return good_event(e)
"""


def test_status_pages_show_what_is_loaded(tmp_path: Path) -> None:
    go = tmp_path / "go"

    def change(kind: str, text: str) -> str:
        return text + WAITS.format(str(go)) if kind == "fd" else text

    place, _ = prepared(tmp_path, change)
    with running(place) as daemons, daemons.console() as console:
        job_id = run_job(console, "p1")
        for kind, command in STATUS_PAGES.items():
            line = f"Running    : {kind}trace in JobId {job_id}"
            wait_until(lambda command=command, line=line: line in console.call(command))  # type: ignore[misc]
        go.touch()
        assert finished(console, job_id).status == "T"
        wait_until(lambda: "Plugin Info:" not in console.call("status director"))
