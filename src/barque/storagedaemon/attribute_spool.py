"""Attribute messages: sent at once, or kept in a file until the data is safe.

Source: daemon protocol, section 5.6.
"""

from contextlib import suppress
from pathlib import Path

from barque.errors import DeviceError
from barque.storagedaemon.director_link import DirectorLink
from barque.wire.messages.catalog_request import BlastAttributes, BlastAttributesOk

CHUNK = 1024 * 1024
"""byte; read from the spool file at once."""


class DirectAttributes:
    """Sends what it gets to the Director."""

    def __init__(self, link: DirectorLink) -> None:
        self._link = link

    def send(self, frames: bytearray) -> None:
        """Send frames."""
        self._link.channel.write_raw(frames)

    def commit(self) -> None:
        """Nothing was kept."""

    def discard(self) -> None:
        """Nothing was kept."""


class SpooledAttributes:
    """Keeps what it gets in a file; the Director reads it, or gets it over the connection."""

    def __init__(self, link: DirectorLink, path: Path) -> None:
        self._link = link
        self._path = path
        try:
            self._file = path.open("wb", buffering=CHUNK)
        except OSError as error:
            raise DeviceError(f"cannot spool attributes to {path}: {error.strerror}") from error

    def send(self, frames: bytearray) -> None:
        """Keep frames."""
        try:
            self._file.write(frames)
        except OSError as error:
            raise DeviceError(
                f"cannot spool attributes to {self._path}: {error.strerror}"
            ) from error

    def commit(self) -> None:
        """Give everything to the Director."""
        self._link.status("a")
        try:
            self._file.close()
            answer = self._link.ask(BlastAttributes(self._link.job, str(self._path)))
            if BlastAttributesOk.match(answer) is None:
                self._send_all()
        except OSError as error:
            raise DeviceError(
                f"cannot read spooled attributes {self._path}: {error.strerror}"
            ) from error
        finally:
            self.discard()

    def _send_all(self) -> None:
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK):
                self._link.channel.write_raw(chunk)

    def discard(self) -> None:
        """Delete the file."""
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)
