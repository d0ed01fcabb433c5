# mypy: ignore-errors
"""A plugin of the File Daemon that saves local files, as a class.

Source: plugin interface of the File Daemon, section 10.
"""

import os
import stat

import bareosfd
from BareosFdPluginBaseclass import BareosFdPluginBaseclass
from barque_plugin_child.helpers import either, without_context


class BareosFdPluginLocalFilesBaseclass(BareosFdPluginBaseclass):
    """Put paths into ``files_to_backup`` in start_backup_job; the rest is done here."""

    def __init__(self, *arguments, **named):
        plugindef, *rest = without_context(arguments)
        mandatory = rest[0] if rest else named.get("mandatory_options")
        super().__init__(plugindef, ["filename"] if mandatory is None else mandatory)
        self.files_to_backup = []
        self.file_to_backup = ""
        self.statp = {}
        self.allow = self.deny = None
        self.FNAME = "undef"

    @either
    def append_file_to_backup(self, filename):
        """Add a path to what is saved."""
        self.files_to_backup.append(filename)

    @either
    def start_backup_file(self, savepkt):
        """Give the next path, from the end of the list, with its attributes."""
        while self.files_to_backup:
            self.file_to_backup = self.files_to_backup.pop()
            try:
                found = os.lstat(self.file_to_backup.rstrip("/") or "/")
            except OSError as error:
                text = "Could not look at file %s: %s\n" % (self.file_to_backup, error)
                bareosfd.JobMessage(bareosfd.M_ERROR, text)
                if self.files_to_backup:
                    return bareosfd.bRC_Skip
                continue
            return self._fill(savepkt, self.file_to_backup, found)
        return bareosfd.bRC_Stop

    def _fill(self, savepkt, path, found):
        mode = found.st_mode
        if stat.S_ISREG(mode):
            savepkt.type = bareosfd.FT_REG
        elif stat.S_ISDIR(mode):
            savepkt.type = bareosfd.FT_DIREND
            path = path.rstrip("/") + "/"
            savepkt.link = path
        elif stat.S_ISLNK(mode):
            savepkt.type = bareosfd.FT_LNK
            path = path.rstrip("/")
            savepkt.link = os.readlink(path)
        elif stat.S_ISFIFO(mode):
            savepkt.type = bareosfd.FT_FIFO
        else:
            text = "File %s has a type that is not saved\n" % path
            bareosfd.JobMessage(bareosfd.M_WARNING, text)
            return bareosfd.bRC_Skip
        savepkt.fname = path
        savepkt.no_read = not stat.S_ISREG(mode)
        savepkt.statp = bareosfd.StatPacket(
            mode=mode,
            ino=found.st_ino,
            dev=found.st_dev & 0xFFFFFFFF,
            nlink=found.st_nlink & 0xFFFF,
            uid=found.st_uid,
            gid=found.st_gid,
            size=found.st_size,
            atime=int(found.st_atime),
            mtime=int(found.st_mtime),
            ctime=int(found.st_ctime),
            blksize=found.st_blksize,
            blocks=found.st_blocks,
        )
        return bareosfd.bRC_OK

    @either
    def end_backup_file(self):
        """More, as long as there are paths."""
        return bareosfd.bRC_More if self.files_to_backup else bareosfd.bRC_OK

    @either
    def create_file(self, restorepkt):
        """Create directories, links and FIFOs; regular files are written by plugin_io."""
        self.FNAME = restorepkt.ofname
        self.statp[self.FNAME] = restorepkt.statp
        path = restorepkt.ofname.rstrip("/") or "/"
        self.fileType = "FT_REG"
        try:
            if restorepkt.type == bareosfd.FT_DIREND:
                os.makedirs(path, exist_ok=True)
                restorepkt.create_status = bareosfd.CF_CREATED
                return bareosfd.bRC_OK
            os.makedirs(os.path.dirname(path) or "/", exist_ok=True)
            if restorepkt.type == bareosfd.FT_LNK:
                if not os.path.lexists(path):
                    os.symlink(restorepkt.olname, path)
                restorepkt.create_status = bareosfd.CF_CREATED
            elif restorepkt.type == bareosfd.FT_LNKSAVED:
                if not os.path.lexists(path):
                    os.link(restorepkt.olname, path)
                restorepkt.create_status = bareosfd.CF_CREATED
            elif restorepkt.type == bareosfd.FT_FIFO:
                if not os.path.lexists(path):
                    os.mkfifo(path, 0o600)
                restorepkt.create_status = bareosfd.CF_CREATED
            else:
                restorepkt.create_status = bareosfd.CF_EXTRACT
        except OSError as error:
            bareosfd.JobMessage(bareosfd.M_ERROR, "Could not create %s: %s\n" % (path, error))
            restorepkt.create_status = bareosfd.CF_ERROR
        return bareosfd.bRC_OK

    @either
    def set_file_attributes(self, restorepkt):
        """Set owner, mode and times."""
        path = restorepkt.ofname.rstrip("/") or "/"
        self.statp[restorepkt.ofname] = restorepkt.statp
        _set_attributes(path, restorepkt.statp)
        return bareosfd.bRC_OK

    @either
    def end_restore_file(self):
        """Set the times again, because closing the file changed them."""
        status = self.statp.pop(self.FNAME, None)
        if status is not None:
            _set_attributes(self.FNAME.rstrip("/") or "/", status)
        return bareosfd.bRC_OK


def _set_attributes(path, status):
    """Set what may be set; the rest is told."""
    link = os.path.islink(path)
    steps = [
        lambda: os.chown(path, status.st_uid, status.st_gid, follow_symlinks=False),
        lambda: os.utime(path, (status.st_atime, status.st_mtime), follow_symlinks=False),
    ]
    if not link:
        steps.insert(1, lambda: os.chmod(path, stat.S_IMODE(status.st_mode)))
    for step in steps:
        try:
            step()
        except OSError as error:
            text = "Could not set attributes of %s: %s\n" % (path, error)
            bareosfd.JobMessage(bareosfd.M_WARNING, text)
