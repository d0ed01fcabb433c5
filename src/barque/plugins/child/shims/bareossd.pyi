"""What a plugin of the Storage Daemon imports."""

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
bsdVariable: Final[dict[str | bytes, int]]
bsdVarJob: Final = 1
bsdVarLevel: Final = 2
bsdVarType: Final = 3
bsdVarJobId: Final = 4
bsdVarClient: Final = 5
bsdVarPool: Final = 6
bsdVarPoolType: Final = 7
bsdVarStorage: Final = 8
bsdVarMediaType: Final = 9
bsdVarJobName: Final = 10
bsdVarJobStatus: Final = 11
bsdVarVolumeName: Final = 12
bsdVarJobErrors: Final = 13
bsdVarJobFiles: Final = 14
bsdVarJobBytes: Final = 15
bsdVarPluginDir: Final = 16
bsdwVariable: Final[dict[str | bytes, int]]
bsdwVarJobReport: Final = 1
bsdwVarVolumeName: Final = 2
bsdwVarPriority: Final = 3
bsdwVarJobLevel: Final = 4
bsdEventType: Final[dict[str | bytes, int]]
bsdEventJobStart: Final = 1
bsdEventJobEnd: Final = 2
bsdEventDeviceInit: Final = 3
bsdEventDeviceMount: Final = 4
bsdEventVolumeLoad: Final = 5
bsdEventDeviceReserve: Final = 6
bsdEventDeviceOpen: Final = 7
bsdEventLabelRead: Final = 8
bsdEventLabelVerified: Final = 9
bsdEventLabelWrite: Final = 10
bsdEventDeviceClose: Final = 11
bsdEventVolumeUnload: Final = 12
bsdEventDeviceUnmount: Final = 13
bsdEventReadError: Final = 14
bsdEventWriteError: Final = 15
bsdEventDriveStatus: Final = 16
bsdEventVolumeStatus: Final = 17
bsdEventSetupRecordTranslation: Final = 18
bsdEventReadRecordTranslation: Final = 19
bsdEventWriteRecordTranslation: Final = 20
bsdEventDeviceRelease: Final = 21
bsdEventNewPluginOptions: Final = 22
bsdEventChangerLock: Final = 23
bsdEventChangerUnlock: Final = 24

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
