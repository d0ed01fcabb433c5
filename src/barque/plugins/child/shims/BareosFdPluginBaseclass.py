# mypy: ignore-errors
"""A plugin of the File Daemon as a class: override what is wanted.

Source: plugin interface of the File Daemon, section 10.
"""

import base64
import os
import re
import stat
import time

import bareosfd
from barque_plugin_child.helpers import either, forward, job_name_without_date, without_context

_SEPARATOR = ":"
_FILE_KEYS = ("defaults_file", "overrides_file")


class BareosFdPluginBaseclass:
    """Options from definition and files, events by name, and reading and writing of files."""

    def __init__(self, *arguments, **named):
        plugindef, *rest = without_context(arguments) or (named.get("plugindef"),)
        mandatory_options = rest[0] if rest else named.get("mandatory_options")
        value = bareosfd.GetValue
        bareosfd.RegisterEvents(
            [
                bareosfd.bEventJobEnd,
                bareosfd.bEventEndBackupJob,
                bareosfd.bEventEndFileSet,
                bareosfd.bEventHandleBackupFile,
                bareosfd.bEventStartBackupJob,
                bareosfd.bEventStartRestoreJob,
            ]
        )
        self.plugindef = plugindef
        self.fdname = value(bareosfd.bVarFDName)
        self.jobId = value(bareosfd.bVarJobId)
        self.client = value(bareosfd.bVarClient)
        self.since = value(bareosfd.bVarSinceTime)
        self.level = value(bareosfd.bVarLevel)
        self.jobName = value(bareosfd.bVarJobName)
        self.workingdir = value(bareosfd.bVarWorkingDir)
        self.shortName = job_name_without_date(self.jobName or "")
        used = value(bareosfd.bVarUsedConfig) or ""
        self.configdir = used if os.path.isdir(used) else used.split("/*", 1)[0] or "."
        if not os.path.isdir(self.configdir):
            self.configdir = os.path.dirname(self.configdir)
        self.startTime = int(time.time())
        self.FNAME = "undef"
        self.filetype = "undef"
        self.fileType = "undef"
        self.file = None
        self.mandatory_options = mandatory_options
        if not hasattr(self, "options"):
            self.options = {}

    def __str__(self):
        return "<%s: %s>" % (type(self).__name__, self.jobName)

    # --- options

    @either
    def parse_plugin_definition(self, plugindef, multi_value_options=None):
        """Take the options of a definition; the first value that a key ever had stays.

        Options of the file ``defaults_file`` count less, those of ``overrides_file`` more.
        """
        multi = set(multi_value_options or ()) - set(_FILE_KEYS)
        try:
            given = self._parse_text(plugindef, multi)
            defaults = self._parse_file(given.pop("defaults_file", None), multi)
            overrides = self._parse_file(given.pop("overrides_file", None), multi)
            effective = _decoded({**defaults, **given, **overrides})
        except _BadOptionError as error:
            bareosfd.JobMessage(bareosfd.M_FATAL, "%s\n" % error)
            return False
        for key, value in effective.items():
            if key not in self.options:
                self.options[key] = value
        return forward(self.check_options, self.mandatory_options)

    def _parse_text(self, plugindef, multi):
        found = {}
        glued = ""
        for part in plugindef.split(_SEPARATOR):
            if part.endswith("\\"):
                glued += part[:-1] + _SEPARATOR
                continue
            text, glued = glued + part, ""
            key, _, value = text.partition("=")
            key, value = key.strip(), value.strip()
            if not key:
                continue
            if not value:
                bareosfd.JobMessage(bareosfd.M_WARNING, "option %r has no value\n" % key)
            elif key in multi:
                found.setdefault(key, []).append(value)
            else:
                found.setdefault(key, value)
        return found

    def _parse_file(self, name, multi):
        if not name:
            return {}
        path = os.path.join(self.configdir, name)
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise _BadOptionError("cannot read the options in %s: %s" % (path, error)) from None
        found = {}
        for line in re.sub(r"\\\n[ \t]*", "", text).splitlines():
            shown = line.strip()
            if not shown or shown[0] in "#;[":
                continue
            key, equals, value = (word.strip() for word in shown.partition("="))
            if not key or not equals or not value:
                raise _BadOptionError("%s: %r is no key = value" % (path, shown))
            if key in multi:
                found.setdefault(key, []).append(value)
                continue
            if key in found:
                text = "%s: %r is there again, the last one counts\n" % (path, key)
                bareosfd.JobMessage(bareosfd.M_WARNING, text)
            found[key] = value
        return found

    @either
    def check_options(self, mandatory_options=None):
        """Return bRC_OK when all mandatory options are there."""
        for option in mandatory_options or ():
            if option not in self.options:
                text = "Mandatory option '%s' not defined.\n" % option
                bareosfd.JobMessage(bareosfd.M_FATAL, text)
                return bareosfd.bRC_Error
        return bareosfd.bRC_OK

    # --- events

    @either
    def handle_plugin_event(self, event):
        """Call the method of an event."""
        method = {
            bareosfd.bEventJobEnd: self.end_job,
            bareosfd.bEventEndBackupJob: self.end_backup_job,
            bareosfd.bEventEndFileSet: self.end_fileset,
            bareosfd.bEventStartBackupJob: self.start_backup_job,
            bareosfd.bEventStartRestoreJob: self.start_restore_job,
        }.get(event)
        return bareosfd.bRC_OK if method is None else forward(method)

    @either
    def start_backup_job(self):
        """A backup begins."""
        return bareosfd.bRC_OK

    @either
    def end_backup_job(self):
        """A backup ends."""
        return bareosfd.bRC_OK

    @either
    def start_restore_job(self):
        """A restore begins."""
        return bareosfd.bRC_OK

    @either
    def end_fileset(self):
        """The FileSet is complete."""
        return bareosfd.bRC_OK

    @either
    def end_job(self):
        """The job ends."""
        return bareosfd.bRC_OK

    # --- backup

    @either
    def start_backup_file(self, savepkt):
        """Give the next file: there is none."""
        return bareosfd.bRC_Stop

    @either
    def end_backup_file(self):
        """A file is complete: there is no other."""
        return bareosfd.bRC_OK

    @either
    def check_file(self, fname):
        """Tell whether a file of the accurate list is still there."""
        return bareosfd.bRC_OK

    @either
    def handle_backup_file(self, savepkt):
        """Take over a file that the daemon found."""
        return bareosfd.bRC_OK

    @either
    def get_acl(self, acl):
        """Give the ACL of a file: none."""
        return bareosfd.bRC_OK

    @either
    def get_xattr(self, xattr):
        """Give extended attributes of a file: none."""
        return bareosfd.bRC_OK

    # --- data

    @either
    def plugin_io(self, IOP):
        """Open, read, write or close a file."""
        method = {
            bareosfd.IO_OPEN: self.plugin_io_open,
            bareosfd.IO_READ: self.plugin_io_read,
            bareosfd.IO_WRITE: self.plugin_io_write,
            bareosfd.IO_CLOSE: self.plugin_io_close,
            bareosfd.IO_SEEK: self.plugin_io_seek,
        }[IOP.func]
        return forward(method, IOP)

    @either
    def plugin_io_open(self, IOP):
        """Open what the packet names; directories, links and FIFOs have no data."""
        self.FNAME = IOP.fname
        self.file = None
        self.fileType = _kind_of(IOP.fname)
        if self.fileType != "FT_REG":
            return bareosfd.bRC_OK
        writes = IOP.flags & (os.O_CREAT | os.O_WRONLY)
        try:
            if writes:
                os.makedirs(os.path.dirname(IOP.fname) or ".", exist_ok=True)
            self.file = open(IOP.fname, "wb" if writes else "rb", buffering=0)
        except OSError as error:
            IOP.status = -1
            IOP.io_errno = error.errno or 0
            return bareosfd.bRC_Error
        return bareosfd.bRC_OK

    @either
    def plugin_io_read(self, IOP):
        """Read as much as the packet asks for."""
        IOP.buf = bytearray()
        IOP.status = IOP.io_errno = 0
        if self.file is None:
            return bareosfd.bRC_OK
        buffer = bytearray(IOP.count)
        try:
            IOP.status = self.file.readinto(buffer)
        except OSError as error:
            IOP.status = -1
            IOP.io_errno = error.errno or 0
            return bareosfd.bRC_Error
        IOP.buf = buffer
        return bareosfd.bRC_OK

    @either
    def plugin_io_write(self, IOP):
        """Write what the packet holds."""
        IOP.io_errno = 0
        view = memoryview(IOP.buf)
        try:
            while view and self.file is not None:
                view = view[self.file.write(view) :]
        except OSError as error:
            IOP.status = -1
            IOP.io_errno = error.errno or 0
            return bareosfd.bRC_Error
        IOP.status = IOP.count
        return bareosfd.bRC_OK

    @either
    def plugin_io_seek(self, IOP):
        """Go to another place in the file."""
        if self.file is not None:
            self.file.seek(IOP.offset, IOP.whence)
        return bareosfd.bRC_OK

    @either
    def plugin_io_close(self, IOP):
        """Close the file."""
        if self.file is not None:
            self.file.close()
            self.file = None
        return bareosfd.bRC_OK

    # --- restore

    @either
    def start_restore_file(self, cmd):
        """A file of the plugin follows."""
        return bareosfd.bRC_OK

    @either
    def end_restore_file(self):
        """The file is complete."""
        return bareosfd.bRC_OK

    @either
    def restore_object_data(self, ROP):
        """Take an object back that was saved."""
        return bareosfd.bRC_OK

    @either
    def create_file(self, restorepkt):
        """Create a file: the daemon shall do it."""
        restorepkt.create_status = bareosfd.CF_CORE
        return bareosfd.bRC_OK

    @either
    def set_file_attributes(self, restorepkt):
        """Set owner, mode and times."""
        return bareosfd.bRC_OK

    @either
    def set_acl(self, acl):
        """Take the ACL of a file."""
        text = "set_acl: fname = %s content = %s\n" % (acl.fname, bytes(acl.content or b""))
        bareosfd.JobMessage(bareosfd.M_INFO, text)
        return bareosfd.bRC_OK

    @either
    def set_xattr(self, xattr):
        """Take an extended attribute of a file."""
        text = "set_xattr: fname = %s name = %s value = %s\n" % (
            xattr.fname,
            bytes(xattr.name or b""),
            bytes(xattr.value or b""),
        )
        bareosfd.JobMessage(bareosfd.M_INFO, text)
        return bareosfd.bRC_OK


class _BadOptionError(Exception):
    """Options that cannot be used."""


def _kind_of(name):
    """Return the type of what is there; what is not there becomes a regular file."""
    try:
        mode = os.lstat(name).st_mode
    except OSError:
        return "FT_REG"
    if stat.S_ISDIR(mode):
        return "FT_DIR"
    if stat.S_ISLNK(mode):
        return "FT_LNK"
    return "FT_FIFO" if stat.S_ISFIFO(mode) else "FT_REG"


def _decoded(options):
    """Return options with those that are encoded (``key#enc``) decoded."""
    found = {}
    for key, value in options.items():
        name, mark, how = key.partition("#")
        if not mark:
            found[key] = value
            continue
        if how != "enc":
            raise _BadOptionError("option %r: %r is not a known transformation" % (key, how))
        try:
            found[name] = base64.b85decode(value).decode("utf-8")
        except ValueError as error:
            raise _BadOptionError("option %r cannot be decoded: %s" % (key, error)) from None
    return found
