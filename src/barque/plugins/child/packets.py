"""The packets that entry points are given, with the attributes that plugins know.

Source: plugin interface of the File Daemon, section 3.
"""

from __future__ import annotations

import operator
import struct
import time
import warnings
from typing import Any, Callable, Optional

from . import abi
from .pipe import STAT


def _refuse(name: str, value: Any, wanted: str) -> TypeError:
    return TypeError("%s must be %s, not %s" % (name, wanted, type(value).__name__))


def _integer(low: int, high: int) -> Callable[[str, Any], int]:
    """Return a check for integers; what does not fit is cut as in C, with a warning."""

    def check(name: str, value: Any) -> int:
        if type(value) is not int:
            if not hasattr(value, "__index__"):
                raise _refuse(name, value, "an integer")
            value = value.__index__()
        if low <= value <= high:
            return int(value)
        if value < low or high >= 1 << 62:
            if value < low == 0 and high < 1 << 62:
                return _cut(name, value, high)
            raise OverflowError("%s cannot be %d" % (name, value))
        return _cut(name, value, high)

    def _cut(name: str, value: int, high: int) -> int:
        warnings.warn("%s: %d does not fit" % (name, value), RuntimeWarning, stacklevel=4)
        return value & high

    return check


_U16 = _integer(0, (1 << 16) - 1)
_U32 = _integer(0, (1 << 32) - 1)
_U64 = _integer(0, (1 << 64) - 1)
_I32 = _integer(-(1 << 31), (1 << 31) - 1)
_I64 = _integer(-(1 << 63), (1 << 63) - 1)


def _text(name: str, value: Any) -> Any:
    """Take anything: whether a name is text is told when the packet comes back."""
    return value


def _boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refuse(name, value, "True or False")
    return value


def _bytearray(name: str, value: Any) -> Any:
    if value is not None and not isinstance(value, bytearray):
        raise _refuse(name, value, "a bytearray")
    return value


def _anything(_name: str, value: Any) -> Any:
    return value


def _read_only(name: str, _value: Any) -> Any:
    raise AttributeError("%s is read-only" % name)


Fields = dict[str, Callable[[str, Any], Any]]


def _typed(fields: Fields) -> Callable[[type[Any]], type[Any]]:
    """Check what is assigned to the attributes of a class; reading them costs nothing."""

    def wrap(cls: type[Any]) -> type[Any]:
        store = object.__setattr__

        def put(packet: Any, name: str, value: Any) -> None:
            check = fields.get(name)
            if check is not None:
                value = check(name, value)
            store(packet, name, value)

        def drop(_packet: Any, name: str) -> None:
            raise TypeError("%s cannot be deleted" % name)

        cls.__setattr__ = put  # type: ignore[assignment]
        cls.__delattr__ = drop  # type: ignore[assignment]
        return cls

    return wrap


def force(packet: Any, name: str, value: Any) -> None:
    """Set an attribute that is read-only for plugins."""
    object.__setattr__(packet, name, value)


def _shown(value: Any) -> str:
    """Return text as the packets show it."""
    if value is None:
        return "(null)"
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def _shown_buffer(value: Any) -> str:
    return "" if value is None else _shown(value)


_STAT: Fields = {
    "st_dev": _U32,
    "st_ino": _U64,
    "st_mode": _U16,
    "st_nlink": _U16,
    "st_uid": _U32,
    "st_gid": _U32,
    "st_rdev": _U32,
    "st_size": _U64,
    "st_atime": _I64,
    "st_mtime": _I64,
    "st_ctime": _I64,
    "st_blksize": _U32,
    "st_blocks": _U64,
}

_NO_SIZE = (1 << 64) - 1


@_typed(_STAT)
class StatPacket:
    """Status of a file."""

    __slots__ = tuple(_STAT)

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
        size: int = _NO_SIZE,
        atime: Optional[int] = None,
        mtime: Optional[int] = None,
        ctime: Optional[int] = None,
        blksize: int = 4096,
        blocks: int = 1,
    ) -> None:
        if atime is None or mtime is None or ctime is None:
            now = int(time.time())
            atime = now if atime is None else atime
            mtime = now if mtime is None else mtime
            ctime = now if ctime is None else ctime
        values = (
            dev, ino, mode, nlink, uid, gid, rdev, size, atime, mtime, ctime, blksize, blocks,
        )  # fmt: skip
        try:
            STAT.pack(*values)
        except struct.error:
            for name, value in zip(_STAT, values):
                setattr(self, name, value)
            return
        for store, value in zip(_STAT_SLOTS, values):
            store(self, value)

    def __repr__(self) -> str:
        size = self.st_size
        return (
            "StatPacket(dev=%d, ino=%d, mode=%04o, nlink=%d, uid=%d, gid=%d, rdev=%d, size=%d, "
            "atime=%d, mtime=%d, ctime=%d, blksize=%d, blocks=%d)"
            % (
                self.st_dev,
                self.st_ino,
                self.st_mode & 0o7777,
                self.st_nlink,
                self.st_uid,
                self.st_gid,
                self.st_rdev,
                size - (1 << 64) if size >> 63 else size,
                self.st_atime,
                self.st_mtime,
                self.st_ctime,
                self.st_blksize,
                self.st_blocks,
            )
        )


_STAT_SLOTS = [StatPacket.__dict__[name].__set__ for name in _STAT]


def _alias(name: str) -> property:
    def get(packet: Any) -> Any:
        return getattr(packet, name)

    def put(packet: Any, value: Any) -> None:
        setattr(packet, name, value)

    return property(get, put, doc="Name of %s before version 20." % name)


for _name in _STAT:
    setattr(StatPacket, _name[3:], _alias(_name))


_SAVE: Fields = {
    "fname": _text,
    "link": _text,
    "statp": _anything,
    "type": _I32,
    "flags": _anything,
    "no_read": _boolean,
    "portable": _boolean,
    "accurate_found": _boolean,
    "cmd": _read_only,
    "save_time": _U32,
    "delta_seq": _U32,
    "object_name": _text,
    "object": _bytearray,
    "object_len": _I32,
    "object_index": _I32,
}


@_typed(_SAVE)
class SavePacket:
    """What start_backup_file fills in: a file or a restore object."""

    __slots__ = tuple(_SAVE)

    fname: Any
    link: Any
    statp: Any
    type: int
    flags: Any
    no_read: bool
    portable: bool
    accurate_found: bool
    cmd: Any
    save_time: int
    delta_seq: int
    object_name: Any
    object: Optional[bytearray]
    object_len: int
    object_index: int

    def __init__(
        self,
        fname: Optional[str] = None,
        link: Optional[str] = None,
        type: int = 0,
        flags: Optional[bytearray] = None,
        no_read: bool = False,
        portable: bool = False,
        accurate_found: bool = False,
        cmd: Optional[str] = None,
        save_time: int = 0,
        delta_seq: int = 0,
        object_name: Optional[str] = None,
        object: Optional[bytearray] = None,
        object_len: int = 0,
        object_index: int = 0,
    ) -> None:
        self.fname = fname
        self.link = link
        self.statp = None
        self.type = type
        self.flags = flags
        self.no_read = no_read
        self.portable = portable
        self.accurate_found = accurate_found
        _CMD.__set__(self, cmd)
        self.save_time = save_time
        self.delta_seq = delta_seq
        self.object_name = object_name
        self.object = object
        self.object_len = object_len
        self.object_index = object_index

    def __repr__(self) -> str:
        return (
            'SavePacket(fname="%s", link="%s", type=%d, flags=%s, no_read=%d, portable=%d, '
            'accurate_found=%d, cmd="%s", save_time=%d, delta_seq=%d, object_name="%s", '
            'object="%s", object_len=%d, object_index=%d)'
            % (
                _shown(self.fname),
                _shown(self.link),
                self.type,
                _shown_flags(self.flags),
                self.no_read,
                self.portable,
                self.accurate_found,
                _shown(self.cmd),
                self.save_time,
                self.delta_seq,
                _shown(self.object_name),
                _shown_buffer(self.object),
                self.object_len,
                self.object_index,
            )
        )


_CMD = SavePacket.__dict__["cmd"]
_SAVE_SLOTS = [SavePacket.__dict__[name].__set__ for name in _SAVE]


def _shown_flags(flags: Any) -> str:
    if not isinstance(flags, (bytes, bytearray)):
        return ""
    return "".join(
        "1" if bit // 8 < len(flags) and flags[bit // 8] >> bit % 8 & 1 else "0"
        for bit in range(len(abi.FILE_OPTIONS))
    )


def new_save_packet(
    cmd: str,
    flags: bytearray,
    fname: Optional[str] = "",
    link: Optional[str] = "",
    kind: int = 0,
    delta_seq: int = 0,
    accurate_found: bool = False,
) -> SavePacket:
    """Return the packet that the host hands to a plugin."""
    packet = SavePacket.__new__(SavePacket)
    values = (
        fname, link, None, kind, flags, False, True, accurate_found, cmd, 0, delta_seq, "", None,
        0, 0,
    )  # fmt: skip
    for store, value in zip(_SAVE_SLOTS, values):
        store(packet, value)
    return packet


_RESTORE: Fields = {
    "stream": _I32,
    "data_stream": _I32,
    "type": _I32,
    "file_index": _I32,
    "linkFI": _I32,
    "uid": _U32,
    "statp": _anything,
    "attrEX": _read_only,
    "ofname": _read_only,
    "olname": _read_only,
    "where": _read_only,
    "regexwhere": _read_only,
    "original_file_name": _read_only,
    "original_link_name": _read_only,
    "replace": _I32,
    "create_status": _I32,
    "filedes": _I32,
}


@_typed(_RESTORE)
class RestorePacket:
    """A file that is restored."""

    __slots__ = tuple(_RESTORE)

    stream: int
    data_stream: int
    type: int
    file_index: int
    linkFI: int
    uid: int
    statp: Any
    attrEX: Any
    ofname: Any
    olname: Any
    where: Any
    regexwhere: Any
    original_file_name: Any
    original_link_name: Any
    replace: int
    create_status: int
    filedes: int

    def __init__(self, **values: Any) -> None:
        for name in _RESTORE:
            force(self, name, values.get(name, _RESTORE_DEFAULTS.get(name, 0)))

    def __repr__(self) -> str:
        return (
            "RestorePacket(stream=%d, data_stream=%d, type=%d, file_index=%d, linkFI=%d, uid=%d, "
            'statp="%r", attrEx="%s", ofname="%s", olname="%s", where="%s", RegexWhere="%s", '
            'replace=%d, create_status=%d, original_file_name="%s", original_link_name="%s")'
            % (
                self.stream,
                self.data_stream,
                self.type,
                self.file_index,
                self.linkFI,
                self.uid,
                self.statp,
                _shown(self.attrEX),
                _shown(self.ofname),
                _shown(self.olname),
                _shown(self.where),
                _shown(self.regexwhere),
                self.replace,
                self.create_status,
                _shown(self.original_file_name),
                _shown(self.original_link_name),
            )
        )


_RESTORE_DEFAULTS = {
    "statp": None,
    "attrEX": "",
    "ofname": "",
    "olname": "",
    "where": None,
    "regexwhere": None,
    "original_file_name": "",
    "original_link_name": "",
    "filedes": -1,
}

_IO: Fields = {
    "func": _I32,
    "count": _I32,
    "flags": _I32,
    "mode": _I32,
    "buf": _anything,
    "fname": _read_only,
    "status": _I64,
    "io_errno": _I32,
    "lerror": _I32,
    "whence": _I32,
    "offset": _I64,
    "win32": _boolean,
    "filedes": _I32,
}


class IoPacket:
    """One call of plugin_io."""

    __slots__ = tuple(_IO)

    func: int
    count: int
    flags: int
    mode: int
    buf: Any
    fname: Any
    status: int
    io_errno: int
    lerror: int
    whence: int
    offset: int
    win32: bool
    filedes: int

    def __init__(
        self,
        func: int = 0,
        count: int = 0,
        flags: int = 0,
        mode: int = 0,
        buf: Optional[bytearray] = None,
        fname: Optional[str] = None,
        status: int = 0,
        io_errno: int = 0,
        lerror: int = 0,
        whence: int = 0,
        offset: int = 0,
        win32: bool = False,
        filedes: int = -1,
    ) -> None:
        self.func = func
        self.count = count
        self.flags = flags
        self.mode = mode
        self.buf = buf
        self.fname = fname
        self.status = status
        self.io_errno = io_errno
        self.lerror = lerror
        self.whence = whence
        self.offset = offset
        self.win32 = win32
        self.filedes = filedes

    def __repr__(self) -> str:
        return (
            'IoPacket(func=%d, count=%d, flags=%d, mode=%04o, buf="%s", fname="%s", status=%d, '
            "io_errno=%d, lerror=%d, whence=%d, offset=%d, win32=%d, filedes=%d)"
            % (
                self.func,
                self.count,
                self.flags,
                self.mode,
                _shown_buffer(self.buf),
                _shown(self.fname),
                self.status,
                self.io_errno,
                self.lerror,
                self.whence,
                self.offset,
                self.win32,
                self.filedes,
            )
        )


_ACL: Fields = {"fname": _read_only, "content": _bytearray}


@_typed(_ACL)
class AclPacket:
    """The access control list of a file."""

    __slots__ = tuple(_ACL)

    fname: Any
    content: Optional[bytearray]

    def __init__(self, fname: Optional[str] = None, content: Optional[bytearray] = None) -> None:
        _ACL_FNAME(self, fname)
        _ACL_CONTENT(self, content)

    def __repr__(self) -> str:
        return 'AclPacket(fname="%s", content="%s")' % (
            _shown(self.fname),
            _shown_buffer(self.content).rstrip("\0"),
        )


_ACL_FNAME = AclPacket.__dict__["fname"].__set__
_ACL_CONTENT = AclPacket.__dict__["content"].__set__

_XATTR: Fields = {"fname": _read_only, "name": _bytearray, "value": _bytearray}


@_typed(_XATTR)
class XattrPacket:
    """One extended attribute of a file."""

    __slots__ = tuple(_XATTR)

    fname: Any
    name: Optional[bytearray]
    value: Optional[bytearray]

    def __init__(
        self,
        fname: Optional[str] = None,
        name: Optional[bytearray] = None,
        value: Optional[bytearray] = None,
    ) -> None:
        _XATTR_FNAME(self, fname)
        _XATTR_NAME(self, name)
        _XATTR_VALUE(self, value)

    def __repr__(self) -> str:
        return 'XattrPacket(fname="%s", name="%s", value="%s")' % (
            _shown(self.fname),
            _shown_buffer(self.name),
            _shown_buffer(self.value),
        )


_XATTR_FNAME = XattrPacket.__dict__["fname"].__set__
_XATTR_NAME = XattrPacket.__dict__["name"].__set__
_XATTR_VALUE = XattrPacket.__dict__["value"].__set__

_OBJ: Fields = {
    "object_name": _text,
    "object": _bytearray,
    "plugin_name": _read_only,
    "object_type": _I32,
    "object_len": _I32,
    "object_full_len": _I32,
    "object_index": _I32,
    "object_compression": _I32,
    "stream": _I32,
    "jobid": _U32,
}


@_typed(_OBJ)
class RestoreObject:
    """An object that a plugin saved and gets back."""

    __slots__ = tuple(_OBJ)

    object_name: Any
    object: Optional[bytearray]
    plugin_name: Any
    object_type: int
    object_len: int
    object_full_len: int
    object_index: int
    object_compression: int
    stream: int
    jobid: int

    def __init__(
        self,
        object_name: Optional[str] = None,
        object: Optional[bytearray] = None,
        plugin_name: Optional[str] = None,
        object_type: int = 0,
        object_len: int = 0,
        object_full_len: int = 0,
        object_index: int = 0,
        object_compression: int = 0,
        stream: int = 0,
        jobid: int = 0,
    ) -> None:
        self.object_name = object_name
        self.object = object
        force(self, "plugin_name", plugin_name)
        self.object_type = object_type
        self.object_len = object_len
        self.object_full_len = object_full_len
        self.object_index = object_index
        self.object_compression = object_compression
        self.stream = stream
        self.jobid = jobid

    def __repr__(self) -> str:
        return (
            'RestoreObject(object_name="%s", object="%s", plugin_name="%s", object_type=%d, '
            "object_len=%d, object_full_len=%d, object_index=%d, object_compression=%d, "
            "stream=%d, jobid=%d)"
            % (
                _shown(self.object_name),
                _shown_buffer(self.object),
                _shown(self.plugin_name),
                self.object_type,
                self.object_len,
                self.object_full_len,
                self.object_index,
                self.object_compression,
                self.stream,
                self.jobid,
            )
        )


PACKETS: tuple[type[Any], ...] = (
    StatPacket,
    SavePacket,
    RestorePacket,
    IoPacket,
    AclPacket,
    XattrPacket,
    RestoreObject,
)
"""The classes of the module bareosfd."""


stat_numbers = operator.attrgetter(*_STAT)
"""Returns the numbers of a status, in their order."""
