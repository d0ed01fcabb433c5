"""The options of one Options block of a FileSet, as letters of the Director say them.

Source: daemon protocol, section 3.2.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from barque.errors import RemoteProtocolError
from barque.formats.compression import BY_OPTION as COMPRESSIONS
from barque.formats.compression import Compression
from barque.formats.digest import BY_OPTION as DIGESTS
from barque.formats.digest import DigestKind

DEFAULT_ACCURATE = "mcs"
"""What accurate backups compare when the FileSet does not say."""


@dataclass(slots=True)
class Options:
    """How the files that a block is in charge of are saved."""

    exclude: bool = False
    """Whatever matches is left out."""
    digest: DigestKind | None = None
    compression: Compression | None = None
    acl: bool = False
    xattr: bool = False
    hard_links: bool = True
    """Whether further names of a file are saved as links to the first."""
    recurse: bool = True
    one_filesystem: bool = True
    sparse: bool = False
    read_fifo: bool = False
    mtime_only: bool = False
    no_atime: bool = False
    """Open without changing the time of access."""
    keep_atime: bool = False
    """Put the time of access back after reading."""
    check_changes: bool = False
    """Complain about files that change while they are read."""
    ignore_case: bool = False
    enhanced_wild: bool = False
    """Wildcards do not match slashes."""
    strip: int = 0
    """Leading components taken off the stored names."""
    size: "SizeRule | None" = None
    """Sizes of the regular files that are saved."""
    accurate: str = ""
    """Letters of what accurate backups compare; empty is the default."""
    verify: str = ""
    """Letters of what verify jobs compare, each group with the V that it began with."""
    encrypt: bool = False
    """The FileSet forces encryption."""


@dataclass(frozen=True, slots=True)
class SizeRule:
    """Which sizes of regular files are saved."""

    kind: str
    """``-`` a range, ``<`` smaller, ``>`` larger, empty about that size."""
    low: int
    """byte"""
    high: int = 0
    """byte; the end of a range."""

    def allows(self, size: int) -> bool:
        """Return whether files of *size* bytes are saved."""
        if self.kind == "-":
            return self.low <= size <= self.high
        if self.kind == "<":
            return size < self.low
        if self.kind == ">":
            return size > self.low
        return abs(size - self.low) < self.low // 100


_UNITS = {
    "": 1, "k": 1 << 10, "kb": 1000, "m": 1 << 20, "mb": 10**6,
    "g": 1 << 30, "gb": 10**9, "t": 1 << 40, "tb": 10**12,
}  # fmt: skip


def _parse_size(text: str) -> int:
    found = re.fullmatch(r"\s*(\d{1,18})\s*([a-zA-Z]*)\s*", text)
    if found is None or found[2].lower() not in _UNITS:
        raise RemoteProtocolError(f"«{text}» in a FileSet is not a size")
    return int(found[1]) * _UNITS[found[2].lower()]


def parse_size_rule(text: str) -> SizeRule:
    """Return the rule that *text* (``1k-2m``, ``<10m``, ``>1g``, ``5k``) states.

    Raises RemoteProtocolError.
    """
    if text[:1] in ("<", ">"):
        return SizeRule(text[0], _parse_size(text[1:]))
    low, dash, high = text.partition("-")
    if dash:
        return SizeRule("-", _parse_size(low), _parse_size(high))
    return SizeRule("", _parse_size(low))


def _flag(name: str, value: object = True) -> Callable[[Options, str], None]:
    def set_flag(options: Options, _argument: str) -> None:
        setattr(options, name, value)

    return set_flag


def _set_digest(options: Options, argument: str) -> None:
    options.digest = DIGESTS[argument]


def _set_compression(options: Options, argument: str) -> None:
    options.compression = COMPRESSIONS[argument]


def _set_accurate(options: Options, argument: str) -> None:
    options.accurate = argument[1:-1]


def _set_verify(options: Options, argument: str) -> None:
    options.verify += argument[:-1]


def _set_strip(options: Options, argument: str) -> None:
    options.strip = int(argument[1:-1] or "0")


def _set_size(options: Options, argument: str) -> None:
    options.size = parse_size_rule(argument[1:-1])


def _ignore(_options: Options, _argument: str) -> None:
    """Take a letter that means nothing on this system."""


_LETTERS: tuple[tuple[str, Callable[[Options, str], None]], ...] = (
    ("A", _flag("acl")),
    ("X", _flag("xattr")),
    ("H", _flag("hard_links", value=False)),
    ("M|S[1-4]?", _set_digest),
    ("Z(?:[0-9o]|f[f4h])", _set_compression),
    ("C[^:]*:", _set_accurate),
    ("V[^:]*:", _set_verify),
    ("J[^:]*:", _ignore),
    (r"P\d*:", _set_strip),
    ("z[^:]*:", _set_size),
    ("E(?:3|b|[ac][123]|h[12])", _ignore),
    ("Ef", _flag("encrypt")),
    ("d[1-4]", _ignore),
    ("c", _flag("check_changes")),
    ("e", _flag("exclude")),
    ("f", _flag("one_filesystem", value=False)),
    ("h", _flag("recurse", value=False)),
    ("i", _flag("ignore_case")),
    ("K", _flag("no_atime")),
    ("k", _flag("keep_atime")),
    ("m", _flag("mtime_only")),
    ("r", _flag("read_fifo")),
    ("s", _flag("sparse")),
    ("W", _flag("enhanced_wild")),
    ("[0awnNpRx]", _ignore),
)
"""Every letter with its argument, and what it sets.

Ignored are those about restores (a, w, n), other systems (N, p, R, x), shadowing of includes (d),
ciphers (E) and the base jobs of old Directors (J).
"""

_ANY = re.compile("|".join(f"({pattern})" for pattern, _ in _LETTERS))


def parse_options(letters: str) -> Options:
    """Return the options that *letters* state; raises RemoteProtocolError at an unknown letter."""
    options = Options()
    at = 0
    while at < len(letters):
        found = _ANY.match(letters, at)
        if found is None or found.lastindex is None:
            raise RemoteProtocolError(
                f"unknown option «{letters[at]}» in «{letters}» of the FileSet"
            )
        _LETTERS[found.lastindex - 1][1](options, found[0])
        at = found.end()
    return options
