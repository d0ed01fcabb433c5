import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.errors import LocalProtocolError, RemoteProtocolError
from barque.wire.framing import (
    MAX_PAYLOAD,
    FrameBuffer,
    Signal,
    encode_frame,
    encode_message,
    encode_signal,
)

FRAMES = st.lists(st.one_of(st.binary(max_size=50), st.sampled_from(list(Signal))))


def encoded(frames: list[bytes | Signal]) -> bytes:
    return b"".join(
        encode_signal(frame) if isinstance(frame, Signal) else encode_frame(frame)
        for frame in frames
    )


def drain(buffer: FrameBuffer) -> list[bytes | Signal]:
    found = []
    while (frame := buffer.next()) is not None:
        found.append(frame)
    return found


@given(FRAMES, st.integers(1, 40))
def test_frames_survive_any_chunking(frames: list[bytes | Signal], size: int) -> None:
    data = encoded(frames)
    buffer = FrameBuffer(capacity=1)
    found: list[bytes | Signal] = []
    for at in range(0, len(data), size):
        buffer.feed(data[at : at + size])
        found += drain(buffer)
    assert found == frames


@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_only_the_declared_error(data: bytes) -> None:
    buffer = FrameBuffer()
    buffer.feed(data)
    try:
        drain(buffer)
    except RemoteProtocolError:
        return
    assert len(buffer.data) <= 64 * 1024


def test_a_length_beyond_the_limit_is_refused_before_its_bytes_come() -> None:
    buffer = FrameBuffer()
    buffer.feed((1_000_001).to_bytes(4, "big"))
    with pytest.raises(RemoteProtocolError, match="1000001 bytes"):
        buffer.next()


def test_a_long_message_travels_as_several_frames() -> None:
    payload = bytes(2 * MAX_PAYLOAD + 7)
    buffer = FrameBuffer()
    buffer.feed(encode_message(payload))
    assert [len(frame) for frame in drain(buffer) if isinstance(frame, bytes)] == [
        MAX_PAYLOAD,
        MAX_PAYLOAD,
        7,
    ]


def test_a_single_frame_may_not_be_too_long() -> None:
    with pytest.raises(LocalProtocolError):
        encode_frame(bytes(MAX_PAYLOAD + 1))


def test_an_empty_message_is_legal() -> None:
    buffer = FrameBuffer()
    buffer.feed(encode_frame(b""))
    assert buffer.next() == b""


def test_a_signal_is_its_number() -> None:
    assert encode_signal(Signal.TERMINATE) == b"\xff\xff\xff\xfc"
