"""Runs a plugin without any daemon: a backup into a folder and the way back, or a job's events.

The folder holds the contents of the files by number, and ``entries.jsonl`` with what is known of
each.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from barque.errors import PluginError
from barque.plugins.child import abi, pipe
from barque.plugins.host import PluginHost, Process
from barque.plugins.process import HostSettings
from barque.plugins.workbench_jobs import EVENT_WORDS, OBSERVED, observer_values
from barque.plugins.workbench_kind import kind_of_file

MANIFEST: Final = "entries.jsonl"
_MESSAGE_WORDS: Final = {number: name for name, number in abi.MESSAGE_TYPES.items()}
_CODE_WORDS: Final = {number: name for name, number in abi.RETURN_CODES.items()}
_TYPE_WORDS: Final = {number: name for name, number in abi.FILE_TYPES.items()}
_FLAGS: Final = (
    abi.option_bit("ACL") | abi.option_bit("XATTR") | abi.option_bit("XXH128")
).to_bytes(abi.FLAG_BYTES, "little")
_PIECE: Final = 256 * 1024


@dataclass
class WorkbenchEntry:
    """A file or object that a plugin gave."""

    name: str
    type: int
    link: str = ""
    stat: list[int] = field(default_factory=list)
    size: int = 0
    """byte; of its data."""
    seconds: float = 0.0
    """Since the entry before."""
    content: str = ""
    """File in the folder with its data; empty for none."""
    acl: str = ""
    """Hexadecimal."""
    xattrs: list[tuple[str, str]] = field(default_factory=list)
    """Names and values, hexadecimal."""
    object: dict[str, Any] = field(default_factory=dict)
    """Type, name and index of a restore object."""

    @property
    def kind(self) -> str:
        """The name of its type."""
        return str(_TYPE_WORDS.get(self.type, self.type))


@dataclass
class WorkbenchResult:
    """What a run came to."""

    entries: list[WorkbenchEntry] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    """Type (M_INFO, ...) and text of each."""
    printed: list[str] = field(default_factory=list)
    """Lines of the plugin's own output."""
    seconds: float = 0.0
    ok: bool = True
    """Whether the job would have gone well."""

    def texts(self, kind: str = "") -> list[str]:
        """Return the texts of the messages of *kind*, or of all."""
        return [text for name, text in self.messages if not kind or name == kind]


@dataclass(frozen=True, slots=True)
class FoundModules:
    """What the interpreter of a plugin says about modules."""

    python: str
    """Its version."""
    standard: str
    """Folder of the standard library."""
    path: list[str]
    """Folders that modules are looked for in."""
    origins: dict[str, str | None]
    """File of each module; a word for built-in ones, None for what is not there."""


class Workbench:
    """A plugin file with options, to be run."""

    def __init__(
        self,
        file: str | Path,
        options: Mapping[str, str] | None = None,
        *,
        level: str = "F",
        since: int = 0,
        settings: HostSettings | None = None,
        process: Callable[[], Process] | None = None,
        heard: Callable[[str, str], None] = lambda _kind, _text: None,
    ) -> None:
        """*heard* takes type and text of each message at once; *process* is for debuggers."""
        path = Path(file)
        self._path = path
        self.module = path.name.removesuffix(".py") if path.suffix == ".py" else path.name
        self.options = dict(options or {})
        self._level, self._since = level, since
        self._settings = settings or HostSettings(timeout=0)
        self._process = process
        self._heard = heard
        self._result = WorkbenchResult()
        self._where = ""
        self.kind = kind_of_file(path)
        """The daemon that the plugin is for."""

    @property
    def definition(self) -> str:
        """The whole definition, as a FileSet would have it."""
        return f"python3:module_path={self._path.parent}:module_name={self.module}:{self._given}"

    @property
    def _given(self) -> str:
        escaped = {name: value.replace(":", "\\:") for name, value in self.options.items()}
        return "".join(f"{name}={value}:" for name, value in escaped.items())

    # --- a listener

    def message(self, kind: int, text: str) -> None:
        """Keep a message."""
        name = _MESSAGE_WORDS.get(kind, str(kind))
        self._result.messages.append((name, text.rstrip("\n")))
        self._result.ok &= kind != abi.MESSAGE_TYPES["M_FATAL"]
        self._heard(name, text.rstrip("\n"))

    def printed(self, line: str) -> None:
        """Keep a line of output."""
        self._result.printed.append(line)
        self._heard("output", line)

    def debug(self, level: int, text: str) -> None:
        """Show a debug message."""
        self._heard(f"debug {level}", text.rstrip("\n"))

    # --- runs

    def _host(self) -> PluginHost:
        return PluginHost(
            self.kind, self.module, self._settings, self,
            calls={"changed": _changed, "linked": lambda *_: False, "set": lambda *_: 0},
            module_path=self._parent, debug_level=200,
            process=self._process() if self._process else None,
        )  # fmt: skip

    @property
    def _parent(self) -> str:
        return str(self._path.parent.absolute())

    def find_modules(self, names: Sequence[str]) -> FoundModules:
        """Ask the plugin's interpreter where modules come from; raises PluginError."""
        host = self._host()
        try:
            answer = host.request("find", path=self._parent, names=list(names))
        finally:
            host.close()
        answer.pop("events")
        return FoundModules(**answer)

    def _open(self) -> PluginHost:
        self._result = WorkbenchResult()
        host = self._host()
        answer = host.request(
            "load",
            path=self._parent,
            name=self.module,
            definition=self._given,
            values=self._values("I"),
        )
        if answer["code"] != abi.RC_OK:
            self._result.ok = False
            what = answer.get("refused") or answer.get("missing")
            if what:
                self.message(3, f"{what}: " + ("missing" if "missing" in answer else "refused"))
        return host

    def _values(self, kind: str, status: str = "R") -> dict[str, Any]:
        if self.kind != "fd":
            return observer_values(self.kind, self._level, status)
        return {
            "1": 1, "2": "workbench", "3": ord(self._level), "4": ord(kind), "5": "workbench",
            "6": "workbench.2000-01-01_00.00.00_01", "7": ord("R"), "8": self._since, "9": 0,
            "12": str(Path.cwd()), "13": self._where or None, "14": None, "16": "workbench",
            "18": "", "19": 0, "20": True, "21": str(Path.cwd()), "23": [],
        }  # fmt: skip

    def load(self) -> WorkbenchResult:
        """Load the plugin, and nothing else."""
        try:
            self._open().close()
        except PluginError as error:
            self.message(3, str(error))
        return self._result

    def backup(
        self, to: str | Path | None = None, *, after: str | Path | None = None
    ) -> WorkbenchResult:
        """Run a backup; with *to*, leave what the plugin gives in that folder.

        *after* is the folder of an earlier one, whose restore objects the plugin is given first.
        """
        with self._run() as host:
            if self._result.ok:
                if after is not None:
                    self._give_objects(host, Path(after))
                taker = _Taker(host, self._result, Path(to) if to is not None else None)
                self._events(host, 16, 3)
                host.request("parse", definition=self._given, values=self._values("B"))
                answer = host.request(
                    "backup", taker.take, cmd=self.definition, flags=_FLAGS.hex(),
                    compares=self._level != "F", accurate=False, mtime_only=False,
                    values=self._values("B"),
                )  # fmt: skip
                self._result.ok &= bool(answer["ok"])
                taker.close()
                self._events(host, 4, 2)
        return self._result

    def observe(self) -> WorkbenchResult:
        """Let a plugin of the Director or Storage Daemon hear of the events of one good job."""
        with self._run() as host:
            if self._result.ok:
                for event, status in OBSERVED[self.kind]:
                    self._event(host, event, self._values("B", status))
        return self._result

    @contextmanager
    def _run(self, *others: type[Exception]) -> Iterator[PluginHost]:
        """Load the plugin for a run that is timed; its errors, and *others*, become messages."""
        failures: tuple[type[Exception], ...] = (PluginError, *others)
        begun = time.monotonic()
        host = self._open()
        try:
            yield host
        except failures as error:
            self.message(3, str(error))
        finally:
            host.close()
        self._result.seconds = time.monotonic() - begun

    def _events(self, host: PluginHost, *events: int) -> None:
        for event in events:
            self._event(host, event, self._values("B"))

    def _event(self, host: PluginHost, event: int, values: dict[str, Any]) -> None:
        if event not in host.events:
            return
        begun = time.monotonic()
        answer = host.request("event", event=event, values=values)
        code = _CODE_WORDS.get(answer["code"], str(answer["code"]))
        took = (time.monotonic() - begun) * 1000
        self._heard("event", f"{EVENT_WORDS[self.kind][event]} -> {code} in {took:.1f} ms")

    def restore(self, source: str | Path, where: str | Path = "") -> WorkbenchResult:
        """Give back what a backup left in the folder *source*, to below *where*."""
        self._where = str(where)
        self._level = " "
        folder = Path(source)
        with self._run(OSError, ValueError) as host:
            entries = self._give_objects(host, folder)
            self._event(host, 5, self._values("R"))
            for number, entry in enumerate((one for one in entries if not one.object), 1):
                self._give(host, folder, entry, number)
            self._events(host, 6, 2)
        return self._result

    def _give_objects(self, host: PluginHost, folder: Path) -> list[WorkbenchEntry]:
        """Give back the restore objects in a folder; returns all that lies there."""
        entries = [
            WorkbenchEntry(**json.loads(line))
            for line in (folder / MANIFEST).read_text("utf-8").splitlines()
        ]
        for entry in (one for one in entries if one.object):
            self._give_object(host, folder, entry)
        return entries

    def _give_object(self, host: PluginHost, folder: Path, entry: WorkbenchEntry) -> None:
        host.send(pipe.encode(pipe.DATA, (folder / entry.content).read_bytes()))
        found = entry.object
        host.request(
            "object", name=found["name"], plugin=self.definition, type=found["type"],
            index=found["index"], job_id=1,
        )  # fmt: skip

    def _give(self, host: PluginHost, folder: Path, entry: WorkbenchEntry, number: int) -> None:
        target = self._where.rstrip("/") + "/" + entry.name.lstrip("/")
        packet = {
            "stream": 1, "data_stream": 2, "type": entry.type, "file_index": number, "linkFI": 0,
            "uid": 0, "stat": entry.stat, "attrEX": "", "ofname": target, "olname": entry.link,
            "where": self._where or None, "regexwhere": None, "replace": ord("a"),
            "original_file_name": entry.name, "original_link_name": entry.link,
        }  # fmt: skip
        answer = host.request(
            "create", definition=self._given, cmd=self.definition, packet=packet,
            values=self._values("R"),
        )  # fmt: skip
        status = answer.get("status", 2)
        is_open = status == 3 and not answer.get("errno")
        if answer.get("errno") or status == 2:
            self.message(4, f"{target} could not be created")
        if status == 5 and entry.content:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            is_open = not host.request("open", mode=0)["errno"]
        if is_open and entry.content:
            _give_data(host, folder / entry.content)
        answer = host.request(
            "finish", attributes=status in (3, 4, 5),
            acl=entry.acl if entry.acl and is_open else None,
            xattrs=entry.xattrs if is_open else [],
        )  # fmt: skip
        if is_open and answer["errno"]:
            self.message(4, f"write error on {target}: {os.strerror(answer['errno'])}")
        self._result.entries.append(entry)


def _give_data(host: PluginHost, source: Path) -> None:
    with source.open("rb") as file:
        while piece := file.read(_PIECE):
            host.send(pipe.HEAD.pack(len(piece), pipe.DATA), piece)


def _changed(*_arguments: object) -> dict[str, Any]:
    return {"changed": True, "found": False, "delta_seq": 0}


class _Taker:
    """Takes what a plugin gives in a backup."""

    def __init__(self, host: PluginHost, result: WorkbenchResult, folder: Path | None) -> None:
        self._host = host
        self._result = result
        self._folder = folder
        self._file: BinaryIO | None = None
        self._last = time.monotonic()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def take(self, kind: int, body: memoryview) -> None:
        """Take one frame."""
        if kind == pipe.ENTRY:
            self._begin(body)
        elif kind == pipe.DATA:
            self._write(body)
        elif kind == pipe.DESCRIPTOR:
            self._host.reply(self._read(self._host.receive_descriptor()))
        elif kind == pipe.ACL:
            self._result.entries[-1].acl = bytes(body).hex()
        elif kind == pipe.XATTR:
            name, value = pipe.decode_pair(body)
            self._result.entries[-1].xattrs.append((name.hex(), value.hex()))
        elif kind == pipe.OBJECT:
            self._take_object(body)

    def _new(self, name: str, kind: int) -> WorkbenchEntry:
        self._end()
        now = time.monotonic()
        entry = WorkbenchEntry(name, kind, seconds=now - self._last)
        self._last = now
        self._result.entries.append(entry)
        return entry

    def _begin(self, body: memoryview) -> None:
        kind, _, _, _, switches, numbers, name, link, data = pipe.decode_entry(body)
        entry = self._new(name.decode("utf-8", "surrogateescape"), kind)
        entry.link = link.decode("utf-8", "surrogateescape")
        entry.stat = list(numbers)
        if switches & pipe.READS:
            self._start(entry)
            self._write(data)

    def _start(self, entry: WorkbenchEntry) -> None:
        entry.content = f"{len(self._result.entries):08}"
        if self._folder is not None:
            self._file = (self._folder / entry.content).open("wb")

    def _write(self, data: memoryview) -> None:
        self._result.entries[-1].size += len(data)
        if self._file is not None:
            self._file.write(data)

    def _read(self, fd: int) -> int:
        try:
            while piece := os.read(fd, _PIECE):
                self._write(memoryview(piece))
        except OSError as error:
            return error.errno or 5
        finally:
            os.close(fd)
        return 0

    def _take_object(self, body: memoryview) -> None:
        meta, content = pipe.decode_pair(body)
        values: dict[str, Any] = pipe.decode_json(meta)
        entry = self._new(str(values["name"]), int(values["type"]))
        entry.object = values
        self._start(entry)
        self._write(memoryview(content))

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Write down what there is."""
        self._end()
        if self._folder is not None:
            lines = [json.dumps(asdict(entry)) + "\n" for entry in self._result.entries]
            (self._folder / MANIFEST).write_text("".join(lines), "utf-8")
