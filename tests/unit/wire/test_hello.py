import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.wire.hello import (
    Hello,
    HelloClient,
    HelloConsole,
    HelloDirector,
    HelloStartJob,
    HelloStartStorageJob,
    HelloStorageCalling,
    decode_hello,
)
from barque.wire.psk import Identity, ResourceType

HELLOS: list[tuple[bytes, Hello]] = [
    (b'Hello Director my\x01dir calling Version="26.0.0"\n', HelloDirector("my dir", "26.0.0")),
    (b"Hello Director old calling\n", HelloDirector("old")),
    (b'Hello Start Job b.2026_01 Version="26.0.0"\n', HelloStartJob("b.2026_01", "26.0.0")),
    (b"Hello Start Storage Job m.2026_01\n", HelloStartStorageJob("m.2026_01")),
    (b"Hello Storage calling Start Job p.2026_01\n", HelloStorageCalling("p.2026_01")),
    (b"Hello Client fd FdProtocolVersion=54 calling\n", HelloClient("fd", 54)),
    (b"Hello Client fd calling\n", HelloClient("fd")),
    (b"Hello *UserAgent* calling\n", HelloConsole("*UserAgent*")),
    (
        b'Hello *UserAgent* calling version 26.0.0~pre Version="26.0.0"\n',
        HelloConsole("*UserAgent*", "26.0.0~pre"),
    ),
    (b"Hello my\x01admin calling version 18.2.5", HelloConsole("my admin", "18.2.5")),
]


@pytest.mark.parametrize(("line", "hello"), HELLOS)
def test_every_kind_of_peer_is_recognised(line: bytes, hello: Hello) -> None:
    assert decode_hello(line) == hello


@pytest.mark.parametrize("hello", [hello for _, hello in HELLOS])
def test_round_trip(hello: Hello) -> None:
    assert decode_hello(hello.encode()) == hello


@pytest.mark.parametrize(
    ("version", "first"), [("", False), ("12.4.0", False), ("18.2.5", True), ("25", False)]
)
def test_which_consoles_start_with_tls(version: str, *, first: bool) -> None:
    assert HelloConsole("x", version).tls_first is first


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_hello_or_one(data: bytes) -> None:
    decode_hello(data)


@pytest.mark.parametrize("text", ["", "R_JOB", "R_JOB\x1e", "R_NOTHING\x1ex", "x\x1ey"])
def test_foreign_identities(text: str) -> None:
    assert Identity.decode(text) is None


def test_identities_round_trip() -> None:
    identity = Identity(ResourceType.CLIENT, "fd 1")
    assert Identity.decode(identity.encode()) == identity
    assert identity.qualified == "R_CLIENT::fd\x011"
