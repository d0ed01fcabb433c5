import hashlib

import pytest

from barque.config.password import NO_PASSWORD, Password, parse_password
from barque.errors import ConfigError


def parse(text: str, *, clear: bool = False, required: bool = True) -> Password:
    return parse_password(text, clear=clear, required=required, resource="r")


def test_a_clear_password_becomes_its_hash() -> None:
    password = parse("sécret")
    assert password.md5_hex == hashlib.md5("sécret".encode()).hexdigest()
    assert password.show() == f"[md5]{password.md5_hex}"
    assert "sécret" not in repr(password)


def test_a_hash_is_taken_as_it_is() -> None:
    digest = "ABCDEFabcdef0123456789ABCDEFabcd"
    assert parse(f"[md5]{digest}").md5_hex == digest


def test_a_clear_password_stays_where_it_has_to() -> None:
    password = parse("secret", clear=True)
    assert (password.value, password.show()) == ("secret", "secret")
    assert password.md5_hex == hashlib.md5(b"secret").hexdigest()
    assert "secret" not in repr(password)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'Empty Password not allowed in Resource "r"'),
        (f"[md5]{hashlib.md5(b'').hexdigest()}", 'Empty Password not allowed in Resource "r"'),
        ("[md5]abc", "md5 password does not have the right size; expected: 32, got: 3"),
        (f"[md5]{'g' * 32}", "md5 password contains non hexadecimal characters, e.g. 'g'"),
    ],
)
def test_what_is_no_password_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert caught.value.message == message


def test_an_empty_clear_password_is_refused_where_one_is_required() -> None:
    with pytest.raises(ConfigError, match="Empty Password"):
        parse("", clear=True)


def test_an_empty_password_is_one_where_none_is_required() -> None:
    assert parse("", required=False).md5_hex == hashlib.md5(b"").hexdigest()
    assert not NO_PASSWORD
