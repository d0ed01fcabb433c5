"""What the reference wrote when a File Daemon sent these records, our daemon writes too.

The records of the recorded volumes are sent again, with their session numbers, to a Storage Daemon
with the same block size. Blocks, their pieces and the labels must come out alike; only times differ.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from barque.devices.file import FileDevice
from barque.devices.memory import MemoryDevice
from barque.formats.block import Block
from barque.formats.label import EndOfSession, SessionLabel, unpack_label
from barque.formats.record import Record, RecordAssembler, Session
from barque.storagedaemon.volume_reader import read_blocks
from barque.testing.storage_peers import ScriptedDirector, ScriptedFileDaemon
from barque.testing.storage_site import DRIVE, Site
from barque.wire.messages.director_storage import StartStorageJob, UseStorage

VOLUMES = Path(__file__).parents[1] / "golden" / "volumes"
BLOCK_SIZES = {
    "Sample1": 64_512,
    "Sample2": 1_048_576,
    "Sample3": 64_512,
    "Sample4": 64_512,
    "Sample7-0007": 1_048_576,
}


class Recorded(NamedTuple):
    """One recorded session."""

    label: SessionLabel
    blocks: list[Block]
    records: list[Record]


def recorded(name: str) -> dict[Session, Recorded]:
    sessions: dict[Session, Recorded] = {}
    assembler = RecordAssembler()
    opened = FileDevice(str(VOLUMES)).open_read(name)
    for block in read_blocks(opened):
        for piece in block.pieces():
            record = assembler.add(piece, block.offset)
            if piece.file_index == -2:
                break
            if piece.file_index == -4:
                label = unpack_label(-4, piece.data)
                assert isinstance(label, SessionLabel)
                sessions[piece.session] = Recorded(label, [], [])
            if record is not None:
                sessions[piece.session].records.append(record)
        else:
            session = block.session
            assert session is not None
            sessions[session].blocks.append(block)
    opened.close()
    return sessions


CASES = [(name, session) for name in BLOCK_SIZES for session in recorded(name)]


@pytest.fixture
def disk() -> MemoryDevice:
    return MemoryDevice()


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path, disk: MemoryDevice) -> Iterator[Site]:
    drive = replace(DRIVE, maximum_block_size=BLOCK_SIZES[request.param])
    made = Site(disk, tmp_path, drive=drive)
    yield made
    made.close()


def send_again(site: Site, session: Session, original: Recorded) -> ScriptedDirector:
    label = original.label
    director = site.director()
    start = StartStorageJob(
        label.job_id,
        label.job,
        label.job_name,
        label.client,
        label.job_type,
        label.job_level,
        label.fileset,
        fileset_md5=label.fileset_md5,
        rerunning=True,
        session_id=session.session_id,
        session_time=session.session_time,
    )
    answer = director.start_job(start)
    director.use(UseStorage("File", "File", label.pool, label.pool_type, True), "Dev1")
    thread = director.run_in_background()
    file = ScriptedFileDaemon(site.connect(), start.job, answer.key)
    ticket = file.open_append()
    for index, stream, parts in streams(original.records):
        file.send_stream(index, stream, *parts)
    file.end_append(ticket)
    thread.join()
    return director


def streams(records: list[Record]) -> Iterator[tuple[int, int, list[bytes]]]:
    current: tuple[int, int] | None = None
    parts: list[bytes] = []
    for record in records:
        if record.file_index < 0:
            continue
        key = (record.file_index, record.stream)
        if key != current and current is not None:
            yield (*current, parts)
            parts = []
        current = key
        parts.append(bytes(record.data))
    if current is not None:
        yield (*current, parts)


def comparable(block: Block) -> list[tuple[object, ...]]:
    pieces: list[tuple[object, ...]] = [(block.header.block_number, len(block.data), block.session)]
    for piece in block.pieces():
        data: object = bytes(piece.data)
        if piece.file_index < 0:
            label = unpack_label(piece.file_index, piece.data)
            assert isinstance(label, SessionLabel)
            label = replace(label, write_time=0)
            if isinstance(label, EndOfSession):
                label = replace(label, start_block=0, end_block=0)
            data = label
        pieces.append((piece.file_index, piece.stream, piece.continued, piece.length, data))
    return pieces


@pytest.mark.parametrize(
    ("site", "session"),
    [pytest.param(*case, id=f"{case[0]}-{case[1][0]}") for case in CASES],
    indirect=["site"],
)
def test_blocks_are_those_of_the_reference(
    site: Site, session: Session, disk: MemoryDevice, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.params["site"]
    original = recorded(name)[session]
    director = send_again(site, session, original)
    assert director.ended is not None
    assert chr(director.ended.status) == "T"
    opened = disk.open_read("Vol-0001")
    written = list(read_blocks(opened))[1:]
    assert [comparable(b) for b in written] == [comparable(b) for b in original.blocks]
    wanted = {1, 3, 5, 10, 17, 18, 28, 40}
    assert [entry[2:] for entry in director.attributes] == [
        (r.file_index, r.stream, bytes(r.data))
        for r in original.records
        if r.stream in wanted and r.file_index > 0
    ]
