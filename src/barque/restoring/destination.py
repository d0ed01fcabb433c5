"""Where restored files go, and what happens to files that are there already.

Source: restore options of the File Daemon, section 3.6; regular expressions of ``regexwhere``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from barque.errors import FormatError


class Replace(StrEnum):
    """What to do when the file exists; the letter travels in the restore command."""

    ALWAYS = "a"
    IF_NEWER = "w"
    """Replace it when the saved file is newer."""
    IF_OLDER = "o"
    """Replace it when the saved file is older."""
    NEVER = "n"


_LONGEST = 255
"""byte; of one component of a path."""

_SEPARATORS = b"!:;|,&%=~/#"


@dataclass(frozen=True, slots=True)
class Substitution:
    """One ``!search!replacement!options`` of a ``regexwhere``."""

    search: re.Pattern[bytes]
    replacement: bytes
    """``$1`` or ``\\1`` stand for groups."""

    def apply(self, name: bytes) -> bytes:
        """Return *name* with the first match replaced."""
        return self.search.sub(self._expand, name, count=1)

    def _expand(self, match: re.Match[bytes]) -> bytes:
        def group(reference: re.Match[bytes]) -> bytes:
            number = int(reference[1])
            return (match[number] or b"") if number <= match.re.groups else b""

        return re.sub(rb"[$\\]([0-9])", group, self.replacement)


def parse_regexwhere(text: bytes) -> list[Substitution]:
    """Return the substitutions of a ``regexwhere``, in order.

    Raises FormatError when an expression is malformed.
    """
    substitutions = []
    at = 0
    while at < len(text):
        substitution, at = _parse_substitution(text, at)
        substitutions.append(substitution)
    if not substitutions:
        raise FormatError("regexwhere is empty")
    return substitutions


def _parse_substitution(text: bytes, at: int) -> tuple[Substitution, int]:
    separator = text[at]
    if separator not in _SEPARATORS:
        raise FormatError(f"regexwhere {text[at:]!r} does not begin with one of !:;|,&%=~/#")
    search, at = _part(text, at + 1, separator)
    replacement, at = _part(text, at, separator)
    flags = re.MULTILINE
    while at < len(text) and (text[at] in b"ig" or text[at] == separator):
        if text[at] == ord("i"):
            flags |= re.IGNORECASE
        at += 1
    if at < len(text):
        at += 1
    try:
        return Substitution(re.compile(search, flags), replacement), at
    except re.error as error:
        raise FormatError(f"regexwhere {search!r} is not a regular expression: {error}") from None


def _part(text: bytes, at: int, separator: int) -> tuple[bytes, int]:
    """Return the text up to the next separator that no backslash protects."""
    part = bytearray()
    while at < len(text):
        if text[at] == ord("\\") and text[at + 1 : at + 2] in (bytes((separator,)), b"\\"):
            at += 1
            part.append(text[at])
        elif text[at] == separator:
            return bytes(part), at + 1
        else:
            part.append(text[at])
        at += 1
    raise FormatError(f"regexwhere {text!r} lacks its closing separator")


@dataclass(frozen=True, slots=True)
class Destination:
    """Where restored files go."""

    where: bytes = b""
    """Directory that all names are put under; empty or ``/`` restores to the original places."""
    substitutions: Sequence[Substitution] = field(default=())
    """Changes of names; *where* is not used with them."""
    prefix_links: bool = False
    """Whether absolute targets of symbolic links are put under *where* too."""
    replace: Replace = Replace.ALWAYS

    @property
    def root(self) -> bytes:
        """Directory below which nothing but directories is walked through; empty when in place."""
        return b"" if self.substitutions else self.where.rstrip(b"/")

    def relative(self, name: bytes) -> list[bytes]:
        """Return the path components of *name* below the root.

        Raises FormatError for names that would leave it.
        """
        for substitution in self.substitutions:
            name = substitution.apply(name)
        parts = [part for part in name.split(b"/") if part not in (b"", b".")]
        if b".." in parts or not all(len(part) <= _LONGEST for part in parts):
            raise FormatError("the stored name cannot be a path below the restore directory")
        return parts

    def path(self, name: bytes) -> bytes:
        """Return the full path that *name* is restored to; a closing slash is kept."""
        path = self.root + b"/" + b"/".join(self.relative(name))
        return path + b"/" if name.endswith(b"/") and path != b"/" else path

    def link_target(self, target: bytes) -> bytes:
        """Return what a restored symbolic link points to."""
        if not self.prefix_links:
            return target
        if self.substitutions:
            for substitution in self.substitutions:
                target = substitution.apply(target)
            return target
        return self.root + target if target.startswith(b"/") else target


class Places:
    """Where names are restored to; remembers the directory of the last one, which most share."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._directory = b""
        self._parts: list[bytes] = []
        self._prefix = destination.root + b"/"

    def of(self, name: bytes) -> tuple[list[bytes], bytes]:
        """Return the components of *name* below the root, and the full path.

        Raises FormatError for names that would leave it.
        """
        destination = self._destination
        directory, _, base = name.rpartition(b"/")
        if base in _NO_FILES or len(base) > _LONGEST or destination.substitutions:
            return destination.relative(name), destination.path(name)
        if directory != self._directory:
            parts = destination.relative(directory)
            self._directory, self._parts = directory, parts
            self._prefix = b"/".join([destination.root, *parts, b""])
        return [*self._parts, base], self._prefix + base


_NO_FILES = (b"", b".", b"..")
