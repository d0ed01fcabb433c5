"""Drives a plugin file by file and sends what it gives, in one stream.

Source: plugin interface of the File Daemon, sections 4 and 6.
"""

from __future__ import annotations

import os
import stat
from typing import Any, Optional

from . import abi, pipe
from .packets import (
    AclPacket,
    IoPacket,
    SavePacket,
    StatPacket,
    XattrPacket,
    new_save_packet,
    stat_numbers,
)
from .plugin import Plugin
from .trace import masked

BUFFER = 256 * 1024
"""byte; what a read is asked for."""
_INLINE = 64 * 1024
"""byte; smaller files travel in one frame with their names."""

_OPEN, _READ, _WRITE, _CLOSE, _SEEK = range(1, 6)
_LNKSAVED, _REGE, _REG, _LNK, _DIREND, _SPEC = range(1, 7)
_NOCHG, _DIRNOCHG, _DIRBEGIN, _DELETED = 10, 11, 18, 23
_OBJECTS = frozenset({25, 27, 28})
_UNREAD = frozenset({7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 23, 24})
"""Types that have no data: they are only told."""
_LINKABLE = frozenset({_REGE, _REG, _SPEC, 16, 17})

_BIT_ACL = abi.option_bit("ACL")
_BIT_XATTR = abi.option_bit("XATTR")
_BIT_NO_LINKS = abi.option_bit("NO_HARDLINK")

_FATAL, _ERROR, _NOTSAVED = 3, 4, 8
_XATTRS = 10_000
"""Attributes of one file; a plugin that never stops giving them is wrong."""


class Rejected(Exception):
    """The plugin's answer makes no sense; the text says why."""


class Backup:
    """One run of the loop over a plugin's files."""

    def __init__(self, plugin: Plugin, request: dict[str, Any]) -> None:
        self._plugin = plugin
        self._daemon = plugin.daemon
        self._link = plugin.daemon.link
        self._cmd: str = request["cmd"]
        self._shown = masked(self._cmd)
        self._flags = bytes.fromhex(request["flags"])
        self._compares: bool = request["compares"]
        self._accurate: bool = request["accurate"]
        self._mtime_only: bool = request["mtime_only"]
        self._bits = int.from_bytes(self._flags, "little")
        self._flags_seen = self._flags

    def run(self, *, reading: bool = True) -> dict[str, Any]:
        """Take every file of the plugin; returns how the loop ended.

        Without *reading*, files are only counted.
        """
        call = self._plugin.call
        daemon = self._daemon
        while not daemon.over:
            packet = new_save_packet(self._cmd, bytearray(self._flags), "", "")
            code = call("start_backup_file", packet)
            if code != abi.RC_OK:
                if code == abi.RC_SKIP and reading:
                    self._link.flush_old()
                    continue
                return self._ended(code, reading=reading)
            try:
                self._take(packet, reading=reading)
            except Rejected as error:
                return self._fail(str(error))
            if daemon.fatal:
                break
            if call("end_backup_file") != abi.RC_MORE:
                break
            self._link.flush_old()
        return {"ok": not daemon.over}

    def _ended(self, code: int, *, reading: bool) -> dict[str, Any]:
        if code == abi.RC_STOP or not reading:
            return {"ok": not self._daemon.over}
        if code == abi.RC_ERROR:
            return self._fail("startBackupFile failed.")
        text = 'Command plugin "%s": unhandled returncode from startBackupFile.\n' % self._shown
        self._daemon.message(_ERROR, text)
        return {"ok": False, "error": True}

    def _fail(self, text: str) -> dict[str, Any]:
        self._daemon.message(_FATAL, 'Command plugin "%s": %s\n' % (self._shown, text))
        return {"ok": False}

    # --- one file

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Let the plugin save a file that the daemon found."""
        packet = new_save_packet(
            self._cmd,
            bytearray(self._flags),
            request["name"],
            request["link"],
            request["type"],
            request["delta_seq"],
            request["found"],
        )
        given = StatPacket()
        for name, value in zip(StatPacket.__slots__, request["stat"]):
            setattr(given, name, value)
        packet.statp = given
        code = self._plugin.call("handle_backup_file", packet)
        if code == abi.RC_OK:
            packet.fname, packet.link, packet.type = (
                request["name"],
                request["link"],
                request["type"],
            )
            packet.statp = given
            if not stat.S_ISREG(given.st_mode) or not given.st_size:
                packet.no_read = True
            try:
                self._take_file(packet, reading=True, compares=False)
            except Rejected as error:
                return {"code": abi.RC_ERROR, **self._fail(str(error))}
        return {"code": code}

    def _take(self, packet: SavePacket, *, reading: bool) -> None:
        kind = packet.type
        if kind == 0:
            raise Rejected("no type in startBackupFile packet.")
        if kind in _OBJECTS:
            self._take_object(packet, reading=reading)
        else:
            self._take_file(packet, reading=reading, compares=self._compares)

    def _take_object(self, packet: SavePacket, *, reading: bool) -> None:
        content, size = packet.object, packet.object_len
        name = packet.object_name
        if not isinstance(name, str) or not name:
            raise Rejected("no object_name in startBackupFile packet.")
        if not isinstance(content, bytearray) or size <= 0:
            raise Rejected("no object in startBackupFile packet.")
        if len(content) < size:
            raise Rejected("the object is shorter than object_len in startBackupFile packet.")
        if reading:
            meta = {"type": packet.type, "name": name, "index": packet.object_index}
            head = pipe.encode_json(0, meta)[pipe.HEAD.size :]
            self._link.put(pipe.encode_pair(pipe.OBJECT, head, b""[:0] + bytes(content[:size])))

    def _take_file(self, packet: SavePacket, *, reading: bool, compares: bool) -> None:
        kind = packet.type
        name, link = _name(packet.fname, "fname"), _name(packet.link, "link")
        status = packet.statp
        if not isinstance(status, StatPacket):
            raise Rejected("no statp in startBackupFile packet.")
        flags = bytes(packet.flags) if isinstance(packet.flags, (bytearray, bytes)) else b""
        if len(flags) != abi.FLAG_BYTES:
            raise Rejected("flags in startBackupFile packet are not %d bytes." % abi.FLAG_BYTES)
        if flags != self._flags_seen:
            self._flags_seen, self._bits = flags, int.from_bytes(flags, "little")
        stat_bytes = pack_stat(status)
        if compares and kind not in _UNREAD and self._is_unchanged(packet, status):
            kind = _DIRNOCHG if kind == _DIREND else _NOCHG
        switches = 0
        if (
            status.st_nlink > 1
            and kind in _LINKABLE
            and not self._bits & _BIT_NO_LINKS
            and reading
            and self._is_linked(packet, status)
        ):
            switches = pipe.LINKED
        entry = _Entry(kind, flags, packet, switches, stat_bytes, name, link)
        socket = stat.S_ISSOCK(status.st_mode) and kind == _SPEC
        if kind in _UNREAD or not reading or socket:
            self._link.put(entry.frame(pipe.COMPLETE))
            return
        if packet.no_read or switches & pipe.LINKED:
            self._finish(entry, packet, None, 0)
            return
        self._read(entry, packet)

    def _is_unchanged(self, packet: SavePacket, status: StatPacket) -> bool:
        """Return whether a file need not be saved, by the accurate list or by its times."""
        values = self._daemon.values
        if values.get(20) is False:
            return False
        if packet.save_time == 0:
            packet.save_time = max(0, values.get(8) or 0) & 0xFFFFFFFF
        if self._accurate:
            stats = stat_numbers(status)
            answer = self._link.call(
                "changed", packet.fname, packet.type, stats, packet.save_time, packet.link or ""
            )
            packet.delta_seq = answer["delta_seq"] if packet.delta_seq == 0 else packet.delta_seq
            return not answer["changed"]
        since = packet.save_time
        return status.st_mtime < since and (self._mtime_only or status.st_ctime < since)

    def _is_linked(self, packet: SavePacket, status: StatPacket) -> bool:
        """Return whether the same file was saved before, under this or another name."""
        return bool(self._link.call("linked", status.st_dev, status.st_ino, packet.fname))

    # --- data

    def _read(self, entry: _Entry, packet: SavePacket) -> None:
        name = packet.fname or ""
        io = IoPacket(_OPEN, fname=name)
        code = self._plugin.call("plugin_io", io)
        status = io.status
        if code == abi.RC_ERROR or status < 0 or (status == 1 and io.filedes < 0):
            reason = os.strerror(io.io_errno) if io.io_errno else "the plugin refused"
            self._daemon.message(_NOTSAVED, '     Cannot open "%s": ERR=%s.\n' % (name, reason))
            return
        if status == 1:
            self._read_descriptor(entry, packet, io.filedes)
        else:
            self._read_plugin(entry, packet)

    def _close(self, filedes: int) -> None:
        io = IoPacket(_CLOSE, filedes=filedes)
        self._plugin.call("plugin_io", io)

    def _read_plugin(self, entry: _Entry, packet: SavePacket) -> None:
        """Let the plugin give the data, call by call."""
        call = self._plugin.call
        link = self._link
        first: list[bytes] = []
        size = 0
        begun = False
        error = 0
        while not self._daemon.over:
            io = IoPacket(_READ, BUFFER, filedes=0)
            code = call("plugin_io", io)
            got = io.status
            if type(got) is not int:
                got = -1
            if got == 0 and not (code == abi.RC_ERROR and self._daemon.fatal):
                break
            data = _checked(io.buf, got) if got > 0 else None
            if data is None:
                error = io.io_errno or 5
                break
            if not begun:
                first.append(data)
                size += got
                if size < _INLINE:
                    continue
                begun = True
                link.put(entry.frame(pipe.READS))
                for piece in first:
                    link.put(pipe.HEAD.pack(len(piece), pipe.DATA), piece)
                continue
            link.put(pipe.HEAD.pack(got, pipe.DATA), data)
        self._close(0)
        if error:
            self._tell_read_error(packet, error)
        if begun:
            link.put(pipe.encode_json(pipe.END_DATA, error))
            self._finish(None, packet, None, 0)
        else:
            self._finish(entry, packet, b"".join(first), error)

    def _read_descriptor(self, entry: _Entry, packet: SavePacket, fd: int) -> None:
        """Read the data from an open file: small files here, others by the daemon."""
        link = self._link
        try:
            status = os.fstat(fd)
            small = stat.S_ISREG(status.st_mode) and status.st_size < _INLINE
            data = _read_all(fd, status.st_size) if small else None
        except OSError as failure:
            self._tell_read_error(packet, failure.errno or 5)
            self._close(fd)
            self._finish(entry, packet, b"", failure.errno or 5)
            return
        if data is not None:
            self._close(fd)
            self._finish(entry, packet, data, 0)
            return
        link.put(entry.frame(pipe.READS), pipe.HEAD.pack(0, pipe.DESCRIPTOR))
        link.send_descriptor(fd)
        error = int(link.reply())
        if error:
            self._tell_read_error(packet, error)
        self._close(fd)
        link.put(pipe.encode_json(pipe.END_DATA, error))
        self._finish(None, packet, None, 0)

    def _tell_read_error(self, packet: SavePacket, error: int) -> None:
        text = "Read error on file %s. ERR=%s\n" % (packet.fname, os.strerror(error))
        self._daemon.message(_ERROR, text)

    # --- what follows

    def _finish(
        self, entry: Optional[_Entry], packet: SavePacket, data: Optional[bytes], error: int
    ) -> None:
        """Send what is left of a file; *entry* is None when it was sent with its data."""
        bits = self._bits
        linked = entry is not None and entry.switches & pipe.LINKED
        acl: Optional[bytes] = None
        pairs: list[tuple[bytes, bytes]] = []
        if bits & _BIT_ACL and packet.type != _LNK and not linked:
            acl = self._acl(packet.fname or "")
        if bits & _BIT_XATTR and not linked:
            pairs = self._xattrs(packet.fname or "")
        link = self._link
        plain = not acl and not pairs
        if entry is not None:
            reads = pipe.READS if data is not None else 0
            if plain and not error:
                link.put(entry.frame(reads | pipe.COMPLETE, data or b""))
                return
            link.put(entry.frame(reads, data or b""))
            if reads:
                link.put(pipe.encode_json(pipe.END_DATA, error))
        if acl:
            link.put(pipe.encode(pipe.ACL, acl))
        for name, value in pairs:
            link.put(pipe.encode_pair(pipe.XATTR, name, value))
        link.put(pipe.encode(pipe.END_ENTRY, b""))

    def _acl(self, name: str) -> Optional[bytes]:
        packet = AclPacket(name)
        if self._plugin.call("get_acl", packet) != abi.RC_OK:
            self._daemon.message(_ERROR, "Cannot read the ACL of %s\n" % name)
            return None
        return bytes(packet.content) if packet.content else None

    def _xattrs(self, name: str) -> list[tuple[bytes, bytes]]:
        pairs: list[tuple[bytes, bytes]] = []
        for _ in range(_XATTRS):
            packet = XattrPacket(name)
            code = self._plugin.call("get_xattr", packet)
            if code not in (abi.RC_OK, abi.RC_MORE):
                text = "Cannot read the extended attributes of %s\n" % name
                self._daemon.message(_ERROR, text)
                break
            if packet.name:
                pairs.append((bytes(packet.name), bytes(packet.value or b"")))
            if code == abi.RC_OK:
                break
        return pairs


class _Entry:
    """What is known of a file before its data."""

    __slots__ = ("delta", "flags", "kind", "link", "name", "save_time", "stat", "switches")

    def __init__(
        self,
        kind: int,
        flags: bytes,
        packet: SavePacket,
        switches: int,
        stat_bytes: bytes,
        name: bytes,
        link: bytes,
    ) -> None:
        self.kind = kind
        self.flags = flags
        self.delta = packet.delta_seq
        self.save_time = packet.save_time
        self.switches = switches
        self.stat = stat_bytes
        self.name = name
        self.link = link

    def frame(self, switches: int, data: bytes = b"") -> bytes:
        """Return the frame of the file."""
        return pipe.encode_entry(
            self.kind,
            self.flags,
            self.delta,
            self.save_time,
            self.switches | switches,
            self.stat,
            self.name,
            self.link,
            data,
        )


def _name(value: Any, what: str) -> bytes:
    """Return a name as it is stored; raises Rejected."""
    if not isinstance(value, str):
        raise Rejected('%s needs to be of type string "utf-8".' % what)
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Rejected("%s is not UTF-8: %s." % (what, error)) from None


def pack_stat(packet: StatPacket) -> bytes:
    """Return the numbers of a status, packed."""
    return pipe.STAT.pack(*stat_numbers(packet))


def _checked(data: Any, size: int) -> Optional[bytes]:
    """Return the bytes of a read; None when the buffer does not hold what the status says."""
    if type(data) is bytes and len(data) == size <= BUFFER:
        return data
    if isinstance(data, (bytes, bytearray, memoryview)) and size <= len(data) and size <= BUFFER:
        return bytes(memoryview(data)[:size])
    return None


def _read_all(fd: int, size: int) -> bytes:
    """Return what a small file holds; it is asked for its end only when it may have grown."""
    data = os.read(fd, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    while data:
        data = os.read(fd, BUFFER)
        parts.append(data)
    return b"".join(parts)
