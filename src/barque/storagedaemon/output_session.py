"""Writing a session: the records of a backup, a copy or a replication, from label to label."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from barque.errors import BarqueError, ConnectionLostError, JobError
from barque.formats.label import LABEL_ID, LABEL_VERSION, SessionLabel, end_of_session
from barque.formats.layout import Bytes
from barque.storagedaemon.append import AttributeCollector, RecordSink
from barque.storagedaemon.attribute_spool import DirectAttributes, SpooledAttributes
from barque.storagedaemon.data_spool import DataSpool
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.job import Job, Reservation
from barque.storagedaemon.job_end import Surroundings
from barque.storagedaemon.plugins import StorageEvent, StoragePlugins
from barque.storagedaemon.session_writer import SessionWriter
from barque.wire.messages.catalog_request import encode_updcat_prefix


class ObservedSink(RecordSink):
    """Lets plugins hear of each record before it is written."""

    plugins: StoragePlugins | None = None

    def add(self, stream: int, data: Bytes) -> None:
        """Add a record, unless a plugin refuses."""
        if self.plugins is None or self.plugins.event(StorageEvent.WRITE_RECORD_TRANSLATION):
            super().add(stream, data)
            return
        raise JobError("a plugin refused a record")


class OutputSession:
    """What a job writes: labels, records, and everything settled at the end."""

    def __init__(
        self, job: Job, link: DirectorLink, around: Surroundings, reservation: Reservation
    ) -> None:
        self._job = job
        self._link = link
        self._around = around
        self._use = reservation.use
        self._attributes = self._make_attributes()
        self._writer = SessionWriter(
            job,
            link,
            around.drives,
            reservation,
            around.clock,
            around.settings.maximum_wait_for_media,
            self._attributes.send,
            around.settings.checkpoint_interval,
            self._make_spool(reservation),
        )
        observed = job.plugins is not None and job.plugins.wants(
            StorageEvent.WRITE_RECORD_TRANSLATION
        )
        self._sink = (ObservedSink if observed else RecordSink)(
            self._writer.put, self._writer.max_block, job.start.job_id
        )
        if isinstance(self._sink, ObservedSink):
            self._sink.plugins = job.plugins
        self._label = self.label_of_job()

    def _make_attributes(self) -> DirectAttributes | SpooledAttributes:
        job = self._job
        if not job.start.spool_attributes or job.start.no_attributes:
            return DirectAttributes(self._link)
        settings = self._around.settings
        name = f"{settings.name}.attr.{job.name}.{job.session_id}.spool"
        return SpooledAttributes(self._link, Path(settings.working_directory) / name)

    def _make_spool(self, reservation: Reservation) -> DataSpool | None:
        job, settings = self._job, self._around.settings
        if not job.start.spool_data:
            return None
        device = reservation.devices[0]
        directory = Path(device.spool_directory or settings.working_directory)
        limits = (
            job.start.spool_size,
            device.maximum_job_spool_size,
            device.maximum_spool_size,
        )
        self._link.info("Spooling data ...")
        name = f"{settings.name}.data.{job.start.job_id}.{job.name}.spool"
        return DataSpool(directory / name, min((one for one in limits if one), default=0))

    def open(self, label: SessionLabel) -> None:
        """Set the label of the session, before its first record.

        A copy changes it to that of the job that it copies; its messages carry that name then.
        """
        job = self._job
        self._label = label
        self._link.job = label.job
        collector = None
        if not job.start.no_attributes:
            collector = AttributeCollector(
                encode_updcat_prefix(label.job), (job.session_id, job.session_time)
            )
        self._sink.open(label.pack(), collector)

    def run(self, feed: Callable[[RecordSink], None]) -> None:
        """Write what *feed* gives; return when it is on the disk and in the catalog.

        Raises whatever stopped it; then the session is closed with the data that came, so that
        volume and catalog agree.
        """
        begun = time.monotonic()
        try:
            self._start()
            self._write_all(feed)
        except BaseException:
            with suppress(BarqueError):
                self._writer.finish()
            self._attributes.discard()
            raise
        self._attributes.commit()
        self._tell_rate(time.monotonic() - begun)

    def _start(self) -> None:
        self._writer.start()
        if not self._job.allows(StorageEvent.SETUP_RECORD_TRANSLATION):
            raise JobError("Unable to setup device for this job: a plugin refused")

    def _write_all(self, feed: Callable[[RecordSink], None]) -> None:
        job, sink = self._job, self._sink
        failure: BarqueError | None = None
        try:
            feed(sink)
        except BarqueError as error:
            failure = error
            job.errors += 1
        job.files, job.bytes = sink.file_index, sink.bytes
        status = "T" if failure is None else "A" if job.cancelled.is_set() else "f"
        try:
            sink.close(self._end_label(self._label, status))
        except BarqueError as error:
            failure = failure or error
        finally:
            self._finish(failure)
        if failure is not None:
            raise failure

    def _finish(self, failure: BarqueError | None) -> None:
        try:
            self._writer.finish()
        except BarqueError:
            if failure is None or isinstance(failure, ConnectionLostError):
                raise

    def label_of_job(self) -> SessionLabel:
        """Return the label that names the job itself."""
        start = self._job.start
        return SessionLabel(
            identifier=LABEL_ID,
            version=LABEL_VERSION,
            job_id=start.job_id,
            write_time=int(self._around.clock() * 1_000_000),
            old_write_date=0.0,
            pool=self._use.pool,
            pool_type=self._use.pool_type,
            job_name=start.job_name,
            client=start.client,
            job=start.job,
            fileset=start.fileset,
            job_type=start.type,
            job_level=start.level,
            fileset_md5=start.fileset_md5,
        )

    def _end_label(self, label: SessionLabel, status: str) -> bytes:
        job, writer = self._job, self._writer
        return end_of_session(
            label,
            int(self._around.clock() * 1_000_000),
            job_files=job.files,
            job_bytes=job.bytes,
            start_block=writer.start_address & 0xFFFFFFFF,
            end_block=writer.end_address & 0xFFFFFFFF,
            start_file=writer.start_address >> 32,
            end_file=writer.end_address >> 32,
            job_errors=job.errors,
            job_status=ord(status),
        ).pack()

    def _tell_rate(self, seconds: float) -> None:
        whole = max(1, round(seconds))
        rate = self._job.bytes / max(seconds, 0.001)
        clock = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
        self._link.info(f"Elapsed time={clock}, Transfer rate={show_rate(rate)} Bytes/second")


def show_rate(rate: float) -> str:
    """Return byte/s with the letter of their magnitude, as job reports have it."""
    for unit in ("", "K", "M", "G"):
        if rate < 1000 or unit == "G":
            return f"{rate:.1f} {unit}" if unit else f"{rate:.0f} "
        rate /= 1000
    return ""
