"""Access control lists of Linux: stored text, and the binary form of the file system.

The stored text is the long form (``user:1000:rw-`` a line) with a closing NUL; the file system
keeps a little-endian table in ``system.posix_acl_access`` and ``system.posix_acl_default``.
Source: file attributes, section 5; acl(5), section on the text forms; Linux ``posix_acl_xattr.h``.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from barque.errors import FormatError

XATTR_ACCESS = b"system.posix_acl_access"
"""Attribute that holds the access list of a file."""
XATTR_DEFAULT = b"system.posix_acl_default"
"""Attribute that holds the default list of a directory."""

_VERSION = 2
_HEADER = struct.Struct("<I")
_ENTRY = struct.Struct("<HHI")
_NO_ID = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Tag:
    """One kind of entry."""

    number: int
    word: str
    named: bool


_TAGS = (
    _Tag(0x01, "user", named=False),
    _Tag(0x02, "user", named=True),
    _Tag(0x04, "group", named=False),
    _Tag(0x08, "group", named=True),
    _Tag(0x10, "mask", named=False),
    _Tag(0x20, "other", named=False),
)
_BY_NUMBER = {tag.number: tag for tag in _TAGS}
_BY_WORD = {(tag.word, tag.named): tag for tag in _TAGS}
_WORDS = {"u": "user", "g": "group", "m": "mask", "o": "other"}

type NameOf = Callable[[str, int], str | None]
"""Name of a number; the first argument is ``user`` or ``group``; None when there is none."""

type NumberOf = Callable[[str, str], int | None]
"""Number of a name; the first argument is ``user`` or ``group``; None when there is none."""


def is_trivial(binary: bytes) -> bool:
    """Return whether the list says no more than the mode does: no named entry and no mask."""
    return len(binary) <= _HEADER.size + 3 * _ENTRY.size


def show_acl(binary: bytes, name_of: NameOf) -> bytes:
    """Return the stored text, with its closing NUL, of the table that a file system keeps.

    Raises FormatError when the table has another version or an unknown entry.
    """
    body = len(binary) - _HEADER.size
    if body < 0 or body % _ENTRY.size or _HEADER.unpack_from(binary)[0] != _VERSION:
        raise FormatError("an access control list has a form that is not known")
    lines = []
    for number, permissions, who in _ENTRY.iter_unpack(binary[_HEADER.size :]):
        tag = _BY_NUMBER.get(number)
        if tag is None:
            raise FormatError(f"an access control list has an entry of unknown kind {number:#x}")
        name = (name_of(tag.word, who) or str(who)) if tag.named else ""
        lines.append(f"{tag.word}:{name}:{_show_permissions(permissions)}\n")
    return "".join(lines).encode("utf-8", "surrogateescape") + b"\0"


def parse_acl(text: bytes, number_of: NumberOf) -> bytes:
    """Return the table for the file system from the stored *text*.

    Raises FormatError for a line of another form, and for a name that this system does not know.
    """
    entries = []
    stored = text.rstrip(b"\0").decode("utf-8", "surrogateescape")
    for line in stored.replace(",", "\n").split("\n"):
        entry = line.split("#", 1)[0].strip()
        if entry:
            entries.append(_parse_entry(entry, number_of))
    entries.sort(key=lambda entry: (entry[0], entry[2]))
    return _HEADER.pack(_VERSION) + b"".join(_ENTRY.pack(*entry) for entry in entries)


def _parse_entry(entry: str, number_of: NumberOf) -> tuple[int, int, int]:
    kind, _, rest = entry.partition(":")
    name, _, permissions = rest.rpartition(":")
    tag = _BY_WORD.get((_WORDS.get(kind[:1], ""), bool(name)))
    if tag is None or not set(permissions) <= set("rwx-"):
        raise FormatError(f"{entry[:80]!r} is not an entry of an access control list")
    bits = sum(bit for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if letter in permissions)
    return tag.number, bits, _parse_id(tag.word, name, number_of) if name else _NO_ID


def _parse_id(word: str, name: str, number_of: NumberOf) -> int:
    known = number_of(word, name)
    if known is not None:
        return known
    if name.isascii() and name.isdigit() and len(name) <= 10 and int(name) < _NO_ID:
        return int(name)
    raise FormatError(f"this system has no {word} {name[:80]!r} that an access control list names")


def _show_permissions(bits: int) -> str:
    return "".join(letter if bits & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))
