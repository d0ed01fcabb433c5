"""What a plugin of the File Daemon imports."""

from collections.abc import Sequence
from typing import Any, Final

bRCs: Final[dict[str | bytes, int]]
bRC_OK: Final = 0
bRC_Stop: Final = 1
bRC_Error: Final = 2
bRC_More: Final = 3
bRC_Term: Final = 4
bRC_Seen: Final = 5
bRC_Core: Final = 6
bRC_Skip: Final = 7
bRC_Cancel: Final = 8
bJobMessageType: Final[dict[str | bytes, int]]
M_ABORT: Final = 1
M_DEBUG: Final = 2
M_FATAL: Final = 3
M_ERROR: Final = 4
M_WARNING: Final = 5
M_INFO: Final = 6
M_SAVED: Final = 7
M_NOTSAVED: Final = 8
M_SKIPPED: Final = 9
M_MOUNT: Final = 10
M_ERROR_TERM: Final = 11
M_TERM: Final = 12
M_RESTORED: Final = 13
M_SECURITY: Final = 14
M_ALERT: Final = 15
M_VOLMGMT: Final = 16
bVariable: Final[dict[str | bytes, int]]
bVarJobId: Final = 1
bVarFDName: Final = 2
bVarLevel: Final = 3
bVarType: Final = 4
bVarClient: Final = 5
bVarJobName: Final = 6
bVarJobStatus: Final = 7
bVarSinceTime: Final = 8
bVarAccurate: Final = 9
bVarFileSeen: Final = 10
bVarVssClient: Final = 11
bVarWorkingDir: Final = 12
bVarWhere: Final = 13
bVarRegexWhere: Final = 14
bVarExePath: Final = 15
bVarVersion: Final = 16
bVarDistName: Final = 17
bVarPrevJobName: Final = 18
bVarPrefixLinks: Final = 19
bVarCheckChanges: Final = 20
bVarUsedConfig: Final = 21
bVarAccurateOptions: Final = 23
bFileType: Final[dict[str | bytes, int]]
FT_LNKSAVED: Final = 1
FT_REGE: Final = 2
FT_REG: Final = 3
FT_LNK: Final = 4
FT_DIREND: Final = 5
FT_SPEC: Final = 6
FT_NOACCESS: Final = 7
FT_NOFOLLOW: Final = 8
FT_NOSTAT: Final = 9
FT_NOCHG: Final = 10
FT_DIRNOCHG: Final = 11
FT_ISARCH: Final = 12
FT_NORECURSE: Final = 13
FT_NOFSCHG: Final = 14
FT_NOOPEN: Final = 15
FT_RAW: Final = 16
FT_FIFO: Final = 17
FT_DIRBEGIN: Final = 18
FT_INVALIDFS: Final = 19
FT_INVALIDDT: Final = 20
FT_REPARSE: Final = 21
FT_PLUGIN: Final = 22
FT_DELETED: Final = 23
FT_BASE: Final = 24
FT_RESTORE_FIRST: Final = 25
FT_JUNCTION: Final = 26
FT_PLUGIN_CONFIG: Final = 27
FT_PLUGIN_CONFIG_FILLED: Final = 28
bCFs: Final[dict[str | bytes, int]]
CF_SKIP: Final = 1
CF_ERROR: Final = 2
CF_EXTRACT: Final = 3
CF_CREATED: Final = 4
CF_CORE: Final = 5
bEventType: Final[dict[str | bytes, int]]
bEventJobStart: Final = 1
bEventJobEnd: Final = 2
bEventStartBackupJob: Final = 3
bEventEndBackupJob: Final = 4
bEventStartRestoreJob: Final = 5
bEventEndRestoreJob: Final = 6
bEventStartVerifyJob: Final = 7
bEventEndVerifyJob: Final = 8
bEventBackupCommand: Final = 9
bEventRestoreCommand: Final = 10
bEventEstimateCommand: Final = 11
bEventLevel: Final = 12
bEventSince: Final = 13
bEventCancelCommand: Final = 14
bEventRestoreObject: Final = 15
bEventEndFileSet: Final = 16
bEventPluginCommand: Final = 17
bEventOptionPlugin: Final = 18
bEventHandleBackupFile: Final = 19
bEventNewPluginOptions: Final = 20
bEventVssInitializeForBackup: Final = 21
bEventVssInitializeForRestore: Final = 22
bEventVssSetBackupState: Final = 23
bEventVssPrepareForBackup: Final = 24
bEventVssBackupAddComponents: Final = 25
bEventVssPrepareSnapshot: Final = 26
bEventVssCreateSnapshots: Final = 27
bEventVssRestoreLoadComponentMetadata: Final = 28
bEventVssRestoreSetComponentsSelected: Final = 29
bEventVssCloseRestore: Final = 30
bEventVssBackupComplete: Final = 31
bIOPS: Final[dict[str | bytes, int]]
IO_OPEN: Final = 1
IO_READ: Final = 2
IO_WRITE: Final = 3
IO_CLOSE: Final = 4
IO_SEEK: Final = 5
bIOPstatus: Final[dict[str | bytes, int]]
iostat_error: Final = -1
iostat_do_in_plugin: Final = 0
iostat_do_in_core: Final = 1
bLevels: Final[dict[str | bytes, str]]
L_FULL: Final = "F"
L_INCREMENTAL: Final = "I"
L_DIFFERENTIAL: Final = "D"
L_SINCE: Final = "S"
L_VERIFY_CATALOG: Final = "C"
L_VERIFY_INIT: Final = "V"
L_VERIFY_VOLUME_TO_CATALOG: Final = "O"
L_VERIFY_DISK_TO_CATALOG: Final = "d"
L_VERIFY_DATA: Final = "A"
L_BASE: Final = "B"
L_NONE: Final = " "
L_VIRTUAL_FULL: Final = "f"
bAccurateOption: Final[dict[str | bytes, int]]
bAccurateOptionInode: Final = 1
bAccurateOptionPermissions: Final = 2
bAccurateOptionNlink: Final = 4
bAccurateOptionUid: Final = 8
bAccurateOptionGid: Final = 16
bAccurateOptionSize: Final = 32
bAccurateOptionAtime: Final = 64
bAccurateOptionMtime: Final = 128
bAccurateOptionCtime: Final = 256
bAccurateOptionSizeDecrease: Final = 512
bAccurateOptionAlways: Final = 1024
bAccurateOptionMD5: Final = 2048
bAccurateOptionSha1: Final = 4096

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
