import pytest

from barque.errors import AuthenticationError
from barque.transport.proof import Credentials, challenge_peer, prove_password
from barque.transport.tls import TlsSettings
from barque.wire.cram_md5 import AUTH_FAILED, AUTH_OK, Challenge, respond
from barque.wire.psk import Identity, ResourceType

KEY = b"0123456789abcdef0123456789abcdef"
DIRECTOR = Credentials(Identity(ResourceType.DIRECTOR, "dir"), KEY, TlsSettings(enable=False))
CONSOLE = Credentials(Identity(ResourceType.CONSOLE, "web"), KEY, TlsSettings(enable=False))


def test_the_right_answer_is_taken() -> None:
    steps = challenge_peer(DIRECTOR, "peer", encrypted=False)
    challenge = next(steps)
    assert isinstance(challenge, bytes)
    assert isinstance(next(steps), float)
    assert steps.send(respond(KEY, Challenge.decode(challenge))) == AUTH_OK


def test_an_answer_that_was_overheard_is_of_no_use() -> None:
    overheard = next(challenge_peer(DIRECTOR, "peer", encrypted=False))
    assert isinstance(overheard, bytes)
    answer = respond(KEY, Challenge.decode(overheard))
    steps = challenge_peer(DIRECTOR, "peer", encrypted=False)
    assert next(steps) != overheard
    next(steps)
    assert steps.send(answer) == AUTH_FAILED
    with pytest.raises(AuthenticationError, match="does not know the password"):
        next(steps)


def test_our_own_challenge_is_not_answered_for_somebody_else() -> None:
    ours = next(challenge_peer(CONSOLE, "peer", encrypted=False))
    assert isinstance(ours, bytes)
    steps = prove_password(CONSOLE, "peer")
    next(steps)
    with pytest.raises(AuthenticationError, match="our own challenge"):
        steps.send(ours)


@pytest.mark.parametrize(
    "answer", [b"", b"\0" * 22, b"x" * 10_000, b"auth cram-md5 <1.1@R_DIRECTOR>"]
)
def test_rubbish_is_no_answer(answer: bytes) -> None:
    steps = challenge_peer(DIRECTOR, "peer", encrypted=False)
    next(steps)
    next(steps)
    assert steps.send(answer) == AUTH_FAILED
