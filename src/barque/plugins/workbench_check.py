"""Finds what is wrong with a plugin before a job does."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from barque.errors import PluginError
from barque.plugins.process import HostSettings, find_interpreter
from barque.plugins.workbench import Workbench

_FILE_ENTRY_POINTS: Final = {
    "load_bareos_plugin": 1, "parse_plugin_definition": 1, "handle_plugin_event": 1,
    "start_backup_file": 1, "end_backup_file": 0, "plugin_io": 1, "start_restore_file": 1,
    "end_restore_file": 0, "create_file": 1, "set_file_attributes": 1, "check_file": 1,
    "get_acl": 1, "set_acl": 1, "get_xattr": 1, "set_xattr": 1,
}  # fmt: skip
"""Entry points, and their arguments in the interface of today."""
_ALWAYS: Final = ("load_bareos_plugin", "parse_plugin_definition", "handle_plugin_event")
_HELPERS: Final = ("BareosFdWrapper", "BareosDirWrapper", "BareosSdWrapper", "barque_sdk")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a plugin."""

    bad: bool
    text: str


def check_plugin(file: str | Path, options: Mapping[str, str] | None = None) -> list[Finding]:
    """Return what there is to say about a plugin file."""
    path = Path(file)
    module = path if path.is_file() else path / "__init__.py"
    if not module.is_file():
        return [Finding(True, f"{path} is not there: a plugin is a .py file or a package folder")]
    try:
        tree = ast.parse(module.read_text("utf-8"), str(module))
    except (SyntaxError, UnicodeDecodeError) as error:
        return [Finding(True, f"{module}: {error}")]
    findings = _interpreter(path)
    kind = _kind(tree)
    findings.append(Finding(False, f"for the {_DAEMONS[kind]}"))
    findings += _entry_points(tree, kind)
    if kind == "fd" and not any(finding.bad for finding in findings):
        findings += _try(path, options or {})
    return findings


_DAEMONS: Final = {"fd": "File Daemon", "dir": "Director", "sd": "Storage Daemon"}


def _interpreter(path: Path) -> list[Finding]:
    try:
        found = find_interpreter(HostSettings(), str(path.parent.absolute()))
    except PluginError as error:
        return [Finding(True, str(error))]
    return [Finding(False, f"interpreter {found}")]


def _imports(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _kind(tree: ast.Module) -> str:
    imports = " ".join(_imports(tree)).lower()
    return next((kind for kind in ("dir", "sd") if f"bareos{kind}" in imports), "fd")


def _entry_points(tree: ast.Module, kind: str) -> list[Finding]:
    if _imports(tree) & set(_HELPERS):
        return []
    there = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    wanted = _FILE_ENTRY_POINTS if kind == "fd" else dict.fromkeys(_ALWAYS, 1)
    findings = []
    for name, count in wanted.items():
        node = there.get(name)
        if node is None:
            needed = name in _ALWAYS
            note = "is missing" if needed else "is missing: its calls count as errors"
            findings.append(Finding(needed, f"{name} {note}"))
            continue
        given = len(node.args.args) - len(node.args.defaults)
        if given not in (count, count + 1) and node.args.vararg is None:
            text = f"line {node.lineno}: {name} takes {given} arguments, {count} are given"
            findings.append(Finding(True, text))
        if not any(isinstance(one, ast.Return) and one.value for one in ast.walk(node)):
            findings.append(Finding(True, f"line {node.lineno}: {name} returns no bRC_... number"))
    return findings


def _try(path: Path, options: Mapping[str, str]) -> list[Finding]:
    """Load the plugin as a job would, and look at what it says."""
    bench = Workbench(path, options, settings=HostSettings(timeout=60))
    result = bench.load()
    findings = [Finding(kind in ("M_FATAL", "M_ERROR"), text) for kind, text in result.messages]
    if not result.ok and not any(finding.bad for finding in findings):
        findings.append(Finding(True, "the plugin refuses to be loaded, without a word"))
    if result.ok:
        findings.append(Finding(False, "it loads and takes its options"))
    return findings
