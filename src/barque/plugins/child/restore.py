"""Lets a plugin restore files: one after the other, as the daemon asks.

Source: plugin interface of the File Daemon, section 7.
"""

from __future__ import annotations

import os
from typing import Any, Optional

from . import abi
from .packets import AclPacket, IoPacket, RestoreObject, RestorePacket, StatPacket, XattrPacket
from .plugin import Plugin

_OPEN, _READ, _WRITE, _CLOSE, _SEEK = range(1, 6)
_EXTRACT, _CORE = 3, 5
_MODE = 0o600
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class Restore:
    """The file that a plugin restores just now."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._values: dict[str, Any] = {}
        self._open = False
        self._fd = -1
        """Descriptor that data is written to without the plugin; negative for none."""
        self._filedes = -1
        """As the plugin left it."""
        self._error = 0

    # --- the beginning

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        """Begin a file: start_restore_file, create_file, and OPEN where the plugin extracts.

        A definition that comes along is parsed first.
        """
        call = self._plugin.call
        self._error = 0
        self._fd, self._open = -1, False
        if request["definition"] is not None:
            code = call("parse_plugin_definition", request["definition"])
            if code != abi.RC_OK:
                return {"started": False, "refused": "parse_plugin_definition", "code": code}
        code = call("start_restore_file", request["cmd"])
        if code != abi.RC_OK:
            return {"started": False, "refused": "start_restore_file", "code": code}
        self._values = request["packet"]
        packet = self._packet()
        code = call("create_file", packet)
        answer = {"started": True, "code": code, "status": packet.create_status}
        if code == abi.RC_OK and packet.create_status == _EXTRACT:
            answer["errno"] = self.open({"mode": _MODE})["errno"]
        return answer

    def _packet(self) -> RestorePacket:
        values = dict(self._values)
        status = StatPacket()
        for name, value in zip(StatPacket.__slots__, values.pop("stat")):
            setattr(status, name, value)
        return RestorePacket(statp=status, create_status=2, filedes=-1, **values)

    def open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Open the file for writing; the answer is 0 or a number of an error."""
        name = self._values["ofname"]
        io = IoPacket(_OPEN, flags=_FLAGS, mode=request["mode"], fname=name)
        code = self._plugin.call("plugin_io", io)
        if code == abi.RC_ERROR or io.status < 0 or (io.status == 1 and io.filedes < 0):
            return {"errno": io.io_errno or 5}
        self._open = True
        self._fd = io.filedes if io.status == 1 else -1
        self._filedes = io.filedes if io.status == 1 else 0
        return {"errno": 0}

    # --- data

    def write(self, data: bytearray) -> None:
        """Write data; after the first error nothing is written any more."""
        if not self._open or self._error:
            return
        if self._fd >= 0:
            self._write_descriptor(data)
            return
        size = len(data)
        io = IoPacket(_WRITE, size, buf=data, filedes=self._filedes)
        self._plugin.call("plugin_io", io)
        if io.status != size:
            self._error = io.io_errno or 5

    def _write_descriptor(self, data: bytearray) -> None:
        view = memoryview(data)
        try:
            while view:
                done = os.write(self._fd, view)
                view = view[done:]
        except OSError as error:
            self._error = error.errno or 5

    def seek(self, request: dict[str, Any]) -> None:
        """Go to a place in the file, because a hole lies before it."""
        if not self._open or self._error:
            return
        if self._fd >= 0:
            try:
                os.lseek(self._fd, request["offset"], os.SEEK_SET)
            except OSError as error:
                self._error = error.errno or 5
            return
        io = IoPacket(_SEEK, whence=0, offset=request["offset"], filedes=self._filedes)
        self._plugin.call("plugin_io", io)
        if io.status < 0:
            self._error = io.io_errno or 5

    @property
    def is_open(self) -> bool:
        """Whether a file is open for writing."""
        return self._open

    # --- the end

    def finish(self, request: dict[str, Any]) -> dict[str, Any]:
        """End the file: attributes, CLOSE, ACL, extended attributes, end_restore_file."""
        call = self._plugin.call
        answer: dict[str, Any] = {"failed": []}
        if request["attributes"]:
            packet = self._packet()
            call("set_file_attributes", packet)
            answer["core"] = packet.create_status == _CORE
        if self._open:
            self._close()
        answer["errno"] = self._error
        name = self._values.get("ofname", "")
        if request["acl"] is not None:
            content = bytearray.fromhex(request["acl"])
            if call("set_acl", AclPacket(name, content)) != abi.RC_OK:
                answer["failed"].append("access control list")
        for first, second in request["xattrs"]:
            pair = XattrPacket(name, bytearray.fromhex(first), bytearray.fromhex(second))
            if call("set_xattr", pair) != abi.RC_OK:
                answer["failed"].append("extended attributes")
        answer["code"] = self.end_file()
        return answer

    def _close(self) -> None:
        self._open = False
        io = IoPacket(_CLOSE, filedes=self._filedes)
        if self._plugin.call("plugin_io", io) == abi.RC_ERROR or io.status < 0:
            self._error = self._error or io.io_errno or 5

    def end_file(self) -> int:
        """Tell the plugin that the file is complete."""
        code = self._plugin.call("end_restore_file")
        if code == -1 and not self._plugin.daemon.fatal:
            self._plugin.daemon.message(3, "end_restore_file of the plugin returned no number\n")
        return code


def restore_object(plugin: Plugin, request: dict[str, Any], content: Optional[bytes]) -> int:
    """Give an object back to the plugin that saved it."""
    data = bytearray(content or b"")
    packet = RestoreObject(
        request["name"],
        data,
        request["plugin"],
        request["type"],
        len(data),
        len(data),
        request["index"],
        0,
        0,
        request["job_id"],
    )
    return plugin.call("restore_object_data", packet)
