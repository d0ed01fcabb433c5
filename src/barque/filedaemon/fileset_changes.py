"""Changes that a plugin makes to the FileSet while it is put together.

Source: plugin interface of the File Daemon, section 2.
"""

from collections.abc import Callable
from typing import Any

from barque.errors import RemoteProtocolError
from barque.filedaemon.fileset import FileSet, Include, OptionsBlock
from barque.filedaemon.options import Options, parse_options
from barque.filedaemon.patterns import compile_regex, compile_wild
from barque.plugins.child import abi


def change_fileset(fileset: FileSet, what: str, *arguments: Any) -> int:
    """Do what the function *what* of the plugin interface does; returns a number of bRCs."""
    change = _CHANGES.get(what)
    if change is None:
        return abi.RC_ERROR
    try:
        change(fileset, *arguments)
    except (TypeError, ValueError, RemoteProtocolError):
        return abi.RC_ERROR
    return abi.RC_OK


def _current(fileset: FileSet) -> Include:
    if not fileset.includes:
        fileset.includes.append(Include())
    return fileset.includes[-1]


def _block(fileset: FileSet) -> OptionsBlock:
    include = _current(fileset)
    if not include.blocks:
        include.blocks.append(OptionsBlock(Options()))
    return include.blocks[0]


def _add_exclude(fileset: FileSet, path: str) -> None:
    fileset.excluded.append(compile_wild(path.encode(), ignore_case=False, pathname=False))


def _add_include(fileset: FileSet, path: str) -> None:
    _current(fileset).files.append(path.encode())


def _add_options(fileset: FileSet, letters: str) -> None:
    block = _block(fileset)
    given = parse_options(letters)
    for name in Options.__slots__:
        if getattr(given, name) != getattr(Options(), name):
            setattr(block.options, name, getattr(given, name))


def _add_pattern(fileset: FileSet, pattern: Any, kind: str) -> None:
    block = _block(fileset)
    if kind in " D":
        block.directories.append(pattern)
    if kind in " F":
        block.files.append(pattern)
    if kind == "B":
        block.base_names.append(pattern)


def _add_regex(fileset: FileSet, text: str, kind: int) -> None:
    _add_pattern(fileset, compile_regex(text.encode(), ignore_case=False), chr(kind))


def _add_wild(fileset: FileSet, text: str, kind: int) -> None:
    pattern = compile_wild(text.encode(), ignore_case=False, pathname=False)
    _add_pattern(fileset, pattern, chr(kind))


def _new_options(fileset: FileSet) -> None:
    _current(fileset).blocks.insert(0, OptionsBlock(Options()))


def _new_include(fileset: FileSet) -> None:
    fileset.includes.append(Include())


def _new_pre_include(fileset: FileSet) -> None:
    fileset.includes.insert(0, Include([OptionsBlock(Options())]))


_CHANGES: dict[str, Callable[..., None]] = {
    "AddExclude": _add_exclude,
    "AddInclude": _add_include,
    "AddOptions": _add_options,
    "AddRegex": _add_regex,
    "AddWild": _add_wild,
    "NewOptions": _new_options,
    "NewInclude": _new_include,
    "NewPreInclude": _new_pre_include,
}
