from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.director.attributes import AttributeReceiver
from barque.errors import RemoteProtocolError
from barque.testing.recordings import read_recording
from barque.wire.framing import FrameBuffer, encode_frame
from barque.wire.messages.catalog_request import ATTRIBUTE_HEADER, encode_updcat_prefix

RECORDING = Path(__file__).parents[2] / "golden" / "dialogues" / "director.txt"
JOB = "mix.2026-11-22_18.25.07_03"


@dataclass
class Batch:
    rows: list[tuple[int, bytes, bytes, str, str, int]] = field(default_factory=list)
    objects: list[tuple[int, bytes]] = field(default_factory=list)

    def add(
        self, file_index: int, path: bytes, name: bytes, lstat: str, digest: str, delta_seq: int
    ) -> None:
        self.rows.append((file_index, path, name, lstat, digest, delta_seq))

    def receiver(self, job: str = JOB) -> AttributeReceiver:
        return AttributeReceiver(self, lambda index, data: self.objects.append((index, data)), job)


def recorded() -> list[bytes]:
    return [
        one.frame
        for one in read_recording(RECORDING, "sd#1")
        if isinstance(one.frame, bytes) and one.frame.startswith(b"UpdCat ")
    ]


def message(index: int, stream: int, data: bytes, *, length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return encode_updcat_prefix(JOB) + ATTRIBUTE_HEADER.pack(1, 2, index, stream, size) + data


def attributes(index: int, name: bytes, kind: int = 3, delta: bytes = b"0") -> bytes:
    return message(index, 1, b"%d %d %s\0P4A A A\0\0\0%s\0" % (index, kind, name, delta))


def drained(frames: list[bytes], step: int) -> Batch:
    """Feed the frames *step* bytes at a time."""
    batch = Batch()
    receiver = batch.receiver()
    inbox = FrameBuffer()
    data = b"".join(encode_frame(frame) for frame in frames)
    for at in range(0, len(data), step):
        inbox.feed(data[at : at + step])
        receiver.drain(inbox)
    receiver.flush()
    assert inbox.next() is None
    return batch


def test_recorded_messages_become_rows() -> None:
    batch = drained(recorded(), 1 << 20)
    assert len(batch.rows) == 12
    assert batch.rows[0] == (
        1,
        b"/srv/sample/tree/in/small/dir/dacl/",
        b"",
        "P4A JEjo EHt C A A A BAA BAA I BrAy9v BrAy9u BrAy9u A A C",
        "0",
        0,
    )
    assert batch.rows[1][1:3] == (
        b"/srv/sample/tree/in/small/dir/",
        "name with spaces ü.txt".encode(),
    )
    assert batch.rows[1][4] == "c8s4WKaHqElMozIwUwFigvPa051Cz2LKTnndoqrH2aw"
    assert batch.rows[7][2:5:2] == (b"sym", "0")


@pytest.mark.parametrize("step", [1, 7, 4096])
def test_how_the_bytes_come_in_does_not_matter(step: int) -> None:
    assert drained(recorded(), step) == drained(recorded(), 1 << 20)


def test_single_messages_are_taken_like_many() -> None:
    batch = Batch()
    receiver = batch.receiver("another name")
    for frame in recorded():
        receiver.take(frame)
    receiver.flush()
    assert batch == drained(recorded(), 4096)


def test_messages_of_other_jobs_and_other_messages_are_left_in_the_inbox() -> None:
    batch = Batch()
    inbox = FrameBuffer()
    other = attributes(1, b"/a").replace(JOB.encode(), b"other")
    inbox.feed(encode_frame(attributes(1, b"/x/a")) + encode_frame(other))
    batch.receiver().drain(inbox)
    assert inbox.next() == other


def test_deleted_files_get_index_zero() -> None:
    batch = drained([attributes(5, b"/x/gone", kind=23)], 99)
    assert batch.rows[0][:3] == (0, b"/x/", b"gone")


def test_flags_above_the_type_do_not_count() -> None:
    assert drained([attributes(5, b"/x/gone", kind=23 + 0x10000)], 99).rows[0][0] == 0


def test_a_digest_of_another_file_is_not_taken() -> None:
    batch = drained([attributes(1, b"/a"), message(2, 3, b"x" * 16)], 99)
    assert batch.rows[0][4] == "0"


def test_a_digest_counts_for_its_file_only() -> None:
    frames = [attributes(1, b"/a"), message(1, 3, b"x" * 16), attributes(2, b"/b")]
    assert [row[4] for row in drained(frames, 99).rows] == ["eHh4eHh4eHh4eHh4eHh4eA", "0"]


def test_the_delta_sequence_is_kept() -> None:
    assert drained([attributes(1, b"/a", delta=b"7")], 99).rows[0][5] == 7


def test_names_are_bytes() -> None:
    batch = drained([attributes(1, b"/\xff\xfe/n\xe4me")], 99)
    assert batch.rows[0][1:3] == (b"/\xff\xfe/", b"n\xe4me")


def test_restore_objects_go_elsewhere() -> None:
    batch = drained([message(3, 28, b"whatever")], 99)
    assert batch.objects == [(3, b"whatever")]
    assert batch.rows == []


def test_flags_of_the_stream_do_not_count() -> None:
    frame = message(1, 1 | 0x800, b"1 3 /a\0P4A\0\0\0000\0")
    assert drained([frame], 99).rows[0][2] == b"a"


@pytest.mark.parametrize(
    "broken",
    [
        message(1, 1, b"", length=1),
        message(1, 1, b"no fields"),
        message(1, 1, b"1 3 /a\0"),
        message(1, 1, b"1 x /a\0P4A\0\0"),
        message(1, 1, b"1 3\0P4A\0\0"),
    ],
)
def test_what_makes_no_sense_is_the_peers_fault(broken: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        Batch().receiver().take(broken)
    with pytest.raises(RemoteProtocolError):
        drained([broken], 99)


def test_a_message_cut_anywhere_is_the_peers_fault() -> None:
    whole = attributes(1, b"/x/a")
    for end in range(len(b"UpdCat Job="), len(whole)):
        with pytest.raises(RemoteProtocolError):
            Batch().receiver().take(whole[:end])


@given(st.binary(max_size=200))
def test_arbitrary_records_raise_only_protocol_errors(data: bytes) -> None:
    only_protocol_errors(lambda: Batch().receiver().take(message(1, 1, data)))


@given(st.binary(max_size=200))
def test_arbitrary_messages_raise_only_protocol_errors(data: bytes) -> None:
    only_protocol_errors(lambda: Batch().receiver().take(data))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_in_the_inbox_raise_only_protocol_errors(data: bytes) -> None:
    inbox = FrameBuffer()
    inbox.feed(data)
    only_protocol_errors(lambda: Batch().receiver().drain(inbox))


def only_protocol_errors(act: Callable[[], None]) -> None:
    try:
        act()
    except RemoteProtocolError as error:
        assert str(error)
