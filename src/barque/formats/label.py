"""Labels: the records that say what a volume is, and where a session begins and ends.

Source: volume format, section 4.
"""

from datetime import UTC, datetime

from barque.errors import FormatError, UnknownFormatError
from barque.formats.layout import Bytes, Layout, f64, i64, text, u32, u64
from barque.formats.record import Label, Record

LABEL_ID = "Bareos 2.0 immortal\n"
"""First field of every label that is written; the line feed belongs to it."""
LABEL_IDS = frozenset({LABEL_ID, "Bacula 1.0 immortal\n", "Bacula 0.9 mortal\n"})
"""First field of the labels that can be read."""
LABEL_VERSION = 20
"""Version of the labels that are written."""
MIN_LABEL_VERSION = 11
"""Oldest version that can be read; before it times were floating point numbers."""


class VolumeLabel(Layout):
    """Names a volume; alone in the volume's first block."""

    identifier: str = text("`Bareos 2.0 immortal` and a line feed.")
    version: int = u32("20.")
    label_time: int = i64("When the volume was labelled: microseconds since 1970.")
    write_time: int = i64("When this label was written: microseconds since 1970.")
    old_write_date: float = f64("0, unused.")
    old_write_time: float = f64("0, unused.")
    volume: str = text("Name of the volume.")
    previous_volume: str = text("Volume that this one continues; empty when labelled by command.")
    pool: str = text("Pool.")
    pool_type: str = text("`Backup`.")
    media_type: str = text("Media Type of the device.")
    host: str = text("Host of the Storage Daemon.")
    program: str = text("Program that wrote the label: `bareos-sd`.")
    program_version: str = text("Version of that program.")
    program_date: str = text("Build date of that program.")


class SessionLabel(Layout):
    """Opens a session: the job that wrote the records up to the end label."""

    identifier: str = text("As in VolumeLabel.")
    version: int = u32("20.")
    job_id: int = u32("JobId; of the control job for copies and migrations.")
    write_time: int = i64("When the label was written: microseconds since 1970.")
    old_write_date: float = f64("0, unused.")
    pool: str = text("Pool.")
    pool_type: str = text("Pool type.")
    job_name: str = text("Name of the Job resource.")
    client: str = text("Client.")
    job: str = text("Unique job name.")
    fileset: str = text("FileSet.")
    job_type: int = u32("ASCII code of the job type.")
    job_level: int = u32("ASCII code of the level.")
    fileset_md5: str = text("Digest of the FileSet's definition.")


class EndOfSession(SessionLabel):
    """Closes a session: all of the session label again, and what came of it."""

    job_files: int = u32("Last FileIndex.")
    job_bytes: int = u64("byte of records.")
    start_block: int = u32("Low half of the address of the session's first block.")
    end_block: int = u32("Low half of the address before the last block.")
    start_file: int = u32("High half of the first address.")
    end_file: int = u32("High half of the last address.")
    job_errors: int = u32("Errors.")
    job_status: int = u32("ASCII code of the job status: 84 is `T`.")


LABELS: dict[int, type[VolumeLabel | SessionLabel]] = {
    Label.PRE_LABEL: VolumeLabel,
    Label.VOL_LABEL: VolumeLabel,
    Label.SOS_LABEL: SessionLabel,
    Label.EOS_LABEL: EndOfSession,
}
"""FileIndex of a label record to the layout of its data; the others hold nothing to read."""


def unpack_label(file_index: int, data: Bytes) -> VolumeLabel | SessionLabel | None:
    """Read the label in *data*; None for a kind of label that holds nothing.

    Raises:
        UnknownFormatError: the label comes from another program, or is too old.
        TruncatedError: it is cut.
    """
    layout = LABELS.get(file_index)
    if layout is None:
        return None
    label = layout.unpack(data)
    if label.identifier not in LABEL_IDS:
        raise UnknownFormatError(
            f"the label is no Bareos label: it begins with {label.identifier!r}"
        )
    if label.version < MIN_LABEL_VERSION:
        raise UnknownFormatError(
            f"label version {label.version} is older than {MIN_LABEL_VERSION} and cannot be read"
        )
    return label


def label_of(record: Record) -> VolumeLabel | SessionLabel | None:
    """Read the label that *record* holds; see :func:`unpack_label`."""
    return unpack_label(record.file_index, record.data)


def volume_label_of(record: Record) -> VolumeLabel:
    """Read a volume label.

    Raises:
        FormatError: the record is none.
    """
    label = label_of(record)
    if not isinstance(label, VolumeLabel):
        raise FormatError("the first record is no volume label")
    return label


def btime(moment: datetime) -> int:
    """Return a moment as labels hold it: microseconds since 1970."""
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def from_btime(value: int) -> datetime:
    """Return the moment of a label's time, in UTC."""
    return datetime.fromtimestamp(value // 1_000_000, UTC).replace(microsecond=value % 1_000_000)


def end_of_session(start: SessionLabel, write_time: int, **added: int) -> EndOfSession:
    """Make the end label that belongs to *start*; *added* are the fields that only it has."""
    common = {name: getattr(start, name) for name in SessionLabel.FIELDS}
    return EndOfSession(**(common | {"write_time": write_time} | added))
