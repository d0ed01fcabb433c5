"""When plugins hear of each event, and what their answer does: the table of the reference page.

Source: plugin interface of the File Daemon, section 5; of the Director and of the Storage Daemon,
section 4.
"""

from typing import Final

NEVER: Final = "Never raised."
HOST: Final = "For the host itself; a plugin does not hear of it"
"""How the texts of events begin that do not reach ``handle_plugin_event``."""
IGNORED: Final = "The answer changes nothing."
VETO: Final = "An answer of Stop, Error or Skip refuses it."

EVENT_NOTES: Final[dict[str, str]] = {
    "bEventJobStart": "The job begins; no plugin is loaded yet, so that none hears of it.",
    "bEventJobEnd": f"The connection of the job ends; not after a cancel. {IGNORED}",
    "bEventStartBackupJob": f"The Storage Daemon is ready; files come next. {IGNORED}",
    "bEventEndBackupJob": f"All files were sent; also after a failure or cancel. {IGNORED}",
    "bEventStartRestoreJob": "A restore begins; only for a plugin that an object or an option "
    f"has loaded before. {IGNORED}",
    "bEventEndRestoreJob": f"All files came back; also after a failure or cancel. {IGNORED}",
    "bEventStartVerifyJob": f"A verification begins. {IGNORED}",
    "bEventEndVerifyJob": f"A verification ends. {IGNORED}",
    "bEventBackupCommand": f"{HOST}: a Plugin line is saved, file by file.",
    "bEventRestoreCommand": f"{HOST}: a file of the plugin is restored.",
    "bEventEstimateCommand": f"{HOST}: the files of a Plugin line are counted.",
    "bEventLevel": "The level of the job is known; no plugin is loaded yet.",
    "bEventSince": "The time of the backup before is known; no plugin is loaded yet.",
    "bEventCancelCommand": "The job is canceled; comes from another thread while the plugin may be "
    "at work. Ten seconds later the plugin is ended.",
    "bEventRestoreObject": f"{HOST}: restore_object_data is called.",
    "bEventEndFileSet": f"The FileSet is complete. {IGNORED}",
    "bEventPluginCommand": f"{HOST}: a Plugin line of the FileSet is parsed.",
    "bEventOptionPlugin": NEVER,
    "bEventHandleBackupFile": f"{HOST}: register it to be asked by handle_backup_file for each "
    "file of an Options block with a Plugin line.",
    "bEventNewPluginOptions": f"{HOST}: FD Plugin Options, or pluginoptions= of a console.",
    **dict.fromkeys(
        (
            "bEventVssInitializeForBackup", "bEventVssInitializeForRestore",
            "bEventVssSetBackupState", "bEventVssPrepareForBackup",
            "bEventVssBackupAddComponents", "bEventVssPrepareSnapshot",
            "bEventVssCreateSnapshots", "bEventVssRestoreLoadComponentMetadata",
            "bEventVssRestoreSetComponentsSelected", "bEventVssCloseRestore",
            "bEventVssBackupComplete",
        ),
        "On Windows only.",
    ),
    "bDirEventJobStart": f"The job has its record in the catalog. {IGNORED}",
    "bDirEventJobInit": f"Level, Pool and Storage are decided. {IGNORED}",
    "bDirEventJobRun": f"Nothing is waited for any more; the scripts before ran. {IGNORED}",
    "bDirEventJobEnd": f"The report is written; also after a failure or cancel. {IGNORED}",
    "bDirEventVolumePurged": NEVER,
    "bDirEventNewVolume": "The job needs a new Volume: SetValue(bwDirVarVolumeName, ...) names it.",
    "bDirEventNeedVolume": NEVER,
    "bDirEventVolumeFull": NEVER,
    "bDirEventRecyle": NEVER,
    "bDirEventGetScratch": NEVER,
    "bDirEventNewPluginOptions": f"{HOST}: Dir Plugin Options.",
    "bsdEventJobStart": f"All options came. {IGNORED}",
    "bsdEventJobEnd": f"The job is over, whatever it did. {IGNORED}",
    "bsdEventDeviceInit": "The daemon starts; no plugin is loaded yet.",
    "bsdEventDeviceMount": f"The opened Volume is to be used. {VETO}",
    "bsdEventVolumeLoad": f"A Volume is to be loaded. {VETO}",
    "bsdEventDeviceReserve": f"A device is to be taken for writing. {VETO}",
    "bsdEventDeviceOpen": f"A Volume is to be opened. {VETO}",
    "bsdEventLabelRead": f"A label is to be read. {VETO}",
    "bsdEventLabelVerified": f"A label was read. {VETO}",
    "bsdEventLabelWrite": f"A label is to be written. {VETO}",
    "bsdEventDeviceClose": f"The job is done with the device. {IGNORED}",
    "bsdEventVolumeUnload": f"What is in the drive is to be unloaded. {VETO}",
    "bsdEventDeviceUnmount": f"The job is done with the Volume. {IGNORED}",
    "bsdEventReadError": f"A Volume could not be read. {IGNORED}",
    "bsdEventWriteError": f"A Volume could not be written. {IGNORED}",
    "bsdEventDriveStatus": NEVER,
    "bsdEventVolumeStatus": NEVER,
    "bsdEventSetupRecordTranslation": f"The first record comes next. {VETO}",
    "bsdEventReadRecordTranslation": f"Each record that is read; slow. {VETO}",
    "bsdEventWriteRecordTranslation": f"Each record that is to be written; slow. {VETO}",
    "bsdEventDeviceRelease": f"The device is free for others. {IGNORED}",
    "bsdEventNewPluginOptions": f"{HOST}: SD Plugin Options.",
    "bsdEventChangerLock": NEVER,
    "bsdEventChangerUnlock": NEVER,
}  # fmt: skip
"""One line for each event of the three daemons."""
