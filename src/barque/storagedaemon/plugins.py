"""The Storage Daemon's plugins in one job: what they may know, and what they are told when.

A plugin may refuse most events; what was to be done is then left undone.
Source: plugin interface of the Storage Daemon.
"""

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from barque.plugins.child import abi
from barque.plugins.observers import JobObservers, ObserverPlace
from barque.plugins.traces import new_trace
from barque.storagedaemon.director_link import DirectorLink
from barque.wire.messages.job import MessageType

if TYPE_CHECKING:
    from barque.storagedaemon.job import Job
    from barque.storagedaemon.settings import StorageSettings


class StorageEvent(IntEnum):
    """Events that are raised, by their numbers in bsdEventType."""

    JOB_START = 1
    JOB_END = 2
    DEVICE_MOUNT = 4
    VOLUME_LOAD = 5
    DEVICE_RESERVE = 6
    DEVICE_OPEN = 7
    LABEL_READ = 8
    LABEL_VERIFIED = 9
    LABEL_WRITE = 10
    DEVICE_CLOSE = 11
    VOLUME_UNLOAD = 12
    DEVICE_UNMOUNT = 13
    READ_ERROR = 14
    WRITE_ERROR = 15
    SETUP_RECORD_TRANSLATION = 18
    READ_RECORD_TRANSLATION = 19
    WRITE_RECORD_TRANSLATION = 20
    DEVICE_RELEASE = 21


_SET_LEVEL: Final = abi.SD_WRITABLE["bsdwVarJobLevel"]

_NAMES = {number: name for name, number in abi.SD_EVENTS.items()}


class StoragePlugins:
    """The plugins of one job."""

    def __init__(
        self, job: "Job", link: DirectorLink, settings: "StorageSettings", debug_level: int
    ) -> None:
        """Load nothing yet; debug messages are heard up to *debug_level*."""
        self._job = job
        self._link = link
        self._settings = settings
        self._started = False
        self._level: int | None = None
        self.names: list[str] = []
        """Modules that are loaded."""
        place = ObserverPlace(
            "sd", settings.plugin_directory, settings.plugin_names, self._trace, debug_level
        )
        self._observers = JobObservers(place, self._tell, self._values, self._set_value)

    def add(self, text: str) -> None:
        """Take a definition."""
        self._observers.add(text)
        self.names = self._observers.names

    @property
    def fatal(self) -> bool:
        """Whether a plugin ends the job."""
        return self._observers.fatal

    def start(self) -> None:
        """All definitions are there: the job begins."""
        if not self._started:
            self._started = True
            self.event(StorageEvent.JOB_START)

    def event(self, event: StorageEvent) -> bool:
        """Raise an event; returns whether no plugin refused."""
        return self._observers.event(int(event), f"event {_NAMES[int(event)]}") == abi.RC_OK

    def wants(self, event: StorageEvent) -> bool:
        """Return whether a plugin wants to hear of an event."""
        return self._observers.wants(int(event))

    def end(self) -> None:
        """The job is over."""
        self.start()
        self.event(StorageEvent.JOB_END)
        self._observers.close()

    def _tell(self, kind: int, text: str) -> None:
        try:
            severity = MessageType(kind)
        except ValueError:
            severity = MessageType.INFO
        self._link.message(severity, text)

    def _trace(self, number: int, name: str) -> str:
        job_id = self._job.start.job_id
        return new_trace(self._settings.working_directory, job_id, "sd", number, name)

    def _set_value(self, number: int, value: Any) -> int:
        """Take what a plugin changes: the level that plugins see; nothing else has an effect."""
        if number == _SET_LEVEL:
            self._level = int(value)
        return abi.RC_OK

    def _values(self) -> dict[str, Any]:
        job = self._job
        start = job.start
        device = job.device or None
        reservation = (job.append or job.read) if device else None
        use = reservation.use if reservation else None
        return {
            "1": start.job_name, "2": start.level if self._level is None else self._level,
            "3": start.type, "4": start.job_id,
            "5": start.client, "6": use.pool if use else None,
            "7": use.pool_type if use else None, "8": device,
            "9": use.media_type if use else None, "10": start.job, "11": ord(job.status),
            "12": (job.volume or None) if device else None, "13": job.errors, "14": job.files,
            "15": job.bytes, "16": self._settings.plugin_directory or None,
        }  # fmt: skip
