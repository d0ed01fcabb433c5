"""A password, clear and hashed, as programs written for ``bareos.bsock`` hand it over."""

from barque.wire.psk import key_of_password


class Password:
    """A password; its hash is all that the protocol needs."""

    def __init__(self, password: str) -> None:
        self.set_plaintext(password)

    def set_plaintext(self, password: str) -> None:
        """Take the clear password."""
        self.password_plaintext = bytearray(password, "utf-8")
        self.set_md5(key_of_password(password))

    def set_md5(self, password: bytes) -> None:
        """Take the hash, 32 ASCII digits."""
        self.password_md5 = bytes(password)

    def plaintext(self) -> str:
        """Return the clear password."""
        return self.password_plaintext.decode()

    def md5(self) -> bytes:
        """Return the hash."""
        return self.password_md5
