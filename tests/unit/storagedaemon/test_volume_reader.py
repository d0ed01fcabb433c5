"""Reading behind damage, and what is no volume."""

import pytest

from barque.devices.memory import MemoryDevice, MemoryVolume
from barque.errors import FormatError
from barque.formats.block import BlockWriter, FilledBlock, seal_block
from barque.formats.bootstrap import Selector
from barque.formats.record import RecordAssembler, Session
from barque.storagedaemon.labelling import NewLabel, write_label
from barque.storagedaemon.volume_reader import RecordReader, read_blocks, read_label


@pytest.fixture
def disk() -> MemoryDevice:
    return MemoryDevice()


@pytest.fixture
def volume(disk: MemoryDevice) -> MemoryVolume:
    file = disk.open_append("V", create=True)
    write_label(file, NewLabel("V", "P", "Backup", "File"), 0.0)
    count = 0

    def sink(block: FilledBlock) -> bytearray:
        nonlocal count
        file.append(seal_block(block.buffer, block.size, count, Session(1, 2)))
        count += 1
        return block.buffer

    writer = BlockWriter(sink, 500)
    for index in range(1, 21):
        writer.append(index, 2, b"BB02 BB01 looks like a block " * 10)
    writer.flush()
    return file


def offsets(volume: MemoryVolume) -> tuple[list[int], list[FormatError]]:
    damages: list[FormatError] = []
    return [block.offset for block in read_blocks(volume, None, damages.append)], damages


def test_a_destroyed_header_costs_its_block_only(disk: MemoryDevice, volume: MemoryVolume) -> None:
    whole, _ = offsets(volume)
    for at in (4, 12):
        kept = bytes(disk.contents["V"])
        disk.contents["V"][whole[3] + at : whole[3] + at + 4] = b"\xff\xff\xff\xff"
        found, damages = offsets(volume)
        assert found == whole[:3] + whole[4:]
        assert [error.offset for error in damages] == [whole[3]]
        disk.contents["V"][:] = kept


def test_a_volume_inside_a_damaged_block_is_not_taken_for_blocks(disk: MemoryDevice) -> None:
    inner = disk.open_append("I", create=True)
    write_label(inner, NewLabel("I", "P", "Backup", "File"), 0.0)
    image = bytes(disk.contents["I"])
    outer = disk.open_append("O", create=True)
    write_label(outer, NewLabel("O", "P", "Backup", "File"), 0.0)

    def sink(block: FilledBlock) -> bytearray:
        outer.append(seal_block(block.buffer, block.size, 0, Session(1, 2)))
        return block.buffer

    writer = BlockWriter(sink)
    writer.append(1, 2, image)
    writer.flush()
    writer.append(2, 2, b"behind")
    writer.flush()
    whole, _ = offsets(outer)
    disk.contents["O"][whole[1] + 30] ^= 1
    found, damages = offsets(outer)
    assert found == [whole[0], whole[2]]
    assert len(damages) == 1


def test_garbage_at_the_end_is_told(disk: MemoryDevice, volume: MemoryVolume) -> None:
    whole, _ = offsets(volume)
    end = volume.size()
    volume.append(b"x" * 5000)
    found, damages = offsets(volume)
    assert found == whole
    assert [error.offset for error in damages] == [end]


@pytest.mark.parametrize("contents", [b"", b"x", b"x" * 30, b"tar archive" * 1000, b"\0" * 100_000])
def test_what_is_no_volume(disk: MemoryDevice, contents: bytes) -> None:
    disk.contents["V"] = bytearray(contents)
    with pytest.raises(FormatError) as caught:
        read_label(disk.open_read("V"))
    assert 'volume "V" at offset 0' in str(caught.value)


def test_a_volume_whose_first_block_is_no_label(disk: MemoryDevice) -> None:
    file = disk.open_append("V", create=True)

    def sink(block: FilledBlock) -> bytearray:
        file.append(seal_block(block.buffer, block.size, 0, Session(1, 2)))
        return block.buffer

    writer = BlockWriter(sink)
    writer.append(1, 2, b"data")
    writer.flush()
    with pytest.raises(FormatError, match="no volume label"):
        read_label(file)


def test_a_record_header_that_lies_is_told_with_its_block(disk: MemoryDevice) -> None:
    file = disk.open_append("V", create=True)
    block = bytearray(24) + (1).to_bytes(4, "big") + (2).to_bytes(4, "big") + b"\xff" * 4
    file.append(seal_block(block, len(block), 0, Session(1, 2)))
    damages: list[FormatError] = []
    assert list(RecordReader(file, Selector(None, "V"), RecordAssembler(), damages.append)) == []
    assert 'on volume "V" at offset 0' in str(damages[0])
