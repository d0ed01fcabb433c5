"""Type stubs of the modules that plugins import, and the reference page, made from the tables.

``python -m barque.plugins.stubs`` writes them; a test holds the files equal to this.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from barque.plugins.child import abi
from barque.plugins.events import EVENT_NOTES

_HERE: Final = Path(__file__).parent
SHIMS: Final = _HERE / "child" / "shims"

_COMMON: Final = '''
def GetValue(variable: int, /) -> Any:
    """Return a value of the job; None when there is none."""

def SetValue(variable: int, value: Any, /) -> int:
    """Set a value of the job; returns a number of bRCs."""

def DebugMessage(level: int, text: str | None = None, /) -> None:
    """Write to the daemon's trace."""

def JobMessage(type: int, text: str | None = None, /) -> None:
    """Write to the job's log; *type* is a number of bJobMessageType."""

def RegisterEvents(events: Sequence[int], /) -> int:
    """Let events reach handle_plugin_event."""

def UnRegisterEvents(events: Sequence[int], /) -> int:
    """Let events not reach handle_plugin_event any more."""

def GetInstanceCount() -> int:
    """Return how many instances of plugins run in all jobs."""
'''

_FD: Final = '''
def AddExclude(path: str, /) -> int: ...
def AddInclude(path: str, /) -> int: ...
def AddOptions(letters: str, /) -> int: ...
def AddRegex(item: str, type: int, /) -> int: ...
def AddWild(item: str, type: int, /) -> int: ...
def NewOptions() -> int: ...
def NewInclude() -> int: ...
def NewPreInclude() -> int: ...
def CheckChanges(packet: SavePacket, /) -> int:
    """Return bRC_OK when a file must be saved, bRC_Seen when it is unchanged."""

def AcceptFile(packet: SavePacket, /) -> int:
    """Return bRC_OK when the FileSet wants a file, bRC_Skip when it does not."""

def SetSeenBitmap(everything: bool, name: str | None = None, /) -> int: ...
def ClearSeenBitmap(everything: bool, name: str | None = None, /) -> int: ...

class StatPacket:
    """Status of a file; the old names without ``st_`` work, too."""

    st_dev: int
    st_ino: int
    st_mode: int
    st_nlink: int
    st_uid: int
    st_gid: int
    st_rdev: int
    st_size: int
    st_atime: int
    st_mtime: int
    st_ctime: int
    st_blksize: int
    st_blocks: int
    def __init__(
        self,
        dev: int = 0,
        ino: int = 0,
        mode: int = 0o100700,
        nlink: int = 0,
        uid: int = 0,
        gid: int = 0,
        rdev: int = 0,
        size: int = ...,
        atime: int | None = None,
        mtime: int | None = None,
        ctime: int | None = None,
        blksize: int = 4096,
        blocks: int = 1,
    ) -> None: ...

class SavePacket:
    """What start_backup_file fills in: a file or a restore object."""

    fname: str
    link: str
    statp: StatPacket
    type: int
    flags: bytearray
    no_read: bool
    portable: bool
    accurate_found: bool
    @property
    def cmd(self) -> str: ...
    save_time: int
    delta_seq: int
    object_name: str
    object: bytearray | None
    object_len: int
    object_index: int

class RestorePacket:
    """A file that is restored; create_file sets create_status."""

    stream: int
    data_stream: int
    type: int
    file_index: int
    linkFI: int
    uid: int
    statp: StatPacket
    replace: int
    create_status: int
    filedes: int
    @property
    def attrEX(self) -> str: ...
    @property
    def ofname(self) -> str: ...
    @property
    def olname(self) -> str: ...
    @property
    def where(self) -> str | None: ...
    @property
    def regexwhere(self) -> str | None: ...
    @property
    def original_file_name(self) -> str: ...
    @property
    def original_link_name(self) -> str: ...

class IoPacket:
    """One call of plugin_io."""

    func: int
    count: int
    flags: int
    mode: int
    buf: bytearray | bytes | None
    fname: str
    status: int
    io_errno: int
    lerror: int
    whence: int
    offset: int
    win32: bool
    filedes: int

class AclPacket:
    """The access control list of a file."""

    @property
    def fname(self) -> str: ...
    content: bytearray | None

class XattrPacket:
    """One extended attribute of a file."""

    @property
    def fname(self) -> str: ...
    name: bytearray | None
    value: bytearray | None

class RestoreObject:
    """An object that a plugin saved and gets back."""

    object_name: str
    object: bytearray
    @property
    def plugin_name(self) -> str: ...
    object_type: int
    object_len: int
    object_full_len: int
    object_index: int
    object_compression: int
    stream: int
    jobid: int
'''

MODULES: Final = {
    "bareosfd": ("File Daemon", abi.FD_DICTS, _COMMON + _FD),
    "bareosdir": ("Director", abi.DIR_DICTS, _COMMON),
    "bareossd": ("Storage Daemon", abi.SD_DICTS, _COMMON),
}
"""Module, its daemon, its constants, its functions and classes."""


def stub(module: str) -> str:
    """Return the text of the stub of *module*."""
    daemon, tables, code = MODULES[module]
    lines = [
        f'"""What a plugin of the {daemon} imports."""\n',
        "from collections.abc import Sequence",
        "from typing import Any, Final\n",
    ]
    for name, table in tables.items():
        kind = "str" if table is abi.LEVELS else "int"
        lines.append(f"{name}: Final[dict[str | bytes, {kind}]]")
        lines += [f"{constant}: Final = {value!r}" for constant, value in table.items()]
    return "\n".join(lines).replace("'", '"') + "\n" + code


def reference() -> str:
    """Return the page of constants for the manual."""
    return "\n".join(_reference_lines()) + "\n"


def events_reference() -> str:
    """Return the page of events for the manual."""
    return "\n".join(_event_lines()) + "\n"


def _event_lines() -> Iterator[str]:
    yield "# Events of the plugin interface"
    yield ""
    yield "`RegisterEvents` says which ones reach `handle_plugin_event`; the order is that of the"
    yield "numbers, not of a job. A plugin that answers Stop, Error or Skip keeps an event from the"
    yield "plugins that follow; Term ends the plugin."
    for daemon, table in (
        ("File Daemon", abi.FD_EVENTS),
        ("Director", abi.DIR_EVENTS),
        ("Storage Daemon", abi.SD_EVENTS),
    ):
        yield f"\n## {daemon}\n"
        yield "| Event | Number | When |"
        yield "|---|---|---|"
        yield from (f"| `{name}` | {n} | {EVENT_NOTES[name]} |" for name, n in table.items())


def _reference_lines() -> Iterator[str]:
    yield "# Constants of the plugin interface"
    yield ""
    yield "Made from the tables of the program; names and numbers are those of Bareos."
    for module, (daemon, tables, _) in MODULES.items():
        yield f"\n## {module}: {daemon}"
        for name, table in tables.items():
            yield f"\n### {name}\n"
            yield "| Name | Value |"
            yield "|---|---|"
            yield from (f"| `{constant}` | {value!r} |" for constant, value in table.items())


def write(documents: Path) -> None:
    """Write the stubs, and the reference into the folder *documents*."""
    for module in MODULES:
        (SHIMS / f"{module}.pyi").write_text(stub(module), "utf-8")
    documents.mkdir(parents=True, exist_ok=True)
    (documents / "plugin-constants.md").write_text(reference(), "utf-8")
    (documents / "plugin-events.md").write_text(events_reference(), "utf-8")


if __name__ == "__main__":
    write(_HERE.parents[2] / "docs" / "reference")
