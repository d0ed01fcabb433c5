"""The Director that the transcripts talk to, brought from one to the next."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from barque.catalog import Catalog, PoolRecord
from barque.catalog.pools import Pools
from barque.config.load import load_director
from barque.config.show import show_text
from barque.director.catalog_sync import synchronise
from barque.director.plan import next_volume
from barque.director.services import RunningJob, TerminatedJob
from barque.domain.job import JobStatus, JobType, Level
from barque.testing.compatibility.golden import IDENTITY
from barque.testing.compatibility.transcript import transcripts
from barque.testing.compatibility.transcript_rows import add_programs, add_restores, fill
from barque.testing.director import Ending, MemoryDirector

_ROOT: Final = "/var/ref/run/etc"
"""Where the configuration lay."""

_START: Final = 1795370904.0
"""2026-11-22 18:08:24 UTC: the Director started."""

_TIMES: Final = ((0, 1795370961.0), (230, 1795371050.0), (320, 1795371120.0))
"""From which transcript on it was how late."""

_POOLS: Final = (
    (0, ("Differential", "Bench", "Scratch", "Full", "Incremental")),
    (266, ("Differential", "Bench", "Scratch", "Incremental", "Full")),
    (277, ("Differential", "Bench", "Incremental", "Scratch", "Full")),
)
"""From which transcript on the rows of the Pools lay in which order: changed ones move."""

_FULL: Final = Ending(files=21, size=33_165_890, seconds=0)
_NOTHING: Final = Ending(files=0, size=0, seconds=0)
_LAST_FULL: Final = 7
"""JobId; the first two jobs of the FileSet SelfTest were raised to Full."""


class Site:
    """A Director in memory, over the configuration and the catalog of the transcripts."""

    def __init__(self, folder: Path, scratch: Path, catalog: Catalog) -> None:
        """Answer the transcripts in *folder* over *catalog*, which is empty, in *scratch*."""
        self._etc = scratch / "etc"
        shutil.copytree(folder / "etc", self._etc)
        config = load_director(self._etc)
        self.director = MemoryDirector(config, catalog, _START, IDENTITY, started_at=_START)
        self.director.next_volume_of = lambda run: next_volume(run, catalog, self.director.now)
        self._catalog = catalog
        self._waiting: list[RunningJob] = []
        self._steps: dict[int, Callable[[], None]] = {
            230: lambda: add_restores(catalog),
            238: self._wait_still,
            241: self._wait_no_more,
            285: self._purge,
            369: self._give_queries,
        }
        synchronise(catalog, config, config.catalogs["MyCatalog"])
        fill(catalog, {found.number: found for found in transcripts(folder)})
        self._remember_jobs()

    def prepare(self, number: int) -> None:
        """Bring everything to where it was before the transcript *number*."""
        self.director.clock = _latest(_TIMES, number)
        self._catalog.pools = _PoolsInOrder(self._catalog, _latest(_POOLS, number))
        for step in [step for step in self._steps if step <= number]:
            self._steps.pop(step)()

    def settle(self) -> None:
        """Have the jobs end that were started, but for those that wait for their time."""
        for job in list(self.director.running):
            if job.status is not JobStatus.WAIT_START_TIME:
                self._end(job)
            elif job not in self._waiting:
                self._waiting.append(job)
        self._remember_jobs()

    def as_recorded(self, text: str) -> str:
        """Name the configuration as it was called when the transcripts were recorded."""
        return text.replace(str(self._etc), _ROOT)

    def _end(self, job: RunningJob) -> None:
        """Have *job* end well: the first ones of their FileSet as Full, others without a file."""
        full = job.name == "backup-bareos-fd" and job.job_id <= _LAST_FULL
        self.director.endings = [_FULL if full else _NOTHING]
        self.director.wait_for_jobs(job.job_id, 0)
        if full:
            fileset = self.director.config.filesets["SelfTest"]
            add_programs(self._catalog, job.job_id, show_text(fileset))

    def _remember_jobs(self) -> None:
        """Have the Director know the jobs that ended."""
        rows = self._catalog.store.rows("SELECT jobid FROM job WHERE jobstatus = 'T'")
        jobs = self._catalog.jobs.get_many(int(str(row[0])) for row in rows)
        self.director.jobs_run = len(jobs)
        self.director.terminated = [
            TerminatedJob(
                job.job_id,
                job.job,
                JobType(job.type),
                Level(job.level),
                JobStatus(job.job_status),
                job.job_files,
                job.job_bytes,
                ended_at=float(job.end_time),
            )
            for job in jobs
        ]

    def _wait_still(self) -> None:
        """Jobs that were canceled before their time notice it later."""
        self.director.running = list(self._waiting)

    def _wait_no_more(self) -> None:
        self.director.running = []

    def _purge(self) -> None:
        """A purge that no transcript shows."""
        for name in ("Lab1", "Lab2"):
            volume = self._catalog.volumes.find(name)
            assert volume is not None
            self._catalog.volumes.update(volume.media_id, vol_status="Purged")

    def _give_queries(self) -> None:
        self.director.config.director.__dict__["query_file"] = str(self._etc / "query.sql")


class _PoolsInOrder(Pools):
    """Pools in the order in which their rows lay."""

    def __init__(self, catalog: Catalog, names: tuple[str, ...]) -> None:
        super().__init__(catalog.store)
        self._names = names

    def all(self) -> list[PoolRecord]:
        """Return all pools."""
        known = {name: place for place, name in enumerate(self._names)}
        return sorted(super().all(), key=lambda pool: known.get(pool.name, len(known)))


def _latest[T](steps: tuple[tuple[int, T], ...], number: int) -> T:
    return [value for first, value in steps if first <= number][-1]
