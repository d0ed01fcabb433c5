"""What the plugins of one job of the File Daemon may know and ask, and how they are heard.

Source: plugin interface of the File Daemon, sections 1 and 2.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from barque.daemon.version import DATE, VERSION
from barque.filedaemon.accurate import differs
from barque.filedaemon.fields import signed
from barque.filedaemon.fileset_changes import change_fileset
from barque.filedaemon.job import Job
from barque.filedaemon.options import DEFAULT_ACCURATE
from barque.filedaemon.plugin_files import recorded_name
from barque.filedaemon.saving import Saver
from barque.plugins.child import abi
from barque.plugins.definition import plugin_name
from barque.wire.messages.job import MessageType

log = logging.getLogger(__name__)

_PROGRAM: Final = sys.executable

_ACCURATE_NUMBERS: Final = {
    "i": 1, "p": 2, "n": 4, "u": 8, "g": 16, "s": 32, "a": 64, "m": 128, "c": 256, "d": 512,
    "A": 1024, "5": 2048, "1": 4096,
}  # fmt: skip
"""Numbers of bAccurateOption for the letters of a FileSet."""


@dataclass(frozen=True, slots=True)
class PluginPlace:
    """What plugins need to know of the daemon."""

    name: str
    """Of the File Daemon."""
    directory: str = ""
    """Plugin Directory."""
    names: tuple[str, ...] = ()
    """Plugin Names: those that may be used; empty is all."""
    working_directory: str = ""
    configuration: str = ""
    """The file of the configuration, or the pattern of its files."""
    debug_level: int = 0

    def allows(self, name: str) -> bool:
        """Return whether plugins of that name may be used."""
        return not self.names or any(plugin_name(f"{allowed}:") == name for allowed in self.names)


class PluginStatus:
    """A plugin's status packet in the shape of an os.stat_result, with numbers as recorded."""

    def __init__(self, numbers: Iterable[int]) -> None:
        (
            self.st_dev, inode, self.st_mode, self.st_nlink, self.st_uid, self.st_gid,
            self.st_rdev, size, self._accessed, self._modified, self._changed, _, _,
        ) = numbers  # fmt: skip
        self.st_ino, self.st_size = signed(inode), signed(size)

    def __getitem__(self, number: int) -> int:
        return (0, 0, 0, 0, 0, 0, 0, self._accessed, self._modified, self._changed)[number]


@dataclass(slots=True)
class Where:
    """What a restore says about places."""

    where: str | None = None
    regexwhere: str | None = None
    prefix_links: bool = False
    replace: str = "a"


class PluginKnowledge:
    """What plugins may know of one job, and what they may ask about it."""

    def __init__(self, job: Job, place: PluginPlace, count: Callable[[], int]) -> None:
        """*count* returns how many plugins run in all jobs."""
        self._job = job
        self._place = place
        self._count = count
        self.where = Where()
        """Places of a restore."""
        self.saver: Saver | None = None
        """What saves files, while a backup goes on."""
        self.accurate_letters = ""
        """What accurate jobs compare, as the FileSet writes it."""
        self.building = True
        """Whether the FileSet is still put together."""

    def values(self) -> dict[str, Any]:
        """Return what plugins may know of the job, by number of bVariable."""
        job = self._job
        place = self._place
        where = self.where
        return {
            "1": job.job_id, "2": place.name, "3": ord(job.level), "4": ord(job.type),
            "5": place.name, "6": job.name, "7": ord(job.status), "8": job.since,
            "9": int(job.accurate is not None), "10": None, "11": None,
            "12": place.working_directory, "13": where.where, "14": where.regexwhere,
            "15": os.path.join(os.path.dirname(os.path.abspath(_PROGRAM)), ""),
            "16": f"{VERSION} ({DATE})", "17": None, "18": job.previous_job,
            "19": int(where.prefix_links), "20": True, "21": place.configuration,
            "instances": max(1, self._count()),
            "23": [
                _ACCURATE_NUMBERS[letter]
                for letter in self.accurate_letters
                if letter in _ACCURATE_NUMBERS
            ],
        }  # fmt: skip

    def calls(self) -> dict[str, Callable[..., object]]:
        """Return what plugins may ask, by name."""
        return {
            "changed": self._changed,
            "linked": self._linked,
            "seen": lambda name: self._set_seen(True, False, name),
            "bitmap": self._set_seen,
            "accept": lambda _name, _mode: abi.RC_OK,
            "fileset": self._change_fileset,
        }

    def _changed(
        self, name: str, kind: int, numbers: list[int] | None, since: int, link: str
    ) -> dict[str, Any]:
        """Answer whether a file must be saved."""
        job = self._job
        accurate = job.accurate
        path = recorded_name(
            kind, name.encode("utf-8", "surrogateescape"), link.encode("utf-8", "surrogateescape")
        )
        status = PluginStatus(numbers) if numbers else None
        if accurate is None:
            changed = (
                status is None or status[8] >= since or (not job.mtime_only and status[9] >= since)
            )
            return {"changed": changed, "found": False, "delta_seq": 0}
        listed = accurate.find(path)
        if listed is None or status is None:
            return {"changed": True, "found": listed is not None, "delta_seq": 0}
        accurate.mark(path)
        letters = self.accurate_letters or DEFAULT_ACCURATE
        changed = differs(letters, listed[0], status)  # type: ignore[arg-type]  # same shape
        return {"changed": changed, "found": True, "delta_seq": accurate.delta(path)}

    def _linked(self, device: int, inode: int, _name: str) -> bool:
        return self.saver is not None and self.saver.find_link(device, inode) is not None

    def _set_seen(self, seen: bool, everything: bool, name: str | None = None) -> int:
        accurate = self._job.accurate
        if accurate is None:
            return abi.RC_ERROR
        return accurate.set_seen(
            None if everything else (name or "").encode("utf-8", "surrogateescape"), seen=seen
        )

    def _change_fileset(self, what: str, *arguments: Any) -> int:
        if not self.building:
            return abi.RC_ERROR
        return change_fileset(self._job.fileset, what, *arguments)


class Teller:
    """Hears what a plugin says and tells the Director."""

    def __init__(self, job: Job, name: str) -> None:
        self._job = job
        self._name = name

    def message(self, kind: int, text: str) -> None:
        """Send a job message."""
        try:
            severity = MessageType(kind)
        except ValueError:
            severity = MessageType.INFO
        self._job.report.send(severity, text.removesuffix("\n"))

    def printed(self, line: str) -> None:
        """Put output of the plugin into the job's log."""
        if line:
            self._job.report.info(f"{self._name}: {line}")

    def debug(self, level: int, text: str) -> None:
        """Put a debug message into the daemon's log."""
        log.debug("plugin %s (%d): %s", self._name, level, text.rstrip())
