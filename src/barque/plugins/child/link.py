"""The plugin's end of the socket to the daemon.

Frames are gathered and sent in large batches; every wait for the daemon sends them first.
"""

from __future__ import annotations

import array
import os
import socket
import threading
import time
from typing import Any, Optional

from . import pipe

_BATCH = 512 * 1024
"""byte; a batch is sent when it is this large."""
_BUFFER = 64 * 1024
"""byte; what is received at once, but for longer bodies."""
_GATHER = 900
"""Pieces of one batch; the system takes no more than 1024."""
_LINGER = 0.25
"""s; messages do not wait longer for a batch to become full."""


class DaemonGoneError(Exception):
    """The daemon closed the socket: the job is over."""


class Link:
    """Sends frames from any thread; receives in the thread that runs the plugin."""

    def __init__(self, main: socket.socket, side: socket.socket) -> None:
        self._main = main
        self._side = side
        self._file = main.makefile("rb", buffering=_BUFFER)
        self._pending: list[pipe.Buffer] = []
        self._size = 0
        self._since = 0.0
        self._lock = threading.RLock()
        self._calls = threading.RLock()

    # --- sending

    def put(self, *parts: pipe.Buffer) -> None:
        """Add pieces of frames to the batch, in one go."""
        with self._lock:
            pending = self._pending
            if not pending:
                self._since = time.monotonic()
            for part in parts:
                pending.append(part)
                self._size += len(part)
            if self._size >= _BATCH or len(pending) >= _GATHER:
                self.flush()

    def put_json(self, kind: int, value: Any) -> None:
        """Add a frame with a JSON body to the batch."""
        self.put(pipe.encode_json(kind, value))

    def put_now(self, kind: int, value: Any) -> None:
        """Send a frame with a JSON body, and everything before it."""
        with self._lock:
            self.put_json(kind, value)
            self.flush()

    def flush(self) -> None:
        """Send the batch."""
        with self._lock:
            parts, self._pending, self._size = self._pending, [], 0
            if not parts:
                return
            try:
                self._send(pipe.join(parts))
            except OSError as error:
                raise DaemonGoneError("the daemon closed the connection") from error

    def _send(self, parts: list[pipe.Buffer]) -> None:
        total = sum(len(part) for part in parts)
        sent = self._main.sendmsg(parts) if len(parts) < _GATHER else 0
        if sent == total:
            return
        rest: list[pipe.Buffer] = []
        for part in parts:
            if sent >= len(part):
                sent -= len(part)
                continue
            rest.append(memoryview(part)[sent:])
            sent = 0
        self._main.sendall(b"".join(rest))

    def flush_old(self) -> None:
        """Send a batch that waits for long."""
        if self._pending and time.monotonic() - self._since > _LINGER:
            self.flush()

    def send_descriptor(self, fd: int) -> None:
        """Pass an open file to the daemon."""
        rights = array.array("i", [fd])
        self._side.sendmsg([b"d"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])

    # --- receiving

    def receive(self) -> tuple[int, bytearray]:
        """Return kind and body of the next frame; raises DaemonGoneError."""
        length, kind = pipe.HEAD.unpack(self._read(pipe.HEAD.size))
        return kind, self._read(length)

    def _read(self, size: int) -> bytearray:
        """Return *size* bytes; long ones come from the socket without a copy between."""
        data = bytearray(size)
        try:
            got = self._file.readinto(data) if size else 0  # type: ignore[attr-defined]
        except OSError as error:
            raise DaemonGoneError("the daemon closed the connection") from error
        if got != size:
            raise DaemonGoneError("the daemon closed the connection")
        return data

    def call(self, *words: Any) -> Any:
        """Ask the daemon something and return its answer."""
        with self._calls:
            self.put_now(pipe.CALL, list(words))
            return self.reply()

    def reply(self) -> Any:
        """Return the daemon's next answer."""
        self.flush()
        kind, body = self.receive()
        if kind != pipe.REPLY:
            raise DaemonGoneError("the daemon did not answer")
        return pipe.decode_json(body)

    def receive_aside(self) -> Optional[bytes]:
        """Return the next line of the side socket; None when it is closed."""
        try:
            line = self._side.recv(4096)
        except OSError:
            return None
        return line or None


def open_link(main: int, side: int) -> Link:
    """Return the link over two inherited sockets, which further programs do not inherit."""
    os.set_inheritable(main, False)
    os.set_inheritable(side, False)
    return Link(
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=main),
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=side),
    )
