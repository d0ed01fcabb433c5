"""A job as the Storage Daemon knows it, from the JobId command to its end."""

import secrets
import threading
from dataclasses import dataclass, field

from barque.formats.bootstrap import Bootstrap
from barque.storagedaemon.plugins import StorageEvent, StoragePlugins
from barque.storagedaemon.settings import DeviceSettings, DirectorSettings
from barque.transport.channel import Channel
from barque.wire.messages.director_storage import StartStorageJob, UseStorage


def make_key() -> str:
    """Return a new authorization key: eight groups of four letters.

    Source: daemon protocol, section 2.6.
    """
    raw = secrets.token_bytes(16)
    letters = "".join(chr(65 + (byte & 15)) + chr(65 + (byte >> 4)) for byte in raw)
    return "-".join(letters[at : at + 4] for at in range(0, 32, 4))


@dataclass(slots=True)
class Reservation:
    """What a `use` dialogue asked for."""

    use: UseStorage
    """Storage, Media Type and pool."""
    devices: list[DeviceSettings]
    """Devices that may be used, in the Director's order."""


@dataclass(slots=True)
class Job:
    """One job."""

    start: StartStorageJob
    """What the Director said of it."""
    director: DirectorSettings
    """Who gave it."""
    session_id: int
    """VolSessionId."""
    session_time: int
    """VolSessionTime."""
    started_at: float
    """s since 1970."""
    key: str = field(default_factory=make_key, repr=False)
    """Authorization key for the File Daemon."""
    status: str = "C"
    """Status letter."""
    append: Reservation | None = None
    """Where to write."""
    read: Reservation | None = None
    """Where to read."""
    bootstrap: Bootstrap | None = None
    """What to read."""
    device: str = ""
    """Name of the device it uses now."""
    volume: str = ""
    """Name of the volume it uses now."""
    files: int = 0
    """Last FileIndex."""
    bytes: int = 0
    """byte of records."""
    errors: int = 0
    """Errors."""
    ended_at: float = 0.0
    """s since 1970; 0: it runs."""
    replica: Channel | None = None
    """Connection to the Storage Daemon that writes what this job reads."""
    bandwidth: int = 0
    """byte/s; 0: no limit."""
    plugins: StoragePlugins | None = None
    """Plugins that hear of the job."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    """Set when the job is to end."""
    _file_channel: Channel | None = None
    _owned: Channel | None = None
    _arrived: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        """Unique job name."""
        return self.start.job

    def allows(self, event: StorageEvent) -> bool:
        """Raise an event; returns whether no plugin refused."""
        return self.plugins is None or self.plugins.event(event)

    def end_plugins(self) -> None:
        """Tell plugins that the job is over, and end them; once."""
        plugins, self.plugins = self.plugins, None
        if plugins is not None:
            self.device = ""
            plugins.end()

    def give_channel(self, channel: Channel) -> bool:
        """Hand the File Daemon's connection over; False when there is one already."""
        if self._file_channel is not None or self._released.is_set():
            return False
        self._file_channel = channel
        self._arrived.set()
        return True

    def own_channel(self, channel: Channel) -> None:
        """Use a connection that the job made itself; it is closed when the job releases it."""
        self._owned = channel
        self._file_channel = channel
        self._arrived.set()

    def wait_for_channel(self, timeout: float) -> Channel | None:
        """Return the File Daemon's connection; None when it does not come in time."""
        self._arrived.wait(timeout)
        return None if self.cancelled.is_set() else self._file_channel

    def wait_until_released(self) -> None:
        """Wait until the job needs the File Daemon's connection no more."""
        self._released.wait()

    def release_channel(self) -> None:
        """The File Daemon's connection is needed no more."""
        self._released.set()
        for channel in (self._owned, self.replica):
            if channel is not None:
                channel.close()

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the job is cancelled."""
        self.cancelled.wait(seconds)

    def cancel(self) -> None:
        """Make the job end soon, whatever it waits for."""
        self.cancelled.set()
        self.status = "A"
        self._arrived.set()
        self.hang_up()

    def hang_up(self) -> None:
        """End the File Daemon's connection: whoever waits for its data waits no more."""
        for channel in (self._file_channel, self.replica):
            if channel is not None:
                channel.abort()


class Jobs:
    """All jobs that the daemon has now, and the last ones that ended."""

    KEPT = 10
    """Ended jobs that are remembered."""

    def __init__(self, session_time: int) -> None:
        self.session_time = session_time
        """VolSessionTime of this run."""
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._last = 0
        self.ended: list[Job] = []
        """Last jobs, newest at the end."""
        self.finished = 0
        """Jobs that ended since the daemon started."""

    def add(self, start: StartStorageJob, director: DirectorSettings, now: float) -> Job:
        """Begin a job; one that runs again keeps the session that the Director names."""
        with self._lock:
            self._last += 1
            session = (self._last, self.session_time)
            if start.rerunning and start.session_id:
                session = (start.session_id, start.session_time)
            job = Job(start, director, *session, now, bandwidth=director.maximum_bandwidth)
            self._jobs[job.name] = job
            return job

    def find(self, name: str) -> Job | None:
        """Return the job with this unique name."""
        with self._lock:
            return self._jobs.get(name)

    def running(self) -> list[Job]:
        """Return all jobs that have not ended."""
        with self._lock:
            return list(self._jobs.values())

    def remove(self, job: Job) -> None:
        """The job has ended."""
        job.release_channel()
        with self._lock:
            if self._jobs.get(job.name) is not job:
                return
            del self._jobs[job.name]
            if job.ended_at:
                self.finished += 1
                self.ended = [*self.ended, job][-self.KEPT :]
