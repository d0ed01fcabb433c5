"""Writing volume labels: of new volumes, and of volumes that are used again."""

import socket
from dataclasses import dataclass

from barque.daemon.version import DATE, VERSION
from barque.devices.device import OpenVolume
from barque.errors import FormatError
from barque.formats.block import HEADER_SIZE, seal_block
from barque.formats.bootstrap import Range
from barque.formats.label import LABEL_ID, LABEL_VERSION, VolumeLabel
from barque.formats.record import Label, RecordHeader, Session
from barque.storagedaemon.volume_reader import read_blocks

NO_SESSION = Session(0, 0)
"""Session of labels that are written by command."""

PROGRAM = "barque-sd"
"""What labels name as the program that wrote them."""


@dataclass(frozen=True, slots=True)
class NewLabel:
    """What is to stand in a new label."""

    volume: str
    """Name of the volume."""
    pool: str
    """Pool."""
    pool_type: str
    """Pool type."""
    media_type: str
    """Media Type of the device."""
    previous: str = ""
    """Volume that this one continues."""


def write_label(
    volume: OpenVolume, new: NewLabel, now: float, session: Session = NO_SESSION
) -> int:
    """Make *volume* hold nothing but a new label; return how many bytes that are.

    Everything that was on the volume is gone: the caller has made sure that nobody needs it.
    """
    moment = int(now * 1_000_000)
    label = VolumeLabel(
        identifier=LABEL_ID,
        version=LABEL_VERSION,
        label_time=moment,
        write_time=moment,
        old_write_date=0.0,
        old_write_time=0.0,
        volume=new.volume,
        previous_volume=new.previous,
        pool=new.pool,
        pool_type=new.pool_type,
        media_type=new.media_type,
        host=socket.gethostname(),
        program=PROGRAM,
        program_version=VERSION,
        program_date=DATE,
    )
    data = label.pack()
    record = RecordHeader(Label.VOL_LABEL, 0, len(data)).pack() + data
    block = bytearray(HEADER_SIZE) + record
    volume.truncate(0)
    volume.append(seal_block(block, len(block), 0, session))
    volume.sync()
    return len(block)


def holds_only_a_label(volume: OpenVolume) -> bool:
    """Tell whether *volume* is empty or has one block: nothing would be lost by a new label."""
    if volume.size() == 0:
        return True
    try:
        block = next(read_blocks(volume))
    except FormatError:
        return False
    return len(block.data) == volume.size()


def ends_with_a_whole_block(volume: OpenVolume, start: int) -> bool:
    """Tell whether whole blocks lie between *start* and the end of *volume*, and nothing else."""
    try:
        for _ in read_blocks(volume, [Range(start, 1 << 63)]):
            pass
    except FormatError:
        return False
    return True
