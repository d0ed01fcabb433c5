"""The plugin bpipe: what a command writes is saved, and given to another command at restore.

``bpipe:file=NAME:reader=COMMAND:writer=COMMAND``, or the three values alone; ``usesuffix=yes``
gives each job's data a name of its own.  The commands find the job in their environment.
Source: plugin interface, section 2; a recorded volume.
"""

import errno
import os
import re
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from barque.errors import PluginError
from barque.filedaemon.plugin_files import PluginFiles
from barque.filedaemon.report import JobReport
from barque.formats.filetypes import FileType
from barque.plugins.child import abi, pipe

_SEPARATOR: Final = re.compile(r"(?<!\\):")
_NAMES: Final = ("file", "reader", "writer")
_SUFFIX: Final = "usesuffix"
_LEVELS: Final = {"F": "F", "D": "D", "I": "I", " ": "N"}
"""Letters of levels, as names that are unique have them; any other is E."""
_MODE: Final = 0o100700
_NO_SIZE: Final = (1 << 64) - 1
_EXTRACT: Final = 3


@dataclass(frozen=True, slots=True)
class PipeDefinition:
    """What a definition of bpipe says."""

    file: str
    """Name under which the data is stored."""
    reader: str
    """Command whose output is saved."""
    writer: str
    """Command that gets the data at restore."""
    unique: bool = False
    """Whether job, level and number are added to the name."""

    def name(self, values: Mapping[str, Any]) -> str:
        """Return the name under which a job stores the data; *values* as plugins know them."""
        if not self.unique:
            return self.file
        level = _LEVELS.get(chr(values["3"]), "E")
        return f"{self.file}.{values['6']}.{level}.{values['1']}"


def parse_pipe(text: str) -> PipeDefinition:
    """Return what *text* says; the first value of a key counts.  Raises PluginError."""
    parts = [part.replace("\\:", ":") for part in _SEPARATOR.split(text)[1:]]
    found: dict[str, str] = {}
    for number, part in enumerate(parts):
        key, equals, value = part.partition("=")
        if equals and key in (*_NAMES, _SUFFIX):
            found.setdefault(key, value)
        elif number < len(_NAMES) and part:
            found.setdefault(_NAMES[number], part)
    if not found.get("file"):
        raise PluginError(f"bpipe: no file= in {text}")
    unique = found.get(_SUFFIX, "").lower() in ("yes", "true")
    return PipeDefinition(found["file"], found.get("reader", ""), found.get("writer", ""), unique)


def environment(values: Mapping[str, Any], where: str = "", replace: str = " ") -> dict[str, str]:
    """Return the environment of a job's commands; *values* as plugins know them, by number."""
    return os.environ | {
        "BareosClientName": values["2"],
        "BareosJobId": str(values["1"]),
        "BareosJobLevel": chr(values["3"]),
        "BareosSinceTime": str(values["8"]),
        "BareosJobType": chr(values["4"]),
        "BareosWhere": where,
        "BareosReplace": replace,
    }


def save_pipe(text: str, files: PluginFiles, report: JobReport, values: Mapping[str, Any]) -> bool:
    """Save what the reader writes; returns whether the job may go on."""
    try:
        definition = parse_pipe(text)
        command = _command(definition.reader, "reader", text)
        _command(definition.writer, "writer", text)
        _check_accurate(definition, accurate=bool(values["9"]))
        reader = _start(command, environment(values), stdout=subprocess.PIPE)
    except PluginError as error:
        report.fatal_error(str(error))
        return False
    assert reader.stdout is not None
    now = int(time.time())
    numbers = pipe.STAT.pack(0, 0, _MODE, 0, 0, 0, 0, _NO_SIZE, now, now, now, 4096, 1)
    name = definition.name(values).encode("utf-8", "surrogateescape")
    entry = pipe.encode_entry(int(FileType.REG), files.flags, 0, 0, pipe.READS, numbers, name, b"")
    try:
        files.take(pipe.ENTRY, memoryview(entry)[pipe.HEAD.size :])
        failure = files.send_descriptor(reader.stdout.fileno())
        reader.stdout.close()
        files.take(pipe.END_DATA, memoryview(b"%d" % failure))
        files.take(pipe.END_ENTRY, memoryview(b""))
    finally:
        if reader.poll() is None and not reader.stdout.closed:
            reader.kill()
        code = reader.wait()
    if failure:
        report.fatal_error(f"bpipe: read error on {definition.reader}. ERR={os.strerror(failure)}")
    elif code:
        report.fatal_error(f"bpipe: {definition.reader} ended with exit code {code}")
    return not failure and not code


def _check_accurate(definition: PipeDefinition, *, accurate: bool) -> None:
    if definition.unique and accurate:
        raise PluginError(
            "bpipe: Accurate not allowed with usesuffix, because no name comes twice: "
            "set Accurate = no in the Job"
        )


def _command(text: str, what: str, definition: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise PluginError(f"bpipe: {what} of {definition}: {error}") from None
    if not words:
        raise PluginError(f"bpipe: no {what}= in {definition}")
    return words


def _start(
    command: list[str],
    variables: Mapping[str, str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, stdin=stdin, stdout=stdout, env=variables)
    except OSError as error:
        raise PluginError(f"bpipe: cannot run {command[0]}: ERR={error.strerror}") from None


class PipeWriter:
    """Restores by the writer of a definition."""

    def __init__(self, definition: str, report: JobReport, values: Mapping[str, Any]) -> None:
        """Raises PluginError when the definition makes no sense."""
        self._definition = parse_pipe(definition)
        self._values = values
        self._report = report
        self._writer: subprocess.Popen[bytes] | None = None
        self._error = 0
        self._packet: dict[str, Any] = {}

    def create(
        self,
        definition: str,
        packet: dict[str, Any],
        done: Callable[[dict[str, Any]], None],
    ) -> None:
        """Start the writer."""
        del definition
        self._packet = packet
        self._error = self.open(0)
        done({"started": True, "code": abi.RC_OK, "status": _EXTRACT, "errno": self._error})

    def settle(self) -> None:
        """Nothing is left to wait for."""

    def open(self, mode: int) -> int:
        """Start the writer; returns the number of an error, or 0."""
        del mode
        text = re.sub("%[%nrw]", self._expand, self._definition.writer)
        try:
            command = _command(text, "writer", text)
            self._writer = _start(command, self._environment(), stdin=subprocess.PIPE)
        except PluginError as error:
            self._report.error(str(error))
            return errno.ENOENT
        return 0

    def _environment(self) -> dict[str, str]:
        where, replace = self._packet.get("where") or "", chr(self._packet["replace"])
        return environment(self._values, where, replace)

    def _expand(self, code: re.Match[str]) -> str:
        where = self._packet.get("where") or "/"
        return {"%%": "%", "%n": "\n", "%r": chr(self._packet["replace"]), "%w": where}[code[0]]

    def write(self, content: bytes) -> None:
        """Give data to the writer; after the first error it gets none."""
        if self._error or self._writer is None or self._writer.stdin is None:
            return
        try:
            self._writer.stdin.write(content)
        except OSError as error:
            self._error = error.errno or errno.EIO

    def seek(self, offset: int) -> None:
        """A pipe cannot: the place is wrong."""
        del offset
        self._error = self._error or errno.ESPIPE

    def _end(self) -> int:
        """Close the writer's input and wait for it; returns the number of an error, or 0."""
        writer, self._writer = self._writer, None
        if writer is None or writer.stdin is None:
            return self._error
        try:
            writer.stdin.close()
        except OSError as error:
            self._error = self._error or error.errno or errno.EIO
        code = writer.wait()
        if code:
            text = f"bpipe: {self._definition.writer} ended with exit code {code}"
            self._report.fatal_error(text)
        return self._error

    def finish(
        self,
        ended: Callable[[int, list[str]], None],
        *,
        attributes: bool,
        acl: bytes | None,
        xattrs: list[tuple[bytes, bytes]],
    ) -> None:
        """Wait for the end of the writer; a command has no attributes."""
        del attributes, acl, xattrs
        ended(self._end(), [])
