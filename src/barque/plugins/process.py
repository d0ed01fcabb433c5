"""The process of a plugin: starting it, hearing what it prints, ending it.

The process gets two sockets and nothing else: no argument and no variable tells what the job is.
"""

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from barque.errors import PluginError

_CHILD: Final = Path(__file__).parent / "child"
_INTERPRETER_VARIABLE: Final = "BARQUE_PLUGIN_INTERPRETER"
_MANY_LINES: Final = 1000
"""Lines that a plugin may print into a job's log."""
_LONG_LINE: Final = 4096
_PATIENCE: Final = 5.0
"""s; a process that was told goodbye ends within this time, or is killed."""

DEFAULT_TIMEOUT: Final = 3600.0
"""s without a sign of life, after which a plugin is taken for dead."""


@dataclass(frozen=True, slots=True)
class HostSettings:
    """How a plugin is run."""

    interpreter: str = ""
    """Program; empty is the one found beside the plugin, or our own."""
    timeout: float = DEFAULT_TIMEOUT
    """s; for one event, one read, one file; 0 is no limit."""
    memory: int = 0
    """byte; 0 is no limit."""
    user: str = ""
    """Account that the plugin runs under; empty is the daemon's."""
    directories: tuple[str, ...] = field(default=())
    """Folders where modules are looked for: Plugin Directory."""
    trace: str = ""
    """File that calls are written to; empty for none."""

    @property
    def limits(self) -> dict[str, object]:
        """What the process limits itself to, before the plugin is there."""
        limits: dict[str, object] = {}
        if self.memory:
            limits["memory"] = self.memory
        if self.user:
            limits["user"] = self.user
        return limits


_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def settings_from(
    options: dict[str, str], directories: tuple[str, ...], trace: str = ""
) -> HostSettings:
    """Return what the ``host_`` options of a definition say; raises PluginError."""
    known = {"python", "timeout", "memory", "user"}
    for name in options.keys() - known:
        raise PluginError(
            f"host_{name} is not an option of the plugin host, which knows "
            + ", ".join(f"host_{word}" for word in sorted(known))
        )
    try:
        timeout = float(options.get("timeout", DEFAULT_TIMEOUT))
        memory = options.get("memory", "0").lower()
        unit = memory[-1:] if memory[-1:] in _UNITS else ""
        limit = int(memory.removesuffix(unit)) * _UNITS[unit]
    except ValueError as error:
        raise PluginError(f"an option of the plugin host is not a number: {error}") from None
    return HostSettings(
        options.get("python", ""), timeout, limit, options.get("user", ""), directories, trace
    )


def find_interpreter(settings: HostSettings, module_path: str) -> str:
    """Return the program that runs the plugin.

    What the definition says, else a virtual environment ``.venv`` beside the plugin, else what the
    environment of the daemon names, else our own.  Raises PluginError when it is not there.
    """
    beside = Path(module_path, ".venv", "bin", "python") if module_path else None
    chosen = settings.interpreter
    if not chosen and beside is not None and beside.exists():
        chosen = str(beside)
    chosen = chosen or os.environ.get(_INTERPRETER_VARIABLE, "") or sys.executable
    found = shutil.which(chosen)
    if found is None:
        raise PluginError(f"the interpreter {chosen} for the plugin does not exist")
    return found


_SNDBUFFORCE: Final = 32
"""SO_SNDBUFFORCE of Linux: beyond the system's limit, for root."""
_BUFFER: Final = 4 * 1024 * 1024
"""byte; what is under way between the two processes, so that neither waits for the other's turn."""


def _enlarge(end: socket.socket) -> None:
    """Let much be under way on a socket."""
    try:
        end.setsockopt(socket.SOL_SOCKET, _SNDBUFFORCE, _BUFFER)
    except OSError:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)


_MEMORY_KEPT: Final = {
    "MALLOC_TRIM_THRESHOLD_": str(64 * 1024 * 1024),
    "MALLOC_MMAP_THRESHOLD_": str(32 * 1024 * 1024),
}
"""Variables of the C library: the buffers of each read are used again instead of being given back
to the system, which would fill them with zeros every time."""


class PluginProcess:
    """A running process, its sockets, and a thread that hears what it prints."""

    def __init__(self, interpreter: str, told: Callable[[str], None]) -> None:
        """Start it; *told* takes each line of its output.  Raises PluginError."""
        self.main, main = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.side, side = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self.main, main):
            _enlarge(end)
        command = [interpreter, "-I", str(_CHILD), str(main.fileno()), str(side.fileno())]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=_MEMORY_KEPT | os.environ,
                pass_fds=(main.fileno(), side.fileno()),
                start_new_session=True,
            )
        except OSError as error:
            self.main.close()
            self.side.close()
            raise PluginError(f"cannot start {interpreter}: {error.strerror}") from None
        finally:
            main.close()
            side.close()
        self._pidfd = os.pidfd_open(self._process.pid)
        self._lock = threading.Lock()
        self._closing = threading.RLock()
        self._reaped = False
        self._told = told
        self._lines = 0
        self._hearing = threading.Thread(target=self._hear, name="plugin output", daemon=True)
        self._hearing.start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def _hear(self) -> None:
        output = self._process.stdout
        assert output is not None
        with output:
            while line := output.readline(_LONG_LINE):
                self._lines += 1
                if self._lines <= _MANY_LINES:
                    self._told(line.decode("utf-8", "replace").rstrip())
                elif self._lines == _MANY_LINES + 1:
                    self._told(f"... it prints more than {_MANY_LINES} lines, which are left out")

    def kill(self) -> None:
        """End the process and everything that it started; from any thread."""
        with self._lock:
            if self._reaped:
                return
            self._kill_group()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    def _wait(self, patience: float) -> bool:
        """Return whether the process ends within *patience* seconds; it is not reaped."""
        select.select([self._pidfd], [], [], patience)
        return bool(select.select([self._pidfd], [], [], 0)[0])

    def close(self, *, patience: float = _PATIENCE) -> None:
        """Let the process end, or end it; whatever it started ends with it."""
        for end in (self.main, self.side):
            end.close()
        with self._closing:
            if self._reaped:
                return
            self._wait(patience)
            self.kill()
            with self._lock:
                self._process.wait()
                self._reaped = True
                os.close(self._pidfd)
            self._hearing.join(_PATIENCE)

    def how_it_ended(self) -> str:
        """Return how a process ended that hung up, in words."""
        with self._closing:
            if not self._reaped and not self._wait(_PATIENCE):
                return "closed its connection"
            if not self._reaped:
                with self._lock:
                    self._kill_group()
                    self._process.wait()
                    self._reaped = True
                    os.close(self._pidfd)
            code = self._process.returncode
        if code < 0:
            try:
                return f"was killed by {signal.Signals(-code).name}"
            except ValueError:
                return f"was killed by signal {-code}"
        return f"ended with exit code {code}"

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
