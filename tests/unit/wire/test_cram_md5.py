import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barque.errors import AuthenticationError
from barque.wire.cram_md5 import Challenge, bareos_base64, respond, standard_base64, verify
from barque.wire.psk import key_of_password

VECTORS = [
    (
        "secret",
        "<1234567890.1700000000@R_DIRECTOR::bareos-dir>",
        b"wGRS45MJwQ/T0h/dbx/WSA",
        b"wGRS4ZMJwQ7T0hLdbxPWSA",
    ),
    ("secret", "<42.1700000001@admin-tls>", b"mG/6A5+t1zpp36/wNzEeLC", b"mGr6A5qt1zpp3qjwNzEeLg"),
    (
        "bconsole-pass",
        "<1.2@R_CONSOLE::*UserAgent*>",
        b"98+24+/WQy/i9lU+qXZBxB",
        b"9si24+TWQyHi9lU+qXZBxQ",
    ),
]


@pytest.mark.parametrize(("password", "text", "ours", "standard"), VECTORS)
def test_known_answers(password: str, text: str, ours: bytes, standard: bytes) -> None:
    key = key_of_password(password)
    assert respond(key, Challenge(text)) == ours + b"\0"
    assert respond(key, Challenge(text, standard=True)) == standard + b"\0"
    assert verify(key, Challenge(text), ours)
    assert verify(key, Challenge(text), standard + b"\0")
    assert not verify(key_of_password("other"), Challenge(text), ours)


def test_the_odd_base64() -> None:
    assert bareos_base64(bytes(range(16))) == b"AAECAwQFBgcICQoLDA0ODD"
    assert bareos_base64(b"\xff" * 16) == b"/" * 21 + b"D"


@given(st.binary(max_size=64))
def test_standard_base64_is_standard(data: bytes) -> None:
    text = standard_base64(data)
    assert base64.b64decode(text + b"=" * (-len(text) % 4)) == data


@pytest.mark.parametrize(
    ("line", "policy", "standard"),
    [
        (b"auth cram-md5 <1.2@x> ssl=2\n", 2, False),
        (b"auth cram-md5c <1.2@x> ssl=0\n", 0, True),
        (b"auth cram-md5 <12345678901234567890.2@x>", None, False),
        (b"auth cram-md5 <1.2@x> ssl=4 qualified-name=y\n", 4, False),
    ],
)
def test_challenges_of_all_kinds_of_peers(
    line: bytes, policy: int | None, *, standard: bool
) -> None:
    challenge = Challenge.decode(line)
    assert (challenge.policy, challenge.standard) == (policy, standard)


def test_a_challenge_names_its_sender() -> None:
    assert Challenge("<1.2@R_STORAGE::sd>").name == "R_STORAGE::sd"


@given(st.binary(max_size=100))
def test_arbitrary_bytes_raise_only_the_declared_error(data: bytes) -> None:
    try:
        Challenge.decode(data)
    except AuthenticationError as error:
        assert "\n" not in str(error)
