import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.plugins.child import pipe

STAT = pipe.STAT.pack(*range(1, 14))


def feed(inbox: pipe.FrameInbox, data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        room = inbox.room()
        part, data = data[: len(room)], data[len(room) :]
        room[: len(part)] = part
        inbox.filled(len(part))
        found += [(kind, bytes(body)) for kind, body in inbox.frames()]
    return found


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=5000))), st.integers(1, 977))
def test_frames_arrive_in_pieces_of_any_size(frames: list[tuple[int, bytes]], step: int) -> None:
    data = b"".join(pipe.encode(kind, body) for kind, body in frames)
    inbox = pipe.FrameInbox(64 * 1024 + 100)
    found = []
    for at in range(0, len(data), step):
        found += feed(inbox, data[at : at + step])
    assert found == frames


def test_a_frame_larger_than_the_buffer() -> None:
    body = bytes(range(256)) * 4000
    inbox = pipe.FrameInbox(64 * 1024)
    assert feed(inbox, pipe.encode(3, body) + pipe.encode(4, b"x")) == [(3, body), (4, b"x")]


def test_an_enormous_frame_is_refused() -> None:
    inbox = pipe.FrameInbox()
    with pytest.raises(pipe.PipeError):
        feed(inbox, pipe.HEAD.pack(pipe.MAX_BODY + 1, 1))


@given(st.binary(max_size=50), st.binary(max_size=50), st.binary(max_size=50))
def test_entries_round_trip(name: bytes, link: bytes, data: bytes) -> None:
    frame = pipe.encode_entry(3, b"12345", 7, 8, 1, STAT, name, link, data)
    kind, flags, delta, save_time, switches, stat, *rest = pipe.decode_entry(
        memoryview(frame)[pipe.HEAD.size :]
    )
    assert (kind, flags, delta, save_time, switches) == (3, b"12345", 7, 8, 1)
    assert stat == tuple(range(1, 14))
    assert [bytes(part) for part in rest] == [name, link, data]


def test_an_entry_that_is_cut_anywhere_is_refused() -> None:
    frame = pipe.encode_entry(3, b"12345", 7, 8, 1, STAT, b"name", b"link", b"data")
    body = memoryview(frame)[pipe.HEAD.size :]
    for end in range(len(body)):
        with pytest.raises(pipe.PipeError):
            pipe.decode_entry(body[:end])


@given(st.binary(max_size=200))
def test_nonsense_raises_only_the_declared_error(data: bytes) -> None:
    for decode in (pipe.decode_entry, pipe.decode_pair, pipe.decode_json):
        try:
            decode(memoryview(data))
        except pipe.PipeError:
            continue
