"""The read session: records that a bootstrap wants, from the volumes to the File Daemon.

Source: daemon protocol, section 6.4.
"""

from collections.abc import Iterator

from barque.errors import FormatError, JobError
from barque.formats.bootstrap import Bootstrap, Selector
from barque.formats.layout import Bytes
from barque.formats.record import Record, RecordAssembler, Session
from barque.storagedaemon.director_link import DirectorLink
from barque.storagedaemon.drive import Drive, check_cancelled
from barque.storagedaemon.job import Job
from barque.storagedaemon.plugins import StorageEvent
from barque.storagedaemon.volume_reader import RecordReader, read_label
from barque.transport.channel import Channel
from barque.wire.framing import HEADER, MAX_PAYLOAD, encode_message
from barque.wire.messages.job import MessageType

BATCH = 256 * 1024
"""byte; data is collected up to this size before it is sent."""

FRAMES = 16 * 1024
"""Parts of frames that are collected at most."""


_OPENING = (
    StorageEvent.VOLUME_LOAD,
    StorageEvent.DEVICE_OPEN,
    StorageEvent.DEVICE_MOUNT,
    StorageEvent.LABEL_READ,
)
"""What plugins hear before a volume is read."""


class VolumeWalk:
    """Reads the volumes of a bootstrap one after the other, for one job."""

    def __init__(self, job: Job, link: DirectorLink, drive: Drive, bootstrap: Bootstrap) -> None:
        self._job = job
        self._link = link
        self._drive = drive
        self._bootstrap = bootstrap
        self._volumes = bootstrap.volumes()
        self._labels = Selector(None, "").labels
        self.damages = 0
        """Damaged places and incomplete records met."""

    def check_first(self) -> None:
        """Make sure that the first volume is there.

        Raises:
            DeviceError, FormatError, JobError: it is not, or it is no volume.
        """
        self._ready(self._volumes[0])

    def records(self) -> Iterator[Record]:
        """Return the wanted records and all labels.

        Damage is told to the Director and counted; what is whole is delivered.
        """
        assembler = RecordAssembler()
        for number, name in enumerate(self._volumes):
            if number:
                self._ready(name)
            yield from self._records_of(name, assembler)
        assembler.close()
        for session, file_index, stream in assembler.lost:
            self._damage(
                FormatError(
                    f"the record of stream {stream} of file {file_index} of session"
                    f" {session.session_id}/{session.session_time} is incomplete"
                )
            )
        self._link.info("End of all volumes.")

    def _records_of(self, name: str, assembler: RecordAssembler) -> Iterator[Record]:
        selector = Selector(self._bootstrap, name)
        selector.labels = self._labels
        volume = self._drive.device.open_read(name)
        reader = RecordReader(volume, selector, assembler, self._damage)
        plugins = self._job.plugins
        observed = plugins is not None and plugins.wants(StorageEvent.READ_RECORD_TRANSLATION)
        try:
            for record in reader:
                if self._job.cancelled.is_set():
                    check_cancelled(self._job)
                if observed and not self._job.allows(StorageEvent.READ_RECORD_TRANSLATION):
                    raise JobError("a plugin refused a record")
                yield record
        finally:
            self._drive.read_bytes += reader.bytes
            volume.close()
        self._link.info(f'End of Volume on device {self._drive.title}, Volume "{name}"')

    def _ready(self, name: str) -> None:
        info = self._link.volume_info(name, write=False)
        if isinstance(info, str):
            raise JobError(f'volume "{name}" cannot be read: {info}')
        self._job.volume = name
        if not all(map(self._job.allows, _OPENING)):
            raise JobError(f'a plugin refused to read volume "{name}"')
        volume = self._drive.device.open_read(name)
        try:
            label = read_label(volume)
        finally:
            volume.close()
        if not self._job.allows(StorageEvent.LABEL_VERIFIED):
            raise JobError(f'a plugin refused to read volume "{name}"')
        if label.volume != name:
            raise FormatError(f'the label of "{name}" names it "{label.volume}"')
        self._job.volume = name
        self._link.info(f'Ready to read from volume "{name}" on device {self._drive.title}.')

    def _damage(self, error: FormatError) -> None:
        self.damages += 1
        self._job.errors += 1
        self._job.allows(StorageEvent.READ_ERROR)
        self._link.message(MessageType.ERROR, f"{error}")


def send_records(channel: Channel, records: Iterator[Record]) -> None:
    """Send records, without labels, each as a header message and a data message.

    The frames of many records are joined once, when they are sent.
    """
    pack = HEADER.pack
    frames: list[Bytes] = []
    size = 0
    current: Session | None = None
    prefix = b""
    for session, file_index, stream, data, _ in records:
        if file_index < 0:
            continue
        if session is not current:
            current, prefix = session, b"rechdr %d %d " % session
        length = len(data)
        header = b"%b%d %d %d" % (prefix, file_index, stream, length)
        if length > MAX_PAYLOAD:
            frames += (pack(len(header)), header, encode_message(bytes(data)))
        else:
            frames += (pack(len(header)), header, pack(length), data)
        size += length
        if size >= BATCH or len(frames) >= FRAMES:
            channel.write_raw(b"".join(frames))
            frames.clear()
            size = 0
    channel.write_raw(b"".join(frames))
