"""What a File Daemon tells of each file of a verify job, and how it differs from the catalog.

Source: daemon protocol, section 4.3; job semantics, section 11.2.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from barque.errors import FormatError, RemoteProtocolError
from barque.formats.attributes import FileStatus, unpack_status
from barque.wire.message import shorten

ATTRIBUTES: Final = frozenset({1, 5})
"""Streams that tell the status of a file."""

DIGESTS: Final = {3: "MD5", 10: "SHA1", 17: "SHA256", 18: "SHA512", 40: "XXH128"}
"""Streams that tell its digest, with their names."""

WANTS_DIGEST: Final = frozenset("51")
"""Letters that ask for a comparison of digests, whatever their kind."""


@dataclass(frozen=True, slots=True)
class ExaminedFile:
    """The status of one file."""

    file_index: int
    options: str
    """Letters of what is to be compared."""
    path: bytes
    """With its slash at the end."""
    name: bytes
    """Empty for a directory."""
    lstat: str

    @property
    def shown(self) -> str:
        """The whole path, for messages."""
        return (self.path + self.name).decode("utf-8", "surrogateescape")

    @property
    def wants_digest(self) -> bool:
        """Whether the digests are to be compared."""
        return not WANTS_DIGEST.isdisjoint(self.options)


@dataclass(frozen=True, slots=True)
class ExaminedDigest:
    """The digest of the file before it."""

    file_index: int
    kind: str
    """Its name, such as ``MD5``."""
    digest: str
    """Base64 without padding."""


def parse_examined(frame: bytes) -> ExaminedFile | ExaminedDigest | None:
    """Return what *frame* says; None when it is about something else than status and digest.

    Shape: ``FileIndex Stream Options Path NUL LStat NUL Link NUL``, or ``FileIndex Stream Digest
    *NAME-FileIndex*``. Raises RemoteProtocolError.
    """
    try:
        index, stream, word, rest = frame.split(b" ", 3)
        file_index, kind = int(index), int(stream)
        if kind in DIGESTS:
            return ExaminedDigest(file_index, DIGESTS[kind], word.decode("ascii"))
        if kind not in ATTRIBUTES:
            return None
        path, lstat, _ = rest.split(b"\0", 2)
        text = lstat.decode("ascii")
        options = word.decode("ascii")
    except ValueError:
        raise RemoteProtocolError(
            f"the File Daemon sent «{shorten(frame)}» instead of a file that it examined"
        ) from None
    slash = path.rfind(b"/") + 1
    return ExaminedFile(file_index, options, path[:slash], path[slash:], text)


type _Line = Callable[[FileStatus, FileStatus], str]


def _differ(name: str, number: Callable[[FileStatus], int], shown: str = "{}") -> _Line:
    def line(cat: FileStatus, file: FileStatus) -> str:
        if number(cat) == number(file):
            return ""
        values = f"Cat: {shown.format(number(cat))} File: {shown.format(number(file))}"
        return f"      {name:<8} differ. {values}"

    return line


def _differs(name: str, number: Callable[[FileStatus], int]) -> _Line:
    return lambda cat, file: f"      {name} differs" if number(cat) != number(file) else ""


def _decrease(cat: FileStatus, file: FileStatus) -> str:
    if cat.size <= file.size:
        return ""
    return f"      st_size  decrease. Cat: {cat.size} File: {file.size}"


COMPARISONS: Final[dict[str, _Line]] = {
    "i": _differ("st_ino", lambda status: status.inode),
    "p": _differ("st_mode", lambda status: status.mode, "{:x}"),
    "n": _differ("st_nlink", lambda status: status.links),
    "u": _differ("st_uid", lambda status: status.user_id),
    "g": _differ("st_gid", lambda status: status.group_id),
    "s": _differ("st_size", lambda status: status.size),
    "a": _differs("st_atime", lambda status: status.accessed),
    "m": _differs("st_mtime", lambda status: status.modified),
    "c": _differs("st_ctime", lambda status: status.changed),
    "d": _decrease,
}
"""Letter of the Verify option, and the line that it gives when there is a difference."""


def differences(options: str, catalog: str, examined: str) -> Iterator[str]:
    """Yield a line for each difference between two statuses that *options* ask for.

    Raises RemoteProtocolError when one of the statuses cannot be read.
    """
    try:
        old, new = unpack_status(catalog.encode()), unpack_status(examined.encode())
    except FormatError as error:
        raise RemoteProtocolError(f"the status of a file cannot be compared: {error}") from None
    for letter in options:
        compare = COMPARISONS.get(letter)
        line = compare(old, new) if compare else ""
        if line:
            yield line
