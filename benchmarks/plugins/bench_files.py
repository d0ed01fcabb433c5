# mypy: ignore-errors
"""A plugin that saves the files below a folder as a plugin of either host would.

Options: ``root``; ``size``, bytes of a read; ``core``, anything, to pass open files instead.
Restored files are written below ``where`` by plugin_io.
"""

import os

import bareosfd

_OPTIONS = {"size": "65536"}
_STATE = {"fd": -1}


def load_bareos_plugin(plugindef):
    """Nothing needs doing."""
    return bareosfd.bRC_OK


def parse_plugin_definition(plugindef):
    """Take the options."""
    _OPTIONS.update(part.split("=", 1) for part in plugindef.split(":") if "=" in part)
    return bareosfd.bRC_OK


def _files(root):
    """Yield path and status of each file."""
    with os.scandir(root) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                yield entry.path, entry.stat(follow_symlinks=False)


def start_backup_file(savepkt):
    """Name the next file."""
    if "files" not in _STATE:
        _STATE["files"] = _files(_OPTIONS["root"])
        _STATE["next"] = next(_STATE["files"], None)
    if _STATE["next"] is None:
        return bareosfd.bRC_Stop
    savepkt.fname, status = _STATE["next"]
    savepkt.type = bareosfd.FT_REG
    savepkt.statp = bareosfd.StatPacket(
        mode=status.st_mode,
        ino=status.st_ino,
        dev=status.st_dev,
        uid=status.st_uid,
        gid=status.st_gid,
        size=status.st_size,
        mtime=int(status.st_mtime),
        ctime=int(status.st_ctime),
    )
    return bareosfd.bRC_OK


def end_backup_file():
    """Go on while there are files."""
    _STATE["next"] = next(_STATE["files"], None)
    return bareosfd.bRC_More if _STATE["next"] else bareosfd.bRC_OK


def plugin_io(iop):
    """Open, read or write, and close."""
    if iop.func == bareosfd.IO_OPEN:
        _open(iop)
    elif iop.func == bareosfd.IO_READ:
        iop.buf = bytearray(os.read(_STATE["fd"], int(_OPTIONS["size"])))
        iop.status = len(iop.buf)
    elif iop.func == bareosfd.IO_WRITE:
        iop.status = os.write(_STATE["fd"], iop.buf)
    elif iop.func == bareosfd.IO_CLOSE:
        os.close(_STATE["fd"])
    return bareosfd.bRC_OK


def _open(iop):
    writes = iop.flags & (os.O_WRONLY | os.O_CREAT)
    if writes:
        os.makedirs(os.path.dirname(iop.fname), exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC if writes else os.O_RDONLY
    _STATE["fd"] = os.open(iop.fname, flags, 0o600)
    if "core" in _OPTIONS:
        iop.filedes = _STATE["fd"]
        iop.status = bareosfd.iostat_do_in_core


def create_file(restorepkt):
    """Write the data ourselves."""
    restorepkt.create_status = bareosfd.CF_EXTRACT
    return bareosfd.bRC_OK


def _nothing(*_):
    return bareosfd.bRC_OK


handle_plugin_event = start_restore_file = set_file_attributes = _nothing
end_restore_file = get_acl = get_xattr = set_acl = set_xattr = _nothing


def check_file(fname):
    """Nothing was removed."""
    return bareosfd.bRC_Seen
