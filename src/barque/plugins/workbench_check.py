"""Finds what is wrong with a plugin before a job does."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from barque.errors import PluginError
from barque.plugins.process import HostSettings, find_interpreter
from barque.plugins.workbench import Workbench
from barque.plugins.workbench_kind import DAEMONS, imports_of, kind_of

_FILE_ENTRY_POINTS: Final = {
    "load_bareos_plugin": 1, "parse_plugin_definition": 1, "handle_plugin_event": 1,
    "start_backup_file": 1, "end_backup_file": 0, "plugin_io": 1, "start_restore_file": 1,
    "end_restore_file": 0, "create_file": 1, "set_file_attributes": 1, "check_file": 1,
    "get_acl": 1, "set_acl": 1, "get_xattr": 1, "set_xattr": 1,
}  # fmt: skip
"""Entry points, and their arguments in the interface of today."""
_ALWAYS: Final = ("load_bareos_plugin", "parse_plugin_definition", "handle_plugin_event")
_HELPERS: Final = (
    "BareosFdWrapper",
    "BareosDirWrapper",
    "BareosSdWrapper",
    "barque_sdk",
    "barque_director_sdk",
)
"""Modules that bring the entry points."""


class Verdict(StrEnum):
    """What a finding means."""

    OK = "ok"
    NOTE = "note"
    """Worth a look."""
    WRONG = "wrong"
    """A job would fail."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a plugin."""

    verdict: Verdict
    text: str

    @property
    def bad(self) -> bool:
        """Whether a job would fail."""
        return self.verdict is Verdict.WRONG


def check_plugin(
    file: str | Path, options: Mapping[str, str] | None = None, interpreter: str = ""
) -> list[Finding]:
    """Return what there is to say about a plugin file; *interpreter* is a program."""
    path = Path(file)
    module = path if path.is_file() else path / "__init__.py"
    if not module.is_file():
        return [_wrong(f"{path} is not there: a plugin is a .py file or a package folder")]
    try:
        tree = ast.parse(module.read_text("utf-8"), str(module))
    except (SyntaxError, UnicodeDecodeError) as error:
        return [_wrong(f"{module}: {error}")]
    settings = HostSettings(interpreter=interpreter, timeout=60)
    findings = list(_surroundings(path, tree, settings))
    findings += _entry_points(tree)
    if not any(finding.bad for finding in findings):
        findings += _try(path, options or {}, settings)
    return findings


def _wrong(text: str) -> Finding:
    return Finding(Verdict.WRONG, text)


def _surroundings(path: Path, tree: ast.Module, settings: HostSettings) -> Iterator[Finding]:
    """Yield the interpreter, and where the modules that the plugin imports come from."""
    yield Finding(Verdict.OK, f"for the {DAEMONS[kind_of(tree)]}")
    try:
        program = find_interpreter(settings, str(path.parent.absolute()))
        found = Workbench(path, settings=settings).find_modules(list(imports_of(tree)))
    except PluginError as error:
        yield _wrong(str(error))
        return
    yield Finding(Verdict.OK, f"interpreter {program}, Python {found.python}")
    for name, line in imports_of(tree).items():
        origin = found.origins[name]
        if origin is None:
            places = ", ".join(place for place in found.path if Path(place).exists())
            yield _wrong(f"line {line}: there is no module {name}; looked in {places}")
        elif "/" in origin and not origin.startswith(found.standard):
            yield Finding(Verdict.OK, f"{name} is {origin}")


def _entry_points(tree: ast.Module) -> Iterator[Finding]:
    if set(imports_of(tree)) & set(_HELPERS):
        return
    there = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    wanted = _FILE_ENTRY_POINTS if kind_of(tree) == "fd" else dict.fromkeys(_ALWAYS, 1)
    for name, count in wanted.items():
        node = there.get(name)
        if node is not None:
            yield from _signature(node, count)
        elif name in _ALWAYS:
            yield _wrong(f"{name} is missing")
        else:
            yield Finding(Verdict.NOTE, f"{name} is missing: its calls count as errors")


def _signature(node: ast.FunctionDef, count: int) -> Iterator[Finding]:
    given = len(node.args.args) - len(node.args.defaults)
    if given not in (count, count + 1) and node.args.vararg is None:
        text = f"line {node.lineno}: {node.name} takes {given} arguments, {count} are given"
        yield _wrong(text)
    if not any(isinstance(one, ast.Return) and one.value for one in ast.walk(node)):
        yield _wrong(f"line {node.lineno}: {node.name} returns no bRC_... number")


def _try(path: Path, options: Mapping[str, str], settings: HostSettings) -> Iterator[Finding]:
    """Load the plugin as a job would, and look at what it says."""
    result = Workbench(path, options, settings=settings).load()
    told_bad = False
    for kind, text in result.messages:
        bad = kind in ("M_FATAL", "M_ERROR")
        told_bad |= bad
        yield Finding(Verdict.WRONG if bad else Verdict.NOTE, text)
    if result.ok:
        yield Finding(Verdict.OK, "it loads and takes its options")
    elif not told_bad:
        yield _wrong("the plugin refuses to be loaded, without a word")
