"""The main loop of the process of a plugin: does what the daemon asks, one request at a time."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
import threading
from typing import Any, Callable, Optional

from . import abi, pipe
from .backup import Backup
from .functions import Daemon, attach
from .link import DaemonGoneError, Link, open_link
from .plugin import Plugin, install_shims, origin_of, prepare_path
from .restore import Restore, restore_object
from .trace import Trace

_FLUSH_EVERY = 0.25
"""s; messages of a plugin that blocks are sent within this time."""


class Host:
    """Everything that one plugin is asked for in one job."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._daemon: Daemon
        self._plugin: Plugin
        self._directories: list[str] = []
        self._restore: Optional[Restore] = None
        self._objects: list[bytearray] = []

    # --- requests

    def begin(self, request: dict[str, Any]) -> dict[str, Any]:
        """Take what the job is; comes before everything else."""
        self._daemon = Daemon(request["kind"], self._link)
        self._daemon.debug_level = request.get("debug", 0)
        self._directories = request.get("directories", [])
        self._plugin = Plugin(self._daemon, Trace(request.get("trace", "")))
        self._restore = Restore(self._plugin)
        for name, value in request.get("limits", {}).items():
            set_limit(name, value)
        attach(self._daemon)
        return {"python": sys.version.split()[0]}

    def find(self, request: dict[str, Any]) -> dict[str, Any]:
        """Tell where modules would come from; null for one that is nowhere."""
        prepare_path(self._directories, request["path"])
        return {
            "python": sys.version.split()[0],
            "standard": sysconfig.get_path("stdlib"),
            "path": sys.path,
            "origins": {name: origin_of(name) for name in request["names"]},
        }

    def load(self, request: dict[str, Any]) -> dict[str, Any]:
        """Import the module, and call load_bareos_plugin and parse_plugin_definition."""
        plugin = self._plugin
        if not plugin.load(self._directories, request["path"], request["name"]):
            return {"code": abi.RC_ERROR, "imported": False}
        definition = request["definition"]
        if not plugin.has("load_bareos_plugin"):
            return {"code": abi.RC_ERROR, "imported": True, "missing": "load_bareos_plugin"}
        code = plugin.call("load_bareos_plugin", definition)
        if code != abi.RC_OK:
            return {"code": code, "imported": True, "refused": "load_bareos_plugin"}
        code = plugin.call("parse_plugin_definition", definition)
        refused = {"refused": "parse_plugin_definition"} if code != abi.RC_OK else {}
        return {"code": code, "imported": True, **refused}

    def parse(self, request: dict[str, Any]) -> dict[str, Any]:
        """Give the plugin another definition."""
        return {"code": self._plugin.call("parse_plugin_definition", request["definition"])}

    def event(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raise an event."""
        event = request["event"]
        if not self._plugin.loaded or event not in self._daemon.events:
            return {"code": abi.RC_OK, "delivered": False}
        return {"code": self._plugin.call("handle_plugin_event", event), "delivered": True}

    def backup(self, request: dict[str, Any]) -> dict[str, Any]:
        """Give all files of the plugin."""
        return Backup(self._plugin, request).run()

    def estimate(self, request: dict[str, Any]) -> dict[str, Any]:
        """Name all files of the plugin."""
        return Backup(self._plugin, request).run(reading=False)

    def handle_file(self, request: dict[str, Any]) -> dict[str, Any]:
        """Save a file that the daemon found, if the plugin wants to."""
        if 19 not in self._daemon.events:
            return {"code": abi.RC_CORE}
        return Backup(self._plugin, request).handle(request)

    def check_files(self, request: dict[str, Any]) -> dict[str, Any]:
        """Ask the plugin which files of the accurate list are still there."""
        call = self._plugin.call
        return {"codes": [call("check_file", name) for name in request["names"]]}

    def object(self, request: dict[str, Any]) -> dict[str, Any]:
        """Give an object back; its bytes came before."""
        content = b"".join(self._objects)
        self._objects = []
        return {"code": restore_object(self._plugin, request, content)}

    def end(self, _request: dict[str, Any]) -> dict[str, Any]:
        """Say goodbye."""
        self._plugin.trace.close()
        return {}

    # --- the loop

    def serve(self) -> None:
        """Do what the daemon asks until it says goodbye or closes the socket."""
        requests = self._requests()
        threading.Thread(target=self._watch, daemon=True).start()
        while True:
            kind, body = self._link.receive()
            if kind == pipe.DATA:
                self._take_data(body)
                continue
            request = pipe.decode_json(body)
            if "values" in request:
                self._daemon.take_values(request["values"])
            answer = requests[request["op"]](request)
            if answer is not None:
                answer["events"] = self._events()
                self._link.put_now(pipe.RESULT, answer)
            if request["op"] == "end":
                return

    def _events(self) -> list[int]:
        daemon = self.__dict__.get("_daemon")
        return sorted(daemon.events) if daemon is not None else []

    def _file(self) -> Restore:
        assert self._restore is not None
        return self._restore

    def _requests(self) -> dict[str, Callable[[dict[str, Any]], Optional[dict[str, Any]]]]:
        return {
            "begin": self.begin,
            "find": self.find,
            "load": self.load,
            "parse": self.parse,
            "event": self.event,
            "backup": self.backup,
            "estimate": self.estimate,
            "handle_file": self.handle_file,
            "check_files": self.check_files,
            "object": self.object,
            "create": lambda request: self._file().create(request),
            "open": lambda request: self._file().open(request),
            "seek": lambda request: self._file().seek(request),
            "finish": lambda request: self._file().finish(request),
            "end_file": lambda _request: {"code": self._file().end_file()},
            "end": self.end,
        }

    def _take_data(self, body: bytearray) -> None:
        if self._collecting:
            self._objects.append(body)
        else:
            self._file().write(body)

    @property
    def _collecting(self) -> bool:
        """Whether data belongs to an object: no file is open."""
        return not self._file().is_open

    def _watch(self) -> None:
        """Send messages that wait, and take what must not wait for the plugin's thread."""
        threading.Thread(target=self._flush_now_and_then, daemon=True).start()
        while True:
            line = self._link.receive_aside()
            if line is None:
                os._exit(0)
            order = json.loads(line)
            if order["op"] == "stop":
                self._daemon.stopping = True
            elif order["op"] == "cancel":
                self._cancel()

    def _cancel(self) -> None:
        if self._plugin.loaded and 14 in self._daemon.events:
            self._plugin.call("handle_plugin_event", 14)
            self._link.flush()

    def _flush_now_and_then(self) -> None:
        pause = threading.Event()
        while not pause.wait(_FLUSH_EVERY):
            try:
                self._link.flush_old()
            except DaemonGoneError:
                return


def set_limit(name: str, value: Any) -> None:
    """Set a limit of this process: ``memory`` in bytes, ``user`` a number or name."""
    if name == "memory":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (value, value))
    elif name == "user":
        import pwd

        entry = pwd.getpwuid(int(value)) if str(value).isdigit() else pwd.getpwnam(value)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)


def main(main_socket: int, side_socket: int) -> None:
    """Serve the daemon at the other end of the two sockets."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    link = open_link(main_socket, side_socket)
    install_shims()
    try:
        Host(link).serve()
    except DaemonGoneError:
        os._exit(0)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
