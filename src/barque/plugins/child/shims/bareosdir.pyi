"""What a plugin of the Director imports."""

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
bDirVariable: Final[dict[str | bytes, int]]
bDirVarJob: Final = 1
bDirVarLevel: Final = 2
bDirVarType: Final = 3
bDirVarJobId: Final = 4
bDirVarClient: Final = 5
bDirVarNumVols: Final = 6
bDirVarPool: Final = 7
bDirVarStorage: Final = 8
bDirVarWriteStorage: Final = 9
bDirVarReadStorage: Final = 10
bDirVarCatalog: Final = 11
bDirVarMediaType: Final = 12
bDirVarJobName: Final = 13
bDirVarJobStatus: Final = 14
bDirVarPriority: Final = 15
bDirVarVolumeName: Final = 16
bDirVarCatalogRes: Final = 17
bDirVarJobErrors: Final = 18
bDirVarJobFiles: Final = 19
bDirVarSDJobFiles: Final = 20
bDirVarSDErrors: Final = 21
bDirVarFDJobStatus: Final = 22
bDirVarSDJobStatus: Final = 23
bDirVarPluginDir: Final = 24
bDirVarLastRate: Final = 25
bDirVarJobBytes: Final = 26
bDirVarReadBytes: Final = 27
bwDirVariable: Final[dict[str | bytes, int]]
bwDirVarJobReport: Final = 1
bwDirVarVolumeName: Final = 2
bwDirVarPriority: Final = 3
bwDirVarJobLevel: Final = 4
bDirEventType: Final[dict[str | bytes, int]]
bDirEventJobStart: Final = 1
bDirEventJobEnd: Final = 2
bDirEventJobInit: Final = 3
bDirEventJobRun: Final = 4
bDirEventVolumePurged: Final = 5
bDirEventNewVolume: Final = 6
bDirEventNeedVolume: Final = 7
bDirEventVolumeFull: Final = 8
bDirEventRecyle: Final = 9
bDirEventGetScratch: Final = 10
bDirEventNewPluginOptions: Final = 11

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
