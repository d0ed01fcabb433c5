"""Labels: recorded ones read, written ones the same."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from barque.errors import FormatError, UnknownFormatError
from barque.formats.block import unpack_block
from barque.formats.label import (
    EndOfSession,
    SessionLabel,
    VolumeLabel,
    btime,
    end_of_session,
    from_btime,
    label_of,
    unpack_label,
    volume_label_of,
)
from barque.formats.record import Label, Record, RecordAssembler

SAMPLE = Path(__file__).parents[2] / "golden" / "volumes" / "Sample1"


def recorded() -> list[Record]:
    data = memoryview(SAMPLE.read_bytes())
    records, offset, assembler = [], 0, RecordAssembler()
    while offset < len(data):
        block = unpack_block(data[offset:], "Sample1", offset)
        records += [r for p in block.pieces() if (r := assembler.add(p, offset))]
        offset += len(block.data)
    return [record for record in records if record.file_index < 0]


def test_recorded_labels_are_read_and_written_alike() -> None:
    labels = [label_of(record) for record in recorded()]
    assert [type(label) for label in labels] == [
        VolumeLabel,
        SessionLabel,
        EndOfSession,
        SessionLabel,
        EndOfSession,
    ]
    for label, record in zip(labels, recorded(), strict=True):
        assert label is not None
        assert label.pack() == bytes(record.data)


def test_what_the_recorded_labels_say() -> None:
    volume, start, end, *_ = (label_of(record) for record in recorded())
    assert isinstance(volume, VolumeLabel)
    assert (volume.volume, volume.pool, volume.media_type) == ("Sample1", "Default", "File")
    assert isinstance(start, SessionLabel)
    assert (start.job_id, start.job) == (201, "full.2026-11-22_14.00.00_01")
    assert isinstance(end, EndOfSession)
    assert (end.job_files, end.job_bytes, chr(end.job_status)) == (12, 29543, "T")


def test_an_end_label_repeats_its_start_label() -> None:
    start = label_of(recorded()[1])
    end = label_of(recorded()[2])
    assert isinstance(start, SessionLabel)
    assert isinstance(end, EndOfSession)
    added = {name: getattr(end, name) for name in EndOfSession.FIELDS if name not in start.FIELDS}
    assert end_of_session(start, end.write_time, **added) == end


def test_other_programs_and_old_versions_are_refused() -> None:
    label = volume_label_of(recorded()[0])
    with pytest.raises(UnknownFormatError, match="no Bareos label"):
        unpack_label(Label.VOL_LABEL, replace(label, identifier="tar\n").pack())
    with pytest.raises(UnknownFormatError, match="older than 11"):
        unpack_label(Label.VOL_LABEL, replace(label, version=10).pack())


def test_labels_without_contents_are_none() -> None:
    assert unpack_label(Label.EOM_LABEL, b"") is None
    with pytest.raises(FormatError, match="no volume label"):
        volume_label_of(recorded()[1])


def test_times_keep_their_microseconds() -> None:
    moment = datetime(2026, 11, 22, 14, 0, 0, 123456, UTC)
    assert from_btime(btime(moment)) == moment
