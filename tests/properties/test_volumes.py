"""Volumes under arbitrary records, sessions, block sizes, cuts and damage."""

from hypothesis import given, settings
from hypothesis import strategies as st

from barque.devices.memory import MemoryDevice
from barque.errors import FormatError
from barque.formats.block import BlockWriter, FilledBlock, seal_block, unpack_block
from barque.formats.bootstrap import (
    Bootstrap,
    BootstrapSet,
    Range,
    Selector,
    parse_bootstrap,
    show_bootstrap,
)
from barque.formats.label import LABELS
from barque.formats.record import Record, RecordAssembler, Session
from barque.storagedaemon.volume_reader import RecordReader, read_blocks

STREAMS = st.integers(1, 0x7FF)
DATA = st.binary(max_size=700)
RECORDS = st.lists(st.tuples(STREAMS, DATA), max_size=30)


class Volume:
    """Writes the blocks of several sessions to one volume."""

    def __init__(self) -> None:
        self.device = MemoryDevice()
        self.file = self.device.open_append("V", create=True)

    def writer(self, session: Session, max_block: int) -> BlockWriter:
        count = 0

        def sink(block: FilledBlock) -> bytearray:
            nonlocal count
            self.file.append(seal_block(block.buffer, block.size, count, session))
            count += 1
            return block.buffer

        return BlockWriter(sink, max_block)

    def read(self, bootstrap: Bootstrap | None = None) -> tuple[list[Record], RecordAssembler]:
        assembler = RecordAssembler()
        reader = RecordReader(self.device.open_read("V"), Selector(bootstrap, "V"), assembler)
        records = list(reader)
        assembler.close()
        return records, assembler


def numbered(records: list[tuple[int, bytes]]) -> list[tuple[int, int, bytes]]:
    return [(number // 2 + 1, stream, data) for number, (stream, data) in enumerate(records)]


@given(RECORDS, RECORDS, st.integers(64, 2000), st.randoms())
def test_interleaved_sessions_come_back_whole(
    first: list[tuple[int, bytes]], second: list[tuple[int, bytes]], max_block: int, random: object
) -> None:
    volume = Volume()
    sessions = [Session(1, 9), Session(2, 9)]
    queues = [numbered(first), numbered(second)]
    writers = [volume.writer(session, max_block) for session in sessions]
    pending = [list(queue) for queue in queues]
    while any(pending):
        which = random.choice([i for i in (0, 1) if pending[i]])  # type: ignore[attr-defined]
        writers[which].append(*pending[which].pop(0))
    for writer in writers:
        writer.flush()
    records, assembler = volume.read()
    assert assembler.lost == []
    for session, queue in zip(sessions, queues, strict=True):
        got = [(r.file_index, r.stream, bytes(r.data)) for r in records if r.session == session]
        assert got == queue


@given(RECORDS, st.integers(64, 400), st.integers(1, 15), st.integers(0, 14))
def test_a_bootstrap_gives_exactly_the_wanted_files(
    raw: list[tuple[int, bytes]], max_block: int, first: int, more: int
) -> None:
    volume = Volume()
    queue = numbered(raw)
    writer = volume.writer(Session(1, 9), max_block)
    for entry in queue:
        writer.append(*entry)
    writer.flush()
    part = BootstrapSet(["V"], session_ids=[Range(1, 1)], session_times=[Range(9, 9)])
    part.addresses = [Range(0, max(0, volume.file.size() - 1))]
    part.file_indexes = [Range(first, first + more)]
    records, _ = volume.read(Bootstrap([part]))
    got = [(r.file_index, r.stream, bytes(r.data)) for r in records]
    assert got == [entry for entry in queue if first <= entry[0] <= first + more]


@settings(deadline=None)
@given(RECORDS, st.integers(64, 400), st.data())
def test_damage_is_always_noticed_and_never_delivered(
    raw: list[tuple[int, bytes]], max_block: int, data: st.DataObject
) -> None:
    volume = Volume()
    writer = volume.writer(Session(1, 9), max_block)
    queue = numbered(raw)
    for entry in queue:
        writer.append(*entry)
    writer.flush()
    contents = volume.device.contents["V"]
    if not contents:
        return
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(contents) * 8 - 1))
        contents[at // 8] ^= 1 << at % 8
        expected_damage = True
    else:
        cut = data.draw(st.integers(0, len(contents)))
        ends = {0}
        for block in read_blocks(volume.file):
            ends.add(block.offset + len(block.data))
        del contents[cut:]
        expected_damage = cut not in ends
    damages: list[FormatError] = []
    assembler = RecordAssembler()
    reader = RecordReader(
        volume.device.open_read("V"), Selector(None, "V"), assembler, damages.append
    )
    got = [(r.file_index, r.stream, bytes(r.data)) for r in reader]
    assert bool(damages) == expected_damage
    assert all(error.offset is not None for error in damages)
    rest = iter(queue)
    assert all(entry in rest for entry in got)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_block_or_a_declared_error(data: bytes) -> None:
    try:
        block = unpack_block(memoryview(data))
        list(block.pieces())
    except FormatError:
        return


@given(st.sampled_from(list(LABELS)), st.binary(max_size=200))
def test_arbitrary_bytes_are_no_label_or_a_declared_error(kind: int, data: bytes) -> None:
    try:
        label = LABELS[kind].unpack(data)
    except FormatError:
        return
    assert data.startswith(label.pack())


RANGES = st.lists(
    st.tuples(st.integers(0, 1 << 40), st.integers(0, 1000)).map(
        lambda t: Range(t[0], t[0] + t[1])
    ),
    max_size=4,
)
NAMES = st.text("abcXYZ012.-_", min_size=1, max_size=12)


@given(
    st.lists(
        st.builds(
            BootstrapSet,
            volumes=st.lists(NAMES, min_size=1, max_size=3),
            storage=NAMES,
            media_type=NAMES,
            session_ids=RANGES,
            session_times=RANGES,
            addresses=RANGES,
            file_indexes=RANGES,
            count=st.integers(0, 1 << 31),
            jobs=st.lists(NAMES, max_size=3),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_bootstraps_survive_their_text(sets: list[BootstrapSet]) -> None:
    bootstrap = Bootstrap(sets)
    assert parse_bootstrap(show_bootstrap(bootstrap)) == bootstrap


@given(st.text(max_size=200))
def test_arbitrary_text_is_a_bootstrap_or_a_declared_error(text: str) -> None:
    try:
        parse_bootstrap(text)
    except FormatError:
        return
