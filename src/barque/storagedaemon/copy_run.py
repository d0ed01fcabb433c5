"""Copies, migrations and virtual full backups: what is read from volumes is written anew.

Source: daemon protocol, section 5.8.
"""

from collections.abc import Iterable
from dataclasses import replace

from barque.domain.job import JobType, Level
from barque.errors import JobError
from barque.formats.label import SessionLabel, label_of
from barque.formats.record import Label, Record, Session
from barque.storagedaemon.append import RecordSink
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.job import Job
from barque.storagedaemon.job_end import Surroundings, run_reading
from barque.storagedaemon.output_session import OutputSession
from barque.storagedaemon.read import VolumeWalk

COPIES = frozenset({JobType.COPY, JobType.MIGRATE, JobType.ARCHIVE})
"""Types of jobs whose output carries the label of the job that is read."""


def is_virtual_full(job: Job) -> bool:
    """Tell whether the job makes a Full out of earlier backups."""
    return chr(job.start.type) == JobType.BACKUP and chr(job.start.level) == Level.VIRTUAL_FULL


def copies(job: Job) -> bool:
    """Tell whether the job needs no File Daemon: it reads volumes and writes volumes."""
    return chr(job.start.type) in COPIES or is_virtual_full(job)


class Renumbering:
    """Gives the files of one or more sessions consecutive FileIndexes from 1."""

    def __init__(self) -> None:
        self.last = 0
        """FileIndex given last."""
        self._current: tuple[Session, int] | None = None

    def changes(self, record: Record) -> bool:
        """Tell whether *record* begins another file, and count it then."""
        file = (record.session, record.file_index)
        if file == self._current:
            return False
        self._current = file
        self.last += 1
        return True


class CopyRun:
    """One job that copies, from the command `run` to its last line."""

    def __init__(self, job: Job, link: DirectorLink, around: Surroundings) -> None:
        self._job = job
        self._link = link
        self._around = around

    def run(self) -> None:
        """Run the job; whatever goes wrong ends the job, not the daemon."""
        run_reading(self._job, self._link, self._around, self._copy)

    def _copy(self) -> int:
        job, drives = self._job, self._around.drives
        if job.read is None or job.append is None or job.bootstrap is None:
            raise JobError("a copy needs a device to read, one to write, and a bootstrap")
        drive = drives.for_reading(job, job.read)
        try:
            walk = VolumeWalk(job, self._link, drive, job.bootstrap)
            walk.check_first()
            output = OutputSession(job, self._link, self._around, job.append)
            label = output.label_of_job()
            if is_virtual_full(job):
                output.open(replace(label, job_level=ord(Level.FULL)))
            else:
                output.open(label)
            output.run(lambda sink: self._feed(sink, output, walk.records()))
        finally:
            drives.stop_reading(job, drive)
        return walk.damages

    def _feed(self, sink: RecordSink, output: OutputSession, records: Iterable[Record]) -> None:
        numbers = Renumbering()
        for record in records:
            if record.file_index == Label.SOS_LABEL:
                self._take_label(output, record, begun=bool(numbers.last))
            if record.file_index < 0:
                continue
            if numbers.changes(record):
                sink.begin_file(numbers.last)
            sink.add(record.stream, record.data)

    def _take_label(self, output: OutputSession, record: Record, *, begun: bool) -> None:
        """Let a copy carry the label of its source; only the pool and the JobId are its own."""
        source = label_of(record)
        if begun or is_virtual_full(self._job) or not isinstance(source, SessionLabel):
            return
        if self._job.bootstrap is None or not any(
            part.reads_session(record.session) for part in self._job.bootstrap.sets
        ):
            return
        own = output.label_of_job()
        output.open(replace(own, **{name: getattr(source, name) for name in FROM_SOURCE}))


FROM_SOURCE = (
    "job_name",
    "client",
    "job",
    "fileset",
    "job_type",
    "job_level",
    "fileset_md5",
    "write_time",
)
"""Fields of the session label that a copy has from its source."""
