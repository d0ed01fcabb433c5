import socket
import threading
from collections.abc import Iterator

import pytest

from barque.errors import ConnectionLostError, RemoteProtocolError
from barque.transport.channel import Channel
from barque.wire.framing import MAX_PAYLOAD, Signal


@pytest.fixture
def pair() -> Iterator[tuple[Channel, Channel]]:
    one, two = socket.socketpair()
    with Channel(one, peer="one") as left, Channel(two, peer="two") as right:
        closer = threading.Thread(target=right.close)
        yield left, right
        closer.start()
        left.close()
        closer.join()


def test_messages_and_signals_arrive_in_order(pair: tuple[Channel, Channel]) -> None:
    left, right = pair
    left.send(b"one")
    left.signal(Signal.EOD)
    left.send(b"")
    left.flush()
    assert [right.receive(5) for _ in range(3)] == [b"one", Signal.EOD, b""]


def test_receiving_pushes_what_was_queued(pair: tuple[Channel, Channel]) -> None:
    left, right = pair

    def echo() -> None:
        right.send(right.receive_message(5))
        right.flush()

    answer = threading.Thread(target=echo)
    answer.start()
    left.send(b"echo")
    assert left.receive(5) == b"echo"
    answer.join()


def test_heartbeats_are_skipped(pair: tuple[Channel, Channel]) -> None:
    left, right = pair
    left.signal(Signal.HEARTBEAT)
    left.send(b"x")
    left.flush()
    assert right.receive(5) == b"x"


def test_a_signal_is_no_answer(pair: tuple[Channel, Channel]) -> None:
    left, right = pair
    left.signal(Signal.TERMINATE)
    left.flush()
    with pytest.raises(ConnectionLostError, match="TERMINATE"):
        right.receive_message(5)


def test_a_silent_peer_is_noticed(pair: tuple[Channel, Channel]) -> None:
    with pytest.raises(ConnectionLostError, match="in time"):
        pair[0].receive(0.01)


def test_a_closed_connection_is_noticed() -> None:
    one, two = socket.socketpair()
    with Channel(one, peer="somebody") as left:
        two.close()
        with pytest.raises(ConnectionLostError, match="somebody closed"):
            left.receive(5)


def test_garbage_is_refused(pair: tuple[Channel, Channel]) -> None:
    left, right = pair
    left.write_raw(b"GET / HTTP/1.1\r\n\r\n")
    left.flush()
    with pytest.raises(RemoteProtocolError):
        right.receive(5)


def test_large_messages_while_both_sides_talk(pair: tuple[Channel, Channel]) -> None:
    left, right = pair
    big = bytes(range(256)) * (3 * MAX_PAYLOAD // 256)
    writers = [
        threading.Thread(
            target=lambda one=one: (one.send(big), one.signal(Signal.EOD), one.flush())
        )
        for one in pair
    ]
    for writer in writers:
        writer.start()
    for side in (left, right):
        pieces = []
        while isinstance(frame := side.receive(10), bytes):
            pieces.append(frame)
        assert b"".join(pieces) == big
    for writer in writers:
        writer.join()


def test_abort_wakes_a_waiting_reader(pair: tuple[Channel, Channel]) -> None:
    left, _ = pair
    failures: list[Exception] = []
    waiting = threading.Event()

    def wait() -> None:
        waiting.set()
        try:
            left.receive()
        except ConnectionLostError as error:
            failures.append(error)

    reader = threading.Thread(target=wait)
    reader.start()
    waiting.wait(5)
    left.abort()
    reader.join(5)
    assert len(failures) == 1
