"""The Director's plugins in one job: what they may know, and what they are told when.

Source: plugin interface of the Director.
"""

from collections.abc import Callable
from typing import Any, Final

from barque.director.job_context import JobContext
from barque.director.job_state import ActiveJob
from barque.errors import BarqueError
from barque.plugins.child import abi
from barque.plugins.observers import JobObservers, ObserverPlace
from barque.plugins.traces import new_trace
from barque.wire.messages.job import MessageType

JOB_START: Final = 1
JOB_END: Final = 2
JOB_INIT: Final = 3
JOB_RUN: Final = 4
NEW_VOLUME: Final = 6

_NAMES: Final = {number: name for name, number in abi.DIR_EVENTS.items()}


class DirectorPlugins:
    """The plugins of one job."""

    def __init__(self, job: ActiveJob, context: JobContext) -> None:
        """Load what the job's Dir Plugin Options name."""
        self._job = job
        self._context = context
        self._volume: str | None = None
        director = context.config.director
        self._observers = JobObservers(
            ObserverPlace(
                "dir",
                director.plugin_directory,
                tuple(director.plugin_names),
                self._trace,
                context.debug_level(),
            ),
            self._tell,
            self._values,
            self._set_value,
        )
        for text in job.resource.dir_plugin_options:
            self._observers.add(text)

    @property
    def fatal(self) -> bool:
        """Whether a plugin does not let the job run."""
        return self._observers.fatal

    @property
    def names(self) -> list[str]:
        """Modules that are loaded."""
        return self._observers.names

    def event(self, number: int) -> None:
        """Raise an event; what plugins answer changes nothing."""
        self._observers.event(number, f"event {_NAMES[number]}")

    def volume_name(self) -> str | None:
        """Return the name that a plugin wants for a new Volume; None when none has a wish."""
        self._volume = None
        self.event(NEW_VOLUME)
        return self._volume

    def close(self) -> None:
        """End all plugins."""
        self._observers.close()

    def _tell(self, kind: int, text: str) -> None:
        try:
            severity = MessageType(kind)
        except ValueError:
            severity = MessageType.INFO
        self._job.say(severity, text, self._context.now())

    def _trace(self, number: int, name: str) -> str:
        directory = self._context.config.director.working_directory
        return new_trace(directory, self._job.job_id, "dir", number, name)

    def _set_value(self, number: int, value: Any) -> int:
        if number == 2:
            self._volume = str(value)
        elif number == 3:
            self._job.priority = int(value)
        elif number == 4:
            try:
                self._job.level = type(self._job.level)(chr(int(value)))
            except ValueError:
                return abi.RC_ERROR
        return abi.RC_OK

    def _values(self) -> dict[str, Any]:
        job, totals = self._job, self._job.totals
        resource = job.resource
        storage = job.storage or (resource.storage[0] if resource.storage else None)
        reads = job.type.value == "R"
        name = storage.name if storage else None
        pool = job.pool or resource.pool
        client = job.client
        seconds = max(1, int((job.ended_at or self._context.now()) - (job.started_at or 0)))
        return {
            "1": resource.name, "2": ord(job.level), "3": ord(job.type), "4": job.job_id,
            "5": client.name if client else None, "6": self._count_volumes(),
            "7": pool.name if pool else None, "8": name,
            "9": None if reads else name, "10": name if reads else None,
            "11": job.catalog_resource.name if job.catalog_resource else None,
            "12": str(storage.media_type) if storage else None, "13": job.unique_name,
            "14": ord(job.status), "15": job.priority, "16": self._volumes(), "17": None,
            "18": totals.errors, "19": totals.files, "20": totals.storage_files,
            "21": totals.storage_errors,
            "22": ord(job.client_status) if job.client_status else 0,
            "23": ord(job.storage_status) if job.storage_status else 0,
            "24": self._context.config.director.plugin_directory or None,
            "25": totals.bytes // seconds if job.started_at else 0, "26": totals.bytes,
            "27": totals.read_bytes,
        }  # fmt: skip

    def _count_volumes(self) -> int:
        if not self._job.pool_id:
            return 0
        return _or_default(lambda: len(self._context.catalog.volumes.in_pool(self._job.pool_id)), 0)

    def _volumes(self) -> str:
        def names() -> str:
            volumes = self._context.catalog.volumes.of_job(self._job.job_id)
            return "|".join(volume.volume_name for volume in volumes)

        return _or_default(names, "")


def _or_default[T](ask: Callable[[], T], default: T) -> T:
    """Return what the catalog says; plugins live without it."""
    try:
        return ask()
    except BarqueError:
        return default


def start_plugins(job: ActiveJob, context: JobContext) -> None:
    """Load the plugins of a job that has its catalog record, and tell them that it is there."""
    if job.resource.dir_plugin_options:
        job.plugins = DirectorPlugins(job, context)
        job.plugins.event(JOB_START)
