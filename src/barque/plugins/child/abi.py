"""The numbers of the plugin interface: every constant of the three daemons, as tables.

Both sides read them: the modules that plugins import, and the daemons that raise events.
Source: plugin interface, section 4; of the File Daemon, Director and Storage Daemon, section 1.
"""

from __future__ import annotations

from typing import Union

Number = Union[int, str]
"""Value of a constant; levels are letters."""

Table = dict[str, Number]
"""Names and values of one dictionary of constants."""


def _count(prefix: str, names: str, first: int = 1) -> Table:
    """Return *names*, each behind *prefix*, numbered from *first* on."""
    return {prefix + name: number for number, name in enumerate(names.split(), first)}


RETURN_CODES: Table = _count("bRC_", "OK Stop Error More Term Seen Core Skip Cancel", 0)
"""What entry points return."""

MESSAGE_TYPES: Table = _count(
    "M_",
    "ABORT DEBUG FATAL ERROR WARNING INFO SAVED NOTSAVED SKIPPED MOUNT ERROR_TERM TERM RESTORED "
    "SECURITY ALERT VOLMGMT",
)
"""Types of job messages."""

FD_VARIABLES: Table = {
    **_count(
        "bVar",
        "JobId FDName Level Type Client JobName JobStatus SinceTime Accurate FileSeen VssClient "
        "WorkingDir Where RegexWhere ExePath Version DistName PrevJobName PrefixLinks CheckChanges "
        "UsedConfig",
    ),
    "bVarAccurateOptions": 23,
}
"""Values of a job of the File Daemon."""

FD_EVENTS: Table = _count(
    "bEvent",
    "JobStart JobEnd StartBackupJob EndBackupJob StartRestoreJob EndRestoreJob StartVerifyJob "
    "EndVerifyJob BackupCommand RestoreCommand EstimateCommand Level Since CancelCommand "
    "RestoreObject EndFileSet PluginCommand OptionPlugin HandleBackupFile NewPluginOptions "
    "VssInitializeForBackup VssInitializeForRestore VssSetBackupState VssPrepareForBackup "
    "VssBackupAddComponents VssPrepareSnapshot VssCreateSnapshots VssRestoreLoadComponentMetadata "
    "VssRestoreSetComponentsSelected VssCloseRestore VssBackupComplete",
)
"""Events of the File Daemon."""

FILE_TYPES: Table = _count(
    "FT_",
    "LNKSAVED REGE REG LNK DIREND SPEC NOACCESS NOFOLLOW NOSTAT NOCHG DIRNOCHG ISARCH NORECURSE "
    "NOFSCHG NOOPEN RAW FIFO DIRBEGIN INVALIDFS INVALIDDT REPARSE PLUGIN DELETED BASE "
    "RESTORE_FIRST JUNCTION PLUGIN_CONFIG PLUGIN_CONFIG_FILLED",
)
"""Types of files."""

CREATE_STATUSES: Table = _count("CF_", "SKIP ERROR EXTRACT CREATED CORE")
"""What create_file did."""

IO_FUNCTIONS: Table = _count("IO_", "OPEN READ WRITE CLOSE SEEK")
"""What plugin_io is to do."""

IO_STATUSES: Table = {"iostat_error": -1, "iostat_do_in_plugin": 0, "iostat_do_in_core": 1}
"""Who moves the bytes; the answer to IO_OPEN."""

LEVELS: Table = {
    "L_FULL": "F",
    "L_INCREMENTAL": "I",
    "L_DIFFERENTIAL": "D",
    "L_SINCE": "S",
    "L_VERIFY_CATALOG": "C",
    "L_VERIFY_INIT": "V",
    "L_VERIFY_VOLUME_TO_CATALOG": "O",
    "L_VERIFY_DISK_TO_CATALOG": "d",
    "L_VERIFY_DATA": "A",
    "L_BASE": "B",
    "L_NONE": " ",
    "L_VIRTUAL_FULL": "f",
}
"""Letters of job levels."""

ACCURATE_OPTIONS: Table = {
    "bAccurateOption" + name: 1 << bit
    for bit, name in enumerate(
        (
            "Inode Permissions Nlink Uid Gid Size Atime Mtime Ctime SizeDecrease Always MD5 Sha1"
        ).split()
    )
}
"""What accurate jobs compare."""

DIR_VARIABLES: Table = _count(
    "bDirVar",
    "Job Level Type JobId Client NumVols Pool Storage WriteStorage ReadStorage Catalog MediaType "
    "JobName JobStatus Priority VolumeName CatalogRes JobErrors JobFiles SDJobFiles SDErrors "
    "FDJobStatus SDJobStatus PluginDir LastRate JobBytes ReadBytes",
)
"""Values of a job of the Director."""

DIR_WRITABLE: Table = _count("bwDirVar", "JobReport VolumeName Priority JobLevel")
"""Values that a plugin of the Director may set."""

DIR_EVENTS: Table = _count(
    "bDirEvent",
    "JobStart JobEnd JobInit JobRun VolumePurged NewVolume NeedVolume VolumeFull Recyle GetScratch "
    "NewPluginOptions",
)
"""Events of the Director; one is misspelled by tradition."""

SD_VARIABLES: Table = _count(
    "bsdVar",
    "Job Level Type JobId Client Pool PoolType Storage MediaType JobName JobStatus VolumeName "
    "JobErrors JobFiles JobBytes PluginDir",
)
"""Values of a job of the Storage Daemon."""

SD_WRITABLE: Table = _count("bsdwVar", "JobReport VolumeName Priority JobLevel")
"""Values that a plugin of the Storage Daemon may set."""

SD_EVENTS: Table = _count(
    "bsdEvent",
    "JobStart JobEnd DeviceInit DeviceMount VolumeLoad DeviceReserve DeviceOpen LabelRead "
    "LabelVerified LabelWrite DeviceClose VolumeUnload DeviceUnmount ReadError WriteError "
    "DriveStatus VolumeStatus SetupRecordTranslation ReadRecordTranslation WriteRecordTranslation "
    "DeviceRelease NewPluginOptions ChangerLock ChangerUnlock",
)
"""Events of the Storage Daemon."""

FD_DICTS: dict[str, Table] = {
    "bRCs": RETURN_CODES,
    "bJobMessageType": MESSAGE_TYPES,
    "bVariable": FD_VARIABLES,
    "bFileType": FILE_TYPES,
    "bCFs": CREATE_STATUSES,
    "bEventType": FD_EVENTS,
    "bIOPS": IO_FUNCTIONS,
    "bIOPstatus": IO_STATUSES,
    "bLevels": LEVELS,
    "bAccurateOption": ACCURATE_OPTIONS,
}
"""Dictionaries of the module bareosfd."""

DIR_DICTS: dict[str, Table] = {
    "bRCs": RETURN_CODES,
    "bJobMessageType": MESSAGE_TYPES,
    "bDirVariable": DIR_VARIABLES,
    "bwDirVariable": DIR_WRITABLE,
    "bDirEventType": DIR_EVENTS,
}
"""Dictionaries of the module bareosdir."""

SD_DICTS: dict[str, Table] = {
    "bRCs": RETURN_CODES,
    "bJobMessageType": MESSAGE_TYPES,
    "bsdVariable": SD_VARIABLES,
    "bsdwVariable": SD_WRITABLE,
    "bsdEventType": SD_EVENTS,
}
"""Dictionaries of the module bareossd."""


def _first(table: Table, count: int) -> Table:
    """Return the first *count* entries of *table*."""
    return dict(list(table.items())[:count])


OLD_FD_DICTS: dict[str, Table] = {
    "bJobMessageType": MESSAGE_TYPES,
    "bVariable": _first(FD_VARIABLES, 19),
    "bFileType": FILE_TYPES,
    "bRCs": RETURN_CODES,
    "bCFs": CREATE_STATUSES,
    "bEventType": FD_EVENTS,
    "bIOPS": IO_FUNCTIONS,
    "bLevels": LEVELS,
}
"""Dictionaries of the module bareos_fd_consts, of the interface before version 20."""

OLD_DIR_DICTS: dict[str, Table] = {
    "bJobMessageType": MESSAGE_TYPES,
    "brDirVariable": DIR_VARIABLES,
    "bwDirVariable": DIR_WRITABLE,
    "bRCs": RETURN_CODES,
    "bDirEventType": DIR_EVENTS,
}
"""Dictionaries of the module bareos_dir_consts."""

OLD_SD_DICTS: dict[str, Table] = {
    "bJobMessageType": MESSAGE_TYPES,
    "bsdrVariable": {
        **_first(SD_VARIABLES, 15),
        "bsdVarCompatible": 17,
        "bsdVarPluginDir": 16,
    },
    "bsdwVariable": SD_WRITABLE,
    "bRCs": RETURN_CODES,
    "bsdEventType": SD_EVENTS,
}
"""Dictionaries of the module bareos_sd_consts.

The numbers of the last two are those of today's daemons, because the values are asked for by
number: plugins use the names.
"""

FILE_OPTIONS: list[str] = (
    "PORTABLE_DATA MD5 COMPRESS NO_RECURSION MULTIFS SPARSE IF_NEWER NOREPLACE READFIFO SHA1 "
    "PORTABLE MTIMEONLY KEEPATIME EXCLUDE ACL NO_HARDLINK IGNORECASE HFSPLUS WIN32DECOMP SHA256 "
    "SHA512 ENCRYPT NOATIME ENHANCEDWILD CHKCHANGES STRIPPATH HONOR_NODUMP XATTR DELTA PLUGIN "
    "OFFSETS NO_AUTOEXCL FORCE_ENCRYPT XXH128"
).split()
"""File options by bit number, as in the flags of a SavePacket."""

FLAG_BYTES = 5
"""Bytes of the flags of a SavePacket."""


def option_bit(name: str) -> int:
    """Return the mask of a file option."""
    return 1 << FILE_OPTIONS.index(name)


RC_OK, RC_STOP, RC_ERROR, RC_MORE, RC_TERM, RC_SEEN, RC_CORE, RC_SKIP, RC_CANCEL = range(9)

FD_DEFAULT_EVENTS: tuple[int, ...] = (1, 9, 10, 11, 12, 13, 15, 17, 20)
"""Events that a new instance of the File Daemon is registered for."""

FD_HIGHEST_EVENT = 31
DIR_HIGHEST_EVENT = 10
SD_HIGHEST_EVENT = 24
